//! `{{#include}}` expansion with the way back: which file, and which byte of it, every byte of a chapter came from. The text comes out as
//! mdBook's own `links` step makes it, and what mdBook passes over in silence is a finding. Pure: the files come in as a look-up.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::directive::{Directive, Kind, Request, Selector, directives, matches};
use super::excerpt::{self, Excerpt};
use super::page::Markdown;
use super::spelling;

/// The rule that finds includes which do not work.
pub const RULE: &str = "broken-include";

/// How deep includes may nest: mdBook's own limit.
const MAX_DEPTH: usize = 10;
/// How many bytes the includes of one chapter may bring in, nested ones counted at every level.
const MAX_BYTES: usize = 16 << 20;
/// How many includes one chapter may hold, nested ones counted wherever they are repeated.
const MAX_INCLUDES: usize = 5_000;

/// The files that chapters include, as somebody loaded them.
pub trait Includes {
    /// The text of the file at `path`, without a byte order mark.
    fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem>;
}

/// Why an included file has no text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IncludeProblem {
    /// There is no such file.
    #[error("there is no such file")]
    Missing,
    /// It is, or lies behind, a symbolic link.
    #[error("it is reached through a symbolic link")]
    Symlink,
    /// It is over the limit of the loader.
    #[error("the file is too large")]
    TooLarge,
    /// Its bytes are no UTF-8.
    #[error("the file is not UTF-8 text")]
    NotUtf8,
    /// It could not be read, for the reason.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
}

impl Includes for BTreeMap<RelPath, String> {
    fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem> {
        self.get(path).map(String::as_str).ok_or(IncludeProblem::Missing)
    }
}

/// A chapter's text as mdBook's own `links` step makes it: includes in place, titles taken out, `\{{#...}}` without its backslash. What reads
/// the Markdown reads this, and [`hand_on`](super::hand_on) sees that the page gets the same.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Where the text came from, ascending by `at`, without gaps; the first starts at 0.
    pub segments: Vec<Segment>,
    /// What was written as `\{{#...}}`, ascending: text, whatever it looks like.
    pub literals: Vec<Range<usize>>,
    /// The title that `{{#title}}` gives the page's window: the last one counts.
    pub title: Option<String>,
    /// Where a `{{#title}}` was taken out, with its place.
    pub titles: Vec<(usize, Span)>,
    /// Helpers that brought code of Rust as mdBook brings it: `{{#playground}}` and `{{#rustdoc_include}}`.
    pub rust: Vec<Span>,
    /// Where text from two places meets.
    seams: Vec<usize>,
    /// How mdBook reads it.
    pub markdown: Markdown,
}

/// A stretch of expanded text that came from one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// First byte in the expanded text.
    pub at: usize,
    /// The file it came from.
    pub file: RelPath,
    /// First byte in that file.
    pub start: usize,
}

impl Expanded {
    /// A text without includes.
    pub fn plain(file: RelPath, text: String) -> Self {
        Self { segments: vec![Segment { at: 0, file, start: 0 }], text, ..Self::default() }
    }

    /// Where the bytes `range` of the text stand: in the file of the first byte, cut where that file's stretch ends. What lies between two
    /// stretches of one file, such as a backslash, is part of it.
    ///
    /// # Panics
    /// Never for values made by this module: there is always a first segment.
    pub fn span(&self, range: Range<usize>) -> Span {
        let mut next = self.segments.partition_point(|segment| segment.at <= range.start);
        let segment = &self.segments[next.saturating_sub(1)];
        let start = segment.start + (range.start - segment.at);
        let mut last = segment;
        while let Some(following) = self.segments.get(next).filter(|following| following.at < range.end) {
            if following.file != segment.file || following.start < last.start + (following.at - last.at) {
                break;
            }
            last = following;
            next += 1;
        }
        let limit = self.segments.get(next).map_or(self.text.len(), |following| following.at);
        let end = range.end.clamp(range.start, limit.max(range.start));
        Span::new(segment.file.clone(), start..last.start + (end - last.at))
    }

    /// Where the bytes `range` stand, if they stand in one piece in one file: whoever edits the file edits nothing else. The backslash of a
    /// `\{{#...}}` belongs to what it stands before.
    pub fn whole(&self, range: Range<usize>) -> Option<Span> {
        let mut span = self.span(range.clone());
        let mut written = range.len();
        for literal in &self.literals {
            if range.contains(&literal.start) {
                written += 1;
                span.start -= usize::from(literal.start == range.start);
            }
        }
        (span.end - span.start == written).then_some(span)
    }

