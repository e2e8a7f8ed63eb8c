//! Which recipes run where: the cells of a run, planned up front from guides, targets and toolboxes. Pure; touches nothing.

use std::sync::Arc;

use crate::digest::Digest;
use crate::event::CellId;
use crate::infra::target::Target;
use crate::infra::toolbox::Toolbox;
use crate::markup::model::{Recipe, RecipeFile, Step};
use crate::place::RelPath;

/// Everything that a run does, in order: guides as in SUMMARY.md, recipes as in their guide, targets as the recipe names them.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cells.
    pub cells: Vec<Cell>,
}

/// One recipe on one target with one toolbox, with all that running it takes.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its name.
    pub id: CellId,
    /// The guide's file.
    pub guide: RelPath,
    /// The recipe. Steps for other targets are still in it: see [`Step::runs_on`].
    pub recipe: Arc<Recipe>,
    /// The guide's setup.
    pub setup: Arc<[Step]>,
    /// The guide's teardown.
    pub teardown: Arc<[Step]>,
    /// All files to write before the run: the guide's, then the recipe's own.
    pub files: Arc<[RecipeFile]>,
    /// The target's file; absent for `none`.
    pub target: Option<Arc<Target>>,
    /// The toolbox; absent for the host's shell alone.
    pub toolbox: Option<Arc<Toolbox>>,
    /// The toolbox whose programs the target's process comes from.
    pub target_toolbox: Option<Arc<Toolbox>>,
    /// Programs that the guide needs from outside the toolbox.
    pub needs: Vec<String>,
    /// What the cell's trace pins, except for the toolbox's pin, which depends on what the recipe imports.
    pub pins: RecipePins,
}

/// The digests of a recipe's own text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecipePins {
    /// Its steps and files.
    pub recipe: Digest,
    /// The guide's setup; absent without one.
    pub setup: Option<Digest>,
    /// The guide's teardown; absent without one.
    pub teardown: Option<Digest>,
    /// The target; absent for `none`.
    pub target: Option<Digest>,
}
