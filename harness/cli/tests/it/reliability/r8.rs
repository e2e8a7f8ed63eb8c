//! Reliability 8: recipes that depend on timing or chance are found by running them several times.

use crate::project::Project;

const SAME: &str = "```sh recipe=same\necho hello\n```\n\n```text expect\nhello\n```\n\n";

#[test]
fn what_differs_from_run_to_run_is_told_and_nothing_is_written() {
    // The world of a run is fresh, so chance is the only thing that may differ.
    let chance = "```sh recipe=chance\necho first; cat /proc/sys/kernel/random/uuid\n```\n\n```text expect\nfirst\nsecond\n```\n\n";
    let project = Project::with_guide("a", &format!("{SAME}{chance}"));
    let run = project.dogfood("run --repeat 3").code(1);
    let run = run.says("a/chance@none: 1 of 3 runs differ from the others: stdout of step 1 differs");
    run.says("2 recipes ran 3 times: 1 said the same each time, 1 did not").says("first");
    assert!(!project.has("traces"));
}

#[test]
fn what_is_the_same_is_held_against_the_guide_and_the_trace() {
    let project = Project::with_guide("a", SAME);
    project.dogfood("run --repeat 2").code(0).says("1 recipe ran 2 times: 1 said the same each time");
    project.dogfood("run").code(0);
    let before = project.files();
    for words in ["run --repeat 2 --frozen --jobs 1", "run a/same --repeat 3"] {
        project.dogfood(words).code(0);
    }
    let json = project.dogfood("run --repeat 2 --format json").code(0).json();
    assert_eq!((&json["repeats"], &json["cells"][0]["same"]), (&2.into(), &true.into()));
    assert_eq!(project.files(), before);
    project.edit("guides/a.md", "echo hello", "echo other");
    project.dogfood("run --repeat 2").code(1).says("2 of 2 runs differ from the trace");
}

#[test]
fn a_recipe_that_fails_each_time_is_not_the_same_each_time() {
    let project = Project::with_guide("a", "```sh recipe=r\nfalse\n```\n");
    project.dogfood("run --repeat 2").code(1).says("2 of 2 runs");
    project.dogfood("run --repeat 1").code(2);
    project.dogfood("run --repeat 2 --refresh").code(2);
}
