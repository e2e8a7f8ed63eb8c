//! From a chapter and what is known about its recipes to the text that mdBook goes on with. Pure: values in, a text out.
//!
//! Only insertions and two removals (front matter, nothing else): what stands on the page is what the author wrote and what ran. All that
//! is inserted is one line of HTML between blank lines, under the same containers (list items, quotes) as the fence that it belongs to.

use std::collections::BTreeMap;
use std::ops::Range;

use dogfood_core::evidence::Content;
use dogfood_core::markup::model::{Chapter, Fence, FenceClass, Guide, Recipe, Session};
use dogfood_core::name::Id;

use crate::assets::{self, Needs};
use crate::colophon::{Colophon, Surroundings};
use crate::escape::html;
use crate::evidence::RecipeEvidence;
use crate::line;
use crate::notes::{not_run_html, unverified_html};
use crate::pieces;
use crate::tabs::{self, Tabs};

/// What a chapter's page gets.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The chapter.
    pub chapter: &'a Chapter,
    /// What is known about its recipes.
    pub evidence: &'a [RecipeEvidence],
    /// What stands in the place of each of its pieces, in order.
    pub pieces: &'a [Option<Content>],
    /// Lines of HTML for the very top: the stamp, a banner.
    pub top: &'a [String],
    /// What comes before a trace's path in an address; nothing if the book names no repository.
    pub repository: Option<&'a str>,
}

/// The text of the page. A chapter that is no guide gets the top and its pieces; without pieces, its includes are mdBook's to expand.
pub fn annotate(page: &Page<'_>, original: &str) -> String {
    let text = &page.chapter.text.text;
    let mut edits = Edits::default();
    let Some(guide) = &page.chapter.guide else {
        pieces_in(text, page, &mut edits);
        let (text, look) = if page.chapter.pieces.is_empty() {
            (original, None)
        } else {
            (text.as_str(), Some(assets::html(Needs { tables: tables(page), ..Needs::default() })))
        };
        return top_lines(page.top, look.as_deref()) + &edits.apply(text);
    };
    let tabs = tabs::of_guide(page.chapter, guide);
    let needs = Needs { tables: tables(page), recipes: true, console: console(guide), tabs: !tabs.is_empty() };
    edits.replace(page.chapter.front_matter.clone(), top_lines(page.top, Some(&assets::html(needs))));
    scope(page.chapter, guide, &mut edits);
    let files = guide.files.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.files));
    for (file, fence) in files.filter_map(|file| Some((file, page.chapter.fences.get(file.fence)?))) {
        let caption = format!("<p class=\"dogfood-file\">File <b>{}</b></p>", html(file.path.as_str()));
        above(text, fence, &caption, &mut edits);
    }
    // Before the panels: what is expected of a step may stand right below its fence.
    faults(page, guide, &mut edits);
    tabs.iter().for_each(|tabs| open(text, tabs, &mut edits));
    let colophon = Colophon::of(page.evidence);
    let around = Surroundings { colophon: &colophon, repository: page.repository };
    let mut ending = ending(page, guide);
    for (index, fence) in page.chapter.fences.iter().enumerate() {
        fold_or_explain(text, fence, &mut edits);
        if tabs.iter().any(|tabs| tabs.panels.last().is_some_and(|panel| panel.fences.1 == index)) {
            below(text, fence, "</div></div>", &mut edits);
        }
        if let Some(evidence) = ending.remove(&index) {
            below(text, fence, &line::under(evidence, apart(guide, evidence), &around), &mut edits);
        }
    }
    // Last: what belongs to the fence right above a piece comes before it.
    pieces_in(text, page, &mut edits);
    if let Some(html) = colophon.html() {
        edits.insert(text.len(), format!("\n\n{html}\n"));
    }
    edits.apply(text)
}

/// Whether more than values in running text stands in the place of the page's pieces.
fn tables(page: &Page<'_>) -> bool {
    page.pieces.iter().flatten().any(|content| !matches!(content, Content::Inline(_)))
}

/// Whether anything of the guide that runs is a `console` fence.
fn console(guide: &Guide) -> bool {
    let around = guide.setup.iter().chain(&guide.teardown);
    let steps = around.chain(guide.recipes.iter().flat_map(|recipe| &recipe.steps));
    steps.into_iter().any(|step| step.session == Session::Console)
}

fn top_lines(lines: &[String], look: Option<&str>) -> String {
    lines.iter().map(String::as_str).chain(look).map(|line| format!("{line}\n\n")).collect()
}

