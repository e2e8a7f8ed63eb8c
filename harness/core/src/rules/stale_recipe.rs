//! stale-recipe: the text of a recipe, or of its guide's setup or teardown, has changed since it was recorded.

use crate::finding::Finding;
use crate::markup::model::Step;
use crate::place::Span;

use super::context::{CellContext, Context, Moved, Pin};
use super::missing_evidence::{run, subject, variant};
use super::rule::{Meta, Rule, meta};
use super::stale_target::were;

/// The rule.
pub(super) struct StaleRecipe;

impl Rule for StaleRecipe {
    fn meta(&self) -> &'static Meta {
        meta!(
            "stale-recipe",
            Evidence,
            Error,
            "a recipe, or the setup or teardown around it, has changed since it was recorded"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            let stale: Vec<(&CellContext<'_>, Moved)> = with(cells, Pin::Recipe);
            let Some((first, pin)) = stale.first() else { continue };
            let cells: Vec<&CellContext<'_>> = stale.iter().map(|(cell, _)| *cell).collect();
            let title = format!("the recipe `{}` has changed since it was recorded", first.id.recipe);
            let mut finding =
                Finding::error(self.name(), first.place(), title, format!("{}, and commit the trace", run(&cells)))
                    .label("recorded from another text")
                    .subject(subject(&cells));
            finding = compared(finding, *pin);
            for cell in cells {
                finding = recorded(finding, cell);
            }
            findings.push(finding);
        }
        for cells in context.guides() {
            findings.extend(self.around(cells, Pin::Setup, |cell| &cell.guide.setup));
            findings.extend(self.around(cells, Pin::Teardown, |cell| &cell.guide.teardown));
        }
    }
}

impl StaleRecipe {
    /// Setup and teardown are part of every recipe of the guide: one finding, where they stand.
    fn around<'a>(
        &self,
        cells: &[CellContext<'a>],
        pin: Pin,
        steps: impl Fn(&CellContext<'a>) -> &'a [Step],
    ) -> Option<Finding> {
        let stale = with(cells, pin);
        let (first, moved) = stale.first()?;
        let fence = steps(first).first().and_then(|step| first.chapter.fences.get(step.fence));
        let span: Span = fence.map_or_else(|| first.guide.front.guide_span.clone(), |fence| fence.span.clone());
        let mut recipes: Vec<&str> = stale.iter().map(|(cell, _)| cell.id.recipe.as_str()).collect();
        recipes.dedup();
        let guide = &first.id.guide;
        let word = pin.word();
        let title = format!("the {word} of `{guide}` has changed since {} recorded", were(&recipes));
        let help = format!("run `dogfood run {guide}`, and commit the traces");
        let finding = Finding::error(self.name(), span, title, help)
            .label(format!("the {word} runs with every recipe"))
            .subject(guide);
        Some(recorded(compared(finding, *moved), first))
    }
}

/// The cells whose `pin` moved, without those that a change under review touches.
pub(super) fn with<'c, 'a>(cells: &'c [CellContext<'a>], pin: Pin) -> Vec<(&'c CellContext<'a>, Moved)> {
    let moved = |cell: &CellContext<'_>| cell.moved.iter().find(|moved| moved.pin == pin).copied();
    cells.iter().filter(|cell| !cell.pending).filter_map(|cell| moved(cell).map(|moved| (cell, moved))).collect()
}

/// Names the two digests.
pub(super) fn compared(finding: Finding, moved: Moved) -> Finding {
    let short =
        |digest: Option<crate::digest::Digest>| digest.map_or_else(|| "none".to_owned(), |digest| digest.short());
    finding.compared(short(moved.recorded), short(moved.now)).note(format!(
        "the trace pins the {} `{}`; it is now `{}`",
        moved.pin.word(),
        short(moved.recorded),
        short(moved.now)
    ))
}

/// Says when a cell was recorded.
pub(super) fn recorded(finding: Finding, cell: &CellContext<'_>) -> Finding {
    match cell.trace() {
        Some(trace) => finding.note(format!("`{}` was recorded on {}", variant(&cell.id), trace.recorded_on())),
        None => finding,
    }
}
