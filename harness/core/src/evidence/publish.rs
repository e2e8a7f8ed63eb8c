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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::markup::{ChapterKind, HideLines, extract};
    use crate::place::RelPath;

    use super::*;

    /// The steps of the guide `g` that are marked for these pieces on a plain page, as `recipe.step`.
    fn marked(pieces: &str) -> Vec<String> {
        let guide = "---\nguide: g\nkind: guide\ntargets: [one, two]\n---\n\n```sh recipe=a\n1\n```\n```sh recipe=a\n2\n```\n\
                     ```sh recipe=a target=two\n3\n```\n```sh recipe=b target=one\n1\n```\n";
        let read = |name: &str, text: &str, kind| {
            let path = RelPath::new(name).unwrap();
            extract(&path, text, kind, &HideLines::default(), &BTreeMap::<RelPath, String>::new())
        };
        let (guide, findings) = read("guides/g.md", guide, ChapterKind::Guide);
        assert_eq!(findings, []);
        let (page, _) = read("guides/p.md", pieces, ChapterKind::Plain);
        let mut chapters = vec![page, guide];
        publish(&mut chapters);
        let guide = chapters[1].guide.as_ref().unwrap();
        let steps = guide.recipes.iter().flat_map(|recipe| recipe.steps.iter().map(move |step| (recipe, step)));
        steps
            .filter(|(_, step)| step.published)
            .map(|(recipe, step)| format!("{}.{}", recipe.id, step.number))
            .collect()
    }

    #[test]
    fn steps_that_pages_show_are_marked() {
        for (pieces, expected) in [
            ("{{#evidence divergence g/a}}", &["a.2", "a.3"] as &[&str]),
            ("{{#evidence divergence g/a g/b step=1}}", &["a.1", "b.1"]),
            ("It is {{#evidence figure g/a step=2 line=1}}.", &["a.2"]),
            ("It is {{#evidence figure g/a step=9}}, {{#evidence figure g/a}}, {{#evidence figure g/c step=1}}.", &[]),
            ("{{#evidence matrix}}\n\n{{#evidence errors}}\n\n{{#evidence nonsense g/a}} {{#evidence took g/a}}", &[]),
            ("`{{#evidence figure g/a step=1}}`", &[]),
        ] {
            assert_eq!(marked(pieces), expected, "{pieces}");
        }
    }
}
