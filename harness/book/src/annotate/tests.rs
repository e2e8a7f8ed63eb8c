//! Pages as mdBook reads them: what is inserted stands where it belongs, and everything else is what it was.

use dogfood_core::evidence::{Block, Inline};
use dogfood_core::markup::model::Piece;
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::place::RelPath;
use mdbook_markdown::pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

use super::*;
use crate::evidence::{CellEvidence, Standing};

const TOP: &str = "<div hidden></div>";

fn page(text: &str, recipes: &[&str]) -> String {
    let path = RelPath::new("guides/a.md").unwrap();
    let part = (RelPath::new("guides/part.md").unwrap(), "```sh recipe=part\ntrue\n```\n".to_owned());
    let kind = if text.starts_with("---") { ChapterKind::Guide } else { ChapterKind::Plain };
    let (chapter, _) = extract(&path, text, kind, &HideLines(BTreeMap::new()), &BTreeMap::from([part]));
    annotate(&Page {
        chapter: &chapter,
        evidence: &not_verified(recipes),
        pieces: &contents(&chapter),
        top: &[TOP.to_owned()],
        repository: None,
    })
}

/// Recipes that were never run.
pub(super) fn not_verified(recipes: &[&str]) -> Vec<RecipeEvidence> {
    recipes
        .iter()
        .map(|recipe| {
            let standing = Standing::NotVerified("never run".to_owned());
            let cell =
                CellEvidence { target: "none".to_owned(), toolbox: None, standing, faults: vec![], observed: vec![] };
            RecipeEvidence { recipe: (*recipe).to_owned(), cells: vec![cell] }
        })
        .collect()
}

/// A block for the pieces called `matrix`, a value for the others.
pub(super) fn contents(chapter: &Chapter) -> Vec<Option<Content>> {
    let content = |piece: &Piece| match piece.words.first().map(|(word, _)| word.as_str()) {
        Some("matrix") => Some(Content::Block(Block { kind: "matrix", open: vec![], folded: None, notes: vec![] })),
        Some("lost") => None,
        _ => Some(Content::Inline(Inline { kind: "took", value: "5 s".to_owned(), source: String::new() })),
    };
    chapter.pieces.iter().map(content).collect()
}

fn guide(front: &str, body: &str) -> String {
    format!("---\nguide: a\nkind: sidebar\ntargets: [none]\n{front}---\n\n{body}")
}

/// The page as mdBook's parser sees it, one word per thing: containers, code with its text, HTML with its class.
fn seen(markdown: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut code = None;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => code = Some(format!("code {info}: ")),
            Event::End(TagEnd::CodeBlock) => out.extend(code.take()),
            Event::Text(text) if code.is_some() => code.iter_mut().for_each(|code| code.push_str(&text)),
            // The blanks before indented HTML are an event of their own, of one kind or another.
            Event::Html(text) | Event::Text(text) if text.trim().is_empty() => {}
            Event::Html(html) if html.starts_with("<style>") => {}
            Event::Html(html) if html.trim() == LINE => {}
            Event::Html(html) => {
                let html = html.trim_start().trim_start_matches(LINE);
                let class = html.split("class=\"").nth(1).and_then(|rest| rest.split('"').next());
                out.push(format!("html {}", class.unwrap_or_else(|| html.trim())));
            }
            Event::Start(Tag::Item) => out.push("item".to_owned()),
            Event::End(TagEnd::Item) => out.push("/item".to_owned()),
            Event::Start(Tag::BlockQuote(_)) => out.push("quote".to_owned()),
            Event::End(TagEnd::BlockQuote(_)) => out.push("/quote".to_owned()),
            Event::Text(text) => out.push(text.to_string()),
            _ => {}
        }
    }
    out
}

#[test]
fn front_matter_goes_and_everything_else_stays() {
    let body =
        "# Title\n\nProse.\n\n```sh recipe=one\ntrue\n```\n\nMore.\n\n```text expect\nx\n```\nEnd without a line break";
    let page = page(&guide("", body), &["one"]);
    assert!(!page.contains("guide: a"));
    let words = seen(&page);
    assert_eq!(
        words,
        [
            "html <div hidden></div>",
            "Title",
            "Prose.",
            "code sh recipe=one: true\n",
            "More.",
            "code text expect: x\n",
            "html dogfood-evidence",
            "End without a line break"
        ]
    );
    let is_ours = |line: &str| ["<div", "<style>", LINE].iter().any(|start| line.starts_with(start));
    let stripped: String = page.lines().filter(|line| !is_ours(line) && !line.is_empty()).collect();
    assert_eq!(stripped, body.lines().filter(|line| !line.is_empty()).collect::<String>());
}

