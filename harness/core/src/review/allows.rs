//! Comments that tolerate a finding, held against those of the state that judges: one counts if it stood there before, above the same thing. Pure.

use crate::checkout::Inputs;
use crate::markup::model::{Allow, Chapter, Recipe};
use crate::name::Id;
use crate::place::LineIndex;

/// A comment, and what it is about.
type Key<'a> = (&'a str, &'a str, &'a str, Covers<'a>);

/// What a comment is about.
#[derive(PartialEq, Eq)]
enum Covers<'a> {
    /// A fence of a recipe, whatever it says by now.
    Recipe(&'a Id),
    /// Another fence, or a line.
    Text(&'a str),
}

/// Takes every comment out of `now` that `base` does not have. A comment of `base` counts once: not for its copies, and not where it was moved to.
pub(super) fn keep_known(now: &mut Inputs, base: &Inputs) {
    for chapter in &mut now.chapters {
        let before = base.chapters.iter().find(|before| before.path == chapter.path);
        let mut left = before.map(keys).unwrap_or_default();
        let is_known = |key: &Key<'_>| {
            let at = left.iter().position(|other| other == key);
            at.map(|at| left.swap_remove(at)).is_some()
        };
        let known: Vec<bool> = keys(chapter).iter().map(is_known).collect();
        let mut known = known.into_iter();
        chapter.allows.retain(|_| known.next().unwrap_or_default());
    }
}

fn keys(chapter: &Chapter) -> Vec<Key<'_>> {
    let index = LineIndex::new(&chapter.text.text);
    let covers = |allow: &Allow| covers(chapter, &index, allow.covers_line);
    let allows = chapter.allows.iter();
    allows.map(|allow| (&*allow.rule, &*allow.until, &*allow.because, covers(allow))).collect()
}

fn covers<'a>(chapter: &'a Chapter, index: &LineIndex, line: usize) -> Covers<'a> {
    let text = &chapter.text.text;
    let Some(range) = index.line(text, line) else { return Covers::Text("") };
    let Some(fence) = chapter.fences.iter().position(|fence| range.contains(&fence.range.start)) else {
        return Covers::Text(&text[range]);
    };
    let mut recipes = chapter.guide.iter().flat_map(|guide| &guide.recipes);
    match recipes.find(|recipe| holds(recipe, fence)) {
        Some(recipe) => Covers::Recipe(&recipe.id),
        None => Covers::Text(text.get(chapter.fences[fence].range.clone()).unwrap_or_default()),
    }
}

/// Whether the fence with this index is one of the recipe's.
fn holds(recipe: &Recipe, fence: usize) -> bool {
    let steps = recipe.steps.iter().map(|step| step.fence);
    let expectations = recipe.steps.iter().flat_map(|step| &step.expectations).map(|expectation| expectation.fence);
    steps.chain(expectations).chain(recipe.files.iter().map(|file| file.fence)).any(|own| own == fence)
}
