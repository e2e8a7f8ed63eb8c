//! Runs every rule over the inputs and sorts what they say.

use std::collections::BTreeMap;

use crate::budget::{self, FINDINGS};
use crate::checkout::Inputs;
use crate::evidence::{Content, State};
use crate::finding::{Finding, Severity};
use crate::place::{RelPath, Span};
use crate::rules::{CellContext, Context, RULES, standing};

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
    let mut cells: Vec<CellStatus> = context.cells.iter().map(|cell| status(&context, cell)).collect();
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
    shorten(inputs, &mut findings);
    Report { findings, allowed, cells, pieces: pieces(context), counts }
}

/// Leaves the first findings, and one that counts the others and is as bad as the worst of them.
fn shorten(inputs: &Inputs, findings: &mut Vec<Finding>) {
    if findings.len() <= FINDINGS {
        return;
    }
    let others = findings.split_off(FINDINGS);
    let place = Span::top(inputs.book.summary());
    let title = format!("{} more findings are not shown", others.len());
    let help = "mend some of those above; the next check shows the next ones";
    let mut rest = Finding::error(budget::RULE, place, title, help);
    rest.severity = others.iter().map(|finding| finding.severity).min().unwrap_or(Severity::Error);
    findings.push(rest);
}

fn status(context: &Context<'_>, cell: &CellContext<'_>) -> CellStatus {
    let pins = || cell.moved.iter().map(|moved| moved.pin).collect();
    let state = match standing(context, cell) {
        State::Missing | State::Skipped(_) => CellState::Missing,
        State::Unreadable => CellState::Unreadable,
        State::Stale => CellState::Stale(pins()),
        State::Pending => CellState::Pending,
        State::Failed => CellState::Failed,
        State::Drifted => CellState::Drifted,
        State::Shown => CellState::Shown(pins()),
        State::Verified => CellState::Verified,
    };
    CellStatus { cell: cell.id.clone(), guide: cell.chapter.path.clone(), state, trace: cell.trace().cloned() }
}

/// What pages show in the place of their pieces.
fn pieces(context: Context<'_>) -> BTreeMap<RelPath, Vec<Option<Content>>> {
    let mut pieces: BTreeMap<RelPath, Vec<Option<Content>>> = BTreeMap::new();
    for piece in context.pieces {
        pieces.entry(piece.chapter.path.clone()).or_default().push(piece.resolved.content);
    }
    pieces
}

fn counts(inputs: &Inputs, findings: &[Finding], allowed: usize, cells: &[CellStatus], planned: usize) -> Counts {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let of = |state: CellState| cells.iter().filter(|status| status.state == state).count();
    Counts {
        chapters: inputs.chapters.len(),
        guides: inputs.guides().count(),
        recipes: inputs.guides().map(|(_, guide)| guide.recipes.len()).sum(),
        cells: planned,
        verified: of(CellState::Verified),
        pending: of(CellState::Pending),
        errors,
        warnings: findings.len() - errors,
        allowed,
    }
}
