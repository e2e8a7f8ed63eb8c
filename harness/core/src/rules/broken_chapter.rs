//! broken-chapter: SUMMARY.md, or a chapter that it names, is missing or cannot be read. Loading the book finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenChapter;

impl Rule for BrokenChapter {
    fn meta(&self) -> &'static Meta {
        meta!("broken-chapter", Markup, Error, "SUMMARY.md, or a chapter that it names, is missing or cannot be read")
    }
}
