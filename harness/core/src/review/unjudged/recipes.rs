//! Recipes that are gone, that run on fewer targets, or that are skipped. Pure.

use crate::markup::model::{Guide, Recipe};
use crate::name::Id;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Recipes;

impl Look for Recipes {
    fn name(&self) -> &'static str {
        "recipes"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for (chapter, guide) in states.base.guides() {
            let now = states.now.guides().find(|(_, other)| other.front.guide == guide.front.guide);
            for recipe in &guide.recipes {
                let name = format!("{}/{}", guide.front.guide, recipe.id);
                let Some((page, left)) = now.and_then(|(page, guide)| Some((page, guide.recipe(&recipe.id)?))) else {
                    found.whole(&chapter.path, format!("the recipe `{name}` is gone"));
                    continue;
                };
                let mut at = |text: String| found.at(states.now, &page.recipe_span(left), text);
                if let Some(lost) = lost(recipe, left) {
                    at(format!("`{name}` no longer runs on {lost}"));
                }
                if let Some((reason, until)) = left.skip.as_ref().filter(|_| left.skip != recipe.skip) {
                    let until = until.as_ref().map_or("no day".to_owned(), |until| format!("`{until}`"));
                    at(format!("`{name}` is skipped until {until}: {reason}"));
                }
            }
            if let Some((_, left)) = now {
                steps(guide, left, &chapter.path.to_string(), found);
            }
        }
    }
}

/// The targets that a recipe no longer runs on.
fn lost(before: &Recipe, now: &Recipe) -> Option<String> {
    let lost: Vec<String> =
        before.targets.iter().filter(|target| !now.targets.contains(target)).map(|id: &Id| format!("`{id}`")).collect();
    (!lost.is_empty()).then(|| lost.join(", "))
}

/// Setup and teardown that a guide has no longer.
fn steps(before: &Guide, now: &Guide, file: &str, found: &mut Found) {
    for (word, before, now) in
        [("setup", before.setup.len(), now.setup.len()), ("teardown", before.teardown.len(), now.teardown.len())]
    {
        if now < before {
            found.whole(file, format!("the {word} has {now} of {}", super::many(before, "step")));
        }
    }
}
