//! broken-infra: a target file, a toolbox or its lock that cannot be used. Reading the file finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenInfra;

impl Rule for BrokenInfra {
    fn meta(&self) -> &'static Meta {
        meta!("broken-infra", Markup, Error, "a target file, a toolbox or its lock that cannot be used")
    }
}
