//! missing-evidence: a recipe has no trace for one of its targets.

use crate::event::CellId;
use crate::finding::Finding;
use crate::infra::target::NONE;

use super::context::{CellContext, Context, list};
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct MissingEvidence;

impl Rule for MissingEvidence {
    fn meta(&self) -> &'static Meta {
        meta!("missing-evidence", Evidence, Error, "a recipe has no trace for one of its targets")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            let missing: Vec<&CellContext<'_>> =
                cells.iter().filter(|cell| cell.nothing_there() && !cell.pending).collect();
            let Some(first) = missing.first() else { continue };
            let recipe = &first.recipe.id;
            let title = match &missing[..] {
                [cell] if cell.id.target.as_str() == NONE && cell.id.toolbox.is_none() => {
                    format!("the recipe `{recipe}` has no trace")
                }
                _ => format!(
                    "the recipe `{recipe}` has no trace for {}",
                    list(missing.iter().map(|cell| variant(&cell.id)))
                ),
            };
            let mut finding =
                Finding::error(self.name(), first.place(), title, format!("{}, and commit the trace", run(&missing)))
                    .label("never recorded")
                    .subject(subject(&missing));
            for cell in missing.iter().filter(|cell| cell.file.is_some()) {
                finding = finding.note(format!("`{}` is empty", cell.path));
            }
            findings.push(finding);
        }
    }
}

/// A cell inside its recipe: `target` or `target+toolbox`.
pub(super) fn variant(id: &CellId) -> String {
    id.toolbox.as_ref().map_or_else(|| id.target.to_string(), |toolbox| format!("{}+{toolbox}", id.target))
}

/// The cell if it is one, else the recipe that all are of.
pub(super) fn subject(cells: &[&CellContext<'_>]) -> String {
    match cells {
        [cell] => cell.id.to_string(),
        [first, ..] => format!("{}/{}", first.id.guide, first.id.recipe),
        [] => String::new(),
    }
}

/// The command that records the cells, all of one recipe.
pub(super) fn run(cells: &[&CellContext<'_>]) -> String {
    match cells {
        [cell] if cell.id.toolbox.is_none() && cell.id.target.as_str() != NONE => {
            format!("run `dogfood run {}`", cell.id)
        }
        _ => format!("run `dogfood run {}/{}`", cells[0].id.guide, cells[0].id.recipe),
    }
}
