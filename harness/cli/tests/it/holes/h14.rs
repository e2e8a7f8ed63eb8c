//! H14: what goes wrong before a recipe runs is not the recipe's failure.

use crate::project::{Project, Ran, ran};

const BODY: &str = "```sh recipe=hello\necho hello | tr a-z a-z\nmkdir d; echo text > d/f; cat d/f\n```\n\n```text expect\nhello\ntext\n```\n";

/// A book whose evidence holds.
pub(crate) fn verified() -> Project {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(0);
    project
}

/// Runs the program after the `limits` of a shell.
pub(crate) fn limited(project: &Project, limits: &str, words: &str) -> Ran {
    let script = format!("{limits}; exec \"$0\" {words}");
    ran(project.command("bash".as_ref()).args(["-c", &script, env!("CARGO_BIN_EXE_dogfood")]))
}

/// Holds that a run under `limits` passes, or ends with 3 and says what to do; never that the recipe failed.
#[track_caller]
fn passes_or_says_what_to_do(project: &Project, limits: &str, says: &str) -> Option<i32> {
    let run = limited(project, limits, "run --refresh --jobs 2");
    assert!(!run.err.contains("panicked"), "{limits}: {}", run.err);
    assert!(matches!(run.code, Some(0 | 3)), "{limits}: {:?} {}", run.code, run.err);
    assert!(run.code == Some(0) || run.err.contains(says), "{limits}: {}", run.err);
    project.dogfood("check").code(0).says("1 of 1 cell verified");
    run.code
}

#[test]
fn few_descriptors_are_no_failure_of_a_recipe() {
    let project = verified();
    let codes: Vec<_> = [8, 13, 20, 32, 63, 64, 80, 120, 180, 196, 199, 200, 203, 205, 260]
        .map(|number| passes_or_says_what_to_do(&project, &format!("ulimit -n {number}"), "open files"))
        .into();
    assert_eq!(codes[0], Some(3));
    assert_eq!(codes[9..], [Some(0); 6], "there is room for all that a recipe needs");
}

#[test]
fn a_file_that_may_not_grow_is_no_failure_of_a_recipe() {
    let project = verified();
    for blocks in [0, 1, 2, 8] {
        passes_or_says_what_to_do(&project, &format!("ulimit -f {blocks}"), "File too large");
    }
}

#[test]
fn a_small_stack_is_no_failure_of_a_recipe() {
    let project = verified();
    for kib in [64, 100, 200, 500, 2000] {
        passes_or_says_what_to_do(&project, &format!("ulimit -s {kib}"), "`ulimit -s`");
    }
}

#[test]
fn a_bash_that_does_not_start_is_no_failure_of_a_recipe() {
    let project = verified();
    let trace = project.read("traces/a/hello@none.yaml");
    for (script, says) in [
        ("#!/bin/sh\necho 'cannot map segment' >&2; exit 127\n", "it said: cannot map segment"),
        ("#!/bin/sh\nkill -6 $$\n", "bash ended with code 134"),
        ("#!/bin/sh\nexit 0\n", "bash ended with code 0"),
        ("no program\n", "bash ended with code 127"),
        ("#!/nowhere/interpreter\n", "start bash"),
    ] {
        project.script("odd/bash", script);
        let path = format!("PATH={}:$PATH", project.path("odd").display());
        limited(&project, &path, "run --refresh").code(3).says("not available").says(says);
        assert_eq!(project.read("traces/a/hello@none.yaml"), trace, "{script}");
    }
}

#[test]
fn a_recipe_that_a_limit_stops_counts_as_not_run() {
    for (script, limits, flag) in [
        ("head -c 3000000 /dev/zero > big", "ulimit -f 2000", "`ulimit -f` is 2000"),
        ("exec 3>&1; for n in $(seq 100); do exec {fd}<&0; done; : < /dev/null", "ulimit -n 100", "`ulimit -n` is 100"),
        ("while :; do :; done", "ulimit -St 3; ulimit -Ht 4", "`ulimit -t` is 3"),
    ] {
        let project = Project::with_guide("a", &format!("```sh recipe=r timeout=50s\n{script}\n```\n"));
        let run = limited(&project, limits, "run").code(3).says("not available").says(flag).says("run again");
        assert!(!project.has("traces"), "{script}: {}", run.err);
        // It is not what was asked for that is missing.
        if flag.contains("-f") {
            limited(&project, limits, "run --available").code(3);
            limited(&project, limits, "run --walk").code(3).says(flag);
        }
    }
    // Without a limit that is in its way, a failure is the recipe's.
    Project::with_guide("a", "```sh recipe=r\nfalse\n```\n").dogfood("run").code(1).says("1 failed");
}
