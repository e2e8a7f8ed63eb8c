//! broken-summary: SUMMARY.md cannot be read, or names what cannot be a chapter. Loading the book finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenSummary;

impl Rule for BrokenSummary {
    fn meta(&self) -> &'static Meta {
        meta!("broken-summary", Markup, Error, "SUMMARY.md cannot be read, or names what cannot be a chapter")
    }
}
