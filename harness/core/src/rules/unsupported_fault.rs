//! unsupported-fault: a step asks for a fault that a target on which it runs does not support.

use crate::finding::Finding;
use crate::infra::target::NONE;
use crate::markup::model::{Recipe, Step};
use crate::markup::spelling;
use crate::name::Id;
use crate::place::Span;

use super::context::{Context, list};
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnsupportedFault;

impl Rule for UnsupportedFault {
    fn meta(&self) -> &'static Meta {
        meta!("unsupported-fault", Markup, Error, "a step asks for a fault that its target does not support")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            for recipe in &guide.recipes {
                for step in &recipe.steps {
                    let place = chapter
                        .fences
                        .get(step.fence)
                        .map_or_else(|| Span::top(chapter.path.clone()), |fence| fence.span.clone());
                    let found = runs_on(recipe, step).filter_map(|target| self.finding(context, step, target, &place));
                    findings
                        .extend(found.map(|finding| finding.subject(format!("{}/{}", guide.front.guide, recipe.id))));
                }
            }
        }
    }
}

fn runs_on<'a>(recipe: &'a Recipe, step: &'a Step) -> impl Iterator<Item = &'a Id> {
    recipe.targets.iter().filter(|target| step.runs_on(target))
}

impl UnsupportedFault {
    fn finding(&self, context: &Context<'_>, step: &Step, target: &Id, place: &Span) -> Option<Finding> {
        let kind = step.options.fault?.kind();
        let word = kind.word();
        if target.as_str() == NONE {
            let title = format!("`fault={word}` on the target `none`, where there is no service to do it to");
            let help = "name a target with a service for the recipe, or take `fault=` out";
            return Some(Finding::error(self.name(), place.clone(), title, help));
        }
        // A target without a file, or with one that cannot be read, is told as that.
        let target = context.inputs.targets.get(target).filter(|target| !target.supports(kind))?;
        let supported = &target.spec.faults;
        let help = match spelling::nearest(word, supported.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => {
                format!("run the recipe on other targets (`target=`), or add `{word}` to `faults:` in {}", target.path)
            }
        };
        let title = format!("the target `{}` does not support `fault={word}`", target.id);
        let note = if supported.is_empty() {
            format!("{} lists no `faults:`", target.path)
        } else {
            format!("it supports {}", list(supported))
        };
        Some(Finding::error(self.name(), place.clone(), title, help).note(note))
    }
}
