//! harness-command: a recipe that calls dogfood, which readers do not have. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub struct HarnessCommand;

impl Rule for HarnessCommand {
    fn meta(&self) -> &'static Meta {
        meta!("harness-command", Markup, Error, "a recipe that calls dogfood, which readers do not have")
    }
}
