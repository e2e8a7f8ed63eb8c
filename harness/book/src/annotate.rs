//! From a chapter and what is known about its recipes to the text that mdBook goes on with. Pure: values in, a text out.
//!
//! Only insertions and two removals (front matter, nothing else): what stands on the page is what the author wrote and what ran. All that
//! is inserted is one line of HTML between blank lines, under the same containers (list items, quotes) as the fence that it belongs to.

use std::ops::Range;

use dogfood_core::markup::model::{Chapter, Fence, FenceClass, Guide};

use crate::evidence::{RecipeEvidence, not_run_html, unverified_html};

/// What a chapter's page gets.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The chapter.
    pub chapter: &'a Chapter,
    /// What is known about its recipes.
    pub evidence: &'a [RecipeEvidence],
    /// Lines of HTML for the very top: the stamp, a banner.
    pub top: &'a [String],
}

/// The text of the page. A chapter that is no guide only gets the top: its own includes are mdBook's to expand.
pub fn annotate(page: &Page<'_>, original: &str) -> String {
    let Some(guide) = &page.chapter.guide else {
        return top_lines(page.top) + original;
    };
    let text = &page.chapter.text.text;
    let mut edits = Edits::default();
    edits.replace(page.chapter.front_matter.clone(), top_lines(page.top));
    scope(page.chapter, guide, &mut edits);
    for (index, fence) in page.chapter.fences.iter().enumerate() {
        fold_or_explain(text, fence, &mut edits);
        let ending = page.evidence.iter().filter(|evidence| last_fence(page.chapter, &evidence.recipe) == Some(index));
        ending.for_each(|evidence| below(text, fence, &evidence.html(), &mut edits));
    }
    edits.apply(text)
}

fn top_lines(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n\n")).collect()
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

fn fold_or_explain(text: &str, fence: &Fence, edits: &mut Edits) {
    match &fence.class {
        FenceClass::Teardown => {
            let prefix = Prefix::of(text, fence.range.start);
            let open = "<details class=\"dogfood-teardown\"><summary>Clean up</summary>";
            // Before the fence's own text, on its line: the containers' marks that stand there now belong to the line that we insert.
            edits.insert(fence.range.start, format!("{open}\n{}\n{}", prefix.blank, prefix.line));
            below(text, fence, "</details>", edits);
        }
        FenceClass::Illustrative(reason) => below(text, fence, &not_run_html("Shown", reason, None), edits),
        FenceClass::Skip(reason, until) => {
            below(text, fence, &not_run_html("Skipped", reason, until.as_deref()), edits)
        }
        _ => {}
    }
}

/// Inserts one line of HTML under a fence, inside the same list items and quotes.
fn below(text: &str, fence: &Fence, html: &str, edits: &mut Edits) {
    let prefix = Prefix::of(text, fence.range.start);
    let at = line_end(text, fence.range.end);
    let break_before = if text[..at].ends_with('\n') { "" } else { "\n" };
    edits.insert(at, format!("{break_before}{0}\n{1}{html}\n{0}\n", prefix.blank, prefix.line));
}

/// The index of the fence that ends a recipe: its last step, or an expectation of one of its steps below it.
fn last_fence(chapter: &Chapter, recipe: &str) -> Option<usize> {
    let is_step = |fence: &Fence| matches!(&fence.class, FenceClass::Step(id) if id.as_str() == recipe);
    chapter.fences.iter().rposition(|fence| match &fence.class {
        FenceClass::Expect(of) => chapter.fences.get(*of).is_some_and(is_step),
        _ => is_step(fence),
    })
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
