//! The whole way of some books: judged, rendered, compared. Works in a temporary folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::book::Book;
use crate::compare::{self, Pair};
use crate::gate::{self, Outcome, Passed};
use crate::{render, say, shrink};

/// How a book ended.
#[derive(Clone, Debug)]
pub(crate) enum End {
    /// The gate refused it, by these rules.
    Refused(BTreeSet<String>),
    /// It passed, and mdBook makes no pages of it.
    Unbuildable(String),
    /// It passed; each line is a difference.
    Passed(Vec<String>),
}

/// A book and its end.
pub(crate) struct Trial {
    pub book: Book,
    pub end: End,
}

/// Runs `books`.
pub(crate) fn run(books: Vec<Book>) -> Vec<Trial> {
    let folder = folder();
    let mut trials = Vec::new();
    let mut passed = Vec::new();
    for (number, book) in books.into_iter().enumerate() {
        let root = folder.path().join(format!("{number}/checkout"));
        match gate::judge(book.clone(), &root) {
            Outcome::Refused(rules) => trials.push(Trial { book, end: End::Refused(rules) }),
            Outcome::Unbuildable(why) => trials.push(Trial { book, end: End::Unbuildable(why) }),
            Outcome::Passed(one) => passed.push((*one, root)),
        }
    }
    let ends = rendered(&passed, folder.path());
    trials.extend(passed.into_iter().zip(ends).map(|((passed, _), end)| Trial { book: passed.book, end }));
    trials
}

/// A temporary folder, in memory where there is one: a disk takes longer over a hundred thousand small files than all else together.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a temporary folder")
}

/// The texts of a book that are rendered with those of others: of each chapter what the gate judged, and its page.
fn texts(passed: &Passed, number: usize) -> Vec<(PathBuf, String)> {
    let mut texts = Vec::new();
    for (at, pair) in compare::pairs(passed).into_iter().enumerate() {
        texts.push((format!("{number}/{at}/judged.md").into(), compare::judged_text(pair.read)));
        texts.push((format!("{number}/{at}/page.md").into(), pair.page.content.clone()));
    }
    texts
}

fn rendered(passed: &[(Passed, PathBuf)], folder: &Path) -> Vec<End> {
    let all: Vec<_> = passed.iter().enumerate().map(|(number, (passed, _))| texts(passed, number)).collect();
    let usual = |number: &usize| !passed[*number].0.book.has_settings();
    let (usual, own): (Vec<usize>, Vec<usize>) = (0..passed.len()).partition(usual);
    let texts: Vec<_> = usual.iter().flat_map(|number| all[*number].clone()).collect();
    let together = render::together(&texts, &folder.join("together"), None);
    let mut files = together.map(Vec::into_iter);
    let mut ends = Vec::new();
    for (number, ((passed, root), texts)) in passed.iter().zip(&all).enumerate() {
        // A book with settings of its own is rendered with those. And one page on which mdBook panics takes all others with it: then each
        // by itself.
        let own = match &mut files {
            Ok(files) if !own.contains(&number) => Ok(files.by_ref().take(texts.len()).collect()),
            _ => render::together(texts, &folder.join(format!("by-itself/{number}")), Some(&passed.config)),
        };
        ends.push(own.map_or_else(End::Unbuildable, |files| end(passed, root, &files)));
    }
    ends
}

/// Compares one book. `files` are those of [`texts`].
fn end(passed: &Passed, root: &Path, files: &[String]) -> End {
    let pairs: Vec<Pair<'_>> = compare::pairs(passed);
    let mut found = Vec::new();
    if pairs.len() != passed.pages.chapters().count() {
        found.push("a page has no chapter that the gate judged".to_owned());
    }
    let alone = if passed.book.alone {
        let titles = passed.context.chapter_titles.borrow().clone();
        match render::alone(root, passed.pages.clone(), passed.config.clone(), titles) {
            Ok(files) => Some(files),
            Err(why) => return End::Unbuildable(why),
        }
    } else {
        None
    };
    for (pair, two) in pairs.iter().zip(files.chunks_exact(2)) {
        let own = alone.as_ref().zip(compare::output(pair.page)).and_then(|(files, name)| files.get(&name));
        let html = own.map_or_else(|| two[1].clone(), |bytes| String::from_utf8_lossy(bytes).into_owned());
        found.extend(compare::chapter(*pair, &html, &two[0]));
    }
    if let Some(files) = &alone {
        found.extend(compare::files(passed, files));
    }
    End::Passed(found)
}

/// Looks at one book and says everything about it.
pub(crate) fn explain(book: &Book) {
    let trial = run(vec![book.clone()]).remove(0);
    let shrunk = if matches!(&trial.end, End::Passed(found) if !found.is_empty()) {
        shrink::smallest(book)
    } else {
        book.clone()
    };
    for (path, text) in shrunk.texts() {
        say(&format!("==> {path}\n{text}"));
    }
    say(&format!("links {:?}, environment {:?}, alone {}", shrunk.links, shrunk.environment, shrunk.alone));
    let end = run(vec![shrunk]).remove(0).end;
    say(&format!("seed {}: {:?}\n{end:#?}", book.seed, book.ingredients));
    assert!(!matches!(&end, End::Passed(found) if !found.is_empty()), "a reader sees something else");
}
