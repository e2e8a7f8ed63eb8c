//! Output inside `console` fences.

use super::super::AcceptProblem;
use super::{accepted, recorded};

fn check(body: &str, outputs: &[&str], new: &str) {
    for prefix in ["", "> "] {
        let guide = |body: &str| -> String {
            format!("```console recipe=r\n{body}```\n")
                .lines()
                .map(|line| format!("{prefix}{line}").trim_end().to_owned() + "\n")
                .collect()
        };
        let after = accepted(&guide(body), &[recorded("a", outputs)], false).unwrap();
        assert_eq!(after, guide(new), "{body:?}");
        assert_eq!(accepted(&after, &[recorded("a", outputs)], false).unwrap(), after, "twice: {body:?}");
    }
}

#[test]
fn output_changes_inside_its_fence() {
    check("$ a\n1\n$ b\n2\n", &["1", "3"], "$ a\n1\n$ b\n3\n");
    check("$ a\n$ b\n2\n", &["new\nlines", "2"], "$ a\nnew\nlines\n$ b\n2\n");
    check("$ for x\n> do\n1\n[2]\n", &["1\n2"], "$ for x\n> do\n1\n2\n[2]\n");
    check("$ cat <<E\n>\n> E\n$ b\n1\n", &["x", "1"], "$ cat <<E\n>\n> E\nx\n$ b\n1\n");
    check("$ a\n1\n$ b\n2\n", &["", "2"], "$ a\n$ b\n2\n");
    check("$ a\n[..x]\n$ b\n[..x]\nold\n", &["5", "5\nnew"], "$ a\n[..x]\n$ b\n[..x]\nnew\n");
    check("$ a\n1\n\n$ b\n2\n", &["3", "2"], "$ a\n3\n\n$ b\n2\n");
}

#[test]
fn lines_that_mean_something_in_a_console_fence_are_written_otherwise() {
    check("$ a\nx [..]\n1\n", &["x 5\n$ sudo\n> more\n[3]"], "$ a\nx [..]\n[$] sudo (re)\n> more\n[3] (equal)\n");
    check("$ a\n1\n", &["> 50%\r.\n$"], "$ a\n[>] 50%\\x{d}\\. (re)\n[$] (re)\n");
    check("$ a\n1\n", &["$ a [..] (re)\n[999]"], "$ a\n[$] a \\[\\.\\.\\] \\(re\\) (re)\n[999] (equal)\n");
    check("$ a\n1\n[2]\n", &["[1]\nx"], "$ a\n[1]\nx\n[2]\n");
}

#[test]
fn a_fence_without_output_asserts_none() {
    check("$ a\n$ b\n", &["unasserted", "x"], "$ a\n$ b\n");
}

#[test]
fn cells_that_differ_and_other_commands_stop_it() {
    let guide = "```console recipe=r\n$ a\n1\n```\n";
    let cells = [recorded("a", &["2"]), recorded("b", &["3"]), recorded("c", &["1"])];
    let told = AcceptProblem::Console { groups: vec!["c (as expected)".to_owned(), "a".to_owned(), "b".to_owned()] };
    assert_eq!(accepted(guide, &cells, true), Err(told));
    let other = accepted(guide, &[recorded("a", &["1", "2"])], false);
    assert_eq!(other, Err(AcceptProblem::OtherCommands { recorded: 2, shown: 1 }));
}
