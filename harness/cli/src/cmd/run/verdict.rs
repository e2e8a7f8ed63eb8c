//! What a run came to: the gate's judgement of its traces, cell by cell, and the findings that are this run's. Pure.

use std::collections::{BTreeMap, BTreeSet};

use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::event::CellId;
use dogfood_core::finding::Finding;
use dogfood_core::gate::{self, Report};
use dogfood_core::place::RelPath;
use dogfood_core::plan::Plan;
use dogfood_core::trace::{self, Trace};

use super::outcome::{Became, Outcome};

/// Rules that say that evidence is not there or not of today: of cells that could not be run just now, everybody knows.
const OF_EVIDENCE: [&str; 5] = ["missing-evidence", "stale-recipe", "stale-target", "stale-toolbox", "old-evidence"];

/// Whether a new trace does not hold, by the gate's judgement.
pub(crate) fn fails(inputs: &Inputs, trace: &Trace) -> bool {
    let mut inputs = inputs.clone();
    inputs.traces.insert(trace::path(&trace.cell), TraceFile::new(trace::write(trace)));
    gate::check(&inputs).cells.iter().any(|status| status.cell == trace.cell && !status.state.is_shown())
}

/// What became of every cell: what its end says, or else what the gate says of its trace. A cell that could not even be planned failed.
pub(crate) fn judge(plan: &Plan, cells: Vec<(CellId, Option<Became>)>, report: &Report) -> Outcome {
    let holds: BTreeSet<&CellId> =
        report.cells.iter().filter(|status| status.state.is_shown()).map(|status| &status.cell).collect();
    let diverging: BTreeSet<&CellId> =
        plan.cells.iter().filter(|cell| cell.recipe.diverges_on(&cell.id.target)).map(|cell| &cell.id).collect();
    let judged = |(cell, became): (CellId, Option<Became>)| {
        let became = became.unwrap_or_else(|| match holds.contains(&cell) {
            true => Became::Passed { diverges: diverging.contains(&cell) },
            false => Became::Failed(None),
        });
        (cell, became)
    };
    let left_out = plan.left_out.iter().map(|cell| (cell.id.clone(), Became::Failed(Some(cell.why.clone()))));
    Outcome { cells: cells.into_iter().map(judged).chain(left_out).collect(), skipped: plan.skipped.clone() }
}

/// How far a finding's subject was run.
#[derive(Clone, Copy, Default)]
struct Subject {
    ran: bool,
    failed_by_the_gate: bool,
}

/// The findings that this run is about: those of its cells, and those of its files that are about no cell.
pub(crate) fn concerning(inputs: &Inputs, plan: &Plan, report: &Report, outcome: &Outcome) -> Vec<Finding> {
    let mut subjects: BTreeMap<String, Subject> = BTreeMap::new();
    for (cell, became) in &outcome.cells {
        for name in [cell.to_string(), format!("{}/{}", cell.guide, cell.recipe), cell.guide.to_string()] {
            let subject = subjects.entry(name).or_default();
            subject.ran |= matches!(became, Became::Passed { .. } | Became::Failed(_));
            subject.failed_by_the_gate |= *became == Became::Failed(None);
        }
    }
    let files = files(inputs, plan);
    let concerns = |finding: &&Finding| match &finding.subject {
        Some(subject) => {
            let subject = subjects.get(subject).copied().unwrap_or_default();
            if OF_EVIDENCE.contains(&finding.rule) { subject.failed_by_the_gate } else { subject.ran }
        }
        // A toolbox that a cell could not be planned for is not named by it: then every file of infra may be the reason.
        None => {
            // What is wrong in an included file may only be related to the guide.
            files.contains(&finding.span.file)
                || finding.related.iter().any(|related| files.contains(&related.span.file))
                || (!plan.left_out.is_empty() && finding.span.file.is_under("infra"))
        }
    };
    report.findings.iter().filter(concerns).cloned().collect()
}

/// The files that are part of a run: guides with what they include, traces, and the target files that cells name.
fn files(inputs: &Inputs, plan: &Plan) -> BTreeSet<RelPath> {
    let planned = plan.cells.iter().map(|cell| (&cell.id, &cell.guide));
    let left_out = plan.left_out.iter().map(|cell| (&cell.id, &cell.guide));
    let of_cell = |(cell, guide): (&CellId, &RelPath)| {
        let target = RelPath::new(&format!("infra/targets/{}.yaml", cell.target)).ok();
        [Some(guide.clone()), Some(trace::path(cell)), target].into_iter().flatten()
    };
    let mut files: BTreeSet<RelPath> = planned.chain(left_out).flat_map(of_cell).collect();
    for chapter in inputs.chapters.iter().filter(|chapter| chapter.differs) {
        if files.contains(&chapter.path) {
            files.extend(chapter.text.segments.iter().map(|segment| segment.file.clone()));
        }
    }
    files
}
