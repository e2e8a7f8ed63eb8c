//! YAML: limits, strictness, and texts that come back unchanged from every reader.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Doc {
    name: Text,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    map: BTreeMap<String, Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<Doc>,
}

fn doc(name: &str) -> Doc {
    let map = BTreeMap::from([("key".to_owned(), Text(name.to_owned())), ("plain".to_owned(), Text(name.to_owned()))]);
    let inner = Doc { name: Text(name.to_owned()), map, items: Vec::new() };
    Doc { name: Text(name.to_owned()), map: BTreeMap::new(), items: vec![inner] }
}

#[track_caller]
fn round_trip(value: &Doc) {
    let text = write(value).unwrap();
    assert_eq!(read::<Doc>(FileKind::Trace, &text).as_ref(), Ok(value), "{text}");
    assert_eq!(serde_yaml::from_str::<Doc>(&text).map_err(|e| e.to_string()).as_ref(), Ok(value), "{text}");
    assert!(!text.contains('\r') && !text.contains('\0'), "{text:?}");
}

const ODD: &[&str] = &[
    "",
    " ",
    "\n",
    "\n\n",
    "a\n",
    "a\nb",
    "a\nb\n\n\n",
    "  a\nb",
    "\n  a",
    "a \nb\t\n",
    "\ta\n\tb",
    "a\r\nb",
    "a\rb",
    "\0",
    "a\0b\nc",
    "\u{1b}[31mred\u{1b}[0m\n",
    "---",
    "---\n",
    "a\n---\nb",
    "...\n",
    "a\n...\nb\n",
    "- a\n- b\n",
    "a: b\nc: d\n",
    "# no comment\n",
    "no",
    "yes",
    "on",
    "off",
    "y",
    "n",
    "null",
    "~",
    "true",
    "12:30:45",
    "1_000",
    "2026-11-20",
    "2026-11-20T06:06:00Z",
    "=",
    "<<",
    "1e21",
    "0x1f",
    "0o17",
    "017",
    ".5",
    ".inf",
    ".nan",
    "1.0",
    "10",
    "-0",
    "+1",
    "!tag",
    "&a",
    "*a",
    "@x",
    "`x`",
    "%x",
    "| a",
    "> b",
    "[a",
    "{a",
    "a]",
    "a}",
    "a, b",
    "a #b",
    "a: b",
    "a:",
    ":",
    "?",
    "? a",
    "-",
    "- a",
    "'",
    "''",
    "\"",
    "\\",
    "a\\nb\nc",
    "'a'\n\"b\"",
    "\u{2028}",
    "a\u{2028}b\nc",
    "\u{2029}\n",
    "\u{85}",
    "a\u{85}b\nc",
    "\u{feff}",
    "\u{feff}a\nb",
    "a\u{feff}b\n",
    "é\n",
    "😀\n😀",
    "\u{200b}\n",
    "\u{202e}abc\n",
    "\u{7f}\n",
    "\u{9b}x\n",
    "\u{fffe}\n",
    "\u{ffff}",
    "\u{e000}\n",
    " \n",
    " \n \n",
    "  \n a\n",
    "\n a\n  b\n",
    "a\n \n",
    "a\n  ",
    "<<<<<<< ours\n",
    "sealed: x\n",
    "%YAML 1.1\n",
    "\u{a0}a\n\u{a0}",
];

