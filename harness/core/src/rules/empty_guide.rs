//! empty-guide: a guide without a recipe. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct EmptyGuide;

impl Rule for EmptyGuide {
    fn meta(&self) -> &'static Meta {
        meta!("empty-guide", Markup, Error, "a guide without a recipe")
    }
}
