//! stale-target: a target's file, or what it pins, has changed since recipes were recorded on it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::infra::image::FOLDER;
use crate::name::Id;

use super::context::{CellContext, Context, Moved, Pin, list};
use super::rule::{Meta, Rule, meta};
use super::stale_recipe::{compared, with};

/// The rule.
pub(super) struct StaleTarget;

impl Rule for StaleTarget {
    fn meta(&self) -> &'static Meta {
        meta!("stale-target", Evidence, Error, "a target has changed since recipes were recorded on it")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.guides() {
            let mut groups: BTreeMap<(&Id, bool), Vec<(&CellContext<'_>, Moved)>> = BTreeMap::new();
            for (cell, moved) in with(cells, Pin::Target) {
                groups.entry((&cell.id.target, still_shown(context, cell))).or_default().push((cell, moved));
            }
            for ((target, shown), stale) in groups {
                findings.push(self.finding(target, shown, &stale));
            }
        }
    }
}

impl StaleTarget {
    fn finding(&self, target: &Id, shown: bool, stale: &[(&CellContext<'_>, Moved)]) -> Finding {
        let (first, moved) = stale[0];
        let listed = first.guide.front.targets.iter().find(|(id, _)| id == target);
        let span = listed.map_or_else(|| first.place(), |(_, span)| span.clone());
        let mut recipes: Vec<&str> = stale.iter().map(|(cell, _)| cell.id.recipe.as_str()).collect();
        recipes.dedup();
        let title = format!("the target `{target}` has changed since {} recorded on it", were(&recipes));
        let help = format!("run `dogfood run --stale`, or `dogfood run @{target}`, and commit the traces");
        let mut finding = compared(report(self, shown, span, title, help), moved);
        let server = first.trace().and_then(|trace| trace.versions.get("server"));
        let declared = first.target.as_ref().map(|target| &target.spec.version.expect);
        if let (Some(before), Some(now)) = (server, declared) {
            finding = match before == now {
                true => finding
                    .note(format!("the server's version is still {now}; something else in {} moved", pinned(first))),
                false => finding.note(format!("verified on {before}, not yet on {now}")),
            };
        }
        dated(finding, stale).subject(format!("{}@{target}", first.id.guide))
    }
}

/// What the target's pin is of, for people.
fn pinned(cell: &CellContext<'_>) -> String {
    let Some(target) = &cell.target else { return "the file".to_owned() };
    match (&target.image, &target.spec.process) {
        (Some(image), _) => format!("{} or in {FOLDER}/{}", target.path, image.name),
        (None, Some(process)) => format!("{} or in the lock of toolbox {}", target.path, process.toolbox),
        (None, None) => target.path.to_string(),
    }
}

/// `a` was, `a` and `b` were.
pub(super) fn were(recipes: &[&str]) -> String {
    format!("{} {}", list(recipes), if recipes.len() == 1 { "was" } else { "were" })
}

/// An error; a warning while policy still shows the evidence.
pub(super) fn report(rule: &dyn Rule, shown: bool, span: crate::place::Span, title: String, help: String) -> Finding {
    if shown {
        Finding::warning(rule.name(), span, title, help)
            .note("the policy `shown` in book.toml still lets the page show this evidence")
    } else {
        Finding::error(rule.name(), span, title, help)
    }
}

/// Whether policy still shows evidence whose target or toolbox moved: `shown` days from the day on which it was recorded, by the kind of
/// the cell's target. When the file moved is nothing that `check` could know: it needs no git.
pub(super) fn still_shown(context: &Context<'_>, cell: &CellContext<'_>) -> bool {
    let days = i64::from(context.inputs.book.policy.shown.days(cell.target.as_ref().map(|target| target.spec.kind)));
    days > 0 && cell.trace().is_some_and(|trace| context.inputs.today.days_since(trace.recorded_on()) <= days)
}

/// Says between which days the evidence was recorded.
pub(super) fn dated(finding: Finding, stale: &[(&CellContext<'_>, Moved)]) -> Finding {
    let days = || stale.iter().filter_map(|(cell, _)| cell.trace()).map(crate::trace::Trace::recorded_on);
    match (days().min(), days().max()) {
        (Some(first), Some(last)) if first != last => finding.note(format!("recorded between {first} and {last}")),
        (Some(day), _) => finding.note(format!("recorded on {day}")),
        _ => finding,
    }
}
