//! unknown-attribute: a word on a fence, in front matter or in a comment that means nothing here. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnknownAttribute;

impl Rule for UnknownAttribute {
    fn meta(&self) -> &'static Meta {
        meta!(
            "unknown-attribute",
            Markup,
            Error,
            "a word on a fence, in front matter or in a comment that means nothing here"
        )
    }
}
