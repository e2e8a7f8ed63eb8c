//! The bash session: state, streams, what its steps may do to their shell.

use dogfood_core::markup::model::Session;
use dogfood_run::sessions::unit::Ended;

use crate::world::{World, bash, exits, steps, unit};

const FINE: Ended = Ended::Exit(0);

#[test]
fn steps_share_one_shell() {
    let ran = bash(&["X=1; cd /; f() { echo f$X; }; declare -A m=([a]=b)", "f; pwd; echo ${m[a]} $BASHPID = $$"]);
    assert_eq!(ran.ends(), [FINE, FINE]);
    assert!(ran.outs()[1].starts_with("f1\n/\nb "), "{:?}", ran.outs());
    let pids: Vec<&str> =
        ran.outs()[1].lines().last().unwrap().split([' ', '=']).filter(|word| !word.is_empty()).collect();
    assert_eq!(pids[1], pids[2]);
}

#[test]
fn streams_are_apart_and_exact() {
    let ran = bash(&["echo out; echo err >&2; printf no-newline", "printf '\\000\\037\\036x' ; printf '' >&2", ":"]);
    assert_eq!((ran.steps[0].out.as_str(), ran.steps[0].err.as_str()), ("out\nno-newline", "err\n"));
    assert_eq!(ran.steps[1].out, "\0\u{1f}\u{1e}x");
    assert_eq!((ran.steps[2].out.as_str(), ran.steps[2].err.as_str()), ("", ""));
    assert_eq!(ran.after, [""]);
}

#[test]
fn the_shell_is_started_as_designed() {
    let ran = bash(&[
        "shopt -q login_shell && echo login; echo $0 $- ; umask; tty; set -o | grep -E 'errexit|nounset|pipefail'",
        "ls -l /proc/$$/fd | grep -c ' 199 ' || :",
    ]);
    let out = ran.outs()[0].replace('\t', " ");
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with("/dev/fd/199 ")
            && lines[0].contains('e')
            && lines[0].contains('u')
            && !lines[0].contains('i')
    );
    assert_eq!(lines[1], "0022");
    assert_eq!(ran.ends()[0], Ended::SessionEnded(1), "tty fails: there is no terminal");
}

#[test]
fn the_options_are_really_set() {
    let ran = bash(&[
        "set -o | grep -E 'errexit|nounset|pipefail' | tr -s ' \\t' ' '; ls /proc/$$/fd | grep -x 199 || echo closed",
    ]);
    assert_eq!(ran.outs(), ["errexit on\nnounset on\npipefail on\nclosed\n"]);
}

#[test]
fn standard_input_is_empty() {
    let ran = bash(&["cat; read -r x || echo eof; readlink /proc/self/fd/0"]);
    assert_eq!(ran.outs(), ["eof\n/dev/null\n"]);
}

#[test]
fn the_shell_leads_a_session_without_a_terminal() {
    let ran = bash(&[
        "ps -o pid=,sid=,pgid=,tty= -p $$ | tr -s ' ' || cut -d' ' -f1,6,5,7 /proc/$$/stat",
        "if (: </dev/tty) 2>/dev/null; then echo terminal; else echo none; fi",
    ]);
    assert_eq!(ran.outs()[1], "none\n");
}

#[test]
fn the_environment_is_exactly_what_was_handed_over() {
    let (ran, world) = World::new().run(steps(Session::Bash, &["env | grep -vE '^(_|SHLVL|PWD|OLDPWD)=' | sort"]));
    let expected: String = world.job.environment.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(ran.outs()[0]), sorted(&expected));
}

#[test]
fn error_lines_count_from_their_step() {
    let ran = bash(&["\n\ng() {\n  echo \"$NOPE\"\n}", "echo ok\ng"]);
    assert_eq!(ran.last().err, "step 1, line 4: NOPE: unbound variable\n");
    let ran = bash(&["echo a\n\nno-such-command"]);
    assert_eq!(ran.last().err, "step 1, line 3: no-such-command: command not found\n");
    assert_eq!(ran.last().ended, Ended::SessionEnded(127));
}

#[test]
fn a_step_may_redirect_its_shell() {
    let (ran, world) = World::new()
        .run(steps(Session::Bash, &["exec >o.txt 2>e.txt; echo hidden", "echo also; echo err >&2", "exec >/dev/null"]));
    assert_eq!((ran.ends(), ran.outs()), (vec![FINE; 3], vec![""; 3]));
    assert_eq!(std::fs::read_to_string(world.work().join("o.txt")).unwrap(), "hidden\nalso\n");
    assert_eq!(std::fs::read_to_string(world.work().join("e.txt")).unwrap(), "err\n");
}

