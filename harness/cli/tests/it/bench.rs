//! Benchmarks through the real programs: variants that sleep, so that their ratio is known.

use crate::project::Project;

/// `long` sleeps six times as long as `short`: far enough from it for a machine on which every sample may wait for its turn.
const BODY: &str = "## Pace\n\n```sh recipe=pace\ntouch ready\n```\n\n```sh recipe=pace bench=pace\ntest -e ready\n```\n\n\
                    ```sh recipe=pace bench=pace/short rounds=5 min-effect=1.5\nsleep 0.2\n```\n\n\
                    ```sh recipe=pace bench=pace/long\nsleep 1.2\n```\n\n\
                    It is {{#evidence ratio pace/long}}.\n\n{{#evidence benchmark pace}}\n\n{{#evidence chart pace}}\n";

fn recorded() -> Project {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(0);
    project
}

/// The samples of every timed step of the trace, in seconds.
fn samples(project: &Project) -> Vec<Vec<f64>> {
    let trace = project.read("traces/a/pace@none.yaml");
    let lists = trace.lines().filter_map(|line| line.trim().strip_prefix("samples: [")?.strip_suffix(']'));
    lists.map(|list| list.split(", ").map(|number| number.parse().unwrap()).collect()).collect()
}

#[test]
fn every_sample_is_kept_and_the_page_shows_the_ratio() {
    let project = recorded();
    let samples = samples(&project);
    assert_eq!(samples.iter().map(Vec::len).collect::<Vec<_>>(), [5, 5]);
    assert!(samples[0].iter().all(|time| *time >= 0.2) && samples[1].iter().all(|time| *time >= 1.2), "{samples:?}");
    project.mdbook("build").code(0).silent_about("WARN");
    let page = project.read("book/a.html");
    assert!(page.contains("times slower"), "{page}");
    assert!(page.contains("<svg class=\"dogfood-plot\" role=\"img\"") && page.contains("viewBox="), "{page}");
    assert!(page.contains("<th scope=\"col\">Time as a ratio</th>"), "{page}");
    let first = project.read("book/a.html");
    project.mdbook("build").code(0);
    assert_eq!(project.read("book/a.html"), first, "the same trace makes the same page");
}

#[test]
fn another_time_is_no_difference_and_a_changed_figure_stops_the_build() {
    let project = recorded();
    let before = project.files();
    // One round after the warm-up says whether the steps still do what they did.
    let ran = project.dogfood("run --frozen").code(0);
    let took = ran.err.split("ran to its end (").nth(1).and_then(|rest| rest.split(' ').next()?.parse::<f64>().ok());
    assert!(took.is_some_and(|seconds| seconds < 6.0), "five rounds take seven seconds: {}", ran.err);
    project.dogfood("run").code(0).says("1 trace unchanged");
    assert_eq!(project.files(), before);
    let trace = project.read("traces/a/pace@none.yaml");
    project.write("traces/a/pace@none.yaml", &trace.replacen("samples: [0.", "samples: [9.", 1));
    project.dogfood("check").code(1).says("edited-trace").says("broken-evidence");
    project.mdbook("build").code(101).says("edited-trace");
}

#[test]
fn bench_measures_again_and_says_what_changed() {
    let project = recorded();
    let before = project.files();
    let ran = project.dogfood("bench pace --format json").code(0);
    let variants = ran.json()["variants"].clone();
    assert_eq!(variants[0]["variant"], "long");
    assert_eq!(variants[0]["verdict"], "not changed beyond noise");
    assert_eq!(project.files(), before, "nothing is written");
    project.dogfood("bench nothing").code(2).says("there is no group `nothing`");
    // The trace of a recipe whose text is another one is not compared with.
    project.edit("guides/a.md", "sleep 1.2", "sleep 0.6");
    project.dogfood("bench").code(1).says("the recipe changed since it was recorded");
    project.dogfood("bench --record").code(0);
    assert_ne!(project.files(), before);
    Project::with_guide("a", "```sh recipe=r\ntrue\n```\n").dogfood("bench").code(4);
}

#[test]
fn a_ratio_that_moved_is_told_and_fails() {
    let project = Project::wired();
    project.write("pause", "1.2");
    let body = BODY.replace("sleep 1.2", &format!("sleep \"$(cat {})\"", project.path("pause").display()));
    let project = project.guide("a", "targets: [none]", &body);
    project.dogfood("run").code(0);
    let before = project.read("traces/a/pace@none.yaml");
    project.write("pause", "0.2");
    let ran = project.dogfood("bench a/pace").code(1).says("a/pace@none pace/long: changed (recorded ");
    assert!(ran.err.contains("1 ratio measured, 1 changed"), "{}", ran.err);
    assert_eq!(project.read("traces/a/pace@none.yaml"), before);
    project.dogfood("run --frozen").code(0);
}

#[test]
fn noise_stops_the_build() {
    // The first runs take as long as the base, the later ones five times as long: two humps.
    let body =
        BODY.replace("sleep 1.2", "echo >> runs; if [ \"$(wc -l < runs)\" -gt 5 ]; then sleep 1.0; else sleep 0.2; fi");
    let body = body.replace("rounds=5", "rounds=8");
    let project = Project::with_guide("a", &body);
    project.dogfood("run").code(1).says("broken-evidence").says("bimodal");
}
