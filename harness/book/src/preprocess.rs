//! The step itself: loads the checkout, asks the gate, and either stops the build or hands mdBook the annotated chapters. Reads the checkout's
//! files (through the store) and writes what people should read to the writer that it is given.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use dogfood_core::checkout::{Inputs, LoadError, UNSAFE};
use dogfood_core::date::Date;
use dogfood_core::evidence::Content;
use dogfood_core::gate::{self, Report};
use dogfood_core::markup::model::Chapter;
use dogfood_core::place::RelPath;
use dogfood_core::reports::{self, Format as _, Human, Look, Sources, Told};
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::book::{Book, Chapter as BookChapter};

use crate::annotate::{Page, annotate};
use crate::banner::Banners;
use crate::evidence::RecipeEvidence;
use crate::notes::stamp_html;
use crate::protocol;
use crate::standing;
use crate::told::{self, Refusal};

/// What the caller decides.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Today, UTC.
    pub today: Date,
    /// Whether to colour what people read.
    pub colour: bool,
    /// Whether lines could start workflow commands (under GITHUB_ACTIONS).
    pub workflow: bool,
}

/// Why no book comes out.
#[derive(Debug, thiserror::Error)]
pub enum Stop {
    /// The gate has findings; they have been written.
    #[error("{0} finding(s); the book is not built")]
    Findings(usize),
    /// The build would touch what is not the book's; the findings have been written.
    #[error("nothing is built: the build would touch what is not the book's")]
    Unsafe,
    /// mdBook builds another book than the gate read, or builds it where it may not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The checkout could not be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A chapter is not what stands on the disk.
    #[error(
        "the text of `{0}` was changed before dogfood saw it, so no line would be right; let the preprocessor that did so run later: \
         `after = [\"dogfood\"]` in its table of book.toml"
    )]
    Changed(String),
    /// A chapter that nobody wrote.
    #[error(
        "the chapter `{0}` is not one of the checkout's: a preprocessor that ran before dogfood made it, or mdBook was told of another \
         source folder; let that preprocessor run later: `after = [\"dogfood\"]` in its table of book.toml"
    )]
    Unknown(String),
    /// What people should read could not be written.
    #[error("the findings could not be written")]
    Write(#[from] io::Error),
}

/// Asks the gate and annotates the book. While mdBook serves, findings go on the pages and the book is built all the same.
///
/// # Errors
/// If there are findings, or no verdict is possible.
pub fn preprocess(
    context: &PreprocessorContext,
    book: Book,
    settings: Settings,
    people: &mut dyn Write,
) -> Result<Book, Stop> {
    preprocess_loaded(&load(&context.root, settings.today)?, context, book, settings, people)
}

/// [`preprocess`] of a checkout that is loaded already, with what its caller knows of it besides (a change under review).
///
/// # Errors
/// As [`preprocess`].
pub fn preprocess_loaded(
    inputs: &Inputs,
    context: &PreprocessorContext,
    mut book: Book,
    settings: Settings,
    people: &mut dyn Write,
) -> Result<Book, Stop> {
    let report = gate::check(inputs);
    tell(inputs, &report, settings, people)?;
    let errors = report.counts.errors;
    let serves = protocol::serves(context, &inputs.book);
    if report.findings.iter().any(|finding| finding.rule == UNSAFE) {
        return Err(Stop::Unsafe);
    }
    if errors > 0 && !serves {
        return Err(Stop::Findings(errors));
    }
    told::refuse(context, &inputs.book)?;
    let stamp = stamp_html(env!("CARGO_PKG_VERSION"), state(&report));
    let banners = serves.then(|| Banners::new(inputs, &report));
    let evidence = standing::of_report(inputs, &report);
    let repository = protocol::traces_at(context);
    let known = Known {
        evidence: &evidence,
        pieces: &report.pieces,
        stamp: &stamp,
        banners: banners.as_ref(),
        repository: repository.as_deref(),
    };
    let mut stop = None;
    book.for_each_chapter_mut(|chapter| {
        if stop.is_none() {
            match page(chapter, inputs, known) {
                Ok(text) => chapter.content = text,
                Err(why) => stop = Some(why),
            }
        }
    });
    stop.map_or(Ok(book), Err)
}

/// Writes all findings and how many there are; nothing about a clean book.
fn tell(inputs: &Inputs, report: &Report, settings: Settings, people: &mut dyn Write) -> io::Result<()> {
    if report.findings.is_empty() {
        return Ok(());
    }
    let look = Look { colour: settings.colour, width: 0, workflow: settings.workflow };
    people.write_all(Human.render(&Told::new(&report.findings, &Sources::of(inputs)), look).as_bytes())?;
    writeln!(people, "{}", reports::summary(&report.counts))
}

/// Loads the checkout whose book.toml lies in `root`.
///
/// # Errors
/// If there is no book.toml, or it cannot be used.
pub fn load(root: &Path, today: Date) -> Result<Inputs, LoadError> {
    dogfood_store::checkout::load(root, today)
}

/// What the stamp says of the book. A preview of a change is not for publication: whoever deploys can tell the two apart.
fn state(report: &Report) -> &'static str {
    match (report.counts.errors, report.counts.pending) {
        (0, 0) => "clean",
        (0, _) => "pending",
        _ => "findings",
    }
}

type ByChapter<T> = BTreeMap<RelPath, Vec<T>>;

/// What is known of all pages.
#[derive(Clone, Copy)]
struct Known<'a, 'r> {
    evidence: &'a ByChapter<RecipeEvidence>,
    pieces: &'a ByChapter<Option<Content>>,
    stamp: &'a str,
    /// While mdBook serves.
    banners: Option<&'a Banners<'r>>,
    repository: Option<&'a str>,
}

fn page(chapter: &BookChapter, inputs: &Inputs, known: Known<'_, '_>) -> Result<String, Stop> {
    let (path, source) = find(chapter, inputs)?;
    let banner = known.banners.and_then(|banners| banners.of(source));
    let top: Vec<String> = std::iter::once(known.stamp.to_owned()).chain(banner).collect();
    // While a page is served its file may be saved between mdBook's look at it and ours; the next build is on its way.
    if inputs.source(&path) != Some(chapter.content.as_str()) {
        return if known.banners.is_some() {
            Ok(top_only(&top, chapter))
        } else {
            Err(Stop::Changed(path.to_string()))
        };
    }
    let evidence = known.evidence.get(&path).map(Vec::as_slice).unwrap_or_default();
    let pieces = known.pieces.get(&path).map(Vec::as_slice).unwrap_or_default();
    Ok(annotate(&Page { chapter: source, evidence, pieces, top: &top, repository: known.repository }))
}

fn top_only(top: &[String], chapter: &BookChapter) -> String {
    top.iter().map(|line| format!("{line}\n\n")).collect::<String>() + &chapter.content
}

/// The chapter of the checkout that mdBook's chapter was read from.
fn find<'a>(chapter: &BookChapter, inputs: &'a Inputs) -> Result<(RelPath, &'a Chapter), Stop> {
    let source = chapter.source_path.as_ref().and_then(|path| path.to_str());
    let unknown = || Stop::Unknown(source.unwrap_or(&chapter.name).to_owned());
    let path = source.and_then(|path| inputs.book.chapter(path).ok()).ok_or_else(unknown)?;
    let found = inputs.chapters.iter().find(|chapter| chapter.path == path).ok_or_else(unknown)?;
    Ok((path, found))
}
