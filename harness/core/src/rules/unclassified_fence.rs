//! unclassified-fence: a fence of a guide that is no step, expectation, file or anything else that has a name. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnclassifiedFence;

impl Rule for UnclassifiedFence {
    fn meta(&self) -> &'static Meta {
        meta!(
            "unclassified-fence",
            Markup,
            Error,
            "a fence of a guide that is no step, expectation, file or anything else that has a name"
        )
    }
}
