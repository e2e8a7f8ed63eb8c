//! replaced-page: another chapter, or a file of the source, takes the place of a page: readers see
//! what the gate did not read. Loading the book finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct ReplacedPage;

impl Rule for ReplacedPage {
    fn meta(&self) -> &'static Meta {
        meta!("replaced-page", Markup, Error, "another file or chapter takes the place of a page")
    }
}
