//! unknown-target: a guide names a target or a toolbox for which there is no file.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::markup::model::{Chapter, Guide};
use crate::markup::spelling;
use crate::name::Id;
use crate::place::Span;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnknownTarget;

impl Rule for UnknownTarget {
    fn meta(&self) -> &'static Meta {
        meta!("unknown-target", Markup, Error, "a guide names a target or a toolbox for which there is no file")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            let mut told = BTreeSet::new();
            for (id, span) in targets(chapter, guide) {
                if !context.has_target_file(id) && told.insert((id, "target")) {
                    let known = context.inputs.targets.keys().map(Id::as_str).chain(["none"]);
                    findings.push(self.finding("target", id, span, &format!("infra/targets/{id}.yaml"), known));
                }
            }
            for (id, span) in toolboxes(chapter, guide) {
                if !context.has_toolbox_file(id) && told.insert((id, "toolbox")) {
                    let known = context.inputs.toolboxes.keys().map(Id::as_str);
                    findings.push(self.finding(
                        "toolbox",
                        id,
                        span,
                        &format!("infra/toolboxes/{id}/toolbox.yaml"),
                        known,
                    ));
                }
            }
        }
    }
}

impl UnknownTarget {
    fn finding<'k>(
        &self,
        what: &str,
        id: &Id,
        span: Span,
        path: &str,
        known: impl Iterator<Item = &'k str>,
    ) -> Finding {
        let help = match spelling::nearest(id.as_str(), known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write `{path}`, or name one that exists"),
        };
        Finding::error(self.name(), span, format!("there is no {what} `{id}`"), help).note(format!("no file `{path}`"))
    }
}

/// Every target that the guide names, with its place: front matter first, for a name that stands in both.
fn targets<'a>(chapter: &'a Chapter, guide: &'a Guide) -> Vec<(&'a Id, Span)> {
    let front = guide.front.targets.iter().chain(&guide.front.unverified).map(|(id, span)| (id, span.clone()));
    let recipes =
        guide.recipes.iter().flat_map(|recipe| recipe.targets.iter().map(|id| (id, chapter.recipe_span(recipe))));
    let fence = |index: usize| {
        chapter.fences.get(index).map_or_else(|| Span::top(chapter.path.clone()), |fence| fence.span.clone())
    };
    let given = guide.given.iter().flat_map(|given| given.targets.iter().map(move |id| (id, fence(given.fence))));
    let steps = guide.recipes.iter().flat_map(|recipe| &recipe.steps).chain(&guide.setup).chain(&guide.teardown);
    let expectations = steps.flat_map(|step| &step.expectations);
    let expected =
        expectations.flat_map(|expectation| expectation.targets.iter().map(move |id| (id, fence(expectation.fence))));
    front.chain(recipes).chain(given).chain(expected).collect()
}

fn toolboxes<'a>(chapter: &'a Chapter, guide: &'a Guide) -> Vec<(&'a Id, Span)> {
    let front = guide.front.toolbox.iter().map(|(id, span)| (id, span.clone()));
    let recipes =
        guide.recipes.iter().flat_map(|recipe| recipe.toolboxes.iter().map(|id| (id, chapter.recipe_span(recipe))));
    let fence = |index: usize| {
        chapter.fences.get(index).map_or_else(|| Span::top(chapter.path.clone()), |fence| fence.span.clone())
    };
    let given = guide.given.iter().flat_map(|given| given.toolboxes.iter().map(move |id| (id, fence(given.fence))));
    front.chain(recipes).chain(given).collect()
}
