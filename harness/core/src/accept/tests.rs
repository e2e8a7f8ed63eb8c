//! Tests of accepting: the new text, the edits in the file, and who shares an expectation.

use std::ops::Range;

use proptest::prelude::*;

use crate::compare::{Captures, compare};
use crate::markup::include::{Expanded, Segment};
use crate::markup::model::{
    Body, Chapter, ConsoleCommand, ExpectFormat, Expectation, Fence, FenceClass, Session, Step, StepOptions, Stream,
};
use crate::name::Id;
use crate::place::{RelPath, Span};

use super::*;

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
        assert!(compare(new, ExpectFormat::Text, actual, &mut Captures::new()).unwrap().matches, "{actual:?}");
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
            prop_assert!(compare(&new, ExpectFormat::Text, &actual, &mut Captures::new()).unwrap().matches, "{expected:?} {actual:?} {new:?}");
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
            prop_assert!(compare(&new, ExpectFormat::Json, &actual, &mut Captures::new()).unwrap().matches, "{expected} {actual} {new}");
        }
    }
}

fn path(text: &str) -> RelPath {
    RelPath::new(text).unwrap()
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

/// Every fence of `text` whose opening line holds three or more backticks after `prefix`, read the way that markup reads it.
fn chapter(text: Expanded, prefix: &str, continuation: &str) -> Chapter {
    let mut fences: Vec<Fence> = Vec::new();
    let mut open: Option<(usize, String, usize, Body)> = None;
    let mut at = 0;
    for line in text.text.split_inclusive('\n') {
        let end = at + line.trim_end_matches(['\r', '\n']).len();
        let (skip, is_first) = match (&open, line.strip_prefix(prefix)) {
            (None, Some(rest)) if rest.starts_with("```") => (prefix.len(), true),
            _ => (continuation.trim_end().len().max(continuation.len().min(end - at)), false),
        };
        let content = &text.text[(at + skip).min(end)..end];
        if is_first {
            let marks = content.len() - content.trim_start_matches('`').len();
            open = Some((at + skip, content[marks..].trim().to_owned(), marks, Body::default()));
        } else if let Some((start, info, marks, body)) = &mut open {
            if content.trim() == "`".repeat(*marks) {
                let span = text.span(*start..*start + 1);
                fences.push(fence(info, *start..end, span, body.clone()));
                open = None;
            } else {
                body.pieces.push((body.text.len(), (at + skip).min(end)));
                body.text.push_str(content);
                body.text.push('\n');
            }
        }
        at += line.len();
    }
    Chapter {
        path: path("guides/g.md"),
        has_includes: text.segments.len() > 1,
        text,
        front_matter: 0..0,
        fences,
        headings: vec![],
        links: vec![],
        guide: None,
        allows: vec![],
    }
}

fn fence(info: &str, range: Range<usize>, span: Span, body: Body) -> Fence {
    let language = info.split(' ').next().unwrap_or_default().to_owned();
    Fence { class: FenceClass::Plain, language, info: info.to_owned(), range, span, body }
}

fn step(chapter: &Chapter, session: Session, commands: Vec<ConsoleCommand>) -> Step {
    let expectation = |(at, fence): (usize, &Fence)| {
        let word = |key: &str| fence.info.split(' ').find_map(|word| word.strip_prefix(key)).map(str::to_owned);
        let targets = word("target=").map_or(vec![], |list| list.split('+').map(id).collect());
        fence.info.contains("expect").then(|| Expectation {
            stream: Stream::Stdout,
            format: if fence.language == "json" { ExpectFormat::Json } else { ExpectFormat::Text },
            targets,
            text: fence.body.content().to_owned(),
            fence: at,
            body: fence.body.clone(),
        })
    };
    Step {
        number: 1,
        session,
        language: "sh".to_owned(),
        text: String::new(),
        commands,
        options: StepOptions::default(),
        expectations: chapter.fences.iter().enumerate().filter_map(expectation).collect(),
        fence: 0,
        body: chapter.fences[0].body.clone(),
    }
}

fn recorded(target: &str, output: &str) -> Recorded {
    Recorded { target: id(target), toolbox: None, outputs: vec![output.to_owned()], captures: Captures::new() }
}

fn planned(text: &str, prefix: &str, more: &str, cells: &[Recorded], diverge: bool) -> Result<String, AcceptProblem> {
    let file = path("guides/g.md");
    let chapter = chapter(Expanded::plain(file.clone(), text.to_owned()), prefix, more);
    let step = step(&chapter, Session::Bash, vec![]);
    let changes = plan_accept(&chapter, &step, Stream::Stdout, cells, diverge)?;
    let edits: Vec<Edit> = changes.into_iter().flat_map(|change| change.edits).collect();
    apply(&file, text, &edits)
}

#[test]
fn edits_keep_the_prefixes_of_lists_and_quotes_and_the_line_ends() {
    let table = [
        // Before, prefix of the opening line, of the others, recorded, after.
        ("```text expect\na\nb\n```\n", "", "", "a\nx\ny", "```text expect\na\nx\ny\n```\n"),
        ("> ```text expect\n> a\n> b\n> ```\n", "> ", "> ", "x\n\nb", "> ```text expect\n> x\n>\n> b\n> ```\n"),
        ("- ```text expect\n  a\n  ```\n", "- ", "  ", "a\nb", "- ```text expect\n  a\n  b\n  ```\n"),
        ("1. ```text expect\n   ```\n", "1. ", "   ", "a\n\nb", "1. ```text expect\n   a\n\n   b\n   ```\n"),
        ("```text expect\r\na\r\nb\r\n```\r\n", "", "", "a\nx\ny", "```text expect\r\na\r\nx\r\ny\r\n```\r\n"),
        ("```text expect\r\n```\r\n", "", "", "x\ny", "```text expect\r\nx\r\ny\r\n```\r\n"),
        ("```text expect\na\nb\nc\n```\n", "", "", "a\nc", "```text expect\na\nc\n```\n"),
        ("```text expect\na\n```\n", "", "", "", "```text expect\n```\n"),
        ("> ```text expect\n> a\n> ```\n", "> ", "> ", "", "> ```text expect\n> ```\n"),
        ("```text expect\nb\n```\n", "", "", "a\nb", "```text expect\na\nb\n```\n"),
        ("  ```text expect\n  a\n  ```\n", "  ", "  ", "b", "  ```text expect\n  b\n  ```\n"),
        (
            "```json expect\n{\n  \"a\": 1,\n  \"b\": 2\n}\n```\n",
            "",
            "",
            "{\"a\":1,\"b\":3}",
            "```json expect\n{\n  \"a\": 1,\n  \"b\": 3\n}\n```\n",
        ),
        ("text\n\n```text expect\na\n```\nmore", "", "", "a", "text\n\n```text expect\na\n```\nmore"),
    ];
    for (before, prefix, more, output, after) in table {
        let new = planned(before, prefix, more, &[recorded("t", output)], false).unwrap();
        assert_eq!(new, after, "{before:?}");
        let again = planned(&new, prefix, more, &[recorded("t", output)], false).unwrap();
        assert_eq!(again, new, "twice: {before:?}");
    }
}

#[test]
fn an_expectation_from_an_include_is_changed_there() {
    let (outer, inner) = (path("guides/g.md"), path("guides/out.txt"));
    let text = "```text expect\na\nb\n```\n";
    let segments = vec![
        Segment { at: 0, file: outer.clone(), start: 0 },
        Segment { at: 15, file: inner.clone(), start: 0 },
        Segment { at: 18, file: outer.clone(), start: 37 },
    ];
    let chapter = chapter(Expanded { text: text.to_owned(), segments }, "", "");
    let step = step(&chapter, Session::Bash, vec![]);
    let changes = plan_accept(&chapter, &step, Stream::Stdout, &[recorded("t", "a\nx\n")], false).unwrap();
    assert_eq!(changes[0].edits, [Edit { file: inner.clone(), range: 2..3, replacement: "x".to_owned() }]);
    assert_eq!(changes[0].diff, "  a\n- b\n+ x\n");
    assert_eq!(apply(&inner, "a\nb", &changes[0].edits).unwrap(), "a\nx");
    assert_eq!(apply(&outer, "other", &changes[0].edits).unwrap(), "other");
    let across = plan_accept(&chapter, &step, Stream::Stdout, &[recorded("t", "")], false);
    assert!(matches!(across, Err(AcceptProblem::Scattered { .. })), "{across:?}");
}

#[test]
fn targets_that_agree_share_one_expectation_and_others_are_named() {
    let guide = "```text expect\none\ntwo\n```\n\nprose\n";
    let cells = |outputs: [&str; 3]| [recorded("a", outputs[0]), recorded("b", outputs[1]), recorded("c", outputs[2])];
    let plan = |outputs, diverge| planned(guide, "", "", &cells(outputs), diverge);
    assert_eq!(plan(["one\n2", "one\n2", "one\n2"], false).unwrap(), guide.replace("two", "2"));
    let told =
        |groups: &[&str]| AcceptProblem::Differ { groups: groups.iter().map(|group| (*group).to_owned()).collect() };
    assert_eq!(plan(["one\ntwo", "one\n2", "one\n2"], false), Err(told(&["a (as expected)", "b, c"])));
    assert_eq!(plan(["one\n1", "one\n2", "one\n1"], false), Err(told(&["a, c", "b"])));
    let diverged = "```text expect\none\ntwo\n```\n\n```text expect target=b+c\none\n2\n```\n\nprose\n";
    assert_eq!(plan(["one\ntwo", "one\n2", "one\n2"], true).unwrap(), diverged);
    let both = "```text expect\none\n1\n```\n\n```text expect target=b\none\n2\n```\n\nprose\n";
    assert_eq!(plan(["one\n1", "one\n2", "one\n1"], true).unwrap(), both);
    // What was written is what the next plan expects.
    assert_eq!(planned(diverged, "", "", &cells(["one\ntwo", "one\n2", "one\n2"]), false).unwrap(), diverged);
}

#[test]
fn an_expectation_for_some_targets_gives_up_those_that_diverge() {
    let guide = "> ```text expect\n> g\n> ```\n>\n> ```text expect target=a+b\n> one\n> ```\n";
    let cells = [recorded("a", "one"), recorded("b", "two"), recorded("c", "g")];
    let new = planned(guide, "> ", "> ", &cells, true).unwrap();
    let wanted = "> ```text expect\n> g\n> ```\n>\n> ```text expect target=a\n> one\n> ```\n>\n> ```text expect target=b\n> two\n> ```\n";
    assert_eq!(new, wanted);
    assert_eq!(planned(&new, "> ", "> ", &cells, false).unwrap(), new);
}

#[test]
fn toolboxes_that_differ_on_one_target_stop_it() {
    let mut cells = [recorded("a", "1"), recorded("a", "2")];
    cells[1].toolbox = Some(id("old"));
    let guide = "```text expect\nx\n```\n";
    let problem = planned(guide, "", "", &cells, true).unwrap_err();
    assert_eq!(problem, AcceptProblem::Toolboxes { target: "a".to_owned() });
    assert_eq!(
        planned(guide, "", "", &cells, false).unwrap_err(),
        AcceptProblem::Differ { groups: vec!["a".to_owned(), "a+old".to_owned()] }
    );
}

fn console(body: &str, outputs: &[&str]) -> Result<String, AcceptProblem> {
    let text = format!("```console recipe=r\n{body}```\n");
    let file = path("guides/g.md");
    let chapter = chapter(Expanded::plain(file.clone(), text.clone()), "", "");
    let mut commands: Vec<ConsoleCommand> = Vec::new();
    let mut at = 0;
    for line in body.lines() {
        let exit = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|code| code.parse().ok());
        match (line.strip_prefix("$ "), line.strip_prefix("> "), commands.last_mut()) {
            (Some(command), ..) => {
                commands.push(ConsoleCommand { text: command.to_owned(), at, expected: vec![], exit: None })
            }
            (_, Some(more), Some(last)) => last.text = format!("{}\n{more}", last.text),
            (_, _, Some(last)) if exit.is_some() => last.exit = exit,
            (_, _, Some(last)) => last.expected.push((line.to_owned(), at)),
            _ => {}
        }
        at += line.len() + 1;
    }
    let step = step(&chapter, Session::Console, commands);
    let cell = Recorded { outputs: outputs.iter().map(|text| (*text).to_owned()).collect(), ..recorded("t", "") };
    let changes = plan_accept(&chapter, &step, Stream::Stdout, &[cell], false)?;
    let edits: Vec<Edit> = changes.into_iter().flat_map(|change| change.edits).collect();
    let new = apply(&file, &text, &edits)?;
    Ok(new.strip_prefix("```console recipe=r\n").unwrap().strip_suffix("```\n").unwrap().to_owned())
}