    /// Where mdBook's pattern fits on text from more than one place: no author wrote that helper, and each file looks harmless.
    pub(super) fn joined(&self) -> Vec<Range<usize>> {
        let crosses = |found: &Range<usize>| {
            let next = self.seams.partition_point(|seam| *seam <= found.start);
            self.seams.get(next).is_some_and(|seam| *seam < found.end)
        };
        matches(&self.text).filter(crosses).collect()
    }

    fn push(&mut self, file: &RelPath, text: &str, start: usize) {
        if text.is_empty() {
            return;
        }
        let at = self.text.len();
        let follows = self
            .segments
            .last()
            .is_some_and(|last| last.file == *file && last.start + (at - last.at) == start && at > last.at);
        if !follows {
            self.segments.push(Segment { at, file: file.clone(), start });
        }
        self.text.push_str(text);
    }
}

/// The files that `text`, which stands at `path`, asks for directly, once each. Paths that leave the checkout are not among them.
pub fn references(path: &RelPath, text: &str) -> Vec<RelPath> {
    let mut files: Vec<RelPath> = directives(text)
        .filter_map(|directive| match directive.kind {
            Kind::Include(request) | Kind::Rustdoc(request) | Kind::Playground(request, _) => {
                path.sibling(&request.path).ok()
            }
            Kind::Escaped | Kind::Title(_) | Kind::Other(_) => None,
        })
        .collect();
    files.retain(|file| !file.is_hidden());
    files.sort();
    files.dedup();
    files
}

/// Puts every include of `text`, which stands at `path`, into its place. The first `verbatim` bytes (the front matter) are left as they are.
pub fn expand(path: &RelPath, text: &str, verbatim: usize, files: &dyn Includes) -> (Expanded, Vec<Finding>) {
    let mut expander = Expander {
        files,
        out: Expanded::default(),
        findings: Vec::new(),
        stack: vec![Level { file: path.clone(), selector: Selector::All, from: None }],
        bytes: 0,
        includes: 0,
        stopped: false,
    };
    let (head, rest) = text.split_at(verbatim);
    expander.out.push(path, head, 0);
    let excerpt = Excerpt::rest(rest, verbatim);
    expander.expand(path, &excerpt);
    let mut out = expander.out;
    if out.segments.is_empty() {
        out.segments.push(Segment { at: 0, file: path.clone(), start: 0 });
    }
    let mut findings = expander.findings;
    findings.extend(out.joined().into_iter().map(|range| {
        let title = "text from two places meets here and makes a helper of mdBook's";
        let help = "Write the helper in one piece in one file, or put a character between the two texts.";
        Finding::error(RULE, out.span(range), title, help)
            .note("mdBook would act on it, and nobody who reads one of the files sees it.")
    }));
    (out, findings)
}

struct Level {
    file: RelPath,
    selector: Selector,
    /// Where the include that led here stands.
    from: Option<Span>,
}

struct Expander<'a> {
    files: &'a dyn Includes,
    out: Expanded,
    findings: Vec<Finding>,
    stack: Vec<Level>,
    bytes: usize,
    includes: usize,
    stopped: bool,
}

impl<'a> Expander<'a> {
    fn expand(&mut self, file: &RelPath, excerpt: &Excerpt) {
        let mut done = 0;
        for Directive { range, kind } in directives(&excerpt.text) {
            if self.stopped {
                break;
            }
            self.copy(file, excerpt, done..range.start);
            done = range.start;
            let span = Span::new(file.clone(), excerpt.range(&range));
            match kind {
                Kind::Escaped => {
                    let start = self.out.text.len();
                    self.out.literals.push(start..start + range.len() - 1);
                    done += 1;
                }
                Kind::Title(title) => {
                    self.out.titles.push((self.out.text.len(), span));
                    self.out.seams.push(self.out.text.len());
                    self.out.title = Some(title);
                    done = range.end;
                }
                Kind::Include(request) => {
                    let part = |text: &str| excerpt::take(text, &request.selector);
                    done = self.include(file, &request, &span, &part).map_or(done, |()| range.end);
                }
                Kind::Rustdoc(request) => {
                    self.out.rust.push(span.clone());
                    let part = |text: &str| excerpt::rustdoc(text, &request.selector);
                    done = self.include(file, &request, &span, &part).map_or(done, |()| range.end);
                }
                Kind::Playground(request, words) => {
                    self.out.rust.push(span.clone());
                    let part = |text: &str| (excerpt::playground(text, &words), None);
                    done = self.include(file, &request, &span, &part).map_or(done, |()| range.end);
                }
                Kind::Other(name) => self.misspelt(&name, &span),
            }
        }
        self.copy(file, excerpt, done..excerpt.text.len());
    }

