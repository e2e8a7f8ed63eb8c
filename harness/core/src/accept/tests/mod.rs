//! Tests of accepting: the new text, the edits in the file (read back by the real extraction), and who shares an expectation.

mod console;
mod edits;
mod targets;
mod texts;

use std::collections::BTreeMap;

use crate::compare::Captures;
use crate::markup::model::{Chapter, Step, Stream};
use crate::markup::{ChapterKind, HideLines, extract};
use crate::name::Id;
use crate::place::RelPath;

use super::{AcceptProblem, Edit, Recorded, apply, plan_accept};

const FRONT: &str = "---\nguide: g\nkind: sidebar\ntargets: [a, b, c]\n---\n\n";

type Files = BTreeMap<RelPath, String>;

fn path(text: &str) -> RelPath {
    RelPath::new(text).unwrap()
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

/// The chapter with the content `text`, and a guide in it.
fn chapter(text: &str, files: &Files) -> Chapter {
    let (chapter, _) = extract(&path("guides/g.md"), text, ChapterKind::Guide, &HideLines::default(), files);
    assert!(chapter.guide.is_some(), "{text}");
    chapter
}

/// The first step of the first recipe.
fn step(chapter: &Chapter) -> &Step {
    let guide = chapter.guide.as_ref().unwrap();
    &guide.recipes.first().unwrap_or_else(|| panic!("no recipe in {}", chapter.text.text)).steps[0]
}

fn recorded(target: &str, outputs: &[&str]) -> Recorded {
    let outputs = outputs.iter().map(|output| (*output).to_owned()).collect();
    Recorded { target: id(target), toolbox: None, outputs, captures: Captures::new() }
}

/// The edits for what was recorded, in order.
fn planned(text: &str, files: &Files, cells: &[Recorded], diverge: bool) -> Result<Vec<Edit>, AcceptProblem> {
    let chapter = chapter(text, files);
    let changes = plan_accept(&chapter, step(&chapter), Stream::Stdout, cells, diverge)?;
    Ok(changes.into_iter().flat_map(|change| change.edits).collect())
}

/// The guide (without its front matter) after what was recorded was accepted.
fn accepted(body: &str, cells: &[Recorded], diverge: bool) -> Result<String, AcceptProblem> {
    let text = format!("{FRONT}{body}");
    let edits = planned(&text, &Files::new(), cells, diverge)?;
    let new = apply(&path("guides/g.md"), &text, &edits)?;
    Ok(new.strip_prefix(FRONT).expect("front matter stays").to_owned())
}