#[test]
fn odd_texts_come_back_from_both_readers() {
    let mut failed = Vec::new();
    for text in ODD {
        if std::panic::catch_unwind(|| round_trip(&doc(text))).is_err() {
            failed.push(text);
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn text_of_several_lines_is_a_block_and_long_lines_stay_whole() {
    let long = "word ".repeat(60);
    let text = write(&doc(&format!("one \n{long}x\n"))).unwrap();
    assert!(text.contains("name: |\n") && text.contains(&format!("{long}x\n")), "{text}");
    let single = write(&doc(&format!("{long}x"))).unwrap();
    assert!(single.lines().any(|line| line.contains(&format!("{long}x"))), "{single}");
}

#[test]
fn what_yaml_makes_dangerous_is_refused_with_its_place() {
    let bomb = (1..9).fold(String::from("a0: &a0 [x, x]\n"), |text, n| {
        format!("{text}a{n}: &a{n} [*a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}]\n", p = n - 1)
    });
    let deep_flow = "{a: ".repeat(100);
    let deep = format!("name: {}{}", "[".repeat(20_000), "]".repeat(20_000));
    let block = (0..500).fold(String::new(), |text, n| format!("{text}{}a:\n", " ".repeat(n)));
    let cases: &[(&str, &str, Option<usize>)] = &[
        ("name: a\nname: b\n", "the key `name` stands here a second time", Some(2)),
        ("name: a\nnmae: b\n", "nmae", Some(2)),
        ("name: &x a\n", "anchors and aliases", Some(1)),
        ("name: a\nmap: *x\n", "anchors and aliases", Some(2)),
        ("name: a\nmap: {<<: {a: b}}\n", "merge", Some(2)),
        ("name: a\n---\nname: b\n", "a second document", Some(2)),
        ("name: [\n", "", None),
        ("name: !!python/object:os.system a\n", "", Some(1)),
        (&bomb, "unknown key `a0`", Some(1)),
        (&format!("items:\n- name: {deep_flow}\n"), "", None),
        (&deep, "", None),
        (&block, "", None),
        ("", "", None),
        ("just text", "", None),
        ("name: \u{1}\n", "", None),
    ];
    for (text, part, line) in cases {
        let problem = read::<Doc>(FileKind::Trace, text).expect_err(text);
        let shown: String = text.chars().take(60).collect();
        assert!(problem.message.contains(part), "{shown:?}: {problem:?}");
        assert!(!problem.message.is_empty() && !problem.message.contains('\n'), "{shown:?}: {problem:?}");
        assert!(line.is_none() || problem.line == *line, "{shown:?}: {problem:?}");
    }
}

#[test]
fn a_bomb_is_refused_where_any_value_is_taken() {
    let bomb = (1..12).fold(String::from("a0: &a0 [x, x]\n"), |text, n| {
        format!("{text}a{n}: &a{n} [*a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}]\n", p = n - 1)
    });
    let problem = read::<serde_json::Value>(FileKind::FrontMatter, &bomb).unwrap_err();
    assert_eq!(
        (problem.message.as_str(), problem.line),
        ("anchors and aliases (`&`, `*`) are not allowed here", Some(1))
    );
    let deep = format!("a: {}{}", "[".repeat(20_000), "]".repeat(20_000));
    assert!(read::<serde_json::Value>(FileKind::FrontMatter, &deep).is_err());
    let wide = format!("a: [{}]", "1, ".repeat(6_000));
    assert!(read::<serde_json::Value>(FileKind::FrontMatter, &wide).unwrap_err().message.starts_with("too large"));
}

#[test]
fn each_kind_has_its_size() {
    let text = format!("name: {}\n", "x".repeat(300 << 10));
    assert!(read::<Doc>(FileKind::Trace, &text).is_ok());
    let problem = read::<Doc>(FileKind::Target, &text).unwrap_err();
    assert!(problem.message.contains("may hold 262144"), "{problem}");
}

#[test]
fn a_byte_order_mark_and_crlf_are_read() {
    assert_eq!(read::<Doc>(FileKind::Target, "\u{feff}name: a\r\n").unwrap().name.0, "a");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_text_comes_back_from_both_readers(text in any::<String>()) {
        round_trip(&doc(&text));
    }

    #[test]
    fn any_text_of_troublesome_pieces_comes_back(pieces in prop::collection::vec(prop::sample::select(ODD), 0..6)) {
        round_trip(&doc(&pieces.concat()));
    }

    #[test]
    fn reading_never_panics(text in "[-a: \\[\\]{}&*!|>'\"%@`#,\n\t?<0-9~\u{0}-\u{ff}]{0,80}") {
        for kind in [FileKind::Trace, FileKind::Target, FileKind::Toolbox, FileKind::FrontMatter] {
            let _ = read::<serde_json::Value>(kind, &text);
        }
    }
}
