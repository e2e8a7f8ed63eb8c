//! Links from one page of the book to a recipe or a step on another, as mdBook names places: the heading above it. Pure; touches nothing.

use std::collections::BTreeSet;

use crate::markup::model::{Chapter, Fence, Step};
use crate::place::RelPath;

use super::book::Found;
use super::content::Run;

/// A link to the section that holds the recipe, for a page made of `from`.
pub(super) fn link(from: &Chapter, found: &Found<'_>, text: impl Into<String>) -> Run {
    link_to(from, found, found.recipe.steps.first(), text)
}

/// A link to the section that holds a step of the recipe, for a page made of `from`.
pub(super) fn link_to(from: &Chapter, found: &Found<'_>, step: Option<&Step>, text: impl Into<String>) -> Run {
    place(from, found.chapter, step.and_then(|step| found.chapter.fences.get(step.fence)), text)
}

/// A link to the section of `chapter` that holds `fence`, or to its top.
pub(super) fn place(from: &Chapter, chapter: &Chapter, fence: Option<&Fence>, text: impl Into<String>) -> Run {
    let path = if from.path == chapter.path { String::new() } else { relative(&from.path, &chapter.path) };
    let anchor = fence.and_then(|fence| section(chapter, fence)).map(|id| format!("#{id}")).unwrap_or_default();
    let to = if path.is_empty() && anchor.is_empty() { "#".to_owned() } else { path + &anchor };
    Run::Link { to, text: text.into() }
}

/// The path of `to` for a link in `from`. mdBook makes `.html` of `.md`, and an index of README.md.
fn relative(from: &RelPath, to: &RelPath) -> String {
    let folder: Vec<&str> = from.parent().split('/').filter(|part| !part.is_empty()).collect();
    let target: Vec<&str> = to.parent().split('/').filter(|part| !part.is_empty()).collect();
    let shared = folder.iter().zip(&target).take_while(|(one, other)| one == other).count();
    let name = match to.file_name() {
        name if name.eq_ignore_ascii_case("readme.md") => "index.md",
        name => name,
    };
    let up = folder[shared..].iter().map(|_| "..");
    up.chain(target[shared..].iter().copied()).chain([name]).collect::<Vec<_>>().join("/")
}

/// The id of the last heading above the fence.
fn section(chapter: &Chapter, fence: &Fence) -> Option<String> {
    let mut used = BTreeSet::new();
    let mut last = None;
    for heading in chapter.headings.iter().take_while(|heading| heading.range.start < fence.range.start) {
        last = Some(match &heading.id {
            Some(id) => id.clone(),
            None => unique(&plain(&heading.text), &mut used),
        });
    }
    last
}

/// As mdBook makes an id of a heading's text, typographic dashes taken into account.
fn plain(text: &str) -> String {
    let mut text = text.trim().to_lowercase();
    while let Some(at) = text.find("--") {
        let run = text[at..].chars().take_while(|c| *c == '-').count();
        text.replace_range(at..at + run, "");
    }
    text.chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

fn unique(id: &str, used: &mut BTreeSet<String>) -> String {
    let numbered = (1..).map(|number| format!("{id}-{number}"));
    let free = std::iter::once(id.to_owned()).chain(numbered).find(|candidate| !used.contains(candidate));
    let free = free.unwrap_or_default();
    used.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_of_mdbook() {
        for (text, id) in [
            ("`--passes`: add more rustdoc passes", "passes-add-more-rustdoc-passes"),
            ("Method-call 🐙 expressions \u{1f47c}", "method-call--expressions-"),
            ("_-_12345", "_-_12345"),
            ("中文標題 CJK title", "中文標題-cjk-title"),
            ("Über", "über"),
        ] {
            assert_eq!(plain(text), id);
        }
        let mut used = BTreeSet::new();
        let ids: Vec<String> = ["a", "a", "b", "a"].iter().map(|id| unique(id, &mut used)).collect();
        assert_eq!(ids, ["a", "a-1", "b", "a-2"]);
    }

    #[test]
    fn paths_go_up_and_down() {
        let path = |text: &str| RelPath::new(text).unwrap();
        for (from, to, link) in [
            ("guides/a.md", "guides/b.md", "b.md"),
            ("guides/backends/a.md", "guides/b.md", "../b.md"),
            ("guides/a.md", "guides/backends/x/b.md", "backends/x/b.md"),
            ("guides/one/a.md", "guides/two/b.md", "../two/b.md"),
            ("a.md", "README.md", "index.md"),
        ] {
            assert_eq!(relative(&path(from), &path(to)), link);
        }
    }
}
