//! `{{#include}}` expansion with the way back: which file, and which byte of it, every byte of a chapter came from. The text comes out as
//! mdBook's own `links` step makes it, and what mdBook passes over in silence is a finding. Pure: the files come in as a look-up.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::directive::{Directive, Kind, Request, Selector, directives};
use super::excerpt::{Excerpt, take};
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

/// A chapter's text with every include in place.
///
/// Other helpers and `\{{#...}}` stand in it as written, so that mdBook's own step makes the same page of it as of the original.
#[derive(Clone, Debug, Default)]
pub struct Expanded {
    /// The text.
    pub text: String,
    /// Where the text came from, ascending by `at`, without gaps; the first starts at 0.
    pub segments: Vec<Segment>,
    /// Backslashes of `\{{#...}}` in the text, ascending: the page does not show them, and a step does not hold them.
    pub escapes: Vec<usize>,
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
        Self { segments: vec![Segment { at: 0, file, start: 0 }], text, escapes: Vec::new() }
    }

    /// Where the bytes `range` of the text stand: in the file of the first byte, cut where that file's stretch ends.
    ///
    /// # Panics
    /// Never for values made by this module: there is always a first segment.
    pub fn span(&self, range: Range<usize>) -> Span {
        let next = self.segments.partition_point(|segment| segment.at <= range.start);
        let segment = &self.segments[next.saturating_sub(1)];
        let limit = self.segments.get(next).map_or(self.text.len(), |following| following.at);
        let start = segment.start + (range.start - segment.at);
        let end = segment.start + (range.end.clamp(range.start, limit.max(range.start)) - segment.at);
        Span::new(segment.file.clone(), start..end)
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
            Kind::Include(request) | Kind::Left(request) => path.sibling(&request.path).ok(),
            Kind::Escaped | Kind::Other(_) => None,
        })
        .collect();
    files.sort();
    files.dedup();
    files
}

/// Puts every include of `text`, which stands at `path`, into its place. The first `verbatim` bytes (the front matter) are left as they are.
/// The boolean says whether the text holds an include at all.
pub fn expand(path: &RelPath, text: &str, verbatim: usize, files: &dyn Includes) -> (Expanded, bool, Vec<Finding>) {
    let mut expander = Expander {
        files,
        out: Expanded::default(),
        findings: Vec::new(),
        stack: vec![Level { file: path.clone(), selector: Selector::All, from: None }],
        bytes: 0,
        includes: 0,
        replaced: false,
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
    (out, expander.replaced, expander.findings)
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
    replaced: bool,
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
                Kind::Escaped => self.out.escapes.push(self.out.text.len()),
                Kind::Include(request) => {
                    self.replaced |= self.stack.len() == 1;
                    if self.include(file, &request, &span) {
                        done = range.end;
                    }
                }
                Kind::Left(request) => self.look_into(file, &request, &span),
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

    /// Whether the include was replaced; if not, it stays on the page as it is, as with mdBook.
    fn include(&mut self, file: &RelPath, request: &Request, span: &Span) -> bool {
        if !self.admit(span) {
            return false;
        }
        if let Some(remark) = &request.remark {
            let help = "Write `FILE`, `FILE:LINE`, `FILE:FROM:TO` or `FILE:ANCHOR`.";
            self.report(span, format!("the include does not say which part it means: {remark}"), help);
        }
        let Some((target, text)) = self.open(file, request, span) else {
            return false;
        };
        if self.stack.iter().any(|level| level.file == target && level.selector == request.selector) {
            let title = format!("`{target}` includes itself");
            self.report(span, title, "Break the circle: take one of the includes out.");
            return true;
        }
        if self.stack.len() > MAX_DEPTH {
            let title = format!("includes nest more than {MAX_DEPTH} deep");
            self.report(span, title, "Include the file from a chapter that is nearer to the top.");
            return true;
        }
        let (excerpt, problem) = take(text, &request.selector);
        if let Some(problem) = problem {
            self.report(span, format!("`{target}` {problem}"), "Name lines or an anchor that the file has.");
        }
        self.bytes += excerpt.text.len();
        self.stack.push(Level { file: target.clone(), selector: request.selector.clone(), from: Some(span.clone()) });
        self.expand(&target, &excerpt);
        self.stack.pop();
        true
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

    /// A file that mdBook itself will read for another helper: the same faults are faults there, only the text is not ours to place.
    fn look_into(&mut self, file: &RelPath, request: &Request, span: &Span) {
        let (text, segments, escapes) = (self.out.text.len(), self.out.segments.len(), self.out.escapes.len());
        self.include(file, request, span);
        self.out.text.truncate(text);
        self.out.segments.truncate(segments);
        self.out.escapes.truncate(escapes);
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
        let known = ["title", "evidence", "include", "rustdoc_include", "playground"];
        if known.contains(&name) {
            return;
        }
        if let Some(meant) = spelling::nearest(name, ["include", "rustdoc_include", "playground"]) {
            let title = format!("`{{{{#{name}}}}}` is no helper of mdBook; did you mean `{{{{#{meant}}}}}`?");
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
