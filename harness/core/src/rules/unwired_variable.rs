//! unwired-variable: a recipe reads a variable that its target hands out, and no `given=env` fence shows it to the reader.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::markup::model::{GivenKind, Guide};
use crate::name::Id;

use super::context::{Context, list};
use super::rule::{Meta, Rule, meta};
use super::stale_given::exports;
use super::variables;

/// The rule.
pub(super) struct UnwiredVariable;

impl Rule for UnwiredVariable {
    fn meta(&self) -> &'static Meta {
        meta!("unwired-variable", Markup, Error, "a recipe reads a variable that no `given=env` fence shows the reader")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            let mut told = BTreeSet::new();
            for recipe in &guide.recipes {
                for reading in variables::readings(chapter, guide, recipe) {
                    let unshown: Vec<&str> = recipe
                        .targets
                        .iter()
                        .filter(|target| {
                            hands_out(context, target, &reading.name) && !shown(guide, target, &reading.name)
                        })
                        .map(Id::as_str)
                        .collect();
                    if unshown.is_empty() || !told.insert(reading.name.clone()) {
                        continue;
                    }
                    let title = format!(
                        "`{}` is handed out by {}, and the page does not show it",
                        reading.name,
                        list(&unshown)
                    );
                    let help = format!(
                        "add `export {}=…` to a `sh given=env` fence, with the value that the target's file shows",
                        reading.name
                    );
                    let finding = Finding::error(self.name(), reading.span, title, help);
                    findings.push(
                        finding
                            .note("a reader who follows the page does not have the variable, and the recipe fails")
                            .subject(format!("{}/{}", guide.front.guide, recipe.id)),
                    );
                }
            }
        }
    }
}

fn hands_out(context: &Context<'_>, target: &Id, name: &str) -> bool {
    context
        .inputs
        .targets
        .get(target)
        .is_some_and(|target| target.spec.environment.iter().any(|handed| handed.name == name))
}

fn shown(guide: &Guide, target: &Id, name: &str) -> bool {
    let fences = guide
        .given
        .iter()
        .filter(|given| given.kind == GivenKind::Env && (given.targets.is_empty() || given.targets.contains(target)));
    fences.flat_map(|given| exports(&given.body.text)).any(|export| export.name == name)
}
