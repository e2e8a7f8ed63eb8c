//! How a difference reads.

use super::super::{compare, diff};
use super::{json, text};

fn check(expected: &str, actual: &str, shown: &str) {
    let outcome = text(expected, actual);
    assert_eq!(diff::render(expected, actual, &outcome), shown, "{expected:?} against {actual:?}");
}

#[test]
fn a_difference_reads_well() {
    check("same", "same", "");
    check("a\nb\nc", "a\nx\nc", "  a\n- b\n+ x\n  c\n");
    check("a\nb", "a", "  a\n- b\n");
    check("a", "a\nb", "  a\n+ b\n");
    check("", "b", "+ b\n");
    check("a", "", "- a\n");
    check("one\ntwo\nx", "1\n2\nx", "- one\n- two\n+ 1\n+ 2\n  x\n");
}

#[test]
fn what_a_pattern_matched_is_no_difference() {
    check("id [..x]\n...\nend", "id 5\nb\nc\nfin", "  id [..x]\n  ... (2 lines)\n- end\n+ fin\n");
    check("[0-9]+ (re)\n...\nb", "1\nc", "  [0-9]+ (re)\n  ... (0 lines)\n- b\n+ c\n");
}

#[test]
fn control_bytes_and_blanks_are_shown() {
    check("a", "b\u{7}\u{1b}", "- a\n+ b\\x07\n");
    check("a\tb", "a b", "- a\\tb\n+ a·b\n");
    check("a\u{a0}b", "a b", "- a\\u{a0}b\n+ a·b\n");
    check("a\u{200b}b", "ab", "- a\\u{200b}b\n+ ab\n");
    check("x 50%\ry", "x", "- x 50%\\ry\n+ x\n");
}

#[test]
fn long_outputs_are_shortened() {
    let lines: Vec<String> = (0..100).map(|at| format!("line {at}")).collect();
    let mut other = lines.clone();
    other[50] = "changed".to_owned();
    check(
        &lines.join("\n"),
        &other.join("\n"),
        "  (47 lines as expected)\n  line 47\n  line 48\n  line 49\n- line 50\n+ changed\n  line 51\n  line 52\n  line 53\n  (46 lines as expected)\n",
    );
    let all = diff::render("", &lines.join("\n").repeat(5), &text("", &lines.join("\n").repeat(5)));
    assert_eq!(all.lines().count(), 121);
    assert!(all.contains("  … 376 more lines …\n"), "{all}");
    let long = "x".repeat(5000);
    let shown = diff::render(&format!("{long}a"), &format!("{long}b"), &text(&format!("{long}a"), &format!("{long}b")));
    assert!(shown.len() < 400 && shown.contains("…") && shown.contains("xa\n") && shown.contains("xb\n"), "{shown}");
}

#[test]
fn colour_marks_what_differs_in_a_line() {
    let outcome = text("three red apples", "three green apples");
    let shown = diff::render_as("three red apples", "three green apples", &outcome, &diff::Look::COLOURED);
    assert!(shown.contains("three \u{1b}[1;7mred\u{1b}[22;27m apples"), "{shown:?}");
    assert!(shown.contains("three \u{1b}[1;7mgreen\u{1b}[22;27m apples"), "{shown:?}");
}

#[test]
fn data_is_shown_laid_out_alike() {
    let (expected, actual) = (r#"{"id": "[..]", "n": 1, "l": []}"#, r#"{"n":2,"id":"x","l":[]}"#);
    let shown = diff::render(expected, actual, &json(expected, actual));
    let wanted = "at `$.n`: expected 1, recorded 2\n  {\n    \"id\": \"[..]\",\n-   \"n\": 1,\n+   \"n\": 2,\n    \"l\": []\n  }\n";
    assert_eq!(shown, wanted);
    let shown = diff::render("[1]", "oops\n", &json("[1]", "oops\n"));
    assert_eq!(shown, "the recorded output is no JSON: expected value at line 1 column 1\n- [1]\n+ oops\n");
}

#[test]
fn an_edit_is_shown() {
    assert_eq!(diff::plain("a\nb", "a\nc\nd", &diff::Look::PLAIN), "  a\n- b\n+ c\n+ d\n");
    assert_eq!(diff::plain("a", "a", &diff::Look::PLAIN), "  (1 line as expected)\n");
    let _ = compare;
}
