//! raw-html: HTML of a guide that hides, fakes or shows what nothing checks. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct RawHtml;

impl Rule for RawHtml {
    fn meta(&self) -> &'static Meta {
        meta!(
            "raw-html",
            Markup,
            Error,
            "raw HTML that hides text of a guide, shows code that nothing classifies, or passes for a line of dogfood's"
        )
    }
}
