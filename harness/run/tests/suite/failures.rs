//! What ends a recipe: every way in which a bash step can fail without having declared it.

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::Ended;

use crate::world::{World, bash, steps};

/// Runs `text` as a second step, and holds that it ends the recipe so, with this output.
#[track_caller]
fn fails(text: &str, ended: Ended, out: &str) {
    let ran = bash(&["echo first", text, "echo not run"]);
    assert_eq!(ran.outs(), ["first\n", out], "{text}");
    assert_eq!(ran.last().ended, ended, "{text}: {}", ran.last().err);
    assert_eq!(ran.broken, None);
}

#[test]
fn a_failure_ends_the_recipe_with_its_code_and_partial_output() {
    fails("echo part; (exit 5); echo no", Ended::SessionEnded(5), "part\n");
    fails("false | true\necho no", Ended::SessionEnded(1), "");
    fails("v=$(echo hi; false); echo no", Ended::SessionEnded(1), "");
    fails("echo part; echo $NOPE", Ended::SessionEnded(1), "part\n");
    fails("no-such-command", Ended::SessionEnded(127), "");
    fails("cd /nonexistent", Ended::SessionEnded(1), "");
}

#[test]
fn exit_ends_the_recipe_also_exit_0() {
    fails("echo a; exit 3", Ended::SessionEnded(3), "a\n");
    fails("echo a; exit 0", Ended::SessionEnded(0), "a\n");
    fails("exec echo gone", Ended::SessionEnded(0), "gone\n");
    fails("exec false", Ended::SessionEnded(1), "");
    fails("trap 'echo bye' EXIT; exit 0", Ended::SessionEnded(0), "bye\n");
}

#[test]
fn a_closed_pipe_has_its_own_code() {
    fails("yes | head -1", Ended::SessionEnded(141), "y\n");
}

#[test]
fn a_killed_shell_is_seen() {
    fails("echo a; kill -9 $$", Ended::SessionEnded(137), "a\n");
    fails("echo a; kill -SEGV $$", Ended::SessionEnded(139), "a\n");
}

#[test]
fn broken_syntax_ends_the_recipe() {
    for text in ["if true; fi", "echo 'abc", "echo \"abc", "echo $(", "f() {"] {
        let ran = bash(&["echo first", text, "echo not run"]);
        assert_eq!(ran.outs(), ["first\n", ""], "{text}");
        assert!(matches!(ran.last().ended, Ended::SessionEnded(1..=2)), "{text}: {:?}", ran.last());
        assert!(ran.last().err.contains("step 2, line "), "{text}: {}", ran.last().err);
    }
}

#[test]
fn a_step_that_switches_errexit_off_still_fails_by_its_last_command() {
    fails("set +e; false; echo reached; (exit 6)", Ended::Exit(6), "reached\n");
    let ran = bash(&["set +e; false; echo reached", "echo next"]);
    assert_eq!(ran.outs(), ["reached\n", "next\n"]);
}

#[test]
fn a_shell_that_a_background_process_kills_fails_the_next_step() {
    let ran = bash(&["(sleep 0.1; kill -9 $$) & echo on", "sleep 300", "echo not run"]);
    assert_eq!(ran.ends(), [Ended::Exit(0), Ended::SessionEnded(137)]);
}

#[test]
fn a_step_that_closes_the_saved_streams_ends_its_session() {
    let ran = bash(&["echo a; exec 198>&-", "echo not run"]);
    assert_eq!((ran.outs(), ran.ends()), (vec!["a\n"], vec![Ended::SessionEnded(1)]));
}

#[test]
fn a_missing_program_of_ours_is_told_as_such() {
    let mut world = World::new();
    world.job.bash = "/nonexistent/bash".into();
    let (ran, _) = world.run(steps(Session::Bash, &["echo a"]));
    assert!(ran.broken.unwrap().contains("No such file"));
}
