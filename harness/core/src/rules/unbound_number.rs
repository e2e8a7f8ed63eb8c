//! unbound-number: a typed figure with a unit of time, size or speed in the prose of a guide that has evidence.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::budget::FINDINGS;
use crate::finding::Finding;
use crate::markup::model::{Chapter, GuideKind};
use crate::markup::prose::{Stretch, prose};

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// A figure, or two with `to` or a dash between them, and its unit. What stands before it and after it is looked at apart.
static FIGURE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"\d[\d.,]*(?:\s?(?:-|–|to|and)\s?\d[\d.,]*)?(?:",
        // Glued to the figure or after a blank: what nobody takes for anything else.
        r"[\s\u{a0}]?(?:[kKMGT]i?B|[kKMG]i?bit|[kMG]bps|[num\u{b5}\u{3bc}]s|bytes?|minutes?|hours?|seconds?|secs?|milliseconds?|microseconds?)(?:/s| per second| a second)?",
        r"|[\s\u{a0}](?:s|h|min|B)",
        r"|[\s\u{a0}]?(?:times|×|x) (?:faster|slower|as fast|as slow|as long|as large|the speed)",
        r"|[\s\u{a0}]?(?:requests|operations|objects|files)(?:/s| per second| a second)",
        r")",
    ))
    .expect("a fixed expression")
});

/// The rule.
pub(super) struct UnboundNumber;

impl Rule for UnboundNumber {
    fn meta(&self) -> &'static Meta {
        meta!(
            "unbound-number",
            Evidence,
            Warning,
            "a typed figure with a unit of time, size or speed in the prose of a guide that has evidence"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            if guide.recipes.is_empty() || guide.front.kind == GuideKind::Reference {
                continue;
            }
            // The report shows no more of them.
            findings.extend(figures(chapter).into_iter().take(FINDINGS + 1).map(|(range, figure)| {
                let figure = figure.replace(['\n', '\u{a0}'], " ");
                let title = format!("the figure `{figure}` is typed, and nothing holds it");
                let help = "if it was measured, print it in a recipe and show it with `{{#evidence figure ...}}`, `took` or `ratio`; if it is a setting or a limit, \
                            write it as `code`, or as the text of a link to the page that says so";
                Finding::warning(self.name(), chapter.span(range), title, help)
                    .note("a number that somebody typed is right until the next release")
                    .subject(&guide.front.guide)
            }));
        }
    }
}

/// The figures in the prose of `chapter`: where they stand, and how they read.
fn figures(chapter: &Chapter) -> Vec<(Range<usize>, String)> {
    let found = |stretch: Stretch| {
        let figures = figures_in(&stretch.text).into_iter();
        figures.map(|range| (stretch.source(range.clone()), stretch.text[range].to_owned())).collect::<Vec<_>>()
    };
    prose(chapter).into_iter().flat_map(found).collect()
}

fn figures_in(text: &str) -> Vec<Range<usize>> {
    let mut figures = Vec::new();
    let mut from = 0;
    while let Some(found) = FIGURE.find_at(text, from) {
        if stands_alone(text, found.range()) {
            figures.push(found.range());
            from = found.end();
            continue;
        }
        // A name that ends in a digit may stand before a figure: "S3 to 40 MB/s".
        let number = found.as_str().find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',')));
        from = found.start() + number.unwrap_or(found.len());
    }
    figures
}

/// Whether a figure is not part of something longer: a version, a name, a path, a port, a word.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let before = text[..range.start].chars().next_back();
    let after = text[range.end..].chars().next();
    before.is_none_or(|c| c.is_whitespace() || "(~<>≤≥≈±“\"'=–—,;".contains(c))
        && after.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '/')))
}
