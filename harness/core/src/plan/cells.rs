//! The cells of a recipe: its targets times its toolboxes. Pure; touches nothing.

use crate::event::CellId;
use crate::markup::model::{Guide, Recipe};
use crate::name::Id;

/// The cells of a recipe in order, each with the toolbox that it runs with.
pub fn cell_ids(guide: &Guide, recipe: &Recipe) -> Vec<(CellId, Option<Id>)> {
    let own = guide.front.toolbox.as_ref().map(|(id, _)| id.clone());
    let toolboxes = match recipe.toolboxes.as_slice() {
        [] => vec![own.clone()],
        named => named.iter().cloned().map(Some).collect(),
    };
    let cell = |target: &Id, toolbox: &Option<Id>| CellId {
        guide: guide.front.guide.clone(),
        recipe: recipe.id.clone(),
        target: target.clone(),
        toolbox: toolbox.clone().filter(|_| *toolbox != own),
    };
    let of_target = |target| toolboxes.iter().map(move |toolbox| (cell(target, toolbox), toolbox.clone()));
    recipe.targets.iter().flat_map(of_target).collect()
}
