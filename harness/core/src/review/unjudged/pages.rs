//! Pages that are gone, pages that no rule reads, and what front matter and SUMMARY.md say of pages. Pure.

use std::collections::BTreeMap;

use crate::checkout::Inputs;
use crate::markup::model::Chapter;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Pages;

impl Look for Pages {
    fn name(&self) -> &'static str {
        "pages"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        let has = |inputs: &Inputs, chapter: &Chapter| inputs.chapters.iter().any(|other| other.path == chapter.path);
        for chapter in states.base.chapters.iter().filter(|chapter| !has(states.now, chapter)) {
            found.whole(&chapter.path, "the page is no longer in the book".to_owned());
        }
        for chapter in states.now.chapters.iter().filter(|chapter| !has(states.base, chapter)) {
            let what = if chapter.guide.is_some() { "a new guide" } else { "a new page that is no guide" };
            found.whole(&chapter.path, format!("{what}: no rule judges its prose"));
        }
        for (now, before) in states.chapters() {
            front_matter(now, before, found);
        }
        for (file, name) in renamed(states) {
            found.whole(file, format!("the page's title in SUMMARY.md is now: {name}"));
        }
    }
}

fn front_matter(now: &Chapter, before: &Chapter, found: &mut Found) {
    let (Some(guide), Some(old)) = (&now.guide, &before.guide) else { return };
    if guide.front.kind != old.front.kind {
        let text = format!("the kind was `{:?}` and is `{:?}`", old.front.kind, guide.front.kind).to_lowercase();
        found.whole(&now.path, text);
    }
    for (target, _) in &guide.front.unverified {
        if !old.front.unverified.iter().any(|(other, _)| other == target) {
            found.whole(&now.path, format!("the target `{target}` is listed as not verified"));
        }
    }
}

/// Pages whose title in SUMMARY.md is different, with the new one.
fn renamed<'a>(states: &States<'a>) -> Vec<(&'a str, &'a str)> {
    let names = |inputs: &'a Inputs| {
        let entries = inputs.summary.entries.iter();
        entries.filter_map(|entry| Some((entry.location.as_deref()?, entry.name.as_str()))).collect::<BTreeMap<_, _>>()
    };
    let before = names(states.base);
    let is_other = |(file, name): &(&str, &str)| before.get(file).is_some_and(|before| before != name);
    names(states.now).into_iter().filter(is_other).collect()
}
