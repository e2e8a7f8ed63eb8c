//! From a chapter's text to its meaning: the assembly of all that the other modules read. It never aborts: a broken fence is a finding, and
//! the others are read. Pure; touches nothing.

mod draft;
mod step;
mod expect;
mod check;
mod assemble;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::budget::{self, FENCES};
use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::attribute::UNCLASSIFIED;
use super::fence::{self, Block, Form, Scan};
use super::hide::HideLines;
use super::include::{self, Expanded, Includes};
use super::model::{Chapter, ChapterKind, Fence, FenceClass, FrontMatter, Guide, GuideKind};
use super::page::{Markdown, PageStyle};
use super::{allow, footnote, front_matter, line_end, piece, raw_html};

/// Reads the chapter `text`, which stands at `path` (without a byte order mark), and says what is wrong with it. Its Markdown is read as
/// mdBook does by default: for a page of a book that says otherwise, see [`extract_styled`].
pub fn extract(
    path: &RelPath,
    text: &str,
    kind: ChapterKind,
    hidelines: &HideLines,
    files: &dyn Includes,
) -> (Chapter, Vec<Finding>) {
    let style = PageStyle { hidelines: hidelines.clone(), markdown: Markdown::default() };
    extract_styled(path, text, kind, &style, files)
}

/// [`extract()`] for a page of a book whose `[output.html]` says `style`.
pub fn extract_styled(
    path: &RelPath,
    text: &str,
    kind: ChapterKind,
    style: &PageStyle,
    files: &dyn Includes,
) -> (Chapter, Vec<Finding>) {
    let front = Front::read(path, text, kind);
    let (mut expanded, mut findings) = include::expand(path, text, front.range.end, files);
    expanded.markdown = style.markdown;
    let mut scan = fence::scan(&expanded, front.range.end);
    findings.extend(too_many(path, &mut scan));
    findings.extend(titles(&expanded, &scan));
    let (allows, problems) = allow::read(&expanded, &scan.html);
    findings.extend(problems);
    findings.extend(front.findings);
    findings.extend(line_end::lone_returns(&expanded, front.range.end));
    findings.extend(raw_html::judge(&expanded, front.range.end, kind));
    if kind == ChapterKind::Guide {
        findings.extend(footnote::judge(&expanded, front.range.end));
    }
    let pieces = piece::read(&expanded, front.range.end);
    let mut fences: Vec<Fence> = Vec::new();
    let mut guide = None;
    match (kind, &front.matter) {
        (ChapterKind::Plain, _) => fences.extend(scan.blocks.iter().map(|block| plain(&expanded, block))),
        (ChapterKind::Guide, Some(matter)) if matter.kind == GuideKind::Reference => {
            let (classes, problems) = reference(&expanded, &scan.blocks);
            findings.extend(problems);
            fences.extend(scan.blocks.iter().zip(classes).map(|(block, class)| fence_of(&expanded, block, class)));
            guide = Some(Guide::empty(matter.clone()));
        }
        (ChapterKind::Guide, matter) => {
            let assembled = assemble::assemble(&expanded, &scan.blocks, matter.as_ref(), &style.hidelines);
            if front.present {
                findings.extend(code_of_others(&expanded));
                findings.extend(assembled.findings);
            }
            fences.extend(
                scan.blocks.iter().zip(assembled.classes).map(|(block, class)| fence_of(&expanded, block, class)),
            );
            guide = assembled.guide;
        }
    }
    let chapter = Chapter {
        path: path.clone(),
        differs: expanded.text != text,
        front_matter: front.range,
        fences,
        headings: scan.headings,
        links: scan.links,
        guide,
        allows,
        pieces,
        text: expanded,
    };
    (chapter, findings)
}

/// Gives up the fences of a chapter that has more than a book may have.
fn too_many(path: &RelPath, scan: &mut Scan) -> Option<Finding> {
    let many = scan.blocks.len();
    if many <= FENCES {
        return None;
    }
    scan.blocks.clear();
    let title = format!("the chapter holds {many} fences; a book holds at most {FENCES}");
    let span = Span::top(path.clone());
    Some(Finding::error(budget::RULE, span, title, "Split the chapter, and the book."))
}

/// The front matter of a chapter, as far as it has any.
struct Front {
    range: Range<usize>,
    /// Whether it is there at all, readable or not.
    present: bool,
    matter: Option<FrontMatter>,
    findings: Vec<Finding>,
}

