//! What takes the place of a page: another chapter, or a file of the source that mdBook copies over the finished pages. Pure: which files lie
//! beside the chapters comes in through [`Files`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::book::config::BookToml;
use crate::book::names::{self, OwnPage};
use crate::book::summary::Summary;
use crate::finding::Finding;
use crate::markup::model::Chapter;
use crate::place::{RelPath, Span};

use super::files::Files;

const REPLACED: &str = "replaced-page";
/// A page that a file of the source replaces whole, and that is not one chapter's, is a page of its own: somebody has to say that it is meant.
const UNCLASSIFIED: &str = "unclassified-chapter";

/// What a book's pages are, against what lies beside its chapters.
#[derive(Debug, Default)]
pub(super) struct Replaced {
    /// What is wrong.
    pub(super) found: Vec<Finding>,
    /// Files that are listed as plain, and that take the place of a page which mdBook makes itself.
    pub(super) listed: Vec<RelPath>,
}

/// Whose page it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Owner {
    Chapter(RelPath),
    Own(OwnPage),
    NotFound,
}

/// The pages that mdBook writes, by their names in small letters: on many machines, and on some that serve books, `A.html` and `a.html` are
/// one file.
struct Pages<'a> {
    book: &'a BookToml,
    links: BTreeMap<RelPath, Range<usize>>,
    owners: BTreeMap<String, (String, Owner)>,
    found: Vec<Finding>,
}

/// Finds what takes the place of a page of the book.
pub(super) fn replaced(files: &dyn Files, book: &BookToml, summary: &Summary, chapters: &[Chapter]) -> Replaced {
    let links = summary.entries.iter().filter_map(|entry| {
        let path = book.chapter(entry.location.as_deref()?).ok()?;
        Some((path, entry.range.clone()))
    });
    let mut pages = Pages { book, links: links.collect(), owners: BTreeMap::new(), found: Vec::new() };
    chapters.iter().for_each(|chapter| pages.chapter(chapter));
    pages.own(files);
    let listed = pages.files(files);
    Replaced { found: pages.found, listed }
}

