//! What a change does that no rule judges, listed so that a person reads it: weaker expectations, prose that is gone, HTML, settings, files
//! outside of the book. One kind of change is one file here, with a row in the manual's page on continuous integration. Pure.

mod evidence;
mod expectations;
mod fences;
mod files;
mod html;
mod links;
mod pages;
mod prose;
mod recipes;
mod settings;
mod tolerated;

use std::collections::BTreeMap;

use crate::checkout::{ChangedFile, Inputs, Unjudged};
use crate::markup::model::Chapter;
use crate::place::{LineIndex, RelPath, Span};
use crate::redact::scan;

/// The two states of a change under review.
#[derive(Clone, Copy, Debug)]
pub struct States<'a> {
    /// The checkout, after whoever judges has judged it.
    pub now: &'a Inputs,
    /// The commit that the change starts from.
    pub base: &'a Inputs,
    /// What people call that commit.
    pub name: &'a str,
    /// The texts of its traces.
    pub traces: &'a BTreeMap<RelPath, String>,
    /// The files that differ in git, from the repository's top, without those that either state has read.
    pub others: &'a [String],
}

/// A kind of change that no rule judges.
pub trait Look: Sync {
    /// Its name, as the manual lists it.
    fn name(&self) -> &'static str;

    /// Adds what the change does of this kind.
    fn look(&self, states: &States<'_>, found: &mut Found);
}

/// Every kind, in the order of the manual.
pub const LOOKS: &[&dyn Look] = &[
    &recipes::Recipes,
    &expectations::Expectations,
    &fences::Fences,
    &prose::Prose,
    &html::Html,
    &links::Links,
    &pages::Pages,
    &settings::Settings,
    &tolerated::Tolerated,
    &evidence::Evidence,
    &files::OtherFiles,
];

/// What the looks found so far.
#[derive(Debug, Default)]
pub struct Found {
    kind: &'static str,
    all: Vec<Unjudged>,
}

impl Found {
    /// Adds a change that has no line of its own.
    fn whole(&mut self, file: impl ToString, text: String) {
        let file = ChangedFile::InBook(file.to_string());
        self.all.push(Unjudged { file, line: None, text, kind: self.kind });
    }

    /// Adds a change of a file that is named from the repository's top.
    fn outside(&mut self, file: &str, text: String) {
        let file = ChangedFile::InRepository(file.to_owned());
        self.all.push(Unjudged { file, line: None, text, kind: self.kind });
    }

    /// Adds a change at a place of `inputs`.
    fn at(&mut self, inputs: &Inputs, span: &Span, text: String) {
        let line = inputs.source(&span.file).map(|source| LineIndex::new(source).position(source, span.start).line);
        self.all.push(Unjudged { file: ChangedFile::InBook(span.file.to_string()), line, text, kind: self.kind });
    }
}

/// Everything that a change does and that no rule judges, by file and line.
pub fn unjudged(states: &States<'_>) -> Vec<Unjudged> {
    let mut found = Found::default();
    for look in LOOKS {
        found.kind = look.name();
        look.look(states, &mut found);
    }
    let mut all = found.all;
    // Addresses, reasons and titles are foreign text, and no report shows a secret.
    for change in all.iter_mut().filter(|change| !scan::leaks(&change.text, &[]).is_empty()) {
        change.text = "what changed here holds something that looks like a secret".to_owned();
    }
    all.sort();
    all.dedup();
    all
}

impl<'a> States<'a> {
    /// Each chapter that both states have, as it is now and as it was.
    fn chapters(&self) -> impl Iterator<Item = (&'a Chapter, &'a Chapter)> {
        let before: BTreeMap<&RelPath, &Chapter> =
            self.base.chapters.iter().map(|chapter| (&chapter.path, chapter)).collect();
        self.now.chapters.iter().filter_map(move |chapter| Some((chapter, *before.get(&chapter.path)?)))
    }
}

/// `1 line`, `2 lines`.
fn many(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
