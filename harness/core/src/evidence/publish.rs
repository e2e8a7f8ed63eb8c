//! Marks the steps whose output pages show, so that a run records it whole. Pure; touches nothing.

use crate::markup::model::Chapter;
use crate::name::Id;

use super::book::{Book, Found};
use super::kinds;
use super::kinds::kind::Reads;
use super::request::Request;

/// Marks every step of `chapters` whose standard output some piece of them reads. What is wrong with a piece is the gate's to say.
pub fn publish(chapters: &mut [Chapter]) {
    if chapters.iter().all(|chapter| chapter.pieces.is_empty()) {
        return;
    }
    let steps = read_steps(Book { chapters });
    for guide in chapters.iter_mut().filter_map(|chapter| chapter.guide.as_mut()) {
        for recipe in &mut guide.recipes {
            for step in &mut recipe.steps {
                let name = (guide.front.guide.clone(), recipe.id.clone(), step.number);
                step.published |= steps.contains(&name);
            }
        }
    }
}

fn read_steps(book: Book<'_>) -> Vec<(Id, Id, usize)> {
    let mut steps = Vec::new();
    for chapter in book.chapters {
        for piece in &chapter.pieces {
            let Some(kind) = Request::kind(piece).and_then(|word| kinds::find(word.text)) else { continue };
            for Reads { found, step } in kind.reads(&Request::read(chapter, piece), book) {
                steps.extend(
                    numbers(&found, step)
                        .map(|number| (found.guide.front.guide.clone(), found.recipe.id.clone(), number)),
                );
            }
        }
    }
    steps
}

/// The number of the step; without one, of the last step on each target.
fn numbers<'a>(found: &Found<'a>, step: Option<usize>) -> impl Iterator<Item = usize> + use<'a> {
    let found = *found;
    found.recipe.targets.iter().filter_map(move |target| Some(found.step(step, target)?.number))
}