/// Opens the panels of `tabs`, each with its caption, and closes all but the last.
fn open(text: &str, tabs: &Tabs, edits: &mut Edits) {
    for (number, panel) in tabs.panels.iter().enumerate() {
        let before = if number == 0 { "<div class=\"dogfood-tabs\">" } else { "</div>" };
        let name = html(&panel.name);
        let caption = format!("<div><p>{name}</p>");
        // The panel before ends with a fence, whose line may be the one right above.
        let start = line_start(text, panel.start);
        edits.insert(start, format!("\n{before}{caption}\n\n"));
    }
}

/// Puts what it stands for in the place of each piece.
fn pieces_in(text: &str, page: &Page<'_>, edits: &mut Edits) {
    for (piece, content) in page.chapter.pieces.iter().zip(page.pieces) {
        let Some((html, is_block)) = pieces::html(piece.place, content.as_ref()) else { continue };
        // A block of HTML goes on to the next empty line, and what follows may stand right below.
        let end = if is_block { format!("\n{}", Prefix::of(text, piece.range.start).blank) } else { String::new() };
        edits.replace(piece.range.clone(), html + &end);
    }
}

/// The line about targets that nothing was run on, under the page's title if it starts with one.
fn scope(chapter: &Chapter, guide: &Guide, edits: &mut Edits) {
    if guide.front.unverified.is_empty() {
        return;
    }
    let names: Vec<&str> = guide.front.unverified.iter().map(|(id, _)| id.as_str()).collect();
    let start = chapter.front_matter.end;
    let text = &chapter.text.text;
    let title = chapter.headings.first().filter(|heading| {
        heading.level == 1 && text.get(start..heading.range.start).is_some_and(|before| before.trim().is_empty())
    });
    let at = title.map_or(start, |heading| line_end(text, heading.range.end));
    let break_before = if at == start || text[..at].ends_with('\n') { "\n" } else { "\n\n" };
    edits.insert(at, format!("{break_before}{}\n\n", unverified_html(&names)));
}

/// Under each step what was made to go wrong while it ran.
fn faults(page: &Page<'_>, guide: &Guide, edits: &mut Edits) {
    for recipe in &guide.recipes {
        let Some(evidence) = page.evidence.iter().find(|one| one.recipe == recipe.id.as_str()) else { continue };
        for (number, step) in recipe.steps.iter().enumerate() {
            let (Some(html), Some(fence)) = (line::faults(evidence, number + 1), page.chapter.fences.get(step.fence))
            else {
                continue;
            };
            below(&page.chapter.text.text, fence, &html, edits);
        }
    }
}

fn fold_or_explain(text: &str, fence: &Fence, edits: &mut Edits) {
    match &fence.class {
        FenceClass::Teardown => {
            above(text, fence, "<details class=\"dogfood-teardown\"><summary>Clean up</summary>", edits);
            below(text, fence, "</details>", edits);
        }
        FenceClass::Illustrative(reason) => below(text, fence, &not_run_html("Shown", reason, None), edits),
        FenceClass::Skip(reason, until) => {
            below(text, fence, &not_run_html("Skipped", reason, until.as_deref()), edits)
        }
        _ => {}
    }
}

/// Inserts one line of HTML above a fence, inside the same list items and quotes: before the fence's own text, on its line, where the
/// containers' marks stand that now belong to the line that we insert.
fn above(text: &str, fence: &Fence, html: &str, edits: &mut Edits) {
    let prefix = Prefix::of(text, fence.range.start);
    edits.insert(fence.range.start, format!("{html}\n{}\n{}", prefix.blank, prefix.line));
}

/// Inserts one line of HTML under a fence, inside the same list items and quotes.
fn below(text: &str, fence: &Fence, html: &str, edits: &mut Edits) {
    let prefix = Prefix::of(text, fence.range.start);
    let at = line_end(text, fence.range.end);
    let break_before = if text[..at].ends_with('\n') { "" } else { "\n" };
    edits.insert(at, format!("{break_before}{0}\n{1}{html}\n{0}\n", prefix.blank, prefix.line));
}

/// The evidence of each recipe by the index of the fence that ends it.
fn ending<'a>(page: &Page<'a>, guide: &Guide) -> BTreeMap<usize, &'a RecipeEvidence> {
    let of = |recipe: &Recipe| page.evidence.iter().find(|evidence| evidence.recipe == recipe.id.as_str());
    guide.recipes.iter().filter_map(|recipe| Some((page.chapter.last_fence(recipe)?, of(recipe)?))).collect()
}

