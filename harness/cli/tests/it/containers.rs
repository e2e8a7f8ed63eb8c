//! Targets in containers, through the real program: what goes wrong with images, servers and engines, and what it gets.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::engine::{Answer, ENGINE, Proxy, docker};
use crate::given::given;
use crate::project::{Project, Ran, ran};

pub(crate) const RECIPE: &str = "```sh recipe=remote\necho \"$SFTP_BASE\"\n```\n\n```text expect\n${SFTP_BASE}\n```\n";

/// A book whose one guide runs `body` on this repository's OpenSSH, its image and all.
pub(crate) fn contained(body: &str) -> Project {
    let target = include_str!("../../../../infra/targets/openssh.yaml");
    let project = Project::wired()
        .guide("c", "targets: [openssh]", &(given("openssh", target) + body))
        .file("infra/targets/openssh.yaml", target);
    copy(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("../../infra/images/openssh"),
        &project.path("infra/images/openssh"),
    );
    project.with_the_callers_cache()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { assert!(fs::copy(entry.path(), &to).is_ok()) }
    }
}

/// The same with an image of its own: this Dockerfile, which nobody has built yet.
pub(crate) fn with_image(dockerfile: &str) -> Image {
    let name = format!("it-{:x}", nonce());
    let project = contained(RECIPE);
    project.edit("infra/targets/openssh.yaml", "{build: openssh}", &format!("{{build: {name}}}"));
    project.write(&format!("infra/images/{name}/Dockerfile"), dockerfile);
    Image { project, name }
}