#[test]
fn a_step_may_trace_its_shell_and_sees_its_own_lines_only() {
    let ran = bash(&[
        "set -x; echo one",
        "echo two\necho three",
        "set +x; echo four",
        "set -v",
        "echo five\n# note",
        "set +v",
        "echo six",
    ]);
    assert_eq!(ran.outs(), ["one\n", "two\nthree\n", "four\n", "", "five\n", "", "six\n"]);
    let errs: Vec<&str> = ran.steps.iter().map(|step| step.err.as_str()).collect();
    assert_eq!(&errs[..3], ["+ echo one\n", "+ echo two\n+ echo three\n", "+ set +x\n"]);
    assert_eq!(errs[6], "");
    assert!(!errs.concat().contains("builtin printf"), "{errs:?}");
}

#[test]
fn a_declared_exit_runs_in_a_subshell_whose_state_is_lost() {
    let declared = |number, text, code| exits(unit(Session::Bash, number, text), code);
    let units = vec![
        unit(Session::Bash, 1, "Y=kept"),
        declared(2, "Y=lost; Z=lost; cd /; echo in; false; echo no", 1),
        declared(3, "echo a; exit 3", 3),
        unit(Session::Bash, 4, "echo $Y ${Z-unset} ${PWD##*/}"),
        declared(5, "exit 0; echo no", 0),
        declared(6, "echo $NOPE", 1),
        declared(7, "no-such-command", 127),
        declared(8, "kill -TERM $BASHPID", 143),
        unit(Session::Bash, 9, "false; echo errexit is still on, so this is not seen"),
    ];
    let (ran, _) = World::new().run(units);
    let ends = [0, 1, 3, 0, 0, 1, 127, 143].map(Ended::Exit);
    assert_eq!(ran.ends()[..8], ends);
    assert_eq!(ran.ends()[8], Ended::SessionEnded(1));
    assert_eq!(ran.outs(), ["", "in\n", "a\n", "kept unset work\n", "", "", "", "", ""]);
    assert_eq!(ran.steps[5].err, "step 6, line 1: NOPE: unbound variable\n");
}

#[test]
fn another_exit_code_than_the_declared_ends_the_recipe() {
    let units = vec![exits(unit(Session::Bash, 1, "exit 4"), 3), unit(Session::Bash, 2, "echo not run")];
    assert_eq!(World::new().run(units).0.ends(), [Ended::Exit(4)]);
    let units = vec![exits(unit(Session::Bash, 1, "echo well"), 3), unit(Session::Bash, 2, "echo not run")];
    assert_eq!(World::new().run(units).0.ends(), [FINE]);
}

#[test]
fn a_shell_without_errexit_keeps_it_off_across_a_declared_step() {
    let units = vec![
        unit(Session::Bash, 1, "set +e"),
        exits(unit(Session::Bash, 2, "false; exit 7"), 7),
        unit(Session::Bash, 3, "false; echo reached"),
    ];
    assert_eq!(World::new().run(units).0.outs(), ["", "", "reached\n"]);
}

#[test]
fn nothing_runs_after_a_failure_in_a_shell_without_errexit_but_its_exit_trap() {
    for failing in ["set +e; (exit 3)", "f; (exit 3)", "f; return 3", "f; set -x; (exit 3)"] {
        let texts =
            ["f() { set +e; }; trap 'echo bye; echo err >&2' EXIT", "echo first", failing, "touch ran", "touch ran"];
        let (ran, world) = World::new().run(steps(Session::Bash, &texts));
        assert_eq!(ran.ends(), [FINE, FINE, Ended::Exit(3)], "{failing}");
        assert!(!world.work().join("ran").exists(), "{failing}");
        assert_eq!(ran.after, ["bye\nerr\n"], "{failing}");
    }
}

#[test]
fn a_shell_stays_as_its_steps_leave_it_whatever_runs_between_them() {
    let declared = exits(unit(Session::Bash, 3, "echo three; exit 1"), 1);
    let units = vec![
        unit(Session::Bash, 1, "set -x"),
        unit(Session::Bash, 2, "echo two"),
        declared,
        unit(Session::Bash, 4, "echo four"),
        unit(Session::Bash, 5, "echo five; set +x"),
        unit(Session::Bash, 6, "echo six"),
        unit(Session::Bash, 7, "echo seven"),
    ];
    let (ran, _) = World::new().run(units);
    let errs: Vec<&str> = ran.steps.iter().map(|step| step.err.as_str()).collect();
    let expected = ["", "+ echo two\n", "+ echo three\n+ exit 1\n", "+ echo four\n", "+ echo five\n+ set +x\n", "", ""];
    assert_eq!(errs, expected);
}