#[test]
fn what_is_inserted_stands_in_the_containers_of_its_fence() {
    let check = |body: &str, expected: &[&str]| {
        let words = seen(&page(&guide("", body), &["one"]));
        assert_eq!(&words[1..], expected, "{body}");
    };
    check(
        "- ```sh recipe=one\n  true\n  ```\n- next\n",
        &["item", "code sh recipe=one: true\n", "html dogfood-evidence", "/item", "item", "next", "/item"],
    );
    check(
        "12. text\n\n    ~~~~sh recipe=one\n    true\n    ~~~~\n\n    more\n",
        &["item", "text", "code sh recipe=one: true\n", "html dogfood-evidence", "more", "/item"],
    );
    check(
        "> > ```sh recipe=one\n> > true\n> > ```\n> after\n",
        &["quote", "quote", "code sh recipe=one: true\n", "html dogfood-evidence", "/quote", "after", "/quote"],
    );
    check(
        "> - ```sh recipe=one\n>   true\n>   ```\n>\n>   after\n",
        &["quote", "item", "code sh recipe=one: true\n", "html dogfood-evidence", "after", "/item", "/quote"],
    );
    check("   ```sh recipe=one\n   true\n   ```", &["code sh recipe=one: true\n", "html dogfood-evidence"]);
    check(
        "- \t```sh recipe=one\n\ttrue\n\t```\n",
        &["item", "code sh recipe=one: true\n", "html dogfood-evidence", "/item"],
    );
}

#[test]
fn a_file_says_its_name_above_it_wherever_it_stands() {
    for body in [
        "```sh recipe=one file=a/<b>.py\nx\n```\n",
        "- ```sh recipe=one file=a/<b>.py\n  x\n  ```\n",
        "> text\n> ```sh recipe=one file=a/<b>.py\n> x\n> ```\n",
    ] {
        let text = page(&guide("", &format!("{body}\n```sh recipe=one\ntrue\n```\n")), &["one"]);
        assert!(text.contains("<p class=\"dogfood-file\">File <b>a/&#60;b&#62;.py</b></p>"), "{text}");
        let words = seen(&text);
        let at = words.iter().position(|word| word == "html dogfood-file").unwrap_or_else(|| panic!("{words:?}"));
        assert!(words[at + 1].starts_with("code sh recipe=one file=a/"), "{body}: {words:?}");
    }
}

#[test]
fn teardown_is_folded_wherever_it_stands() {
    let fold = "html dogfood-teardown";
    for body in [
        "```sh teardown\nrm x\n```\n",
        "- ```sh teardown\n  rm x\n  ```\n",
        "> ```sh teardown\n> rm x\n> ```\n",
        "text\n```sh teardown\nrm x\n```\n",
    ] {
        let words = seen(&page(&guide("", body), &[]));
        let at = words.iter().position(|word| word == fold).unwrap_or_else(|| panic!("{words:?}"));
        assert_eq!(&words[at + 1..at + 3], ["code sh teardown: rm x\n", "html </details>"], "{body}");
    }
}

#[test]
fn what_does_not_run_says_so_and_the_scope_stands_under_the_title() {
    let text = guide(
        "unverified: [sftpgo]\n",
        "# Title\nText.\n\n```sh illustrative=no-such-server\nx\n```\n\n```sh recipe=one skip=later until=2030-01-01\nx\n```\n",
    );
    let page = page(&text, &["one"]);
    let words = seen(&page);
    assert_eq!(words[1..4], ["Title", "html dogfood-scope", "Text."]);
    assert!(page.contains("Shown, not run: no such server"), "{page}");
    assert!(page.contains("Skipped, not run: later (until 2030-01-01)"), "{page}");
}

#[test]
fn fences_for_targets_stand_in_panels_and_the_evidence_below_them() {
    let body =
        "```sh recipe=one\nx\n```\n```text expect\n1\n```\nHere it differs:\n```text expect target=b\n2\n```\nAfter.\n";
    let text = guide("", body).replace("[none]", "[a, b]");
    let words = seen(&page(&text, &["one"]));
    let expected = [
        "code sh recipe=one: x\n",
        "html dogfood-tabs",
        "code text expect: 1\n",
        "html </div><div><p>b</p>",
        "Here it differs:",
        "code text expect target=b: 2\n",
        "html </div></div>",
        "html dogfood-evidence",
        "After.",
    ];
    assert_eq!(words[1..], expected);
    let html = page(&text, &["one"]);
    assert!(html.contains("</div><div><p>b</p>"), "{html}");
    assert_eq!(html.matches("<div class=\"dogfood-tabs\">").count(), 1, "{html}");
}

