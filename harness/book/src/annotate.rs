//! From a chapter and what is known about its recipes to the text that mdBook goes on with. Pure: values in, a text out.
//!
//! Only insertions and one removal (front matter): what stands on the page is what the author wrote and what ran. All that is inserted under
//! a fence is one line of HTML, in the same containers (list items, quotes) as the fence. It starts with an empty comment: then it ends with
//! its line, needs no blank line around it, and changes nothing of the Markdown beside it.

use std::collections::BTreeMap;
use std::ops::Range;

use dogfood_core::evidence::Content;
use dogfood_core::markup::hand_on;
use dogfood_core::markup::model::{Chapter, Fence, FenceClass, Guide, Recipe, Session};
use dogfood_core::name::Id;

use crate::assets::{self, Needs};
use crate::colophon::{Colophon, Surroundings};
use crate::escape::html;
use crate::evidence::RecipeEvidence;
use crate::line;
use crate::notes::{not_run_html, unverified_html};
use crate::pieces;
use crate::prefix::prefix;
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

/// Starts a line of HTML that ends where the line ends.
const LINE: &str = "<!---->";

/// The text of the page, for mdBook to go on with: its includes are in place, and nothing in it is left that mdBook would act on. A chapter
/// that is no guide gets the top and its pieces.
pub fn annotate(page: &Page<'_>) -> String {
    hand_on(&annotated(page), page.chapter.text.title.as_deref())
}

fn annotated(page: &Page<'_>) -> String {
    let text = &page.chapter.text.text;
    let mut edits = Edits::default();
    let Some(guide) = &page.chapter.guide else {
        pieces_in(page, &mut edits);
        let look =
            (!page.chapter.pieces.is_empty()).then(|| assets::html(Needs { tables: tables(page), ..Needs::default() }));
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
    pieces_in(page, &mut edits);
    if let Some(html) = colophon.html() {
        edits.insert(text.len(), To::Below, format!("\n\n{html}\n"));
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
        let start = line_start(text, panel.start);
        edits.insert(start, To::Below, format!("{LINE}{before}{caption}\n"));
    }
}

/// Puts what it stands for in the place of each piece.
fn pieces_in(page: &Page<'_>, edits: &mut Edits) {
    for (piece, content) in page.chapter.pieces.iter().zip(page.pieces) {
        let Some((html, is_block)) = pieces::html(piece.place, content.as_ref()) else { continue };
        edits.replace(piece.range.clone(), if is_block { format!("{LINE}{html}") } else { html });
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
    let break_before = if at == start || text[..at].ends_with('\n') { "" } else { "\n" };
    edits.insert(at, To::Above, format!("{break_before}{LINE}{}\n", unverified_html(&names)));
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
    edits.insert(fence.range.start, To::Below, format!("{LINE}{html}\n{}", prefix(text, fence.range.start)));
}

/// Inserts one line of HTML under a fence, inside the same list items and quotes.
fn below(text: &str, fence: &Fence, html: &str, edits: &mut Edits) {
    let at = line_end(text, fence.range.end);
    let break_before = if text[..at].ends_with('\n') { "" } else { "\n" };
    edits.insert(at, To::Above, format!("{break_before}{}{LINE}{html}\n", prefix(text, fence.range.start)));
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

/// What an insertion belongs to, of two blocks that meet at its place.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum To {
    /// The block above.
    Above,
    /// The block below.
    Below,
}

/// Changes to a text, applied in one go; those at one place in the order of what they belong to, and then in which they were made.
#[derive(Default)]
struct Edits(Vec<(Range<usize>, To, String)>);

impl Edits {
    fn replace(&mut self, range: Range<usize>, with: String) {
        self.0.push((range, To::Below, with));
    }

    fn insert(&mut self, at: usize, to: To, text: String) {
        self.0.push((at..at, to, text));
    }

    fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, to, _)| (range.start, *to));
        let mut out = String::with_capacity(text.len() + self.0.iter().map(|(.., with)| with.len()).sum::<usize>());
        let mut at = 0;
        for (range, _, with) in &self.0 {
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
mod containers;
#[cfg(test)]
mod tests;