impl Pages<'_> {
    fn chapter(&mut self, chapter: &Chapter) {
        let Some(link) = self.links.get(&chapter.path).cloned() else { return };
        let name = names::page(&self.below(&chapter.path));
        let known = self.owners.get(&name.to_lowercase()).cloned();
        match known {
            Some((_, Owner::Chapter(other))) if other == chapter.path => {}
            Some((there, Owner::Chapter(other))) => {
                let title = format!("the page of `{}` takes the place of the page of `{other}`", chapter.path);
                let note = match there == name {
                    true => format!("both pages are `{name}`"),
                    false => format!("`{name}` and `{there}` are one file where case makes no difference"),
                };
                let span = Span::new(self.book.summary(), link);
                let help = "rename one of the two chapters, so that their names differ in more than the ending or case";
                self.found.push(Finding::error(REPLACED, span, title, help).note(note));
            }
            _ => self.insert(name, Owner::Chapter(chapter.path.clone())),
        }
    }

    /// The pages that are not one chapter's. A chapter may have the name of the first two: it is written after them.
    fn own(&mut self, files: &dyn Files) {
        if !self.owners.is_empty() {
            self.insert_new(OwnPage::Index.name().to_owned(), Owner::Own(OwnPage::Index));
        }
        self.insert_new(OwnPage::Contents.name().to_owned(), Owner::Own(OwnPage::Contents));
        if self.book.html.config.print.enable {
            let what = "mdBook's page of all chapters";
            self.after(OwnPage::Print.name().to_owned(), Owner::Own(OwnPage::Print), what, None);
        }
        let Some(input) = self.book.html.not_found() else { return };
        if let Ok(name) = RelPath::new(&names::not_found(input)) {
            let source = self.book.chapter(input).ok().filter(|path| files.exists(path));
            self.after(name.to_string(), Owner::NotFound, "the page for wrong addresses", source);
        }
    }

    /// A page that is written after all chapters, `what`; made of `source`, if of one file.
    fn after(&mut self, name: String, owner: Owner, what: &str, source: Option<RelPath>) {
        let Some((_, Owner::Chapter(chapter))) = self.owners.get(&name.to_lowercase()) else {
            return self.insert(name, owner);
        };
        // One text, rendered twice: what has to hold of it then is told where it is read.
        if source.as_ref() == Some(chapter) {
            return;
        }
        let title = format!("{what} takes the place of the page of `{chapter}`");
        let span = self.links.get(chapter).cloned().unwrap_or(0..0);
        let help = format!("rename the chapter: its page may not be `{name}`");
        self.found.push(Finding::error(REPLACED, Span::new(self.book.summary(), span), title, help));
    }

    fn insert(&mut self, name: String, owner: Owner) {
        self.owners.insert(name.to_lowercase(), (name, owner));
    }

    fn insert_new(&mut self, name: String, owner: Owner) {
        self.owners.entry(name.to_lowercase()).or_insert((name, owner));
    }

    /// What is copied over a page, or over what every page loads. Gives back what is listed as plain.
    fn files(&mut self, files: &dyn Files) -> Vec<RelPath> {
        let folder_of = |name: &str| name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let pages = self.owners.values().map(|(name, _)| folder_of(name));
        let folders: BTreeSet<String> = pages.chain(["", "css", "fonts"].map(str::to_owned)).collect();
        let plain: BTreeSet<RelPath> = self.book.plain().into_iter().cloned().collect();
        let mut listed = Vec::new();
        for folder in folders {
            for name in files.beside(&join(&self.book.src, &folder)) {
                let name = join(&folder, &name);
                let Ok(path) = self.book.chapter(&name) else { continue };
                if !names::is_copied(&name) {
                    continue;
                }
                let owner = self.owners.get(&name.to_lowercase()).cloned();
                match owner {
                    Some((_, Owner::Own(_) | Owner::NotFound)) if plain.contains(&path) => listed.push(path),
                    Some((page, owner)) => self.copied(path, &page, &owner),
                    None if names::is_loaded(&name, self.book.html.config.hash_files) => {
                        let title = format!("`{path}` takes the place of a file of mdBook's that every page loads");
                        self.found.push(self.over(path, title));
                    }
                    None => {}
                }
            }
        }
        listed
    }

    fn copied(&mut self, path: RelPath, page: &str, owner: &Owner) {
        let what = match owner {
            Owner::Chapter(chapter) => {
                let title = format!("`{path}` takes the place of the page of `{chapter}`");
                return self.found.push(self.over(path, title));
            }
            Owner::Own(OwnPage::Index) => "the book's first page",
            Owner::Own(OwnPage::Contents) => "mdBook's table of contents",
            Owner::Own(OwnPage::Print) => "mdBook's page of all chapters",
            Owner::NotFound => "the page for wrong addresses",
        };
        let title = format!("`{path}` takes the place of {what}, `{page}`, and is not listed as plain");
        let listed = self.below(&path);
        let help = format!("rename it; if it is meant to be that page, list it in book.toml: `plain = [\"{listed}\"]`");
        let finding = Finding::error(UNCLASSIFIED, Span::top(path), title, help);
        self.found.push(finding.note(self.why()));
    }

    fn over(&self, path: RelPath, title: String) -> Finding {
        let help = format!("rename it, or move it out of `{}`", self.source());
        Finding::error(REPLACED, Span::top(path), title, help).note(self.why())
    }

    fn why(&self) -> String {
        let source = self.source();
        format!("mdBook copies every file of `{source}` that does not end in `.md` over the finished pages")
    }

    fn source(&self) -> &str {
        if self.book.src.is_empty() { "." } else { &self.book.src }
    }

    /// A path relative to the source.
    fn below(&self, path: &RelPath) -> String {
        let text = path.as_str();
        text.strip_prefix(&self.book.src).map_or(text, |rest| rest.trim_start_matches('/')).to_owned()
    }
}

fn join(folder: &str, name: &str) -> String {
    [folder, name].iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join("/")
}
