//! Loads a checkout: book.toml, SUMMARY.md, chapters with what they include, targets, toolboxes, traces.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::book::config::{self, BookToml, ConfigProblem};
use crate::book::summary::{Entry, Summary};
use crate::budget::{self, BOOK_BYTES, CELLS, FENCES, TRACE_BYTES};
use crate::criterion::{self, RecordFile, RecordProblem};
use crate::date::Date;
use crate::digest::Digest;
use crate::evidence;
use crate::finding::Finding;
use crate::infra;
use crate::infra::target::Target;
use crate::markup::{self, ChapterKind, IncludeProblem, Includes};
use crate::name::Id;
use crate::place::{LineIndex, RelPath, Span};
use crate::redact::scan::{self, Leak};
use crate::trace;
use crate::yaml::FileKind;

use super::files::Files;
use super::inputs::{Inputs, TraceFile, documented};
use super::{not_found, output, pages};

/// The largest Markdown file or included file.
const MAX_TEXT: usize = 8 << 20;
/// The largest lock, with room for a few thousand packages and all their hashes.
const MAX_LOCK: usize = 8 << 20;
/// All included files together: an include that includes itself in many ways ends here at the latest.
const MAX_INCLUDED: usize = 64 << 20;

/// The rule for a SUMMARY.md or a chapter that cannot be read.
const BROKEN_CHAPTER: &str = "broken-chapter";
const BROKEN_INFRA: &str = "broken-infra";

/// Why nothing can be checked (exit code 2).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// No book.toml.
    #[error(
        "there is no book here: `book.toml` is missing; run this in the folder of an mdBook, or make one with `dogfood init`"
    )]
    NoBook,
    /// It cannot be read at all.
    #[error("book.toml cannot be read: {0}")]
    Unreadable(String),
    /// This machine did not let the files of the book be read: nothing is known of them.
    #[error("the book cannot be read: {0}")]
    Machine(String),
    /// It says nothing that can be used.
    #[error("{0}{at}", at = place(.0, .1))]
    Config(ConfigProblem, String),
}

/// Where in the text of book.toml a problem is.
fn place(problem: &ConfigProblem, text: &str) -> String {
    let at = |range: Range<usize>| format!(", at book.toml:{}", LineIndex::new(text).position(text, range.start));
    problem.range().map(at).unwrap_or_default()
}

/// Reads what the gate needs from `files`. `today` is UTC.
///
/// # Errors
/// If book.toml is missing or cannot be used; every other fault is a finding.
pub fn load(files: &dyn Files, today: Date) -> Result<Inputs, LoadError> {
    let mut inputs = load_book(files, today)?;
    let paths = trace_paths(files);
    let within = within_budget(files, &paths);
    let traces = paths.into_iter().enumerate().map(|(at, path)| match at < within {
        true => load_trace(files, path),
        false => unread_trace(path),
    });
    inputs.traces = traces.collect();
    Ok(inputs)
}

/// Every file that may be a trace. Reading them is most of the work, and one has nothing to do with another: see [`load_trace`].
pub fn trace_paths(files: &dyn Files) -> Vec<RelPath> {
    let mut paths = files.list(trace::FOLDER);
    paths.retain(|path| {
        let is_yaml = path.as_str().ends_with(".yaml") || path.as_str().ends_with(".yml");
        is_yaml && !criterion::is_record(path)
    });
    paths
}

/// What criterion measured, with the digests of the benches as they are now.
fn records(files: &dyn Files) -> BTreeMap<RelPath, RecordFile> {
    let paths = files.list(&criterion::folder()).into_iter().filter(criterion::is_record);
    paths.map(|path| (path.clone(), record(files, &path))).collect()
}

