//! What becomes of every `{{#evidence}}` of the book, given how its cells stand. Worked out once: the rule tells what is wrong with it, the
//! report hands the rest to the pages.

use crate::evidence::{self, Book, Resolved, State, View};
use crate::markup::model::{Chapter, Piece};
use crate::trace::TraceProblem;

use super::context::{CellContext, Context};
use super::judgement::Fault;
use super::stale_target::still_shown;

/// A piece, and what became of it.
pub struct PieceContext<'a> {
    /// The chapter.
    pub chapter: &'a Chapter,
    /// The piece.
    pub piece: &'a Piece,
    /// What became of it.
    pub resolved: Resolved,
}

/// Every piece of the book, chapter by chapter, in order.
pub(super) fn resolve<'a>(context: &Context<'a>) -> Vec<PieceContext<'a>> {
    let chapters = &context.inputs.chapters;
    // Most books have none, and a view is a look at every cell.
    if chapters.iter().all(|chapter| chapter.pieces.is_empty()) {
        return Vec::new();
    }
    let cells = context.cells.iter().map(|cell| (cell.id.clone(), standing(context, cell), cell.trace()));
    let skipped = context.skipped.iter().map(|cell| {
        let reason = cell.recipe.skip.as_ref().map(|(reason, _)| reason.clone()).unwrap_or_default();
        (cell.id.clone(), State::Skipped(reason), None)
    });
    let view = View::new(Book { chapters }, &context.inputs.targets, &context.inputs.criterion, cells.chain(skipped));
    let pieces = chapters.iter().flat_map(|chapter| chapter.pieces.iter().map(move |piece| (chapter, piece)));
    let resolved = pieces.map(|(chapter, piece)| {
        let resolved = evidence::resolve(chapter, piece, &view);
        PieceContext { chapter, piece, resolved }
    });
    resolved.collect()
}

/// How a cell that should have evidence stands, worst first where several hold.
pub fn standing(context: &Context<'_>, cell: &CellContext<'_>) -> State {
    if cell.pending {
        return State::Pending;
    }
    match (&cell.file, cell.trace()) {
        (None, _) => return State::Missing,
        (Some(file), None) if matches!(file.read, Err(TraceProblem::Empty)) => return State::Missing,
        (Some(_), None) => return State::Unreadable,
        (Some(_), Some(_)) => {}
    }
    let has = |wanted: fn(&Fault) -> bool| cell.verdicts.iter().any(|verdict| wanted(&verdict.fault));
    let text_moved = cell.moved.iter().any(|moved| moved.pin.is_text());
    if text_moved || (!cell.moved.is_empty() && !still_shown(context, cell)) {
        State::Stale
    } else if has(|fault| matches!(fault, Fault::Failed { .. })) {
        State::Failed
    } else if has(|fault| matches!(fault, Fault::Drift { .. } | Fault::BadPattern { .. } | Fault::Costly(_))) {
        State::Drifted
    } else if !cell.moved.is_empty() {
        State::Shown
    } else {
        State::Verified
    }
}