    fn copy(&mut self, file: &RelPath, excerpt: &Excerpt, range: Range<usize>) {
        for (part, start) in excerpt.parts(range) {
            self.out.push(file, part, start);
        }
    }

    /// Puts `part` of a file in the place of the helper. Nothing if it stays on the page as it is, as with mdBook.
    fn include(
        &mut self,
        file: &RelPath,
        request: &Request,
        span: &Span,
        part: &dyn Fn(&str) -> (Excerpt, Option<String>),
    ) -> Option<()> {
        if !self.admit(span) {
            return None;
        }
        if let Some(remark) = &request.remark {
            let help = "Write `FILE`, `FILE:LINE`, `FILE:FROM:TO` or `FILE:ANCHOR`.";
            self.report(span, format!("the include does not say which part it means: {remark}"), help);
        }
        let (target, text) = self.open(file, request, span)?;
        if self.stack.iter().any(|level| level.file == target && level.selector == request.selector) {
            let title = format!("`{target}` includes itself");
            self.report(span, title, "Break the circle: take one of the includes out.");
            return Some(());
        }
        if self.stack.len() > MAX_DEPTH {
            let title = format!("includes nest more than {MAX_DEPTH} deep");
            self.report(span, title, "Include the file from a chapter that is nearer to the top.");
            return Some(());
        }
        let (excerpt, problem) = part(text);
        if let Some(problem) = problem {
            self.report(span, format!("`{target}` {problem}"), "Name lines or an anchor that the file has.");
        }
        self.bytes += excerpt.text.len();
        self.stack.push(Level { file: target.clone(), selector: request.selector.clone(), from: Some(span.clone()) });
        self.out.seams.push(self.out.text.len());
        self.expand(&target, &excerpt);
        self.out.seams.push(self.out.text.len());
        self.stack.pop();
        Some(())
    }

    /// Counts one more include and says whether the chapter may have it.
    fn admit(&mut self, span: &Span) -> bool {
        self.includes += 1;
        let title = if self.includes > MAX_INCLUDES {
            format!("the chapter holds more than {MAX_INCLUDES} includes, those of its includes counted")
        } else if self.bytes > MAX_BYTES {
            format!("the includes of this chapter bring in more than {} MiB", MAX_BYTES >> 20)
        } else {
            return true;
        };
        self.stopped = true;
        self.report(span, title, "Include less, or split the chapter.");
        false
    }

    fn open(&mut self, file: &RelPath, request: &Request, span: &Span) -> Option<(RelPath, &'a str)> {
        let files = self.files;
        let path = match file.sibling(&request.path) {
            Ok(path) => path,
            Err(problem) => {
                let help = "Include a file of this checkout, by a path relative to the file that includes it.";
                self.report(span, format!("the include cannot work: {problem}"), help);
                return None;
            }
        };
        if path.is_hidden() {
            let help = "Move the file to a place without a name that starts with a dot. What lies in such places (`.git`, `.env`) \
                        is settings and secrets, and no page shows it.";
            self.report(span, format!("cannot include `{path}`: a part of its path starts with a dot"), help);
            return None;
        }
        match files.get(&path) {
            Ok(text) => Some((path, text)),
            Err(problem) => {
                let help = "Correct the path (it is relative to the file that holds the include), or restore the file. \
                            mdBook would print the braces on the page and go on.";
                self.report(span, format!("cannot include `{path}`: {problem}"), help);
                None
            }
        }
    }

    fn misspelt(&mut self, name: &str, span: &Span) {
        if name == "evidence" {
            return;
        }
        if let Some(meant) = spelling::nearest(name, ["include", "evidence", "rustdoc_include", "playground", "title"])
        {
            let title = format!("`{{{{#{name}}}}}` is no helper; did you mean `{{{{#{meant}}}}}`?");
            self.report(span, title, "Correct the word: mdBook prints what it does not know on the page.");
        }
    }

    fn report(&mut self, span: &Span, title: String, help: &str) {
        let mut finding = Finding::error(RULE, span.clone(), title, help);
        for level in self.stack.iter().rev() {
            if let Some(from) = &level.from {
                finding = finding.related(from.clone(), format!("`{}` is included here", level.file));
            }
        }
        self.findings.push(finding);
    }
}

#[cfg(test)]
mod tests;
