//! `version PACKAGE`: the version that the evidence names. Pure.

use std::collections::BTreeSet;

use crate::evidence::problem::Problem;
use crate::evidence::request::{Request, Word};
use crate::evidence::resolve::Resolved;
use crate::evidence::single::{agreed, cells};
use crate::evidence::view::{Seen, View, lacking};
use crate::markup::spelling;

use super::kind::{Kind, Layout, Meta};
use super::matrix::{of_guide, own};

/// The kind.
pub(super) struct Version;

impl Kind for Version {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "version",
            form: "version PACKAGE [target=T] [recipe=R]",
            layout: Layout::Inline,
            words: 1..=1,
            keys: &["target", "recipe"],
        }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let word = request.plain[0];
        let package = word.text;
        let seen = match candidates(request, view) {
            Ok(seen) => seen,
            Err(problem) => return vec![problem].into(),
        };
        let naming: Vec<Seen<'a>> = seen
            .iter()
            .filter(|cell| cell.passing.is_some_and(|trace| trace.versions.contains_key(package)))
            .cloned()
            .collect();
        if naming.is_empty() {
            return vec![unnamed(word, &seen)].into();
        }
        agreed("version", word.range(), &naming, |_, trace| Ok(trace.versions[package].clone())).into()
    }
}

/// Why no passing trace names a version of the package: it is called otherwise, or the evidence that could name it is not there.
fn unnamed(word: Word<'_>, seen: &[Seen<'_>]) -> Problem {
    let passing = seen.iter().filter_map(|cell| cell.passing);
    let known: BTreeSet<&str> = passing.flat_map(|trace| trace.versions.keys().map(String::as_str)).collect();
    let near = spelling::nearest(word.text, known);
    let without = seen.iter().find(|cell| cell.passing.is_none());
    match (near, without.and_then(|cell| lacking(&word.range(), &[cell]))) {
        (None, Some(problem)) => problem,
        (near, _) => {
            let help = near.map_or_else(
                || "name a package that a recipe imports, `python`, `bash` or `server`".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            Problem::new(word.range(), format!("no trace names a version of `{}`", word.text), help)
        }
    }
}

/// The cells in which the piece looks: of the recipe that it names, else of the page's guide, else of the book.
fn candidates<'a>(request: &Request<'a>, view: &View<'a>) -> Result<Vec<Seen<'a>>, Problem> {
    if let Some(word) = request.value("recipe") {
        let found = view.book.recipe(request, word)?;
        return cells(view, request, &found);
    }
    let mut seen: Vec<Seen<'a>> = own(request, view)
        .iter()
        .flat_map(|(chapter, guide)| of_guide(chapter, guide))
        .flat_map(|found| view.cells(&found))
        .collect();
    if let Some(word) = request.value("target") {
        let known: BTreeSet<String> = seen.iter().map(|cell| cell.id.target.to_string()).collect();
        seen.retain(|cell| cell.id.target.as_str() == word.text);
        if seen.is_empty() {
            let help = match spelling::nearest(word.text, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name a target of the front matter".to_owned(),
            };
            return Err(Problem::new(word.range(), format!("no recipe runs on `{}`", word.text), help));
        }
    }
    if seen.is_empty() {
        let title = "there is no recipe whose evidence could name a version";
        return Err(Problem::new(request.piece.range.clone(), title, "name one with `recipe=GUIDE/RECIPE`"));
    }
    Ok(seen)
}
