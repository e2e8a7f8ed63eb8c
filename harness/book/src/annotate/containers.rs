//! A property over fences in any mix of list items, quotes, footnotes and definitions: without what we insert, the page is to mdBook's
//! parser event for event what the chapter is.

use std::collections::BTreeMap;

use dogfood_core::markup::model::FenceClass;
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::place::RelPath;
use mdbook_markdown::pulldown_cmark::{Event, Tag, TagEnd};
use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
use proptest::prelude::*;

use super::tests::{contents, not_verified};
use super::*;

/// The events of `markdown` without HTML of ours.
fn events(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut html: Option<String> = None;
    for event in new_cmark_parser(markdown, &MarkdownOptions::default()) {
        match (event, &mut html) {
            (Event::Start(Tag::HtmlBlock), _) => html = Some(String::new()),
            (Event::End(TagEnd::HtmlBlock), _) => {
                let block = html.take().unwrap_or_default();
                let ours = block.trim_start();
                if ![LINE, "<div hidden>", "<style>"].iter().any(|start| ours.starts_with(start)) {
                    out.push(format!("html {block}"));
                } else if ours.trim_end().contains('\n') {
                    out.push(format!("html of ours goes on: {block}"));
                }
            }
            (Event::Html(text) | Event::Text(text), Some(block)) => block.push_str(&text),
            (Event::Text(text), None) if out.last().is_some_and(|last: &String| last.starts_with("text ")) => {
                out.last_mut().into_iter().for_each(|last| last.push_str(&text));
            }
            (Event::Text(text), None) => out.push(format!("text {text}")),
            (other, _) => out.push(format!("{other:?}")),
        }
    }
    out
}

/// How a container starts: marks with one blank, with several, with a tab, with none.
fn mark() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "> ", ">", ">  ", ">\t", "- ", "-\t", "-   ", " - ", "  * ", "+  ", "1. ", "12)\t", "3.  ", " 1) ", "[^a]: ",
        "[^b]:\t", ": ", ":\t", ":  ",
    ])
}

/// What stands in the containers besides the fence.
fn beside() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "",
        "",
        "text",
        "- item",
        "# Heading",
        "{{#evidence matrix}}",
        "{{#evidence took x}} here",
        "---",
        "| a |",
        "    code",
    ])
}

fn fence(number: usize, kind: usize) -> [String; 3] {
    let info = match kind {
        0 => "```sh teardown".to_owned(),
        1 => "~~~~sh illustrative=shown".to_owned(),
        2 => format!("```text file=f{number}"),
        _ => format!("```sh recipe=r{number}"),
    };
    let end = info.chars().take_while(|mark| matches!(mark, '`' | '~')).collect();
    [info, "true".to_owned(), end]
}

#[derive(Clone, Debug)]
struct Part {
    marks: Vec<&'static str>,
    before: Option<&'static str>,
    blank_before: bool,
    kind: usize,
    after: Vec<(u8, &'static str)>,
}

fn part() -> impl Strategy<Value = Part> {
    let after = prop::collection::vec((0_u8..4, beside()), 0..4);
    (prop::collection::vec(mark(), 0..5), prop::option::of(beside()), any::<bool>(), 0_usize..6, after)
        .prop_map(|(marks, before, blank_before, kind, after)| Part { marks, before, blank_before, kind, after })
}

fn written(parts: &[Part]) -> String {
    let mut out = String::from("Term [^a] [^b]\n");
    for (number, part) in parts.iter().enumerate() {
        let marks = part.marks.concat();
        let start = out.len();
        out.push_str(&marks);
        let go_on = prefix(&out, start + marks.len());
        if let Some(before) = part.before {
            out.push_str(&format!("{before}\n"));
            out.push_str(if part.blank_before { "\n" } else { "" });
            out.push_str(&go_on);
        }
        let [open, body, close] = fence(number, part.kind);
        out.push_str(&format!("{open}\n{go_on}{body}\n{go_on}{close}\n"));
        for (how, beside) in &part.after {
            match how {
                0 => out.push_str(&format!("{go_on}{beside}\n")),
                1 => out.push_str(&format!("{}\n{go_on}{beside}\n", go_on.trim_end())),
                2 => out.push_str(&format!("{marks}{beside}\n")),
                _ => out.push_str(&format!("{beside}\n")),
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, max_global_rejects: 20_000, ..ProptestConfig::default() })]
    #[test]
    fn what_is_inserted_changes_nothing_beside_it(parts in prop::collection::vec(part(), 1..4)) {
        let body = written(&parts);
        // Blanks between a quote's sign and a footnote's label count for neither, and no other mark is like that. Nobody starts a fence there.
        prop_assume!(![">  [", ">\t["].iter().any(|start| body.contains(start)));
        let text = format!("---\nguide: a\nkind: sidebar\ntargets: [none]\nunverified: [b]\n---\n{body}");
        let path = RelPath::new("guides/a.md").expect("a path");
        let (mut chapter, _) = extract(&path, &text, ChapterKind::Guide, &HideLines(BTreeMap::new()), &BTreeMap::new());
        let closed = chapter.fences.iter().all(|fence| !matches!(fence.class, FenceClass::Unclassified | FenceClass::Commented));
        prop_assume!(closed && !chapter.fences.is_empty());
        // A piece that becomes a block is another block than its paragraph: it is left as it is written here.
        chapter.pieces.clear();
        let recipes: Vec<String> =
            chapter.guide.iter().flat_map(|guide| &guide.recipes).map(|recipe| recipe.id.to_string()).collect();
        let recipes: Vec<&str> = recipes.iter().map(String::as_str).collect();
        let page = Page {
            chapter: &chapter,
            evidence: &not_verified(&recipes),
            pieces: &contents(&chapter),
            top: &["<div hidden></div>".to_owned()],
            repository: None,
        };
        prop_assert_eq!(events(&annotate(&page)), events(&body), "{}\n---\n{}", body, annotate(&page));
    }
}