pub(crate) fn nonce() -> u64 {
    let mut bytes = [0; 8];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

/// A book with an image that is removed in the end.
pub(crate) struct Image {
    pub(crate) project: Project,
    pub(crate) name: String,
}

impl Drop for Image {
    fn drop(&mut self) {
        let listed = docker(&["images", "-q", &format!("dogfood/{}", self.name)]);
        listed.out.lines().for_each(|image| drop(docker(&["rmi", "-f", image])));
    }
}

/// No container, network or unfinished image carries the label of a run of this book.
pub(crate) fn assert_nothing_left(project: &Project, runs: &[String]) {
    for run in runs {
        let label = format!("label=dev.dogfood.run={run}");
        for words in [["ps", "-aq"], ["network", "ls"], ["volume", "ls"], ["images", "-q"]] {
            let mut words = words.to_vec();
            if ["network", "volume"].contains(&words[0]) {
                words.push("-q");
            }
            if words[0] == "images" {
                words.extend(["--filter", "dangling=true"]);
            }
            words.extend(["--filter", &label]);
            assert_eq!(docker(&words).code(0).out, "", "{words:?}");
        }
    }
    assert_eq!(records(project), Vec::<String>::new());
}

pub(crate) fn records(project: &Project) -> Vec<String> {
    let Ok(entries) = fs::read_dir(project.path(".dogfood/runs")) else { return Vec::new() };
    let name = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(".json").map(str::to_owned);
    entries.map(Result::unwrap).filter_map(name).collect()
}

#[test]
fn a_recipe_runs_against_a_container_and_leaves_nothing() {
    let project = contained(RECIPE);
    project.dogfood("run --plan").code(0).says("; needs Docker engine\n");
    project.dogfood("run").code(0).says("1 recipe passed").says("is ready after");
    let trace = project.read("traces/c/remote@openssh.yaml");
    let facts = trace.split_once("\nservice:\n").unwrap().1;
    assert!(facts.contains("image-id: sha256:") && facts.contains("route: container address"), "{trace}");
    assert!(facts.contains("image: dogfood/openssh:"), "{trace}");
    project.dogfood("run").code(0).says("1 trace unchanged");
    assert_eq!(records(&project), Vec::<String>::new());
}

#[test]
fn older_builds_of_an_image_go_on_demand() {
    let image = with_image("FROM scratch\nCMD [\"/nothing\"]\n");
    let (project, name) = (&image.project, &image.name);
    project.dogfood("run").code(3);
    // Another checkout's image of the same name, of other files.
    let other = contained(RECIPE);
    other.edit("infra/targets/openssh.yaml", "{build: openssh}", &format!("{{build: {name}}}"));
    other.write(&format!("infra/images/{name}/Dockerfile"), "FROM scratch\nCMD [\"/other\"]\n");
    other.dogfood("run").code(3);
    let tagged = || ran(project.command("docker".as_ref()).args(["images", "-q", &format!("dogfood/{name}")])).out;
    assert_eq!(tagged().lines().count(), 2, "{name}");
    project.dogfood("clean --images");
    assert_eq!(tagged().lines().count(), 2, "a target names one, and the other is not this checkout's");
    project.write(&format!("infra/images/{name}/Dockerfile"), "FROM scratch\nCMD [\"/nothing-else\"]\n");
    project.dogfood("clean --images").code(0).says("1 old image");
    assert_eq!(tagged().lines().count(), 1, "the other checkout's");
    other.write(&format!("infra/images/{name}/Dockerfile"), "FROM scratch\nCMD [\"/nothing-else\"]\n");
    other.dogfood("clean --images").code(0).says("1 old image");
    assert_eq!(tagged(), "");
}

#[test]
fn no_engine_is_three_and_says_what_mends_it() {
    let project = contained(RECIPE).set("DOCKER_HOST", "unix:///nowhere/docker.sock");
    project
        .dogfood("run")
        .code(3)
        .says("no Docker engine: there is no socket at /nowhere/docker.sock (DOCKER_HOST)")
        .says("`dogfood doctor` has the line")
        .says("1 not available");
    project.dogfood("run --available").code(0).says("1 not available");
    project.dogfood("up openssh").code(3).says("no Docker engine");
    project.dogfood("run --plan").code(0).says("c/remote@openssh: never recorded; needs Docker engine, not found here");
    project
        .dogfood("list --plan")
        .code(0)
        .says("1 run on openssh; 0 s of steps when last recorded; needs Docker engine (not found)");
    let doctor = project.dogfood("doctor --format json").code(3);
    let items = doctor.json()["items"].as_array().unwrap().clone();
    let engine = items.iter().find(|item| item["name"] == "Docker engine").unwrap();
    assert_eq!(
        (engine["state"].as_str(), engine["mend"].as_str()),
        (Some("missing"), Some("apt-get install docker.io"))
    );
    project.dogfood("doctor").code(3).says("missing: Docker engine").says("install it with: apt-get install docker.io");
    // This repository's own checkout has a script for it.
    project.script("scripts/engine", "#!/bin/sh\n");
    project.dogfood("doctor").code(3).says("install it with: scripts/engine");
    project.dogfood("clean").code(0).says("nothing was left behind");
    let silent = Proxy::start(&project, Answer::Nothing);
    let project = project.set("DOCKER_HOST", &silent.host());
    project.dogfood("run").code(3).says("does not answer");
}

#[test]
fn an_old_engine_is_refused_and_a_newer_one_is_taken() {
    let project = contained(RECIPE);
    let old = Proxy::start(&project, Answer::Version("1.40", "19.03.15"));
    let project = project.set("DOCKER_HOST", &old.host());
    project.dogfood("run").code(3).says("Docker 19.03.15, which speaks API 1.40; at least 1.41 is needed");
    drop(old);
    let new = Proxy::start(&project, Answer::Version("1.99", "99.0.0"));
    let project = project.set("DOCKER_HOST", &new.host());
    project.dogfood("run").code(0).says("1 recipe passed");
}

#[test]
fn an_engine_that_dies_in_the_middle_is_not_the_recipe_s_failure() {
    dies("recipe=remote");
    dies("recipe=remote fresh");
}

fn dies(words: &str) {
    let mark = format!("{:x}", nonce());
    let steps = format!("touch /tmp/{mark}-up\nuntil [ -e /tmp/{mark}-gone ]; do sleep 0.1; done\nfalse\n");
    let project = contained(&format!("```sh {words}\n{steps}```\n"));
    let proxy = Proxy::start(&project, Answer::Engine);
    let project = project.set("DOCKER_HOST", &proxy.host());
    let child = project
        .command(Path::new(env!("CARGO_BIN_EXE_dogfood")))
        .arg("run")
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (up, gone) = (PathBuf::from(format!("/tmp/{mark}-up")), PathBuf::from(format!("/tmp/{mark}-gone")));
    wait_until("the recipe runs", || up.exists());
    let runs = records(&project);
    drop(proxy);
    std::thread::sleep(Duration::from_millis(500));
    fs::write(&gone, "").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    fs::remove_file(up).unwrap();
    fs::remove_file(gone).unwrap();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("target openssh did not last") && said.contains("does not answer any more"), "{said}");
    assert!(said.contains("the run's containers may still be there"), "{said}");
    assert!(!project.has("traces/c/remote@openssh.yaml"), "what could not run leaves no trace");
    assert_eq!(records(&project), runs, "the record stays until the containers are gone");
    // The next run, with an engine again, removes them.
    let project = project.set("DOCKER_HOST", &format!("unix://{ENGINE}"));
    // Unless another run on this machine was faster.
    project.dogfood("clean").code(0).says("removed: 1 run");
    assert_nothing_left(&project, &runs);
}

