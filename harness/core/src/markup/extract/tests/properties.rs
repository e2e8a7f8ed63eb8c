//! What holds for any text at all.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::place::RelPath;

use super::super::super::digest::Around;
use super::super::super::fence;
use super::super::super::hide::HideLines;
use super::super::super::include;
use super::super::super::model::{Chapter, FenceClass};
use super::super::{ChapterKind, extract};
use super::{FRONT, path};

type Files = BTreeMap<RelPath, String>;

/// Pieces of Markdown that lead a parser astray when they meet.
fn markdownish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("```"),
        Just("````"),
        Just("~~~"),
        Just("```sh recipe=a\n"),
        Just("```console recipe=b\n$ x\ny\n[1]\n```\n"),
        Just("```python setup\n"),
        Just("```text expect target=one\n"),
        Just("```text file=a mode=x\n"),
        Just("```sh given=env\n"),
        Just("```sh skip=x until=2027-01-31\n"),
        Just("\n"),
        Just("\r\n"),
        Just("\r"),
        Just("    "),
        Just("\t"),
        Just("> "),
        Just("- "),
        Just("1. "),
        Just("<!--"),
        Just("-->"),
        Just("<div>\n"),
        Just("\n\n"),
        Just("# h\n"),
        Just("{{#include a.md}}"),
        Just("{{#evidence took a}}"),
        Just("{{#evidence\n"),
        Just("`"),
        Just("*"),
        Just("{{#include b.sh:x}}\n"),
        Just("{{#include b.sh:2:3}}"),
        Just("\\{{#include c}}"),
        Just("{{"),
        Just("}}"),
        Just("[a](b)"),
        Just("<!-- dogfood: allow x until=2027-01-31 because y -->\n"),
        Just("\0"),
        Just("é\u{202e}"),
        Just("=== \"T\"\n"),
        Just("!!! note\n"),
        Just(": d\n"),
        Just("[^1]: n\n"),
        Just("| a |\n|---|\n"),
        Just("x"),
        Just("---\n"),
        Just("{{#playground a.md}}"),
        Just("{{#title x}}"),
        Just("{{#title\n x}}"),
        Just("\\{{#include a.md}}"),
        Just("{{"),
        Just("#include b.sh}}"),
        Just("<!--"),
        Just("<pre>"),
        Just("</details>"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn files() -> Files {
    let file = |path: &str, text: &str| (RelPath::new(path).unwrap(), text.to_owned());
    BTreeMap::from([
        file("guides/a.md", "```sh recipe=i\r\necho\r\n```\r\n{{#include b.sh}}"),
        file("guides/b.sh", "1\n# ANCHOR: x\n2\n# ANCHOR_END: x\n{{#include a.md:1:2}}\n\n"),
    ])
}

/// What must hold of a chapter, whatever was in it.
fn holds(text: &str, chapter: &Chapter, files: &Files) -> Result<(), TestCaseError> {
    let scan = fence::scan(&chapter.text, chapter.front_matter.end);
    prop_assert_eq!(scan.blocks.len(), chapter.fences.len());
    let source = |file: &RelPath| if *file == path() { text } else { files.get(file).map_or("", String::as_str) };
    for (at, byte) in chapter.text.text.bytes().enumerate() {
        let span = chapter.text.span(at..at + 1);
        // What mdBook puts around code of Rust stands in no file.
        let stands = source(&span.file).as_bytes().get(span.start) == Some(&byte) || !chapter.text.rust.is_empty();
        prop_assert!(stands, "{} of the text", at);
    }
    for fence in &chapter.fences {
        prop_assert!(
            chapter.text.text.is_char_boundary(fence.range.start) && fence.range.end <= chapter.text.text.len()
        );
        if fence.class == FenceClass::Commented {
            continue;
        }
        for (at, byte) in fence.body.content().bytes().enumerate() {
            let from = chapter.text.text.as_bytes().get(fence.body.source(at)).copied();
            // A tab that a container shares is worth blanks.
            prop_assert!(
                from == Some(byte) || (byte == b' ' && from == Some(b'\t')),
                "{} of {:?}: {:?}",
                at,
                fence.body,
                from
            );
        }
    }
    let mut done = chapter.front_matter.end;
    for piece in &chapter.pieces {
        prop_assert!(done <= piece.range.start, "{:?}", chapter.pieces);
        prop_assert!(chapter.text.text[piece.range.clone()].starts_with("{{"));
        for (word, at) in &piece.words {
            prop_assert_eq!(chapter.text.text.get(*at..at + word.len()), Some(word.as_str()));
        }
        done = piece.range.end;
    }
    if let Some(guide) = &chapter.guide {
        for recipe in &guide.recipes {
            prop_assert!(!recipe.steps.is_empty() && !recipe.targets.is_empty());
            prop_assert!(chapter.last_fence(recipe).is_some());
            for step in &recipe.steps {
                for line in 0..=step.text.split('\n').count() + 1 {
                    chapter.step_span(step, line);
                }
            }
            Around::of(guide).pins(guide, recipe);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in any::<String>(), plain in any::<bool>()) {
        let kind = if plain { ChapterKind::Plain } else { ChapterKind::Guide };
        let files = files();
        let (chapter, _) = extract(&path(), &text, kind, &HideLines::default(), &files);
        holds(&text, &chapter, &files)?;
    }

    #[test]
    fn any_markdown_is_read(markdown in markdownish(), front in any::<bool>()) {
        let text = if front { format!("{FRONT}{markdown}") } else { markdown };
        let files = files();
        let kind = if front { ChapterKind::Guide } else { ChapterKind::Plain };
        let (chapter, findings) = extract(&path(), &text, kind, &HideLines::default(), &files);
        holds(&text, &chapter, &files)?;
        let sources = |file: &RelPath| if *file == path() { text.len() } else { files.get(file).map_or(0, String::len) };
        for finding in &findings {
            prop_assert!(finding.span.end <= sources(&finding.span.file), "{:?}", finding);
        }
        if front {
            for fence in chapter.fences.iter().filter(|fence| fence.class == FenceClass::Unclassified) {
                let told = findings.iter().any(|finding| {
                    finding.span.file == fence.span.file && (fence.span.start..=fence.span.end).contains(&finding.span.start)
                });
                prop_assert!(told, "a fence without a class and without a finding: {:?}", fence);
            }
        }
        super::super::super::discover::discover(&path(), &text, &files);
        include::references(&path(), &text);
    }
}

/// A guide of one recipe, written in many ways that mean the same.
fn digest(prose: &str, wrap: &dyn Fn(&str) -> String, lines: &[String]) -> String {
    let fence = wrap(&format!("```sh recipe=r timeout=9s\n{}\n```\n", lines.join("\n")));
    let text =
        format!("{FRONT}# {prose}\n\n{fence}\n\n{prose}\n\n```text expect\n{prose}\n```\n\n```text file=f\nx\n```\n");
    let (chapter, findings) = extract(&path(), &text, ChapterKind::Guide, &HideLines::default(), &Files::new());
    assert!(findings.is_empty(), "{text} {findings:?}");
    let guide = chapter.guide.unwrap();
    Around::of(&guide).pins(&guide, &guide.recipes[0]).recipe.to_string()
}

fn each_line(text: &str, prefix: &str) -> String {
    text.lines().map(|line| format!("{prefix}{line}\n")).collect()
}

proptest! {
    #[test]
    fn only_what_runs_moves_a_digest(
        prose in "p[A-Za-z ,.]{0,30}",
        lines in prop::collection::vec("[a-z]([a-z '$|-]{0,12}[a-z])?", 1..6),
        at in any::<prop::sample::Index>(),
    ) {
        let plain = |text: &str| text.to_owned();
        let before = digest("prose", &plain, &lines);
        prop_assert_eq!(&before, &digest(&prose, &plain, &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| format!("> quote\n>\n{}", each_line(text, "> ")), &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| format!("1. item\n\n{}", each_line(text, "   ")), &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| each_line(text, "  "), &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| text.replace("```", "~~~~"), &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| text.replace('\n', "\r\n"), &lines));
        prop_assert_eq!(&before, &digest("prose", &|text| text.replace("timeout=9s", " timeout=1m editable"), &lines));
        prop_assert_ne!(&before, &digest("prose", &|text| text.replace("timeout=9s", "exit=0"), &lines));
        prop_assert_ne!(&before, &digest("prose", &|text| text.replace("```sh", "```bash"), &lines));
        let all = lines.join("\n");
        let byte = at.index(all.len());
        let other = if &all[byte..=byte] == "x" { "y" } else { "x" };
        let changed = format!("{}{other}{}", &all[..byte], &all[byte + 1..]);
        let changed: Vec<String> = changed.split('\n').map(str::to_owned).collect();
        prop_assert_ne!(&before, &digest("prose", &plain, &changed));
    }
}