/// The targets of a recipe of which a step runs on some of them only; none where the same runs on all.
fn apart<'g>(guide: &'g Guide, evidence: &RecipeEvidence) -> &'g [Id] {
    let recipe = guide.recipes.iter().find(|recipe| recipe.id.as_str() == evidence.recipe);
    let differs =
        |recipe: &&Recipe| guide.setup.iter().chain(&recipe.steps).any(|step| !step.options.only_on.is_empty());
    recipe.filter(differs).map_or(&[], |recipe| &recipe.targets)
}

/// What continues, on a line of its own, the containers in which a fence stands.
struct Prefix {
    line: String,
    blank: String,
}

impl Prefix {
    /// Reads it off the line on which the fence starts: `>` goes on, the mark of a list item becomes blanks of its width.
    fn of(text: &str, fence_start: usize) -> Self {
        let line_start = text[..fence_start].rfind('\n').map_or(0, |at| at + 1);
        let line: String =
            text[line_start..fence_start].chars().map(|c| if c == '>' || c == '\t' { c } else { ' ' }).collect();
        let blank = line.trim_end().to_owned();
        Self { line, blank }
    }
}

/// Where the line of the byte at `at` starts.
fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// One past the line break of the line that ends at or after `at`; the text's end if it has none.
fn line_end(text: &str, at: usize) -> usize {
    if at > 0 && text[..at].ends_with('\n') {
        return at;
    }
    text[at..].find('\n').map_or(text.len(), |offset| at + offset + 1)
}

/// Changes to a text, applied in one go; those at one place in the order in which they were made.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    fn replace(&mut self, range: Range<usize>, with: String) {
        self.0.push((range, with));
    }

    fn insert(&mut self, at: usize, text: String) {
        self.replace(at..at, text);
    }

    fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut out = String::with_capacity(text.len() + self.0.iter().map(|(_, with)| with.len()).sum::<usize>());
        let mut at = 0;
        for (range, with) in &self.0 {
            // Ranges come from one parse and do not overlap; a later start never lies before an earlier end.
            out.push_str(text.get(at..range.start).unwrap_or_default());
            out.push_str(with);
            at = at.max(range.end);
        }
        out.push_str(&text[at..]);
        out
    }
}

#[cfg(test)]
mod tests {
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
        let evidence: Vec<RecipeEvidence> = recipes
            .iter()
            .map(|recipe| {
                let standing = Standing::NotVerified("never run".to_owned());
                let cell = CellEvidence {
                    target: "none".to_owned(),
                    toolbox: None,
                    standing,
                    faults: vec![],
                    observed: vec![],
                };
                RecipeEvidence { recipe: (*recipe).to_owned(), cells: vec![cell] }
            })
            .collect();
        annotate(
            &Page {
                chapter: &chapter,
                evidence: &evidence,
                pieces: &contents(&chapter),
                top: &[TOP.to_owned()],
                repository: None,
            },
            text,
        )
    }

    /// A block for the pieces called `matrix`, a value for the others.
    fn contents(chapter: &Chapter) -> Vec<Option<Content>> {
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
                Event::Html(html) => {
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
        let body = "# Title\n\nProse.\n\n```sh recipe=one\ntrue\n```\n\nMore.\n\n```text expect\nx\n```\nEnd without a line break";
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
        let is_ours = |line: &str| line.starts_with("<div") || line.starts_with("<style>");
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
        let body = "```sh recipe=one\nx\n```\n```text expect\n1\n```\nHere it differs:\n```text expect target=b\n2\n```\nAfter.\n";
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
    fn includes_of_a_guide_are_in_place_and_those_of_a_plain_page_are_left() {
        let text = guide("", "{{#include part.md}}\n\nAn escaped \\{{#include x}} and {{#title T}}.\n");
        let page_text = page(&text, &["part"]);
        assert!(page_text.contains("```sh recipe=part\ntrue\n```"), "{page_text}");
        assert!(page_text.contains("An escaped \\{{#include x}} and {{#title T}}."), "{page_text}");
        assert_eq!(
            page("# Plain\n\n{{#include part.md}}\n", &[]),
            format!("{TOP}\n\n# Plain\n\n{{{{#include part.md}}}}\n")
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
        check(
            "1. a\n\n   {{#evidence matrix}}\n   ```sh\n   b\n   ```\n",
            &["item", "a", block, "code sh: b\n", "/item"],
        );
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
}
