//! Which cells may not run: those of guides whose markup is at fault. Pure.
//!
//! A fence that is never closed, a word that is misspelt, an include that is not there: what would run is not what the author means, and
//! its record would take the place of one that was true. So it is told, as a compiler tells it, and nothing of that guide runs.

use std::collections::BTreeSet;

use dogfood_core::checkout::Inputs;
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::Report;
use dogfood_core::place::RelPath;
use dogfood_core::plan::{Cell, LeftOut, Plan};

/// The rule for two guides that would write the same traces.
const DUPLICATE: &str = "duplicate-guide";

/// Takes the cells of faulty guides out of the plan.
pub(crate) fn leave_out(plan: &mut Plan, inputs: &Inputs, report: &Report) {
    let files: BTreeSet<&RelPath> = findings(inputs, report).flat_map(files).collect();
    let guides: BTreeSet<&RelPath> = inputs
        .chapters
        .iter()
        .filter(|chapter| chapter.text.segments.iter().any(|segment| files.contains(&segment.file)))
        .map(|chapter| &chapter.path)
        .chain(files.iter().copied())
        .collect();
    let faulty = |cell: &mut Cell| guides.contains(&cell.guide);
    plan.left_out.extend(plan.cells.extract_if(.., faulty).map(|cell| LeftOut {
        why: format!("`{}` has an error that must be mended before anything of it runs", cell.guide),
        id: cell.id,
        guide: cell.guide,
    }));
}

/// The errors of reading the book that nothing tolerates, and guides that share an id.
pub(crate) fn findings<'a>(inputs: &'a Inputs, report: &'a Report) -> impl Iterator<Item = &'a Finding> {
    report.findings.iter().filter(|finding| {
        finding.severity == Severity::Error && (finding.rule == DUPLICATE || inputs.found.contains(finding))
    })
}

fn files(finding: &Finding) -> impl Iterator<Item = &RelPath> {
    std::iter::once(&finding.span.file).chain(finding.related.iter().map(|related| &related.span.file))
}
