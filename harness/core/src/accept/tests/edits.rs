//! Edits in the file: between the prefixes of lists and quotes, with its line ends, in the file that a line came from.

use std::ops::Range;

use proptest::prelude::*;

use crate::compare::Captures;
use crate::compare::{Work, compare};
use crate::markup::model::ExpectFormat;

use super::super::{AcceptProblem, Edit, apply};
use super::{FRONT, Files, accepted, chapter, path, planned, recorded, step};

/// A recipe and its `expect` fence with `lines`, inside a container.
fn guide(first: &str, more: &str, fence: &str, lines: &[&str], end: &str) -> String {
    let mut all = vec!["```sh recipe=r", "true", "```", "", fence];
    all.extend(lines);
    all.push("```");
    let mut out = String::new();
    for (at, line) in all.iter().enumerate() {
        let prefix = if at == 0 { first } else { more };
        let line = format!("{prefix}{line}");
        out.push_str(if line.trim_end() == prefix.trim_end() { prefix.trim_end() } else { &line });
        out.push_str(end);
    }
    out
}

const CONTAINERS: &[(&str, &str)] = &[
    ("", ""),
    ("> ", "> "),
    ("- ", "  "),
    ("1. ", "   "),
    ("> - ", ">   "),
    ("- > ", "  > "),
    ("  ", "  "),
    ("* - ", "    "),
];

#[test]
fn edits_keep_prefixes_and_line_ends() {
    let table: &[(&[&str], &str, &[&str])] = &[
        (&["a", "b"], "a\nx\ny", &["a", "x", "y"]),
        (&["a", "b", "c"], "a\nc", &["a", "c"]),
        (&["a"], "a\n\nb", &["a", "", "b"]),
        (&["b"], "a\nb", &["a", "b"]),
        (&["a", "", "b"], "x\n\nb", &["x", "", "b"]),
        (&["a", "", "b"], "a\n\n\nb", &["a", "", "", "b"]),
        (&["a"], "", &[]),
        (&[], "a\n\nb", &["a", "", "b"]),
        (&["  a", "\tb"], "  a\n\tc", &["  a", "\tc"]),
        (&["é [..]", "x"], "é 1\ny", &["é [..]", "y"]),
        (&["a", "b"], "a\nb", &["a", "b"]),
        (&["..."], "", &["..."]),
    ];
    for (first, more) in CONTAINERS {
        for end in ["\n", "\r\n"] {
            for (lines, output, new) in table {
                let before = guide(first, more, "```text expect", lines, end);
                let wanted = guide(first, more, "```text expect", new, end);
                let after = accepted(&before, &[recorded("a", &[output])], false).unwrap();
                assert_eq!(after, wanted, "{before:?} and {output:?}");
            }
        }
    }
}

#[test]
fn data_changes_only_the_lines_that_differ() {
    let before = guide("> ", "> ", "```json expect", &["{", "  \"id\": \"[..]\",", "  \"b\": 2", "}"], "\n");
    let after = accepted(&before, &[recorded("a", &["{\"b\":3,\"id\":7}"])], false).unwrap();
    assert_eq!(after, before.replace("\"b\": 2", "\"b\": 3"));
}

proptest! {
    /// Whatever is recorded: the guide, read again, expects it, and accepting it again changes nothing.
    #[test]
    fn what_was_accepted_is_expected_when_the_guide_is_read_again(
        container in 0..CONTAINERS.len(),
        crlf in any::<bool>(),
        lines in proptest::collection::vec("[ab \t]{0,3}|\\.\\.\\.|\\[\\.\\.\\]|a \\(re\\)|\\$ a", 0..6),
        outputs in proptest::collection::vec("[ab \t]{0,3}|\\.\\.\\.|> b|- c|```|~~~~|\\{\\{#include x\\}\\}|<!-- x|# h|---|[\r\u{1b}\u{0}é]{1,2}|\\\\\\{\\{#include y\\}\\}", 0..6),
    ) {
        let (first, more) = CONTAINERS[container];
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let output = outputs.join("\n");
        let before = guide(first, more, "```text expect", &lines, if crlf { "\r\n" } else { "\n" });
        let after = accepted(&before, &[recorded("a", &[&output])], false).unwrap();
        let read = chapter(&format!("{FRONT}{after}"), &Files::new());
        let expectation = &step(&read).expectations[0];
        let outcome = compare(&expectation.text, ExpectFormat::Text, &output, &mut Captures::new(), &mut Work::new()).unwrap();
        prop_assert!(outcome.matches, "{before:?} and {output:?} -> {after:?}");
        prop_assert_eq!(read.fences.len(), 2);
        prop_assert_eq!(accepted(&after, &[recorded("a", &[&output])], false).unwrap(), after);
    }
}

#[test]
fn an_expectation_from_an_include_is_changed_there() {
    let text = format!("{FRONT}{}", guide("", "", "```text expect", &["first", "{{#include out.txt}}", "last"], "\n"));
    let inner = path("guides/out.txt");
    let files = Files::from([(inner.clone(), "a\nb".to_owned())]);
    let edits = planned(&text, &files, &[recorded("a", &["first\na\nx\nlast"])], false).unwrap();
    assert_eq!(edits, [Edit { file: inner.clone(), range: 2..3, replacement: "x".to_owned() }]);
    assert_eq!(apply(&inner, "a\nb", &edits).unwrap(), "a\nx");
    assert_eq!(apply(&path("guides/g.md"), &text, &edits).unwrap(), text, "the guide stays");
    let both = planned(&text, &files, &[recorded("a", &["first\na\nlast"])], false);
    assert!(matches!(both, Err(AcceptProblem::Scattered { .. })), "{both:?}");
}

#[test]
fn edits_that_contradict_each_other_are_refused() {
    let file = path("f");
    let edit = |range: Range<usize>, text: &str| Edit { file: file.clone(), range, replacement: text.to_owned() };
    assert_eq!(apply(&file, "abcd", &[edit(2..3, "X"), edit(0..1, "Y"), edit(0..1, "Y")]).unwrap(), "YbXd");
    let pairs =
        [[edit(0..2, "X"), edit(1..3, "Y")], [edit(1..1, "X"), edit(1..1, "Y")], [edit(3..9, "X"), edit(0..0, "")]];
    for pair in pairs {
        assert!(matches!(apply(&file, "abcd", &pair), Err(AcceptProblem::Conflict { .. })), "{pair:?}");
    }
}
