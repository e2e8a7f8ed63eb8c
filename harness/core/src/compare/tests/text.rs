//! Lines, patterns and captures.

use crate::markup::model::ExpectFormat;
use crate::redact::Known;

use super::super::{Captures, ProblemKind, SecretCaptures, Work, check, compare, normalise, same, secret_captures};
use super::text;

#[test]
fn both_sides_are_cleaned() {
    let table = [
        ("", ""),
        ("a\n\n\n", "a"),
        ("a  \t\nb\r\nc\r\r\n", "a\nb\nc"),
        ("\n a", "\n a"),
        ("\u{1b}[1;31mred\u{1b}[0m", "red"),
        ("\u{1b}]0;title\u{7}x\u{1b}]8;;http://h\u{1b}\\link\u{1b}]8;;\u{1b}\\", "xlink"),
        ("\u{9b}31mred\u{1b}(B", "red"),
        ("\u{1b}[38;5;1mx\u{1b}[K \u{1b}[m ", "x"),
        ("50%\r100%\n", "50%\r100%"),
        ("\u{1b}]unterminated", "unterminated"),
        ("\u{1b}[unterminated", "nterminated"),
        ("a\u{1b}[\nb", "a\nb"),
        ("a\u{1b}", "a"),
    ];
    for (input, expected) in table {
        assert_eq!(normalise(input), expected, "{input:?}");
        assert_eq!(normalise(expected), expected, "twice {input:?}");
    }
}

/// Expected, recorded, whether they match.
#[test]
fn what_matches() {
    let table = [
        ("", "", true),
        ("", "a", false),
        ("a", "", false),
        ("a\nb", "a\nb\n", true),
        ("a\nb", "b\na", false),
        ("a", "a\nb", false),
        // Any lines.
        ("...", "", true),
        ("...", "a\nb", true),
        ("a\n...", "a", true),
        ("a\n...\nc", "a\nb\nb\nc", true),
        ("a\n...\nc", "a\nb", false),
        ("...\nb\n...", "a\nb\nc", true),
        ("...\nb\nc\n...\nc", "b\nb\nc\nx\nc", true),
        ("...\nb\nc\n...\nc", "b\nb\nc", false),
        ("a\n...\na", "a", false),
        ("...\n...\nx", "x", true),
        (" ...", "anything", false),
        ("...\n\n...\nx", "\nx", true),
        // Any text.
        // No output has no line, and `[..]` is one.
        ("[..]", "", false),
        ("a\n[..]\nb", "a\n\nb", true),
        ("[..]", "anything", true),
        ("a[..]c", "abc", true),
        ("a[..]c", "ac", true),
        ("a[..]c", "abd", false),
        ("a[..]a", "a", false),
        ("[..]b[..]b", "abab", true),
        ("[..]bb[..]b", "abb", false),
        ("x[..][..]y", "xy", true),
        ("[..] [..name] [..]", "a b c", true),
        ("[..name]", "", false),
        ("id [..name]", "id ", false),
        ("[..a][..b]", "xy", true),
        ("[..a][..b]", "x", false),
        ("[..a]-[..a]", "x-x", true),
        ("[..a]-[..a]", "x-y", false),
        ("[..a]\n[..a]", "x\nx", true),
        ("[..a]\n[..a]", "x\ny", false),
        ("[..a]é[..b]", "äéö", true),
        ("[..not a name] [..", "[..not a name] [..", true),
        ("[..1]", "[..1]", true),
        ("[[..]]", "[x]", true),
        // A block goes on to where all of it stands.
        ("...\nid [..x]\nref [..x]\n...", "id 1\nref 2\nid 3\nref 3", true),
        // Suffixes.
        ("[0-9]+ (re)", "123", true),
        ("[0-9]+ (re)", "123 ", true),
        ("[0-9]+ (re)", "x123", false),
        ("a|ab (re)", "ab", true),
        ("(?x) a b # both (re)", "ab", true),
        ("*.txt (glob)", "a.txt", true),
        ("*.txt (glob)", "a.txt.gz", false),
        ("?? (glob)", "äb", true),
        ("\\*\\?\\\\ (glob)", "*?\\", true),
        ("\\n (glob)", "\\n", true),
        ("a*b*c (glob)", "abxbc", true),
        ("... (equal)", "...", true),
        ("... (equal)", "a", false),
        ("[..] (equal)", "[..]", true),
        ("[..] (equal)", "x", false),
        ("x (re) (equal)", "x (re)", true),
        ("x (equal) (equal)", "x (equal)", true),
        ("(re)", "(re)", true),
        // Colours and blanks.
        ("red", "\u{1b}[31mred\u{1b}[0m  \r\n", true),
        (" a", "a", false),
    ];
    for (expected, actual, matches) in table {
        assert_eq!(text(expected, actual).matches, matches, "{expected:?} against {actual:?}");
    }
}

