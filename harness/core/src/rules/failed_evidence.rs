//! failed-evidence: the recorded run did not end, fail or last as the recipe declares.

use crate::finding::Finding;
use crate::infra::target::NONE;
use crate::trace::Script;

use super::context::{CellContext, Context, list};
use super::judgement::{Fault, Verdict};
use super::missing_evidence::{run, subject, variant};
use super::positions;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct FailedEvidence;

impl Rule for FailedEvidence {
    fn meta(&self) -> &'static Meta {
        meta!("failed-evidence", Evidence, Error, "a recorded run did not end, fail or last as the recipe declares")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            for (verdict, cells) in alike(cells, |fault| matches!(fault, Fault::Failed { .. })) {
                if let Fault::Failed { what, said } = &verdict.fault {
                    findings.push(self.finding(context, verdict, (what, said), &cells));
                }
            }
        }
    }
}

impl FailedEvidence {
    fn finding(
        &self,
        context: &Context<'_>,
        verdict: &Verdict<'_>,
        (what, said): (&str, &[String]),
        cells: &[&CellContext<'_>],
    ) -> Finding {
        let first = cells[0];
        let help =
            format!("mend the recipe or declare what it does (`exit=`, `raises=`, `took=`), then {}", run(cells));
        let mut finding = Finding::error(
            self.name(),
            verdict.span.clone(),
            format!("`{}` failed when it was recorded: {what}", first.id.recipe),
            help,
        )
        .note(recorded(cells))
        .subject(subject(cells));
        let script = Script::of_recipe(first.guide, first.recipe);
        let line =
            |span: &crate::place::Span| context.inputs.source(&span.file).map(|text| positions::line_in(text, span));
        for words in said {
            let shown = crate::redact::show_controls(words);
            finding = finding.note(format!("it said: {}", positions::translate(&shown, first.chapter, &script, line)));
        }
        finding
    }
}

/// The verdicts of a recipe's cells for which `wanted` holds, each once with all cells that show it at the same place.
pub(super) fn alike<'c, 'a>(
    cells: &'c [CellContext<'a>],
    wanted: impl Fn(&Fault) -> bool,
) -> Vec<(&'c Verdict<'a>, Vec<&'c CellContext<'a>>)> {
    let mut groups: Vec<(&Verdict<'a>, Vec<&CellContext<'a>>)> = Vec::new();
    for cell in cells {
        for verdict in cell.verdicts.iter().filter(|verdict| wanted(&verdict.fault)) {
            let same = groups.iter_mut().find(|(other, _)| {
                other.span == verdict.span && other.fault == verdict.fault && other.at == verdict.at
            });
            match same {
                Some((_, cells)) => cells.push(cell),
                None => groups.push((verdict, vec![cell])),
            }
        }
    }
    groups
}

/// When, and on which targets: `recorded on 2026-11-01, with `a` and `b``.
pub(super) fn recorded(cells: &[&CellContext<'_>]) -> String {
    let days = cells.iter().filter_map(|cell| cell.trace()).map(crate::trace::Trace::recorded_on);
    let day = days.max().map(|day| format!(" on {day}")).unwrap_or_default();
    match cells {
        [cell] if cell.id.target.as_str() == NONE && cell.id.toolbox.is_none() => format!("recorded{day}"),
        _ => format!("recorded{day}, with {}", list(cells.iter().map(|cell| variant(&cell.id)))),
    }
}