#[test]
fn console_output_changes_inside_its_fence() {
    let table: [(&str, &[&str], &str); 7] = [
        ("$ a\n1\n$ b\n2\n", &["1", "3"], "$ a\n1\n$ b\n3\n"),
        ("$ a\n$ b\n2\n", &["new\nlines", "2"], "$ a\nnew\nlines\n$ b\n2\n"),
        ("$ for x\n> do\n1\n[2]\n", &["1\n2"], "$ for x\n> do\n1\n2\n[2]\n"),
        ("$ a\n1\n$ b\n2\n", &["", ""], "$ a\n$ b\n"),
        ("$ a\nx [..]\n1\n", &["x 5\n$ sudo\n> more\n[3]"], "$ a\nx [..]\n[$] sudo (re)\n[>] more (re)\n[3] (equal)\n"),
        ("$ a\n1\n", &["> 50%\r"], "$ a\n[>] 50% (re)\n"),
        ("$ a\n$ b\n", &["unasserted", "x"], "$ a\n$ b\n"),
    ];
    for (body, outputs, new) in table {
        assert_eq!(console(body, outputs).unwrap(), new, "{body:?}");
        assert_eq!(console(new, outputs).unwrap(), new, "twice: {body:?}");
    }
    assert_eq!(console("$ a\n1\n", &["1", "2"]), Err(AcceptProblem::OtherCommands { recorded: 2, shown: 1 }));
}

#[test]
fn edits_that_contradict_each_other_are_refused() {
    let file = path("f");
    let edit = |range: Range<usize>, text: &str| Edit { file: file.clone(), range, replacement: text.to_owned() };
    assert_eq!(apply(&file, "abcd", &[edit(2..3, "X"), edit(0..1, "Y"), edit(0..1, "Y")]).unwrap(), "YbXd");
    for pair in
        [[edit(0..2, "X"), edit(1..3, "Y")], [edit(1..1, "X"), edit(1..1, "Y")], [edit(3..9, "X"), edit(0..0, "")]]
    {
        assert!(matches!(apply(&file, "abcd", &pair), Err(AcceptProblem::Conflict { .. })), "{pair:?}");
    }
}