#[test]
fn here_documents_work_and_one_without_end_is_not_run() {
    let ran =
        bash(&["cat <<'EOF' >h.txt\n$X 'quoted' \"d\"\nEOF\ncat h.txt", "cat <<EOF\nA $((1<<2))\nEOF", "cat <<<word"]);
    assert_eq!(ran.outs(), ["$X 'quoted' \"d\"\n", "A 4\n", "word\n"]);
    let ran = bash(&["echo before", "touch ran\ncat <<EOF\nabc", "echo next"]);
    assert_eq!(ran.ends(), [FINE, Ended::OpenHeredoc]);
    assert_eq!(
        ran.last().err,
        "step 2, line 3: warning: here-document at line 2 delimited by end-of-file (wanted `EOF')\n"
    );
    let (ran, world) = World::new().run(steps(Session::Bash, &["touch ran\nx=$(cat <<EOF\nabc)"]));
    assert!(ran.last().ended != FINE && !world.work().join("ran").exists());
}

#[test]
fn background_output_counts_to_the_step_in_which_it_arrives() {
    let ran = bash(&[
        "( until [ -e go ]; do sleep 0.01; done; echo late; touch said ) & echo started",
        "echo second",
        "touch go; until [ -e said ]; do sleep 0.01; done",
        "wait; echo third",
    ]);
    assert_eq!(ran.outs(), ["started\n", "second\n", "late\n", "third\n"]);
}

#[test]
fn a_background_process_does_not_hold_up_the_end() {
    let ran = bash(&["sleep 300 & setsid sleep 301 & (sleep 302 &) ; echo started"]);
    assert_eq!((ran.ends(), ran.outs()), (vec![FINE], vec!["started\n"]));
    assert_eq!(ran.after, [""]);
}

#[test]
fn what_comes_after_the_last_step_is_apart() {
    let ran = bash(&["trap 'echo bye; echo err >&2' EXIT; echo one"]);
    assert_eq!((ran.outs(), ran.after.clone()), (vec!["one\n"], vec!["bye\nerr\n".to_owned()]));
    let mut world = World::new();
    world.job.grace = 200;
    let (ran, _) = world.run(steps(Session::Bash, &["trap 'echo part; sleep 300; echo never' EXIT"]));
    assert_eq!(ran.after, ["part\n"], "a trap has only so much time");
}

#[test]
fn orphans_are_waited_for_by_the_supervisor_and_leave_no_zombie() {
    let ran = bash(&[
        "(sh -c 'echo $$ > pid; sleep 0.05' &) ; sleep 0.01; until [ -s pid ]; do sleep 0.01; done; for i in $(seq 200); do kill -0 $(cat pid) 2>/dev/null || { echo gone; break; }; sleep 0.01; done",
    ]);
    assert_eq!(ran.outs(), ["gone\n"]);
}

#[test]
fn a_hundred_steps_with_pipelines_keep_their_outputs() {
    let texts: Vec<String> = (1..=100).map(|at| format!("echo block-{at} | tr a-z A-Z")).collect();
    let ran = bash(&texts.iter().map(String::as_str).collect::<Vec<_>>());
    let expected: Vec<String> = (1..=100).map(|at| format!("BLOCK-{at}\n")).collect();
    assert_eq!(ran.outs(), expected);
}

#[test]
fn odd_texts_run_as_they_stand() {
    let ran = bash(&[
        "",
        "# only a comment",
        "echo 'it''s' \"q\" \\\\ ünïcode",
        "return 0; echo no",
        "break; echo after",
        "echo a \\\n  b",
    ]);
    assert_eq!(ran.ends(), [FINE; 6]);
    assert_eq!(ran.outs(), ["", "", "its q \\ ünïcode\n", "", "after\n", "a b\n"]);
}

#[test]
fn a_user_function_called_like_our_commands_does_no_harm() {
    let ran = bash(&["printf() { echo mine; }; env() { echo mine; }; printf x", "echo fine"]);
    assert_eq!(ran.outs(), ["mine\n", "fine\n"]);
}
