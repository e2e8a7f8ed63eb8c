//! own-evidence: a change brings a trace of a recipe that it changes itself. Found where the two states meet: see [`crate::review`].

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct OwnEvidence;

impl Rule for OwnEvidence {
    fn meta(&self) -> &'static Meta {
        meta!("own-evidence", Evidence, Error, "a pull request brings evidence for a recipe that it changes")
    }
}
