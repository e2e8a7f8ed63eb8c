//! unused-expect: an expectation that no step or no target ever meets. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnusedExpect;

impl Rule for UnusedExpect {
    fn meta(&self) -> &'static Meta {
        meta!("unused-expect", Markup, Error, "an expectation that no step or no target ever meets")
    }
}
