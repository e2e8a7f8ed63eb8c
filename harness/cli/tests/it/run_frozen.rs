//! `dogfood run --frozen`, and the same under CI: compares with what is committed and writes nothing.

use crate::project::Project;

const BODY: &str = "```sh recipe=r\necho hello; echo noise >&2\n```\n\n```text expect\nhello\n```\n";

fn recorded() -> Project {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(0);
    project
}

#[test]
fn the_same_is_clean_and_nothing_is_written() {
    let project = recorded().set("CI", "true");
    let before = project.files();
    project.dogfood("run").code(0).says("1 recipe passed");
    project.dogfood("run --frozen").code(0);
    assert_eq!(project.files(), before);
}

#[test]
fn without_a_committed_trace_it_fails_and_writes_none() {
    let project = Project::with_guide("a", BODY).set("CI", "true");
    project.dogfood("run").code(1).says("missing-evidence");
    assert!(!project.has("traces"));
}

#[test]
fn a_difference_that_is_judged_fails_and_another_is_a_note() {
    let project = recorded();
    let before = project.files();
    project.edit("guides/a.md", "echo noise >&2", "echo other >&2");
    project.dogfood("run --frozen").code(1);
    project.edit("guides/a.md", "echo other >&2", "echo noise >&2");
    assert_eq!(project.files(), before);

    let chance = BODY.replace("echo noise >&2", "date +%N >&2");
    let project = Project::with_guide("a", &chance);
    project.dogfood("run").code(0);
    project.dogfood("run --frozen").code(0).says("note");

    let chance = BODY.replace("echo hello", "date +%N").replace("expect\nhello", "expect\n[..]");
    let project = Project::with_guide("a", &chance);
    project.dogfood("run").code(0);
    project.dogfood("run --frozen").code(0);
}

#[test]
fn ci_names_itself_as_recorder_only_where_it_may_write() {
    let project = recorded();
    assert!(project.read("traces/a/r@none.yaml").contains("recorder: local"));
}

/// Durations differ from run to run and mean nothing, but for whether they are what the step declares.
#[test]
fn a_step_that_takes_another_time_than_it_declares_is_a_difference() {
    let project = Project::wired().file("pause", "0.1");
    let body = format!("```sh recipe=r took=0s..900ms\nsleep \"$(cat {})\"\n```\n", project.path("pause").display());
    let project = project.guide("a", "targets: [none]", &body);
    project.dogfood("run").code(0);
    let good = project.files();
    project.dogfood("run").code(0).says("1 trace unchanged");
    project.write("pause", "1.2");
    let late =
        project.dogfood("run --frozen").code(1).says("a/r@none: step 1 took 1.").says("it declares 0 s to 0.9 s");
    late.says("failed-evidence");
    project.dogfood("run --frozen --fail-fast").code(1).says("0 recipes passed, 1 failed");
    project.dogfood("run").code(1).says("failed-evidence").says("1 trace written");
    project.dogfood("run --frozen").code(1).says("failed-evidence");
    // What broke its bound on a bad day is replaced by the next good run.
    project.write("pause", "0.1");
    project.dogfood("run").code(0).says("1 trace written");
    project.dogfood("run --frozen").code(0);
    assert_eq!(good.len(), project.files().len());
}

/// Each step alone fits its pattern, whatever it says; what the name binds must be the same in both.
#[test]
fn what_one_name_binds_in_two_steps_is_held_together() {
    let project = Project::wired().file("one", "7").file("other", "7");
    let step = |name: &str| {
        let path = project.path(name).display().to_string();
        format!("```sh recipe=r\necho \"id $(cat {path})\"\n```\n\n```text expect\nid [..id]\n```\n\n")
    };
    let body = step("one") + &step("other");
    let project = project.guide("a", "targets: [none]", &body);
    project.dogfood("run").code(0);
    project.write("one", "8");
    project.write("other", "8");
    project.dogfood("run --frozen").code(0);
    project.dogfood("run").code(0).says("1 trace unchanged");
    project.write("other", "9");
    project.dogfood("run --frozen").code(1).says("a/r@none: stdout of step 2 differs").says("output-drift");
    project.dogfood("run").code(1).says("output-drift").says("1 trace written");
    project.write("other", "8");
    project.dogfood("run").code(0).says("1 trace written");
}

/// A recipe that says how often its benchmark ran, and what is in the file `word`.
const COUNTS: &str = "```sh recipe=pace bench=pace/one rounds=5\necho >> runs\n```\n\n```sh recipe=pace\nwc -l < runs\ncat WORD\n```\n\n\
                      ```text expect\n6\n[..]\n```\n\n{{#evidence took a/pace}}\n";

#[test]
fn what_depends_on_the_rounds_of_a_benchmark_is_held_against_all_of_them() {
    let project = Project::wired().file("word", "one\n");
    let body = COUNTS.replace("WORD", &project.path("word").display().to_string());
    let project = project.guide("a", "targets: [none]", &body);
    project.dogfood("run").code(0);
    let before = project.files();
    let again =
        "a/pace@none said something else after the warm-up of its benchmarks alone, and was run with all their rounds";
    let ran = project.dogfood("run --frozen").code(0).says(again).says("1 recipe passed");
    ran.silent_about("was timed").silent_about("differs");
    project.dogfood("run --frozen --fail-fast").code(0).says(again);
    assert_eq!(project.files(), before);
    // Another word is within the pattern; a line more is a difference whatever the rounds.
    project.write("word", "two\nthree\n");
    let ran = project.dogfood("run --frozen").code(1).says(again);
    ran.says("output-drift").silent_about("was timed");
}