fn record(files: &dyn Files, path: &RelPath) -> RecordFile {
    let read = match files.read(path, FileKind::Trace.max_bytes()) {
        Ok(text) => criterion::read(&text),
        Err(problem) => Err(RecordProblem::Unreadable(problem.to_string())),
    };
    let source = read.as_ref().ok().and_then(|(record, _)| files.read(&record.source, MAX_TEXT).ok());
    RecordFile { source: source.map(|text| Digest::of_bytes(text.as_bytes())), read }
}

/// Reads one trace. What cannot be read is a trace with a problem.
pub fn load_trace(files: &dyn Files, path: RelPath) -> (RelPath, TraceFile) {
    let file = match files.read(&path, FileKind::Trace.max_bytes()) {
        Ok(text) => TraceFile::new(text),
        Err(problem) => TraceFile::unreadable(&problem.to_string()),
    };
    (path, file)
}

/// How many of the traces at `paths`, from the first on, are read: the others would be more than the gate holds.
pub fn within_budget(files: &dyn Files, paths: &[RelPath]) -> usize {
    let mut bytes = 0;
    let fits = |path: &&RelPath| {
        bytes += files.size(path);
        bytes <= TRACE_BYTES
    };
    paths.iter().take_while(fits).count()
}

/// A trace past [`within_budget`].
pub fn unread_trace(path: RelPath) -> (RelPath, TraceFile) {
    let why = format!("the traces of this book hold more than {} MiB together", TRACE_BYTES >> 20);
    (path, TraceFile::unreadable(&why))
}

/// [`load`] without the traces.
///
/// # Errors
/// As [`load`].
pub fn load_book(files: &dyn Files, today: Date) -> Result<Inputs, LoadError> {
    let toml_path = RelPath::new(config::FILE).expect("a file name makes a path");
    let text = match files.read(&toml_path, MAX_TEXT) {
        Ok(text) => unmarked(text),
        Err(IncludeProblem::Missing) => return Err(LoadError::NoBook),
        Err(problem) => return Err(LoadError::Unreadable(problem.to_string())),
    };
    let book = BookToml::read(&text).map_err(|problem| LoadError::Config(problem, text.clone()))?;
    let mut loader = Loader {
        files,
        sources: BTreeMap::from([(toml_path, text)]),
        found: Vec::new(),
        included: 0,
        spent: Spent::default(),
    };
    let summary = loader.summary(&book);
    let mut chapters = loader.chapters(&book, &summary);
    let own_pages = loader.pages(&book, &summary, &mut chapters);
    evidence::publish(&mut chapters);
    let toolboxes = loader.toolboxes();
    let targets = loader.targets(&toolboxes);
    let unlisted = loader.unlisted(&book, &summary);
    let Loader { sources, found, .. } = loader;
    Ok(Inputs {
        leaks: leaks(&sources, &targets),
        criterion: records(files),
        traces: BTreeMap::new(),
        changed: BTreeSet::new(),
        unjudged: Vec::new(),
        book,
        summary,
        chapters,
        found,
        targets,
        toolboxes,
        unlisted,
        own_pages,
        sources,
        today,
    })
}

/// What looks like a secret in `sources`. A lock is left out: it holds nothing but names, versions and hashes, or it is broken-infra; and
/// a thousand hashes look like anything.
fn leaks(sources: &BTreeMap<RelPath, String>, targets: &BTreeMap<Id, Target>) -> BTreeMap<RelPath, Vec<Leak>> {
    let documented = documented(targets);
    sources
        .iter()
        .filter(|(path, _)| path.file_name() != "requirements.lock")
        .map(|(path, text)| (path.clone(), scan::leaks(text, &documented)))
        .filter(|(_, leaks)| !leaks.is_empty())
        .collect()
}

struct Loader<'a> {
    files: &'a dyn Files,
    sources: BTreeMap<RelPath, String>,
    found: Vec<Finding>,
    included: usize,
    spent: Spent,
}

/// What the chapters that were read come to.
#[derive(Default)]
struct Spent {
    bytes: usize,
    fences: usize,
    cells: usize,
}

