//! The new text of an expectation.

use proptest::prelude::*;

use crate::compare::{Captures, Work, compare};
use crate::markup::model::ExpectFormat;

use super::super::{AcceptProblem, accept_text};

fn accepted(expected: &str, actual: &str) -> String {
    accept_text(expected, ExpectFormat::Text, actual, &Captures::new()).expect("a good expectation")
}

#[test]
fn only_lines_that_no_longer_match_change() {
    let table = [
        ("a\nb\nc", "a\nx\nc\n", "a\nx\nc"),
        ("a\nb", "a\nb\nc", "a\nb\nc"),
        ("a\nb\nc", "a\nc", "a\nc"),
        ("took [..] ms\nok", "took 5 ms\nfine", "took [..] ms\nfine"),
        ("[0-9]+ (re)\nx", "12\ny", "[0-9]+ (re)\ny"),
        ("start\n...\nend", "start\n1\n2\nfin", "start\n...\nfin"),
        ("...\nend", "1\nfin", "...\nfin"),
        ("a\n...\nmid one\n...\nz", "a\n1\nmid two\n2\nz", "a\n...\nmid two\n...\nz"),
        ("a  \nb", "a\nx", "a  \nx"),
        ("a", "", ""),
        ("", "a\n\nb", "a\n\nb"),
        ("id [..x]\nagain [..x]", "id 1\nagain 2", "id [..x]\nagain 2"),
    ];
    for (expected, actual, new) in table {
        assert_eq!(accepted(expected, actual), new, "{expected:?} and {actual:?}");
    }
}

#[test]
fn recorded_lines_are_written_so_that_they_mean_themselves() {
    let table = [
        ("...", "... (equal)"),
        ("[..]", "[..] (equal)"),
        ("a [..b] c", "a [..b] c (equal)"),
        ("a (re)", "a (re) (equal)"),
        ("a (equal)", "a (equal) (equal)"),
        ("a (glob)", "a (glob) (equal)"),
        ("50%\r100%", "50%\\x{d}100% (re)"),
        ("nul\u{0}\u{1}", "nul\\x{0}\\x{1} (re)"),
        ("{{#include ../../x}}", "\\{\\{\\#include \\.\\./\\.\\./x\\}\\} (re)"),
        ("```", "``` (equal)"),
        ("  ~~~~", "  ~~~~ (equal)"),
        ("```sh", "```sh"),
        ("tab\there", "tab\there"),
        ("\u{1b}[1mbold\u{1b}[0m ", "bold"),
    ];
    for (actual, new) in table {
        assert_eq!(accepted("other", actual), new, "{actual:?}");
        assert!(
            compare(new, ExpectFormat::Text, actual, &mut Captures::new(), &mut Work::new()).unwrap().matches,
            "{actual:?}"
        );
    }
}

#[test]
fn data_keeps_its_layout_and_its_patterns() {
    let accept = |expected: &str, format, actual: &str| accept_text(expected, format, actual, &Captures::new());
    let table = [
        (ExpectFormat::Json, r#"{"a": 1, "id": "[..]"}"#, r#"{"id":"x","a":2}"#, r#"{"a": 2, "id": "[..]"}"#),
        (ExpectFormat::Json, "{\n  \"a\": 1\n}", r#"{"a":2,"b":[]}"#, "{\n  \"a\": 2,\n  \"b\": []\n}"),
        (ExpectFormat::Json, "[1, \"[..]\", 3]", "[0, 1, \"z\", 3]", "[0, 1, \"[..]\", 3]"),
        (ExpectFormat::Json, r#"{"a": 1, "...": "..."}"#, r#"{"a":2,"b":3}"#, r#"{"a": 2, "...": "..."}"#),
        (
            ExpectFormat::Json,
            "1",
            r#"["...", "[..]", "x (re)"]"#,
            r#"["... (equal)", "[..] (equal)", "x (re) (equal)"]"#,
        ),
        (ExpectFormat::Json, "1", "1.0", "1"),
        // mdBook would put a file in its place.
        (
            ExpectFormat::Json,
            "{\n  \"a\": 1\n}",
            r#"{"a":"{{#include x}}"}"#,
            "{\n  \"a\": \"{\\u007b#include x}}\"\n}",
        ),
        (ExpectFormat::Json, "[1]", r#"["{{{#x"]"#, r#"["{{\u007b#x"]"#),
        (ExpectFormat::Yaml, "a: 1\n", "a: '{{#include x}}'\n", "{\n  \"a\": \"{\\u007b#include x}}\"\n}"),
        (ExpectFormat::Yaml, "a: 1\nid: \"[..]\"\n", "id: x\na: 2\n", "a: 2\nid: \"[..]\""),
    ];
    for (format, expected, actual, new) in table {
        assert_eq!(accept(expected, format, actual).unwrap(), new, "{expected} and {actual}");
    }
    assert_eq!(accept("{}", ExpectFormat::Json, "oops"), Err(AcceptProblem::NotData { format: "JSON" }));
    assert!(matches!(accept("{", ExpectFormat::Json, "{}"), Err(AcceptProblem::Pattern(_))));
}

proptest! {
    #[test]
    fn what_is_accepted_matches_and_is_not_accepted_twice(
        expected in "(?s)((a|b|\\.\\.\\.|\\[\\.\\.[xy]?\\]| \\(re\\)| \\(glob\\)|\\*|\n){0,12})",
        actual in "(?s)((a|b|\\.\\.\\.|\\[\\.\\.x?\\]| \\(re\\)| \\(equal\\)|\n|\r|\u{1b}|`{3}|\\{\\{#){0,12})",
        other in "(?s).{0,40}",
    ) {
        for actual in [actual, other] {
            let Ok(new) = accept_text(&expected, ExpectFormat::Text, &actual, &Captures::new()) else { continue };
            prop_assert!(compare(&new, ExpectFormat::Text, &actual, &mut Captures::new(), &mut Work::new()).unwrap().matches, "{expected:?} {actual:?} {new:?}");
            prop_assert_eq!(accepted(&new, &actual), new.clone());
            let is_printable = !new.contains("{{#") && !new.contains(['\r', '\u{1b}']);
            prop_assert!(is_printable || new == expected, "{:?}", new);
        }
    }

    #[test]
    fn accepted_json_matches(
        expected in "(\\[|\\]|\\{|\\}|\"a\"|\"\\[\\.\\.\\]\"|\"\\.\\.\\.\"|:|,|1|null){0,8}",
        actual in "(\\[|\\]|\\{|\\}|\"a\"|\"\\[\\.\\.\\]\"|\"\\.\\.\\.\"|:|,|1|null){0,8}",
    ) {
        if let Ok(new) = accept_text(&expected, ExpectFormat::Json, &actual, &Captures::new()) {
            prop_assert!(compare(&new, ExpectFormat::Json, &actual, &mut Captures::new(), &mut Work::new()).unwrap().matches, "{expected} {actual} {new}");
        }
    }
}