#[test]
fn a_recipe_that_is_not_the_same_on_all_its_targets_names_them() {
    let same = "```sh setup\ns\n```\n```sh recipe=one target=a+b\nx\n```\n```sh recipe=one\ny\n```\n";
    let check = |body: &str, named: bool| {
        let text = page(&guide("", body).replace("[none]", "[a, b, c]"), &["one"]);
        assert_eq!(text.contains("data-dogfood-recipe=\"one\" data-dogfood-targets=\"a b\">"), named, "{text}");
    };
    check(same, false);
    check(&same.replace("```sh recipe=one\ny", "```sh recipe=one target=b\ny"), true);
    check(&same.replace("```sh setup", "```sh setup target=a"), true);
}

#[test]
fn style_and_script_come_with_what_needs_them() {
    let with = page(&guide("", "```sh recipe=one\ntrue\n```\n"), &["one"]);
    assert_eq!((with.matches("<style>").count(), with.matches("<script>").count()), (1, 1));
    let pieces = page("# Plain\n\n{{#evidence matrix}}\n", &[]);
    assert_eq!((pieces.matches("<style>").count(), pieces.matches("<script>").count()), (1, 0));
    assert!(!page("# Plain\n", &[]).contains("<style>"));
}

#[test]
fn includes_are_in_place_and_titles_go_first() {
    let text = guide("", "{{#include part.md}}\n\nAn escaped \\{{#include x}}.\n\n{{#title T}}\n");
    let page_text = page(&text, &["part"]);
    assert!(page_text.contains("```sh recipe=part\ntrue\n```"), "{page_text}");
    assert!(page_text.contains("An escaped \\{{#include x}}.\n\n\n"), "{page_text}");
    assert!(page_text.starts_with("{{#title T}}\n"), "{page_text}");
    assert_eq!(
        page("# Plain\n\n{{#include part.md}}\n", &[]),
        format!("{TOP}\n\n# Plain\n\n```sh recipe=part\ntrue\n```\n")
    );
}

#[test]
fn pieces_stand_where_they_were_written() {
    let check = |body: &str, expected: &[&str]| {
        let words = seen(&page(&guide("", body), &[]));
        assert_eq!(&words[1..], expected, "{body}");
    };
    let block = "html dogfood-piece dogfood-matrix";
    check("# T\n{{#evidence matrix}}\n## U\n", &["T", block, "U"]);
    check("a\n\n{{#evidence matrix}}\n- b\n", &["a", block, "item", "b", "/item"]);
    check("- {{#evidence matrix}}\n- b\n", &["item", block, "/item", "item", "b", "/item"]);
    check("> - {{#evidence matrix}}\n>   # H\n", &["quote", "item", block, "H", "/item", "/quote"]);
    check("1. a\n\n   {{#evidence matrix}}\n   ```sh\n   b\n   ```\n", &["item", "a", block, "code sh: b\n", "/item"]);
    let fence = "```sh teardown\nb\n```\n{{#evidence matrix}}\n";
    check(fence, &["html dogfood-teardown", "code sh teardown: b\n", "html </details>", block]);
    check("It took {{#evidence took x}}, and `{{#evidence took x}}`.\n", &["It took ", "5 s", ", and ", "."]);
    check(
        "{{#evidence lost}}\n\nx {{#evidence lost}}\n",
        &["html dogfood-piece dogfood-not-verified", "x ", "(not verified here)"],
    );
    check("# A {{#evidence took x}}\n", &["A {{#evidence took x}}"]);
    check("x {{#evidence matrix}}\n", &["x {{#evidence matrix}}"]);
}

#[test]
fn pieces_stand_on_plain_pages_and_in_their_includes_too() {
    let page_text = page("# Plain\n\n{{#evidence took x}} {{#include part.md}}\n\n\\{{#include x}}\n", &[]);
    assert!(page_text.contains(">5 s</span> ```sh recipe=part"), "{page_text}");
    assert!(page_text.ends_with("\n\n\\{{#include x}}\n"), "{page_text}");
}

#[test]
fn line_ends_of_other_systems_and_broken_pages_are_no_trouble() {
    let text = guide("", "# T\n\n```sh recipe=one\ntrue\n```\n\nend\n").replace('\n', "\r\n");
    let words = seen(&page(&text, &["one"]));
    assert_eq!(words[1..], ["T", "code sh recipe=one: true\n", "html dogfood-evidence", "end"]);
    for broken in ["---\n", "---\nguide: a\n---", "", "---\nguide: a\n---\n```sh recipe=one\nnever closed", "```"] {
        page(broken, &["one"]);
    }
}
