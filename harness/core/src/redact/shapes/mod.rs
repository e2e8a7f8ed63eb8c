//! What a secret looks like when nobody told us its value: a table with a row for each kind of secret. Pure; touches nothing.
//!
//! One pass over the text finds which keywords it holds; a shape's pattern is compiled and run only where one of its keywords stands
//! somewhere, so harmless output pays for one pass. Bytes that already belong to a placeholder or a known secret come in as
//! [`COVERED`]: shapes go round them, and redacting twice changes nothing.
//!
//! The rows are split by the kind of vendor. The second scan has a look of its own for each of them (`scan/looks`), and the manual lists
//! them; a test holds the three against each other.

mod blocks;
mod confirm;
mod example;
mod shape;
mod cloud;
mod code;
mod service;
mod model;
mod key;
mod form;

use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind};

pub use example::Example;
pub use shape::{Bounds, Find, Shape};

use super::documented::is_documented;
use shape::Patterns;

/// Stands for each byte that something else covers already.
pub(super) const COVERED: u8 = 0x01;

/// The table, in the order of the manual, by the heading there.
pub const KINDS: &[(&str, &[Shape])] = &[
    ("Clouds and hosting", cloud::SHAPES),
    ("Code, packages and build servers", code::SHAPES),
    ("Payment, messages and monitoring", service::SHAPES),
    ("Language models", model::SHAPES),
    ("Key files", key::SHAPES),
    ("Forms of any vendor", form::SHAPES),
];

/// All rows.
pub fn all() -> impl Iterator<Item = &'static Shape> {
    KINDS.iter().flat_map(|(_, shapes)| shapes.iter())
}

/// A stretch of text that looks like a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What it looks like: the placeholder's name.
    pub(super) name: &'static str,
    /// Where.
    pub(super) range: Range<usize>,
}

/// Whether a row has this name, for telling our own placeholders from text that looks like them.
pub(super) fn is_name(name: &[u8]) -> bool {
    all().any(|shape| shape.name.as_bytes() == name)
}

/// The rows, each with its patterns, which are made when a text first holds one of its keywords; and all keywords, with their rows.
struct Table {
    rows: Vec<(&'static Shape, OnceLock<Patterns>)>,
    keywords: AhoCorasick,
    owners: Vec<usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let rows: Vec<_> = all().map(|shape| (shape, OnceLock::new())).collect();
    let (owners, words): (Vec<usize>, Vec<&str>) =
        rows.iter().enumerate().flat_map(|(at, (shape, _))| shape.keywords.iter().map(move |word| (at, *word))).unzip();
    // So many words would get a slower automaton by default; this one is some hundred kilobytes.
    let keywords = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(words)
        .expect("a few fixed words make an automaton");
    Table { rows, keywords, owners }
});

/// Everything in `text` that looks like a secret, in no order.
pub(super) fn find(text: &[u8]) -> Vec<Found> {
    let table = &*TABLE;
    let mut found = Vec::new();
    for at in table.in_question(text) {
        let (shape, patterns) = &table.rows[at];
        let patterns = patterns.get_or_init(|| shape.compile());
        if let Find::Blocks = shape.find {
            let blocks = blocks::find(&patterns.secret, text).into_iter();
            found.extend(blocks.map(|range| Found { name: shape.name, range }));
            continue;
        }
        let Some(region) = &patterns.region else {
            matches(shape, patterns, text, 0..text.len(), &mut found);
            continue;
        };
        for place in region.captures_iter(text) {
            let place = place.iter().flatten().last().expect("a match has a group 0").range();
            matches(shape, patterns, text, place, &mut found);
        }
    }
    found
}

impl Table {
    /// The rows that have a keyword in `text`, each once.
    fn in_question(&self, text: &[u8]) -> Vec<usize> {
        let mut seen = vec![false; self.rows.len()];
        let mut missing = seen.len();
        for hit in self.keywords.find_overlapping_iter(text) {
            if !std::mem::replace(&mut seen[self.owners[hit.pattern().as_usize()]], true) {
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
        }
        (0..seen.len()).filter(|at| seen[*at]).collect()
    }
}

/// The secrets of one shape that start in `place`.
fn matches(shape: &Shape, patterns: &Patterns, text: &[u8], place: Range<usize>, found: &mut Vec<Found>) {
    let text = &text[..place.end];
    let mut from = place.start;
    while let Some(captures) = (from <= text.len()).then(|| patterns.secret.captures_at(text, from)).flatten() {
        let whole = captures.get(0).expect("a match has a group 0");
        let range = captures.iter().skip(1).flatten().next().unwrap_or(whole).range();
        let value = &text[range.clone()];
        // A field's value starts where its name says, whatever stands there.
        let bounded = range.start > whole.start() || shape.bounds.admit(&text[..range.start]);
        if bounded && !confirm::is_filler(value) && !is_documented(value) && (shape.confirm)(value) {
            from = range.end.max(whole.start() + 1);
            found.push(Found { name: shape.name, range });
        } else {
            from = whole.start() + 1;
        }
    }
}
