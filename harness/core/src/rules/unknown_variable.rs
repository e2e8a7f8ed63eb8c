//! unknown-variable: a recipe reads a variable that no target of it hands out and that it does not set itself.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::markup::model::Recipe;
use crate::markup::spelling;

use super::context::{Context, list};
use super::rule::{Meta, Rule, meta};
use super::variables;

/// The rule.
pub(super) struct UnknownVariable;

impl Rule for UnknownVariable {
    fn meta(&self) -> &'static Meta {
        meta!("unknown-variable", Markup, Error, "a recipe reads a variable that nothing hands it")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            let mut told = BTreeSet::new();
            for recipe in &guide.recipes {
                let known = handed_out(context, recipe);
                // A target file that cannot be read may hand out anything.
                if recipe.targets.iter().any(|target| {
                    context.has_target_file(target)
                        && !context.inputs.targets.contains_key(target)
                        && target.as_str() != "none"
                }) {
                    continue;
                }
                for reading in variables::readings(chapter, guide, recipe) {
                    if known.contains(reading.name.as_str())
                        || !told.insert((reading.name.clone(), reading.span.clone()))
                    {
                        continue;
                    }
                    let targets = list(recipe.targets.iter().map(crate::name::Id::as_str));
                    let title = format!("`{}` reads `{}`, which nothing hands it", recipe.id, reading.name);
                    let help = match spelling::nearest(&reading.name, known.iter().copied()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!(
                            "set it in the recipe, or hand it out from the target (its `environment`): {targets}"
                        ),
                    };
                    let mut finding = Finding::error(self.name(), reading.span, title, help)
                        .subject(format!("{}/{}", guide.front.guide, recipe.id));
                    if !known.is_empty() {
                        finding = finding.note(format!("its targets hand out {}", list(&known)));
                    }
                    findings.push(finding);
                }
            }
        }
    }
}

/// The variables that a target of the recipe hands out.
pub(super) fn handed_out<'a>(context: &'a Context<'_>, recipe: &Recipe) -> BTreeSet<&'a str> {
    let targets = recipe.targets.iter().filter_map(|target| context.inputs.targets.get(target));
    targets.flat_map(|target| target.spec.environment.iter().map(|handed| handed.name.as_str())).collect()
}
