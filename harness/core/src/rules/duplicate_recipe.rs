//! duplicate-recipe: two recipes of a guide have one id. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct DuplicateRecipe;

impl Rule for DuplicateRecipe {
    fn meta(&self) -> &'static Meta {
        meta!("duplicate-recipe", Markup, Error, "two recipes of a guide have one id")
    }
}
