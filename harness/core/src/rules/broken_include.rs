//! broken-include: an include that is missing, loops, climbs out of the book or goes through a symbolic link. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenInclude;

impl Rule for BrokenInclude {
    fn meta(&self) -> &'static Meta {
        meta!(
            "broken-include",
            Markup,
            Error,
            "an include that is missing, loops, climbs out of the book or goes through a symbolic link"
        )
    }
}
