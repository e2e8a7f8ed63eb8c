//! `{{#include}}` expansion with the way back: which file, and which byte of it, every byte of a chapter came from. Pure: the files
//! come in as a look-up.

use std::ops::Range;

use crate::place::{RelPath, Span};

/// A chapter's text with every include in place.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Where the text came from, ascending by `at`, without gaps; the first starts at 0.
    pub segments: Vec<Segment>,
}

/// A stretch of expanded text that came from one place.
#[derive(Clone, Debug)]
pub struct Segment {
    /// First byte in the expanded text.
    pub at: usize,
    /// The file it came from.
    pub file: RelPath,
    /// First byte in that file.
    pub start: usize,
}

impl Expanded {
    /// A text without includes.
    pub fn plain(file: RelPath, text: String) -> Self {
        Self { segments: vec![Segment { at: 0, file, start: 0 }], text }
    }

    /// Where the bytes `range` of the text stand: in the file of the first byte, cut where that file's stretch ends.
    ///
    /// # Panics
    /// Never for values made by this module: there is always a first segment.
    pub fn span(&self, range: Range<usize>) -> Span {
        let next = self.segments.partition_point(|segment| segment.at <= range.start);
        let segment = &self.segments[next.saturating_sub(1)];
        let limit = self.segments.get(next).map_or(self.text.len(), |following| following.at);
        let start = segment.start + (range.start - segment.at);
        let end = segment.start + (range.end.clamp(range.start, limit.max(range.start)) - segment.at);
        Span::new(segment.file.clone(), start..end)
    }
}
