//! hidden-line: a line that runs and that the page does not show. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct HiddenLine;

impl Rule for HiddenLine {
    fn meta(&self) -> &'static Meta {
        meta!("hidden-line", Markup, Error, "a line that runs and that the page does not show")
    }
}
