//! The page for wrong addresses: `404.md`, or what `input-404` names. mdBook renders it as it is written, without any preprocessor, and so
//! without the gate. Pure: the file comes in through [`Files`].

use std::collections::BTreeMap;

use crate::book::config::BookToml;
use crate::finding::Finding;
use crate::markup::model::Chapter;
use crate::markup::{self, ChapterKind, IncludeProblem};
use crate::place::{RelPath, Span};

use super::files::Files;

const BROKEN_CHAPTER: &str = "broken-chapter";
const BROKEN_INCLUDE: &str = "broken-include";
const REPLACED: &str = "replaced-page";
const UNCLASSIFIED: &str = "unclassified-chapter";

/// The page, as far as there is one.
#[derive(Debug, Default)]
pub(super) struct NotFound {
    /// What is wrong.
    pub(super) found: Vec<Finding>,
    /// The chapter with its text, if it is none of SUMMARY.md's.
    pub(super) chapter: Option<(Chapter, String)>,
}

/// Reads the page. `chapters` are those of SUMMARY.md.
pub(super) fn read(files: &dyn Files, book: &BookToml, chapters: &[Chapter], limit: usize) -> NotFound {
    let mut page = NotFound::default();
    let Some(input) = book.html.not_found() else { return page };
    let key = book.span("input-404");
    // A path that leaves the source is found with all else that leaves its place.
    let Ok(path) = book.chapter(input) else { return page };
    let named = book.html.config.input_404.is_some();
    let text = match files.read(&path, limit) {
        Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        Err(IncludeProblem::Missing) if !named => return page,
        Err(problem) => {
            let title = format!("the page for wrong addresses, `{path}`, cannot be read: {problem}");
            let help = "write that file, or set `input-404 = \"\"` for a book without such a page";
            page.found.push(Finding::error(BROKEN_CHAPTER, key, title, help));
            return page;
        }
    };
    page.found.extend(helpers(&path, &text));
    match chapters.iter().find(|chapter| chapter.path == path) {
        Some(chapter) if chapter.guide.is_some() => {
            let title = format!("the guide `{path}` is rendered a second time, without its evidence");
            let help = "name a plain page in `input-404`, or rename the guide if it is `404.md`";
            let finding = Finding::error(REPLACED, Span::top(path), title, help);
            page.found.push(finding.note("mdBook makes the page for wrong addresses of it, and asks no preprocessor"));
        }
        Some(_) => {}
        None => page.add(path, text, book),
    }
    page
}

impl NotFound {
    fn add(&mut self, path: RelPath, text: String, book: &BookToml) {
        if !book.plain().contains(&path) {
            let title = format!("the page for wrong addresses, `{path}`, is not listed as plain");
            let listed =
                path.as_str().strip_prefix(&book.src).map_or(path.as_str(), |rest| rest.trim_start_matches('/'));
            let help = format!("read it, and list it in book.toml: `plain = [\"{listed}\"]`");
            let finding = Finding::error(UNCLASSIFIED, Span::top(path.clone()), title, help);
            self.found.push(finding.note("mdBook renders it although SUMMARY.md does not name it"));
        }
        let nothing = BTreeMap::<RelPath, String>::new();
        let style = book.html.style();
        let (chapter, found) = markup::extract_styled(&path, &text, ChapterKind::Plain, &style, &nothing);
        self.found.extend(found.into_iter().filter(|finding| finding.rule != BROKEN_INCLUDE));
        self.chapter = Some((chapter, text));
    }
}

/// Helpers in it, which its readers would see as they are written.
fn helpers(path: &RelPath, text: &str) -> Vec<Finding> {
    let helpers = text.match_indices("{{#").filter(|(at, _)| !text[..*at].ends_with('\\'));
    let finding = |(at, helper): (usize, &str)| {
        let title = "mdBook shows this helper as it is written";
        let help = "write the text itself: nothing is included in the page for wrong addresses";
        let finding = Finding::error(BROKEN_INCLUDE, Span::new(path.clone(), at..at + helper.len()), title, help);
        finding.note("mdBook renders the page for wrong addresses without any preprocessor")
    };
    helpers.map(finding).collect()
}
