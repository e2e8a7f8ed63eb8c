//! split-recipe: a recipe of one step whose id is a slip of its neighbour's. Reading a chapter finds it.

use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct SplitRecipe;

impl Rule for SplitRecipe {
    fn meta(&self) -> &'static Meta {
        meta!("split-recipe", Markup, Error, "a recipe of one step whose id is a slip of its neighbour's")
    }
}