impl Front {
    fn read(path: &RelPath, text: &str, kind: ChapterKind) -> Self {
        let found = front_matter::find(text);
        let mut front = Self { range: 0..0, present: false, matter: None, findings: Vec::new() };
        let mut report = |title: &str, help: &str| {
            let span = crate::place::Span::new(path.clone(), 0..text.len().min(3));
            front.findings.push(Finding::error(front_matter::UNCLASSIFIED, span, title, help));
        };
        match (kind, found) {
            (ChapterKind::Guide, Ok(Some(place))) => {
                let (matter, findings) = front_matter::read(path, text, place.yaml);
                return Self { range: place.whole, present: true, matter, findings };
            }
            (ChapterKind::Guide, Ok(None)) => report(
                "the chapter has no front matter",
                "Start it with front matter (`---`, `guide: ID`, `kind: guide`, `---`), or list it under `plain` in book.toml.",
            ),
            (ChapterKind::Guide, Err(())) => {
                report("the front matter is never closed", "Write a line `---` after its last key.")
            }
            (ChapterKind::Plain, Ok(Some(place))) if claims_to_be_a_guide(&text[place.yaml.clone()]) => report(
                "the chapter has front matter, but book.toml lists it under `plain`",
                "Take it off the list, so that it is checked, or take the front matter out.",
            ),
            (ChapterKind::Plain, _) => {}
        }
        front
    }
}

fn claims_to_be_a_guide(yaml: &str) -> bool {
    yaml.lines().any(|line| line.starts_with("guide:"))
}

fn fence_of(expanded: &Expanded, block: &Block, class: FenceClass) -> Fence {
    let info = expanded.text[block.info.clone()].to_owned();
    let language = info.split([' ', '\t', ',', '{']).next().unwrap_or("").to_owned();
    Fence {
        class,
        language,
        info,
        range: block.range.clone(),
        span: expanded.span(block.opener.clone()),
        body: block.body.clone(),
    }
}

fn plain(expanded: &Expanded, block: &Block) -> Fence {
    let class = if block.form == Form::Commented { FenceClass::Commented } else { FenceClass::Plain };
    fence_of(expanded, block, class)
}

/// The classes of a reference's fences: it shows code, and nothing of it runs or is compared.
fn reference(expanded: &Expanded, blocks: &[Block]) -> (Vec<FenceClass>, Vec<Finding>) {
    let mut findings = Vec::new();
    let classes = blocks.iter().map(|block| {
        if block.form == Form::Commented {
            return FenceClass::Commented;
        }
        let words = super::attribute::read(expanded, block.info.clone(), &mut Vec::new());
        if let Some(reason) = words.illustrative {
            return FenceClass::Illustrative(reason);
        }
        if words.role == super::words::Role::Nothing {
            return FenceClass::Plain;
        }
        let help = "Say `kind: guide` or `kind: sidebar` in the front matter, or take the words off the fence.";
        let title = "a reference holds no recipes, and this fence is part of one";
        findings.push(Finding::error(UNCLASSIFIED, expanded.span(block.opener.clone()), title, help));
        FenceClass::Unclassified
    });
    (classes.collect(), findings)
}

/// Helpers that put code into the page whose info string nobody can write words into: in a guide nothing may stand there without a class.
fn code_of_others(expanded: &Expanded) -> impl Iterator<Item = Finding> + '_ {
    expanded.rust.iter().map(|span| {
        let title = "mdBook puts a file here that nothing classifies";
        let help = "Write the fence yourself and use `{{#include FILE}}` inside it.";
        Finding::error(UNCLASSIFIED, span.clone(), title, help)
    })
}

/// Titles that are not on a line of their own in prose: mdBook takes them out of the middle of what the author wrote.
fn titles<'a>(expanded: &'a Expanded, scan: &'a Scan) -> impl Iterator<Item = Finding> + 'a {
    let misplaced = |at: usize| {
        let inside = |range: &Range<usize>| range.start < at && at < range.end;
        let text = &expanded.text;
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end);
        !text[start..end].trim().is_empty() || scan.blocks.iter().any(|block| inside(&block.range))
    };
    expanded.titles.iter().filter(move |(at, _)| misplaced(*at)).map(|(_, span)| {
        let help = "Write it on a line of its own, at the top of the chapter. To show it, write a backslash before its braces.";
        let title = "mdBook takes `{{#title}}` out of the page, and text stands around it";
        Finding::error(include::RULE, span.clone(), title, help)
    })
}

impl Guide {
    /// A guide without any recipe.
    fn empty(front: FrontMatter) -> Self {
        Self {
            front,
            recipes: Vec::new(),
            setup: Vec::new(),
            teardown: Vec::new(),
            files: Vec::new(),
            given: Vec::new(),
        }
    }
}
