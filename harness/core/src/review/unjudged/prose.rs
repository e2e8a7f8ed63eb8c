//! Prose: what a page says, and no longer says, outside of code blocks. Pure.

use std::collections::BTreeMap;

use crate::markup::model::Chapter;

use super::{Found, Look, States, many};

/// The kind.
pub(super) struct Prose;

impl Look for Prose {
    fn name(&self) -> &'static str {
        "prose"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for (now, before) in states.chapters() {
            let (new, old) = (lines(now), lines(before));
            let (gone, added) = (missing(&old, &new), missing(&new, &old));
            let mut parts = Vec::new();
            if let Some(first) = gone.first() {
                let line = line_of(before, first.0);
                parts.push(format!(
                    "{} of prose gone, the first was line {line} in `{}`",
                    many(gone.len(), "line"),
                    states.name
                ));
            }
            if let Some(first) = added.first() {
                parts.push(format!(
                    "{} of prose new, the first is line {}",
                    many(added.len(), "line"),
                    line_of(now, first.0)
                ));
            }
            let texts = |lines: &[(usize, &str)]| lines.iter().map(|(_, line)| (*line).to_owned()).collect::<Vec<_>>();
            if parts.is_empty() && texts(&new) != texts(&old) {
                parts.push("lines of prose are in another order".to_owned());
            }
            if !parts.is_empty() {
                found.whole(&now.path, parts.join("; "));
            }
        }
    }
}

/// The lines of a chapter that stand in no code block, each with its first byte; empty lines are left out. On a page that is no guide
/// nothing judges the code blocks either: [`super::fences`] lists those.
pub(super) fn lines(chapter: &Chapter) -> Vec<(usize, &str)> {
    let text = &chapter.text.text;
    let mut lines = Vec::new();
    let mut at = 0;
    let mut fences = chapter.fences.iter().map(|fence| &fence.range).peekable();
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        while fences.next_if(|fence| fence.end <= start).is_some() {}
        let in_fence = fences.peek().is_some_and(|fence| fence.start < at && start < fence.end);
        if start >= chapter.front_matter.end && !in_fence && !line.trim().is_empty() {
            lines.push((start, line.trim()));
        }
    }
    lines
}

/// The lines of `these` that `those` do not have, each as often as it is missing.
pub(super) fn missing<'a>(these: &[(usize, &'a str)], those: &[(usize, &str)]) -> Vec<(usize, &'a str)> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, line) in those {
        *left.entry(line).or_default() += 1;
    }
    let is_missing = |(_, line): &&(usize, &'a str)| match left.get_mut(line).filter(|left| **left > 0) {
        Some(left) => {
            *left -= 1;
            false
        }
        None => true,
    };
    these.iter().filter(is_missing).copied().collect()
}

/// The line, from 1, of the byte at `at` of the chapter's text with its includes in place.
fn line_of(chapter: &Chapter, at: usize) -> usize {
    1 + chapter.text.text[..at].matches('\n').count()
}
