//! Runs every rule over the inputs and sorts what they say.

use crate::checkout::Inputs;
use crate::finding::{Finding, Severity};
use crate::rules::{CellContext, Context, Fault, RULES};
use crate::trace::TraceProblem;

use super::allow;
use super::report::{CellState, CellStatus, Counts, Report};

/// Checks a book. Equal inputs, equal report.
pub fn check(inputs: &Inputs) -> Report {
    let context = Context::new(inputs);
    let mut findings = inputs.found.clone();
    for rule in RULES {
        rule.check(&context, &mut findings);
    }
    let (mut findings, allowed) = allow::apply(inputs, findings);
    findings.sort_by(|a, b| (&a.span, a.severity, a.rule, &a.title).cmp(&(&b.span, b.severity, b.rule, &b.title)));
    findings.dedup();
    let shown = |cell: &CellContext<'_>| crate::rules::still_shown(&context, cell);
    let mut cells: Vec<CellStatus> = context.cells.iter().map(|cell| status(cell, shown(cell))).collect();
    cells.extend(context.skipped.iter().map(|cell| CellStatus {
        cell: cell.id.clone(),
        guide: cell.chapter.path.clone(),
        state: match &cell.recipe.skip {
            Some((reason, until)) => CellState::Skipped { reason: reason.clone(), until: until.clone() },
            None => CellState::Missing,
        },
        trace: None,
    }));
    let counts = counts(inputs, &findings, allowed.len(), &cells, context.cells.len());
    Report { findings, allowed, cells, counts }
}

fn status(cell: &CellContext<'_>, shown: bool) -> CellStatus {
    let state = match (&cell.file, cell.trace()) {
        (None, _) => CellState::Missing,
        (Some(file), None) if matches!(file.read, Err(TraceProblem::Empty)) => CellState::Missing,
        (Some(_), None) => CellState::Unreadable,
        (Some(_), Some(_)) => judged(cell, shown),
    };
    CellStatus { cell: cell.id.clone(), guide: cell.chapter.path.clone(), state, trace: cell.trace().cloned() }
}

fn judged(cell: &CellContext<'_>, shown: bool) -> CellState {
    let pins = || cell.moved.iter().map(|moved| moved.pin).collect();
    let has = |wanted: fn(&Fault) -> bool| cell.verdicts.iter().any(|verdict| wanted(&verdict.fault));
    let text_moved = cell.moved.iter().any(|moved| moved.pin.is_text());
    if text_moved || (!cell.moved.is_empty() && !shown) {
        CellState::Stale(pins())
    } else if has(|fault| matches!(fault, Fault::Failed { .. })) {
        CellState::Failed
    } else if has(|fault| matches!(fault, Fault::Drift { .. } | Fault::BadPattern { .. })) {
        CellState::Drifted
    } else if !cell.moved.is_empty() {
        CellState::Shown(pins())
    } else {
        CellState::Verified
    }
}

fn counts(inputs: &Inputs, findings: &[Finding], allowed: usize, cells: &[CellStatus], planned: usize) -> Counts {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    Counts {
        chapters: inputs.chapters.len(),
        guides: inputs.guides().count(),
        recipes: inputs.guides().map(|(_, guide)| guide.recipes.len()).sum(),
        cells: planned,
        verified: cells.iter().filter(|status| status.state == CellState::Verified).count(),
        errors,
        warnings: findings.len() - errors,
        allowed,
    }
}
