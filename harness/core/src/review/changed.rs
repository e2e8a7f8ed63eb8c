//! Which cells a change touches: the recipe, its guide's setup or teardown, its target, its toolbox. Prose touches none.

use std::collections::{BTreeMap, BTreeSet};

use crate::checkout::Inputs;
use crate::digest::Digest;
use crate::event::CellId;
use crate::markup::digest::RecipePins;
use crate::markup::model::Guide;
use crate::place::RelPath;
use crate::plan::{self, Selection};

/// The cells of `now` that are not in `base`, or that something else would run there.
pub fn changed(now: &Inputs, base: &Inputs) -> BTreeSet<CellId> {
    let before = cells(base);
    cells(now).into_iter().filter(|(id, what)| before.get(id) != Some(what)).map(|(id, _)| id).collect()
}

/// What each cell pins. Of the toolbox that is the whole lock: what a recipe imports is known after it ran.
fn cells(inputs: &Inputs) -> BTreeMap<CellId, (RecipePins, Option<Digest>)> {
    let guides: Vec<(&RelPath, &Guide)> = inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect();
    let plan = plan::build(&guides, &inputs.targets, &inputs.toolboxes, &Selection::default());
    let pinned = |cell: plan::Cell| {
        let toolbox = cell.toolbox.as_ref().map(|toolbox| toolbox.lock_digest());
        (cell.id, (cell.pins, toolbox))
    };
    plan.cells.into_iter().map(pinned).collect()
}
