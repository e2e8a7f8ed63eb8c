//! unsafe-output: a build would read, remove or write what is not the book's own. Loading the book
//! finds it; nothing is built where it does.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnsafeOutput;

impl Rule for UnsafeOutput {
    fn meta(&self) -> &'static Meta {
        meta!("unsafe-output", Markup, Error, "a build would read, remove or write what is not the book's")
    }
}
