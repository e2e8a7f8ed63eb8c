//! Every byte of a step stands where its span says: in containers, with CRLF, through includes.

use std::collections::BTreeMap;

use crate::place::{LineIndex, RelPath};

use super::super::super::hide::HideLines;
use super::super::super::model::{Chapter, Session, Step};
use super::super::{ChapterKind, extract};
use super::{FRONT, path};

type Files = BTreeMap<RelPath, String>;

fn files(files: &[(&str, &str)]) -> Files {
    files.iter().map(|(path, text)| (RelPath::new(path).unwrap(), (*text).to_owned())).collect()
}

/// Reads a guide and sees that each byte of each step is the byte that its span names.
fn chapter(markdown: &str, mut files: Files) -> Chapter {
    let text = format!("{FRONT}{markdown}");
    let (chapter, findings) = extract(&path(), &text, ChapterKind::Guide, &HideLines::default(), &files);
    assert!(findings.is_empty(), "{findings:?}");
    files.insert(path(), text);
    let guide = chapter.guide.as_ref().unwrap();
    for step in guide.recipes.iter().flat_map(|recipe| &recipe.steps) {
        for (at, byte) in step.body.content().bytes().enumerate() {
            let span = chapter.body_span(&step.body, at..at + 1);
            assert_eq!(files[&span.file].as_bytes()[span.start], byte, "{at} of {:?}", step.body.text);
        }
    }
    chapter
}

fn steps(chapter: &Chapter) -> Vec<&Step> {
    chapter.guide.as_ref().unwrap().recipes.iter().flat_map(|recipe| &recipe.steps).collect()
}

/// `file:line:column` of each line of a step, as a person counts them.
fn lines(chapter: &Chapter, step: &Step, files: &Files) -> Vec<String> {
    (1..=step.text.split('\n').count())
        .map(|line| {
            let span = chapter.step_span(step, line);
            let text = &files[&span.file];
            let seen = &text[span.range()];
            assert_eq!(seen, step.text.split('\n').nth(line - 1).unwrap(), "{line}");
            format!("{}:{}", span.file.file_name(), LineIndex::new(text).position(text, span.start))
        })
        .collect()
}

fn check(markdown: &str, included: &[(&str, &str)], expected: &[&[&str]]) {
    let mut all = files(included);
    let chapter = chapter(markdown, all.clone());
    all.insert(path(), format!("{FRONT}{markdown}"));
    let seen: Vec<Vec<String>> = steps(&chapter).into_iter().map(|step| lines(&chapter, step, &all)).collect();
    assert_eq!(seen, expected, "{markdown}");
}

#[test]
fn lines_of_steps_in_containers() {
    check("```sh recipe=r\na\n  b\n```\n", &[], &[&["g.md:9:1", "g.md:10:1"]]);
    check("- x\n\n  ```sh recipe=r\n  a\n\n    b\n  ```\n", &[], &[&["g.md:11:3", "g.md:12:1", "g.md:13:3"]]);
    check("> - ~~~sh recipe=r\n>   é\n>   b\n>   ~~~\n", &[], &[&["g.md:9:5", "g.md:10:5"]]);
    check("````sh recipe=r\n```\na\n````\n", &[], &[&["g.md:9:1", "g.md:10:1"]]);
    check("```sh recipe=r\r\na\r\n\r\nb\r\n```\r\n", &[], &[&["g.md:9:1", "g.md:10:1", "g.md:11:1"]]);
    check("> ```sh recipe=r\r\n> a\r\n>b\r\n> ```\r\n", &[], &[&["g.md:9:3", "g.md:10:2"]]);
}

#[test]
fn lines_of_console_steps_are_those_of_the_commands() {
    check(
        "- ```console recipe=r\n  $ a\n  out\n  $ cat <<E\n  > b\n  >\n  > E\n  out\n\n  $ c\n  ```\n",
        &[],
        &[&["g.md:9:5", "g.md:11:5", "g.md:12:5", "g.md:13:4", "g.md:14:5", "g.md:17:5"]],
    );
}

#[test]
fn lines_that_are_included() {
    let script = "#!/bin/sh\n# ANCHOR: one\na\n# ANCHOR: two\nb\n# ANCHOR_END: two\nc\n# ANCHOR_END: one\nd\n";
    let included: &[(&str, &str)] = &[("guides/s.sh", script)];
    check("```sh recipe=r\n{{#include s.sh:one}}\n```\n", included, &[&["s.sh:3:1", "s.sh:5:1", "s.sh:7:1"]]);
}

#[test]
fn includes_of_every_kind() {
    let script = "a\r\nb\r\nc\r\n";
    let included: &[(&str, &str)] = &[("guides/s.sh", script), ("lib/t.sh", "t\n{{#include ../guides/s.sh:2:}}\n")];
    check("```sh recipe=r\n{{#include s.sh}}\n```\n", included, &[&["s.sh:1:1", "s.sh:2:1", "s.sh:3:1"]]);
    check("```sh recipe=r\n{{#include s.sh:2:3}}\nz\n```\n", included, &[&["s.sh:2:1", "s.sh:3:1", "g.md:10:1"]]);
    check("```sh recipe=r\n{{#include ../lib/t.sh}}\n```\n", included, &[&["t.sh:1:1", "s.sh:2:1", "s.sh:3:1"]]);
    let fences: &[(&str, &str)] = &[("guides/part.md", "text\n\n```sh recipe=r\na\n```\n")];
    check("# x\n\n{{#include part.md}}\n\n```sh recipe=r\nb\n```\n", fences, &[&["part.md:4:1"], &["g.md:13:1"]]);
}

#[test]
fn an_escaped_helper_runs_as_the_reader_sees_it() {
    let chapter = chapter("```sh recipe=r\necho '\\{{#include x}}' y\n```\n", Files::new());
    assert!(chapter.differs);
    assert_eq!(steps(&chapter)[0].text, "echo '{{#include x}}' y");
    let line = chapter.text.text.find("echo").unwrap();
    let written = chapter.text.whole(line..line + 24).unwrap();
    assert_eq!(written.end - written.start, 25, "the backslash is part of the line in its file");
}

#[test]
fn places_of_recipes() {
    let chapter = chapter(
        "```text file=x recipe=r\n1\n```\n```sh recipe=r\na\n```\n```text expect\n2\n```\n```sh recipe=s\nb\n```\n",
        Files::new(),
    );
    let guide = chapter.guide.as_ref().unwrap();
    let text = &chapter.text.text;
    assert_eq!(&text[chapter.recipe_span(&guide.recipes[0]).range()], "```sh recipe=r");
    let last = |recipe: usize| &chapter.fences[chapter.last_fence(&guide.recipes[recipe]).unwrap()].info;
    assert_eq!((last(0).as_str(), last(1).as_str()), ("text expect", "sh recipe=s"));
    let step = &guide.recipes[0].steps[0];
    assert_eq!(step.session, Session::Bash);
    for line in [0, 2, 99] {
        assert_eq!(&text[chapter.step_span(step, line).range()], "```sh recipe=r", "{line}");
    }
}
