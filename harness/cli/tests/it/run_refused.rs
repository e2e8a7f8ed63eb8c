//! Runs whose traces may not, or cannot, be written: the old trace stays, and nothing is called passed.

use crate::project::Project;

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

#[test]
fn a_trace_that_cannot_be_written_fails_its_recipe() {
    let project = Project::with_guide("a", HELLO).file("traces/a", "a file where a folder should be\n");
    project.dogfood("run").code(1).says("traces/a/hello@none.yaml").says("1 failed").silent_about("1 recipe passed");
    assert_eq!(project.read("traces/a"), "a file where a folder should be\n");
}

#[test]
fn under_ci_nothing_is_refreshed() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let before = project.files();
    let project = project.set("CI", "true");
    project.dogfood("run --refresh").code(2).says("CI is set");
    assert_eq!(project.files(), before);
}

#[test]
fn a_secret_of_the_callers_environment_is_in_no_trace_and_on_no_screen() {
    let secret = "s3cr3t-of-the-caller-42";
    // What a recipe's own environment does not hold, its parent's does.
    let body = "```sh recipe=r\ntr '\\0' '\\n' < /proc/$PPID/environ | grep MY_TOKEN || true\necho 'the end'\n```\n";
    for words in ["run", "run --keep"] {
        let project = Project::with_guide("a", body).set("MY_TOKEN", secret);
        let run = project.dogfood(words);
        assert!(!run.err.contains(secret) && !run.out.contains(secret), "{}", run.err);
        assert!(project.files().values().all(|text| !text.contains(secret)));
    }
}

#[test]
fn programs_are_told_of_a_run_of_nothing() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let json = project.dogfood("run --stale --format json").code(4).json();
    assert_eq!(json["cells"].as_array().unwrap().len(), 0);
}
