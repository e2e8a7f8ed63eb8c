//! changed-policy: a pull request changes what it is judged by. Found where the two states meet: see [`crate::review`].

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct ChangedPolicy;

impl Rule for ChangedPolicy {
    fn meta(&self) -> &'static Meta {
        meta!("changed-policy", Evidence, Error, "a pull request changes what it is judged by")
    }
}
