//! JSON and YAML as data.

use crate::markup::model::ExpectFormat;

use super::super::{Captures, Work, check, compare};
use super::{json, yaml};

#[test]
fn json_matches_as_data() {
    let table = [
        ("1", "1.0", true),
        ("1", "1.5", false),
        ("1", "\"1\"", false),
        ("18446744073709551615", "18446744073709551615", true),
        ("true", "true", true),
        ("null", "false", false),
        ("{\"a\": 1, \"b\": 2}", "{\"b\":2,\"a\":1}\n", true),
        ("{\"a\": 1}", "{\"a\": 1, \"b\": 2}", false),
        ("{\"a\": 1, \"...\": \"...\"}", "{\"a\": 1, \"b\": 2}", true),
        ("{\"a\": 1, \"...\": \"...\"}", "{\"b\": 2}", false),
        ("[1, 2]", "[1, 2]", true),
        ("[1, 2]", "[2, 1]", false),
        ("[1, 2]", "[1]", false),
        ("[]", "{}", false),
        ("\"a [..] c\"", "\"a b c\"", true),
        ("\"[..]\"", "17", true),
        ("\"[0-9]+ (re)\"", "17", true),
        ("\"[..]\"", "[1]", false),
        ("\"...\"", "{\"any\": [1]}", true),
        ("{\"a\": \"...\"}", "{\"a\": {\"b\": 1}}", true),
        ("[\"[..x]\", \"[..x]\"]", "[\"1\", \"1\"]", true),
        ("[\"[..x]\", \"[..x]\"]", "[\"1\", \"2\"]", false),
        ("\"a\\n...\\nc\"", "\"a\\nb\\nb\\nc\"", true),
        ("\"a \"", "\"a\"", false),
        ("\"[..] (equal)\"", "\"[..]\"", true),
        ("[1, 2]", "no json", false),
        ("[1, 2]", "[1, 2] x", false),
        ("[1, 2]", "", false),
        ("[1]", "\u{1b}[0m[1]", true),
    ];
    for (expected, actual, matches) in table {
        assert_eq!(json(expected, actual).matches, matches, "{expected} against {actual}");
    }
}

#[test]
fn yaml_matches_as_data() {
    let table = [
        ("a: 1\nb: [x, y]", "b:\n- x\n- y\na: 1.0\n", true),
        ("a: [..]", "a: 17", true),
        ("a: \"[..]\"", "a: text", true),
        ("a: file-[..].txt", "a: file-1.txt", true),
        ("a: [..id]\nb: [..id]", "a: x\nb: y", false),
        ("\"...\": \"...\"\na: 1", "a: 1\nb: 2", true),
        ("a: yes", "a: true", false),
        ("a: |\n  one\n  ...\n", "a: |\n  one\n  two\n", true),
        ("- 1\n- 2", "- 1", false),
        ("1: x", "\"1\": x", true),
        ("a: ~", "a: null", true),
    ];
    for (expected, actual, matches) in table {
        assert_eq!(yaml(expected, actual).matches, matches, "{expected} against {actual}");
    }
}

#[test]
fn differences_are_named_by_their_path() {
    let outcome =
        json(r#"{"a": 1, "b": {"c": ["x", "y", "z"]}, "gone": 1}"#, r#"{"a": 2, "b": {"c": ["x", "z"]}, "new": null}"#);
    let told = [
        "at `$.a`: expected 1, recorded 2",
        "at `$.b.c`: expected 3 items, recorded 2",
        "at `$`: the key `gone` is missing",
        "at `$`: the key `new` was not expected",
    ];
    assert_eq!(outcome.notes, told);
    assert_eq!(json("[1]", "x").notes, ["the recorded output is no JSON: expected value at line 1 column 1"]);
}

#[test]
fn faults_in_expected_data_are_told_with_their_place() {
    let table = [
        (ExpectFormat::Json, "{\"a\": 1,\n \"b\": }", 15, "no JSON"),
        (ExpectFormat::Json, "{\"a\": 1, \"a\": 2}", 11, "stands there twice"),
        (ExpectFormat::Json, "[\"ok\", \"( (re)\"]", 8, "no regular expression"),
        (ExpectFormat::Json, "", 0, "no JSON"),
        (ExpectFormat::Yaml, "a: 1\nb: [", 8, "no YAML"),
    ];
    for (format, expected, offset, message) in table {
        let problem = check(expected, format).unwrap_err();
        assert!(problem.to_string().contains(message), "{problem}");
        assert_eq!(problem.offset, offset, "{expected} {problem}");
    }
}

#[test]
fn bombs_are_refused() {
    let deep = "[".repeat(10_000);
    assert!(check(&deep, ExpectFormat::Json).is_err());
    assert!(check(&deep, ExpectFormat::Yaml).is_err());
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let items = vec![format!("*a{}", at - 1); 10].join(", ");
        bomb.push_str(&format!("a{at}: &a{at} [{items}]\n"));
    }
    let outcome = compare("a: 1", ExpectFormat::Yaml, &bomb, &mut Captures::new(), &mut Work::new()).unwrap();
    assert!(!outcome.matches && outcome.notes[0].contains("no YAML"), "{:?}", outcome.notes);
}