impl Spent {
    fn count(&mut self, chapter: &markup::model::Chapter) {
        self.bytes += chapter.text.text.len();
        self.fences += chapter.fences.len();
        let recipes = chapter.guide.iter().flat_map(|guide| &guide.recipes);
        self.cells += recipes.map(|recipe| recipe.targets.len() * recipe.toolboxes.len().max(1)).sum::<usize>();
    }

    /// Why the chapter of `entry` is not read.
    fn too_much(&self, entry: &Entry) -> Option<String> {
        let location = entry.location.as_deref()?;
        let what = if self.bytes > BOOK_BYTES {
            format!("the chapters above it, with all that they include, hold more than {} MiB", BOOK_BYTES >> 20)
        } else if self.fences > FENCES {
            format!("the chapters above it hold more than {FENCES} fences")
        } else {
            return None;
        };
        Some(format!("the chapter `{location}` is not judged: {what}"))
    }
}

impl Loader<'_> {
    fn summary(&mut self, book: &BookToml) -> Summary {
        let path = book.summary();
        let text = match self.files.read(&path, MAX_TEXT) {
            Ok(text) => unmarked(text),
            Err(problem) => {
                let help = "write SUMMARY.md: the list of the book's chapters, or correct `src` in book.toml";
                self.broken_chapter(Span::top(path), format!("SUMMARY.md cannot be read: {problem}"), help);
                return Summary::default();
            }
        };
        let summary = Summary::read(&text).unwrap_or_else(|problem| {
            self.broken_chapter(
                Span::top(path.clone()),
                problem.to_string(),
                "mend SUMMARY.md; mdBook cannot read it either",
            );
            Summary::default()
        });
        self.sources.insert(path, text);
        summary
    }

    fn broken_chapter(&mut self, span: Span, title: String, help: &str) {
        self.found.push(Finding::error(BROKEN_CHAPTER, span, title, help));
    }

    fn chapters(&mut self, book: &BookToml, summary: &Summary) -> Vec<markup::model::Chapter> {
        let plain: BTreeSet<RelPath> = book.plain().into_iter().cloned().collect();
        let style = book.html.style();
        let mut chapters = Vec::new();
        let mut seen: BTreeSet<RelPath> = BTreeSet::new();
        for entry in &summary.entries {
            let link = Span::new(book.summary(), entry.range.clone());
            let listed = entry.location.as_deref().and_then(|location| book.chapter(location).ok());
            if let Some(path) = listed.filter(|path| seen.contains(path)) {
                if !plain.contains(&path) {
                    let title = format!("the guide `{path}` is listed a second time");
                    self.broken_chapter(link, title, "list it once: both would be the same page");
                }
                continue;
            }
            if let Some(title) = self.spent.too_much(entry) {
                let help = "split the book, or include less; the manual's chapter on the gate lists the bounds";
                self.found.push(Finding::error(budget::RULE, link, title, help));
                continue;
            }
            let Some((path, text)) = self.chapter(book, entry) else { continue };
            seen.insert(path.clone());
            let kind = if plain.contains(&path) { ChapterKind::Plain } else { ChapterKind::Guide };
            let includes = self.includes(&path, &text);
            let (mut chapter, found) = markup::extract_styled(&path, &text, kind, &style, &includes);
            self.spent.count(&chapter);
            if self.spent.cells > CELLS
                && let Some(guide) = chapter.guide.take()
            {
                let title = format!("this guide is not judged: with it, the book has more than {CELLS} runs");
                let help = "split the book, or name fewer targets";
                self.found.push(Finding::error(budget::RULE, guide.front.guide_span, title, help));
            }
            let Included(texts) = includes;
            self.sources.extend(texts.into_iter().filter_map(|(path, text)| text.ok().map(|text| (path, text))));
            self.sources.insert(path, text);
            self.found.extend(found.into_iter().map(|finding| qualified(finding, &chapter)));
            chapters.push(chapter);
        }
        chapters
    }

    /// Looks at all that a build makes beside the pages of `chapters`, and adds the page for wrong addresses to them. Gives back the files
    /// that are pages of their own.
    fn pages(
        &mut self,
        book: &BookToml,
        summary: &Summary,
        chapters: &mut Vec<markup::model::Chapter>,
    ) -> Vec<RelPath> {
        self.found.extend(output::output(self.files, book));
        let replaced = pages::replaced(self.files, book, summary, chapters);
        self.found.extend(replaced.found);
        let not_found = not_found::read(self.files, book, chapters, MAX_TEXT);
        self.found.extend(not_found.found);
        if let Some((chapter, text)) = not_found.chapter {
            self.sources.insert(chapter.path.clone(), text);
            chapters.push(chapter);
        }
        replaced.listed
    }

    /// The path and text of a chapter that SUMMARY.md names; nothing for a draft, or if a finding says why.
    fn chapter(&mut self, book: &BookToml, entry: &Entry) -> Option<(RelPath, String)> {
        let location = entry.location.as_deref()?;
        let link = Span::new(book.summary(), entry.range.clone());
        let path = match book.chapter(location) {
            Ok(path) => path,
            Err(problem) => {
                self.broken_chapter(link, problem.to_string(), "name a Markdown file inside the book's source folder");
                return None;
            }
        };
        match self.files.read(&path, MAX_TEXT).map(unmarked) {
            Ok(text) => {
                if let Some(at) = text.find('\0') {
                    let place = Span::new(path.clone(), at..at + 1);
                    let help = "take it out: no shell and no browser takes a NUL";
                    self.broken_chapter(place, "the chapter holds a NUL byte".to_owned(), help);
                }
                Some((path, text))
            }
            Err(IncludeProblem::Missing) => {
                let help = format!(
                    "write `{path}`, or take the line out of SUMMARY.md; mdBook would make an empty page of it"
                );
                self.broken_chapter(link, format!("the chapter `{path}` does not exist"), &help);
                None
            }
            Err(problem) => {
                self.broken_chapter(link, format!("the chapter `{path}` cannot be read: {problem}"), "mend the file");
                None
            }
        }
    }

    /// Every file that the chapter includes, and that those include, until nothing new is named.
    fn includes(&mut self, path: &RelPath, text: &str) -> Included {
        let mut included = Included(BTreeMap::new());
        let mut open = markup::include::references(path, text);
        while let Some(next) = open.pop() {
            if next == *path || included.0.contains_key(&next) {
                continue;
            }
            let read = match self.sources.get(&next) {
                Some(text) => Ok(text.clone()),
                None if self.included > MAX_INCLUDED => Err(IncludeProblem::TooLarge),
                None if self.files.is_link(&next) => Err(IncludeProblem::Symlink),
                None => self.files.read(&next, MAX_TEXT).map(unmarked).inspect(|text| self.included += text.len()),
            };
            if let Ok(text) = &read {
                open.extend(markup::include::references(&next, text));
            }
            included.0.insert(next, read);
        }
        if markup::include::references(path, text).contains(path) {
            included.0.insert(path.clone(), Ok(text.to_owned()));
        }
        included
    }

    fn toolboxes(&mut self) -> BTreeMap<Id, infra::toolbox::Toolbox> {
        let mut toolboxes = BTreeMap::new();
        for path in self.files.list("infra/toolboxes") {
            let in_folder = path.as_str().split('/').count() == 4;
            if !in_folder || path.file_name() != "toolbox.yaml" {
                continue;
            }
            let lock_path = path.sibling("requirements.lock").expect("a file's folder holds other files");
            let Some(text) = self.infra_text(&path, FileKind::Toolbox.max_bytes()) else { continue };
            let Some(lock) = self.infra_text(&lock_path, MAX_LOCK) else { continue };
            match infra::toolbox::read(&path, &text, &lock_path, &lock) {
                Ok(toolbox) => drop(toolboxes.insert(toolbox.id.clone(), toolbox)),
                Err(findings) => self.found.extend(findings),
            }
        }
        toolboxes
    }

    fn targets(&mut self, toolboxes: &BTreeMap<Id, infra::toolbox::Toolbox>) -> BTreeMap<Id, Target> {
        let images = self.images();
        let mut targets = BTreeMap::new();
        for path in self.files.list("infra/targets") {
            if path.as_str().split('/').count() != 3 || !path.as_str().ends_with(".yaml") {
                continue;
            }
            let Some(text) = self.infra_text(&path, FileKind::Target.max_bytes()) else { continue };
            match infra::target::read(&path, &text, toolboxes, &images) {
                Ok(target) => drop(targets.insert(target.id.clone(), target)),
                Err(findings) => self.found.extend(findings),
            }
        }
        targets
    }

    /// Every folder of an image. What is wrong with one is told by the target that names it.
    fn images(&self) -> infra::image::Images {
        let files = self.files.list(infra::image::FOLDER);
        let names = files.iter().filter_map(|path| {
            let (name, _) = path.as_str().strip_prefix(infra::image::FOLDER)?.strip_prefix('/')?.split_once('/')?;
            Id::new(name).ok()
        });
        let read = |name: Id| {
            let folder = RelPath::new(&format!("{}/{name}", infra::image::FOLDER)).expect("an id is a part of a path");
            let image = self.files.image(&folder).map(|files| infra::image::Image::new(name.clone(), files));
            (name, image)
        };
        names.collect::<BTreeSet<Id>>().into_iter().map(read).collect()
    }

    fn infra_text(&mut self, path: &RelPath, limit: usize) -> Option<String> {
        match self.files.read(path, limit) {
            Ok(text) => {
                let text = unmarked(text);
                self.sources.insert(path.clone(), text.clone());
                Some(text)
            }
            Err(problem) => {
                let title = format!("`{path}` cannot be read: {problem}");
                let help =
                    "every toolbox is a folder with `toolbox.yaml` and `requirements.lock`, every target one YAML file";
                self.found.push(Finding::error(BROKEN_INFRA, Span::top(path.clone()), title, help));
                None
            }
        }
    }

    /// Guides in the source folder that the book leaves out: a page that a reader cannot reach is no page, and nothing checks it.
    fn unlisted(&self, book: &BookToml, summary: &Summary) -> Vec<RelPath> {
        // With the checkout's root as source every Markdown file of the project would be looked at.
        if book.src.is_empty() {
            return Vec::new();
        }
        let listed: BTreeSet<RelPath> =
            summary.entries.iter().filter_map(|entry| book.chapter(entry.location.as_deref()?).ok()).collect();
        let markdown = self.files.list(&book.src).into_iter().filter(|path| path.as_str().ends_with(".md"));
        markdown
            .filter(|path| !listed.contains(path) && !self.sources.contains_key(path))
            .filter(|path| self.files.read(path, MAX_TEXT).is_ok_and(|text| is_guide(&unmarked(text))))
            .collect()
    }
}

/// Extraction names a recipe by its id alone; everywhere else it is `guide/recipe`.
fn qualified(mut finding: Finding, chapter: &markup::model::Chapter) -> Finding {
    if let (Some(subject), Some(guide)) = (&finding.subject, &chapter.guide)
        && !subject.contains('/')
    {
        finding.subject = Some(format!("{}/{subject}", guide.front.guide));
    }
    finding
}

fn is_guide(text: &str) -> bool {
    let mut lines = text.lines();
    lines.next().is_some_and(|line| line.trim_end() == "---")
        && lines.take_while(|line| line.trim_end() != "---").any(|line| line.starts_with("guide:"))
}

fn unmarked(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}

/// What one chapter includes.
struct Included(BTreeMap<RelPath, Result<String, IncludeProblem>>);

impl Includes for Included {
    fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem> {
        match self.0.get(path) {
            Some(Ok(text)) => Ok(text),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(IncludeProblem::Missing),
        }
    }
}
