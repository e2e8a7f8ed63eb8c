//! broken-include: an include that is missing, loops, leaves the book or reaches a hidden place, and text that makes a helper where it meets.
//! Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenInclude;

impl Rule for BrokenInclude {
    fn meta(&self) -> &'static Meta {
        meta!(
            "broken-include",
            Markup,
            Error,
            "an include that is missing, loops or leads to a place that no page may show; text that makes a helper where it meets"
        )
    }
}