#[test]
fn captures_live_from_step_to_step() {
    let mut captures = Captures::new();
    let mut step = |expected: &str, actual: &str| {
        compare(expected, ExpectFormat::Text, actual, &mut captures, &mut Work::new())
            .expect("a good expectation")
            .matches
    };
    assert!(step("made [..id] in [..place] today", "made a-1 in b in c today"));
    assert!(!step("got [..id]", "got a-2"));
    assert!(step("got [..id]", "got a-1"));
    // Also a mismatch binds what its matching lines say.
    assert!(!step("size [..size]\nrows 3", "size 10\nrows 4"));
    assert!(!step("again [..size]", "again 11"));
    let bound: Vec<_> = captures.iter().collect();
    assert_eq!(bound, [("id", "a-1"), ("place", "b in c"), ("size", "10")]);
}

#[test]
fn faults_in_an_expectation_are_told_with_their_place() {
    let table = [
        ("ok\n\nbad( (re)", 4, "no regular expression: unclosed group"),
        ("a)|(b (re)", 0, "no regular expression: unopened group"),
        ("é\n[a-z]{99999} (re)", 3, "too large"),
    ];
    for (expected, offset, message) in table {
        let problem = check(expected, ExpectFormat::Text).unwrap_err();
        assert_eq!(problem.offset, offset, "{expected}");
        assert!(problem.to_string().contains(message), "{problem}");
    }
    let limit = check("(?:[a-z]{500}){500} (re)", ExpectFormat::Text).unwrap_err();
    assert!(matches!(limit.problem, ProblemKind::RegexSize { .. }), "{limit}");
}

#[test]
fn two_recordings_are_the_same_where_patterns_matched_both() {
    let table = [
        (None, "a", "a", true),
        (None, "a", "a ", false),
        (Some("took [..] ms\nok"), "took 1 ms\nok", "took 2 ms\nok", true),
        (Some("took [..] ms\nok"), "took 1 ms\nok", "took 2 s\nok", false),
        (Some("took [..] ms\nok"), "took 1 ms\nbad", "took 2 ms\nbad", true),
        (Some("took [..] ms\nok"), "took 1 ms\nbad", "took 2 ms\nworse", false),
        (Some("...\nok"), "a\nb\nok", "c\nok", true),
        (Some("ok"), "ok", "ok\u{1b}[0m\n\n", true),
        (Some("[..x]\n[..x]"), "1\n1", "2\n2", true),
        (Some("bad( (re)"), "a", "b", false),
    ];
    for (expected, a, b, equal) in table {
        let expected = expected.map(|text| (text, ExpectFormat::Text));
        assert_eq!(same(a, b, expected), equal, "{expected:?}: {a:?} and {b:?}");
        assert_eq!(same(b, a, expected), equal, "the other way round");
    }
    let json = Some((r#"{"id": "[..]", "n": 1, "...": "..."}"#, ExpectFormat::Json));
    assert!(same(r#"{"id": "a", "n": 1, "x": 1}"#, r#"{"n": 1.0, "id": 7}"#, json));
    assert!(!same(r#"{"id": "a", "n": 1}"#, r#"{"id": "b", "n": 2}"#, json));
    assert!(!same("no json", "other", json));
}

#[test]
fn a_secret_that_a_step_makes_is_found_in_its_raw_output() {
    let known = [Known::plain("BUCKET", "df-1234"), Known::secret("PW", "the-password")];
    let names = ["KEY".to_owned()];
    let find = |expected: &str, actual: &str| {
        secret_captures(&names, &[(expected, ExpectFormat::Text, actual)], &known, &Captures::new())
    };
    let bound = |value: &str| SecretCaptures { bound: vec![Known::secret("KEY", value)], unbound: vec![] };
    assert_eq!(find("key [..KEY]", "key abc-def\n"), bound("abc-def"));
    assert_eq!(find("${BUCKET}: [..KEY] ${PW:hidden}", "df-1234: abc the-password"), bound("abc"));
    // The rest of the output need not be right.
    assert_eq!(find("one\nkey [..KEY]\nthree", "1\nkey abc\n3"), bound("abc"));
    assert_eq!(find("key [..KEY]", "error"), SecretCaptures { bound: vec![], unbound: names.to_vec() });
    assert_eq!(find("bad( (re)", "key abc").unbound, ["KEY"]);
    let json = (r#"{"key": "[..KEY]", "...": "..."}"#, ExpectFormat::Json, r#"{"key": "ab\"c", "x": 1}"#);
    assert_eq!(secret_captures(&names, &[json], &known, &Captures::new()), bound("ab\"c"));
    let mut earlier = Captures::new();
    earlier.bind("id", "in ${BUCKET}");
    let later =
        secret_captures(&names, &[("[..id]: [..KEY]", ExpectFormat::Text, "in df-1234: abc: d")], &known, &earlier);
    assert_eq!(later, bound("abc: d"));
}
