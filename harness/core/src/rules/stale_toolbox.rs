//! stale-toolbox: the packages that a recipe used have moved in the toolbox's lock since it was recorded.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::infra::toolbox::Toolbox;

use super::context::{CellContext, Context, Moved, Pin};
use super::rule::{Meta, Rule, meta};
use super::stale_recipe::{compared, with};
use super::stale_target::{dated, report, still_shown, were};

/// The rule.
pub(super) struct StaleToolbox;

impl Rule for StaleToolbox {
    fn meta(&self) -> &'static Meta {
        meta!(
            "stale-toolbox",
            Evidence,
            Error,
            "packages that a recipe used have moved in the toolbox since it was recorded"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.guides() {
            let mut groups: BTreeMap<(String, bool), Vec<(&CellContext<'_>, Moved)>> = BTreeMap::new();
            for (cell, moved) in with(cells, Pin::Toolbox) {
                let name = cell.toolbox.as_ref().map(|toolbox| toolbox.id.to_string()).unwrap_or_default();
                groups.entry((name, still_shown(context, cell))).or_default().push((cell, moved));
            }
            for ((name, shown), stale) in groups {
                findings.push(self.finding(&name, shown, &stale));
            }
        }
    }
}

impl StaleToolbox {
    fn finding(&self, name: &str, shown: bool, stale: &[(&CellContext<'_>, Moved)]) -> Finding {
        let (first, moved) = stale[0];
        let listed = first.guide.front.toolbox.as_ref().filter(|(id, _)| id.as_str() == name);
        let span = listed.map_or_else(|| first.place(), |(_, span)| span.clone());
        let mut recipes: Vec<&str> = stale.iter().map(|(cell, _)| cell.id.recipe.as_str()).collect();
        recipes.dedup();
        let title = match name {
            "" => format!("{} recorded with a toolbox; now there is none", were(&recipes)),
            _ => format!("the toolbox `{name}` has moved since {} recorded", were(&recipes)),
        };
        let help = format!("run `dogfood run --stale`, or `dogfood run {}`, and commit the traces", first.id.guide);
        let mut finding = compared(report(self, shown, span, title, help), moved);
        let changes: BTreeSet<String> = stale.iter().flat_map(|(cell, _)| changes(cell)).collect();
        for change in changes.iter().take(8) {
            finding = finding.note(change.clone());
        }
        if changes.is_empty() && moved.recorded.is_some() && moved.now.is_some() {
            finding = finding
                .note("the versions that it used are the same; other packages, hashes or markers of its entries moved");
        }
        dated(finding, stale).subject(format!("{}+{name}", first.id.guide))
    }
}

/// `verified on PACKAGE 1.0, not yet on 1.1` for each package that the recipe imported and whose version moved.
fn changes(cell: &CellContext<'_>) -> Vec<String> {
    let (Some(trace), Some(toolbox)) = (cell.trace(), &cell.toolbox) else { return Vec::new() };
    let change = |package: &String| {
        let before = trace.versions.get(package)?;
        let now = version(toolbox, package);
        (now != before).then(|| format!("verified on {package} {before}, not yet on {now}"))
    };
    trace.imported.iter().filter_map(change).collect()
}

fn version<'a>(toolbox: &'a Toolbox, package: &str) -> &'a str {
    toolbox.version(package).unwrap_or("a toolbox without it")
}
