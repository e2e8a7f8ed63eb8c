//! Tests of extraction: what guides mean, what is wrong with them and where.

mod attributes;
mod places;
mod properties;
mod recipes;
mod whole;

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::place::{LineIndex, RelPath};

use super::super::hide::HideLines;
use super::super::model::{Chapter, FenceClass, Guide};
use super::{ChapterKind, extract};

/// Front matter of seven lines, with which most tests begin.
pub(super) const FRONT: &str = "---\nguide: g\nkind: guide\ntargets: [one, two]\ntoolbox: python\nneeds: []\n---\n";

pub(super) fn path() -> RelPath {
    RelPath::new("guides/g.md").unwrap()
}

pub(super) fn read_with(text: &str, kind: ChapterKind, hidelines: &HideLines) -> (Chapter, Vec<Finding>) {
    extract(&path(), text, kind, hidelines, &BTreeMap::<RelPath, String>::new())
}

/// A guide with this Markdown behind [`FRONT`].
pub(super) fn read(markdown: &str) -> (Chapter, Vec<Finding>) {
    read_with(&format!("{FRONT}{markdown}"), ChapterKind::Guide, &HideLines::default())
}

/// The guide of a chapter in which nothing is wrong.
pub(super) fn guide(markdown: &str) -> Guide {
    let (chapter, findings) = read(markdown);
    assert_eq!(told(&format!("{FRONT}{markdown}"), &findings, 7), "", "{markdown}");
    chapter.guide.unwrap()
}

/// Findings as `LINE:COLUMN rule: title`, one on a line; lines are counted from the one after line `skip`.
pub(super) fn told(text: &str, findings: &[Finding], skip: usize) -> String {
    let index = LineIndex::new(text);
    let mut told: Vec<(usize, String)> = findings
        .iter()
        .map(|finding| {
            let place = index.position(text, finding.span.start);
            let line = place.line as isize - skip as isize;
            (finding.span.start, format!("{line}:{} {}: {}", place.column, finding.rule, finding.title))
        })
        .collect();
    told.sort_by_key(|(start, _)| *start);
    told.into_iter().map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// Reads Markdown behind [`FRONT`] and compares the findings, lines counted in the Markdown. A step is added so that the guide is not empty.
pub(super) fn check(markdown: &str, expected: &[&str]) {
    let text = format!("{FRONT}{markdown}\n\n```sh recipe=zzz\ntrue\n```\n");
    let (_, findings) = read_with(&text, ChapterKind::Guide, &HideLines::default());
    assert_eq!(told(&text, &findings, 7), expected.join("\n"), "{markdown}");
}

/// The classes of a chapter's fences, as words.
pub(super) fn classes(chapter: &Chapter) -> Vec<&'static str> {
    chapter.fences.iter().map(|fence| fence.class.word()).collect()
}

pub(super) fn step_ids(chapter: &Chapter) -> Vec<String> {
    let id = |class: &FenceClass| match class {
        FenceClass::Step(id) => Some(id.to_string()),
        _ => None,
    };
    chapter.fences.iter().filter_map(|fence| id(&fence.class)).collect()
}