#[test]
fn an_image_that_cannot_be_built_says_which_step_and_its_last_lines() {
    let image =
        with_image("FROM debian:bookworm-slim\nRUN echo fine\nRUN echo \"no such thing\" >&2 && exit 7\nRUN true\n");
    let ran = image.project.dogfood("run").code(3);
    let expected =
        format!("the image {} cannot be built: step 3 (`RUN echo \"no such thing\" >&2 && exit 7`)", image.name);
    assert!(ran.err.contains(&expected), "{}", ran.err);
    assert!(ran.err.contains("its last lines:") && ran.err.contains("no such thing"), "{}", ran.err);
    assert!(ran.err.contains("returned a non-zero code: 7"), "{}", ran.err);
    assert_eq!(records(&image.project), Vec::<String>::new());

    let image = with_image("FORM debian:bookworm-slim\n");
    let ran = image.project.dogfood("run").code(1).says("cannot be built: ").says("mend infra/images/");
    assert!(ran.err.to_lowercase().contains("form"), "{}", ran.err);
}

#[test]
fn a_container_that_dies_is_quoted_without_its_secrets() {
    let image =
        with_image("FROM debian:bookworm-slim\nCMD [\"sh\", \"-c\", \"echo cannot start $SFTP_PASS >&2; exit 9\"]\n");
    let ran =
        image.project.dogfood("run").code(3).says("the server ended with code 9 before it was ready; its last lines:");
    assert!(ran.err.contains("cannot start ${SFTP_PASSWORD:hidden}"), "{}", ran.err);
    let image = with_image("FROM debian:bookworm-slim\nCMD [\"sh\", \"-c\", \"head -c 400000000 /dev/zero | tail\"]\n");
    image
        .project
        .dogfood("run")
        .code(3)
        .says("for want of memory: it may have 256 MiB (`memory` in infra/targets/openssh.yaml)");
    let image = with_image("FROM debian:bookworm-slim\nCMD [\"sh\", \"-c\", \"echo warming up; sleep 300\"]\n");
    image.project.edit("infra/targets/openssh.yaml", "ready-within: 30", "ready-within: 6");
    image.project.dogfood("run").code(3).says("not ready within 6 s").says("warming up");
    assert_eq!(records(&image.project), Vec::<String>::new());
}

#[test]
fn two_runs_at_once_build_an_image_once_and_both_pass() {
    let first = contained(RECIPE);
    first.dogfood("run").code(0);
    let built = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "dogfood/openssh"]);
    let base = built.out.lines().find(|tag| !tag.ends_with(":dev")).unwrap().to_owned();
    let image = with_image(&format!("FROM {base}\nRUN sleep 2\n"));
    let other = contained(RECIPE);
    other.edit("infra/targets/openssh.yaml", "{build: openssh}", &format!("{{build: {}}}", image.name));
    copy(
        &image.project.path(&format!("infra/images/{}", image.name)),
        &other.path(&format!("infra/images/{}", image.name)),
    );
    let said: Vec<Ran> = std::thread::scope(|scope| {
        let runs = [&image.project, &other].map(|project| scope.spawn(|| project.dogfood("run")));
        runs.into_iter().map(|run| run.join().unwrap().code(0).says("1 recipe passed")).collect()
    });
    let builds = said.iter().filter(|ran| ran.err.contains("openssh: building the image")).count();
    assert_eq!(builds, 1, "{}\n---\n{}", said[0].err, said[1].err);
}

#[test]
fn a_container_is_up_for_a_person() {
    let project = contained(RECIPE);
    let mut child = project
        .command(Path::new(env!("CARGO_BIN_EXE_dogfood")))
        .args(["up", "openssh"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for _ in 0..5 {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut said, &mut line).unwrap();
        lines.push(line);
    }
    assert!(lines.iter().all(|line| line.starts_with("export SFTP_")), "{lines:?}");
    let runs = records(&project);
    ran(project.command(Path::new("kill")).args(["-INT", &child.id().to_string()])).code(0);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_nothing_left(&project, &runs);
    project.dogfood("doctor").code(0).says("there: Docker engine: version").says("there: image of openssh: built");
}

pub(crate) fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}: not within two minutes");
        std::thread::sleep(Duration::from_millis(50));
    }
}
