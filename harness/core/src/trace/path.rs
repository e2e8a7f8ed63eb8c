//! Where the trace of a cell stands, and which cell a path stands for.

use crate::event::CellId;
use crate::name::Id;
use crate::place::RelPath;

/// The folder of all traces.
pub const FOLDER: &str = "traces";

/// `traces/GUIDE/RECIPE@TARGET.yaml`, with `+TOOLBOX` before the dot where the recipe asks for another toolbox.
///
/// # Panics
/// Never: ids hold nothing that a path may not hold.
pub fn path(cell: &CellId) -> RelPath {
    let toolbox = cell.toolbox.as_ref().map(|toolbox| format!("+{toolbox}")).unwrap_or_default();
    RelPath::new(&format!("{FOLDER}/{}/{}@{}{toolbox}.yaml", cell.guide, cell.recipe, cell.target))
        .expect("ids make a path")
}

/// The cell whose trace stands at `path`, if that is a place for a trace at all.
pub fn cell_of(path: &RelPath) -> Option<CellId> {
    let (guide, name) = path.as_str().strip_prefix(FOLDER)?.strip_prefix('/')?.split_once('/')?;
    let (recipe, rest) = name.strip_suffix(".yaml")?.split_once('@')?;
    let (target, toolbox) = rest.split_once('+').map_or((rest, None), |(target, toolbox)| (target, Some(toolbox)));
    let id = |text: &str| Id::new(text).ok();
    Some(CellId {
        guide: id(guide)?,
        recipe: id(recipe)?,
        target: id(target)?,
        toolbox: toolbox.map(id).map_or(Some(None), |id| id.map(Some))?,
    })
}
