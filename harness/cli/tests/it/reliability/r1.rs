//! R1: the first run on an engine without images passes, whatever is built at once.

use crate::containers::{RECIPE, contained, nonce};
use crate::engine::docker;
use crate::given::given;
use crate::project::Project;

/// How many images a run builds at once.
const IMAGES: usize = 4;

/// Images that are removed in the end, and whenever they are to be built anew.
struct Images {
    names: Vec<String>,
}

impl Images {
    fn remove(&self) {
        for name in &self.names {
            let listed = docker(&["images", "-q", &format!("dogfood/{name}")]);
            listed.out.lines().for_each(|image| drop(docker(&["rmi", "-f", image])));
        }
    }
}

impl Drop for Images {
    fn drop(&mut self) {
        self.remove();
    }
}

/// A book with a guide for each image. The images begin with the same layers, as those of this repository do.
fn book(images: &Images, base: &str) -> Project {
    let file = include_str!("../../../../../infra/targets/openssh.yaml");
    let mut project = Project::wired().with_the_callers_cache();
    for (number, name) in images.names.iter().enumerate() {
        let target = format!("box-{number}");
        let body = given(&target, file).replace("target=openssh", &format!("target={target}")) + RECIPE;
        let dockerfile = format!(
            "FROM {base} AS build\nRUN echo shared > /shared\nRUN echo {number} > /own\nFROM {base}\nCOPY --from=build /shared /own /\n"
        );
        project = project
            .guide(&format!("g{number}"), &format!("targets: [{target}]"), &body)
            .file(
                &format!("infra/targets/{target}.yaml"),
                // Several servers at once on a machine under load take their time.
                &file
                    .replace("{build: openssh}", &format!("{{build: {name}}}"))
                    .replace("ready-within: 30", "ready-within: 120"),
            )
            .file(&format!("infra/images/{name}/Dockerfile"), &dockerfile);
    }
    project
}

#[test]
fn the_first_run_on_an_engine_without_images_passes_every_time() {
    contained(RECIPE).dogfood("run").code(0);
    let built = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "dogfood/openssh"]);
    let base = built.out.lines().find(|tag| !tag.ends_with(":dev")).unwrap().to_owned();
    let mark = nonce();
    let images = Images { names: (0..IMAGES).map(|number| format!("it-{mark:x}-{number}")).collect() };
    let (project, other) = (book(&images, &base), book(&images, &base));
    for round in 0..5 {
        images.remove();
        let ran = project.dogfood("run --jobs 4");
        assert_eq!(ran.code, Some(0), "round {round}\n--- stderr\n{}", ran.err);
        let builds = ran.err.matches(": building the image ").count();
        assert_eq!(builds, IMAGES, "round {round}: each is built, once\n--- stderr\n{}", ran.err);
    }
    // Two programs at once, with caches of their own: no lock holds them apart.
    images.remove();
    let other = other.set("XDG_CACHE_HOME", project.path(".home/cache").to_str().unwrap());
    std::thread::scope(|scope| {
        let runs = [&project, &other].map(|project| scope.spawn(|| project.dogfood("run --jobs 4")));
        runs.into_iter().for_each(|run| drop(run.join().unwrap().code(0).says("4 recipes passed")));
    });
    // No layer of an unfinished image is left.
    for name in &images.names {
        let dangling =
            docker(&["images", "-q", "--filter", "dangling=true", "--filter", &format!("reference=dogfood/{name}")]);
        assert_eq!(dangling.code(0).out, "");
    }
}
