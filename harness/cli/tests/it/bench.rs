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
    let project = Project::wired();
    let log = project.path(".home/rounds");
    let body = BODY.replace("sleep 1.2", &format!("echo >> {}; sleep 1.2", log.display()));
    let project = project.guide("a", "targets: [none]", &body);
    let rounds = || project.read(".home/rounds").lines().count();
    project.dogfood("run").code(0);
    assert_eq!(rounds(), 6, "five, and one to warm up");
    let before = project.files();
    // The warm-up says whether the steps still do what they did.
    project.dogfood("run --frozen").code(0);
    assert_eq!(rounds(), 7);
    project.dogfood("run").code(0).says("1 trace unchanged");
    assert_eq!(rounds(), 13);
    assert_eq!(project.files(), before);
    let trace = project.read("traces/a/pace@none.yaml");
    project.write("traces/a/pace@none.yaml", &trace.replacen("samples: [0.", "samples: [9.", 1));
    project.dogfood("check").code(1).says("edited-trace").says("broken-evidence");
    project.mdbook("build").code(101).says("edited-trace");
}

#[test]
fn bench_measures_again_and_says_what_changed() {
    // What counts as a change here no machine that stutters brings about.
    let project = Project::with_guide("a", &BODY.replace("min-effect=1.5", "min-effect=2.5"));
    project.dogfood("run").code(0);
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

/// A group that takes no time; no difference between its variants is one.
const QUICK: &str = "```sh recipe=quick bench=quick/one rounds=5 min-effect=90\nsleep 0.01\n```\n\n\
                     ```sh recipe=quick bench=quick/two\nsleep 0.01\n```\n";

#[test]
fn a_group_may_be_named_twice_and_what_cannot_be_removed_is_told() {
    let project = Project::with_guide("a", QUICK);
    project.dogfood("run").code(0);
    // A record of a run that nobody can read, and nobody can remove: it is a folder with something in it.
    project.write(".dogfood/runs/0123456789ab.json/x", "");
    let ran = project.dogfood("bench quick a/quick").code(0).says("1 ratio measured, 0 changed");
    ran.says("warning: cannot remove ").says("0123456789ab.json");
    project.dogfood("bench quick b/quick").code(2).says("there is no group `b/quick`");
}

#[test]
fn what_was_not_measured_is_told_and_is_no_success() {
    let skipped = QUICK.replace("bench=quick/one", "skip=needs-an-account until=2099-01-01 bench=quick/one");
    let skipped = Project::with_guide("a", &skipped).dogfood("bench").code(4);
    skipped.says("a/quick@none: skipped: needs-an-account").says("0 ratios measured");
    let body = crate::project::sftp_given(" target=absent") + QUICK;
    let project = Project::wired()
        .guide("a", "targets: [absent]", &body)
        .with_absent_target()
        .set("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
        .set("UV_INDEX_URL", "http://127.0.0.1:9/simple")
        .set("UV_OFFLINE", "1");
    project.dogfood("bench").code(3).says("a/quick@absent");
    project.dogfood("bench --available").code(4).says("a/quick@absent").says("0 ratios measured");
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
    // On a machine that is busy itself the humps are not always two; nothing may be said of it all the same.
    let ran = project.dogfood("run").code(1).says("broken-evidence");
    assert!(ran.err.contains("bimodal") || ran.err.contains("too noisy"), "{}", ran.err);
}
