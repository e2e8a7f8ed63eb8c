//! `{{#include}}` expansion with the way back: which file, and which byte of it, every byte of a chapter came from. The text comes out as
//! mdBook's own `links` step makes it, and what mdBook passes over in silence is a finding. Pure: the files come in as a look-up.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::directive::{Directive, Kind, Request, Selector, directives};
use super::excerpt::{Excerpt, take};
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
        Self {
            segments: vec![Segment { at: 0, file, start: 0 }],
            text,
            escapes: Vec::new(),
            markdown: Markdown::default(),
        }
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

    /// The text as the page shows it: without the backslashes of escaped helpers.
    pub fn shown(&self) -> String {
        let mut shown = String::with_capacity(self.text.len());
        let mut done = 0;
        for escape in &self.escapes {
            shown.push_str(&self.text[done..*escape]);
            done = escape + 1;
        }
        shown + &self.text[done..]
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
        if let Some(meant) = spelling::nearest(name, ["include", "evidence", "rustdoc_include", "playground"]) {
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
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    /// A look-up in which some files cannot be had.
    struct Disk(BTreeMap<RelPath, Result<String, IncludeProblem>>);

    impl Disk {
        fn of(files: &[(&str, &str)]) -> Self {
            let problem = |text: &str| match text {
                "symlink!" => Err(IncludeProblem::Symlink),
                "large!" => Err(IncludeProblem::TooLarge),
                "bytes!" => Err(IncludeProblem::NotUtf8),
                "locked!" => Err(IncludeProblem::Unreadable("permission denied".to_owned())),
                text => Ok(text.to_owned()),
            };
            Self(files.iter().map(|(name, text)| (path(name), problem(text))).collect())
        }
    }

    impl Includes for Disk {
        fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem> {
            match self.0.get(path) {
                Some(Ok(text)) => Ok(text),
                Some(Err(problem)) => Err(problem.clone()),
                None => Err(IncludeProblem::Missing),
            }
        }
    }

    /// Expands `text` at `guides/g.md` and sees that every byte stands where its segment says; returns text and titles.
    fn expanded(text: &str, files: &[(&str, &str)]) -> (String, Vec<String>) {
        let disk = Disk::of(files);
        let (out, _, findings) = expand(&path("guides/g.md"), text, 0, &disk);
        for (at, byte) in out.text.bytes().enumerate() {
            let span = out.span(at..at + 1);
            let source = if span.file == path("guides/g.md") { text } else { disk.get(&span.file).unwrap() };
            assert_eq!(source.as_bytes()[span.start], byte, "{at} of {:?}", out.text);
        }
        assert!(findings.iter().all(|finding| finding.rule == RULE));
        (out.text, findings.into_iter().map(|finding| finding.title).collect())
    }

    fn check(text: &str, files: &[(&str, &str)], expected: &str) {
        assert_eq!(expanded(text, files), (expected.to_owned(), Vec::new()), "{text:?}");
    }

    fn broken(text: &str, files: &[(&str, &str)], expected: &str, titles: &[&str]) {
        let (out, found) = expanded(text, files);
        assert_eq!(
            (out.as_str(), found),
            (expected, titles.iter().map(|title| (*title).to_owned()).collect()),
            "{text:?}"
        );
    }

    #[test]
    fn includes_are_put_in_place() {
        let files = [("guides/a.md", "1\n2\r\n3\n"), ("b.md", "[{{#include guides/c.md}}]"), ("guides/c.md", "c\n")];
        check("x {{#include a.md}} y", &files, "x 1\n2\n3 y");
        check("{{#include a.md:2}}{{#include ../guides/a.md:1:2}}", &files, "21\n2");
        check(
            "{{#include ../b.md}}\n",
            &files,
            "[{{#include guides/c.md}}]\n".replace("{{#include guides/c.md}}", "c").as_str(),
        );
        check("\\{{#include a.md}} {{#include a.md:1}}", &files, "\\{{#include a.md}} {{#include a.md:1}}");
        check("\\{{#include a.md}}\n{{#include a.md:1}}", &files, "\\{{#include a.md}}\n1");
        check(
            "{{#title x}} {{#evidence y}} {{#playground a.md}}",
            &files,
            "{{#title x}} {{#evidence y}} {{#playground a.md}}",
        );
        check("", &files, "");
        let (out, ..) = expand(&path("guides/g.md"), "a \\{{#x}}\n\\{{#include y}}", 0, &Disk::of(&files));
        assert_eq!(out.shown(), "a {{#x}}\n{{#include y}}");
    }

    #[test]
    fn what_stands_first_is_left_as_it_is() {
        let (out, has, findings) = expand(&path("g.md"), "{{#include x}}{{#include x}}", 14, &Disk::of(&[("x", "1")]));
        assert_eq!((out.text.as_str(), has, findings.len()), ("{{#include x}}1", true, 0));
        let (out, has, _) = expand(&path("g.md"), "{{#playground x}}", 0, &Disk::of(&[("x", "{{#include x}}")]));
        assert_eq!((out.text.as_str(), has), ("{{#playground x}}", false));
    }

    #[test]
    fn files_that_cannot_be_included() {
        let files = [("guides/s", "symlink!"), ("guides/l", "large!"), ("guides/b", "bytes!"), ("guides/u", "locked!")];
        for (name, title) in [
            ("x", "cannot include `guides/x`: there is no such file"),
            ("s", "cannot include `guides/s`: it is reached through a symbolic link"),
            ("l", "cannot include `guides/l`: the file is too large"),
            ("b", "cannot include `guides/b`: the file is not UTF-8 text"),
            ("u", "cannot include `guides/u`: the file cannot be read: permission denied"),
            ("../../x", "the include cannot work: `../../x` climbs out of the book's checkout"),
            (
                "/etc/passwd",
                "the include cannot work: `/etc/passwd` is an absolute path; only paths inside the book's checkout are allowed",
            ),
            ("a\\b", "the include cannot work: `a\\\\b` holds a character that no path here may hold"),
            ("..", "the include cannot work: the path is empty"),
        ] {
            for helper in ["include", "playground", "rustdoc_include"] {
                let text = format!("{{{{#{helper} {name}}}}}\n");
                broken(&text, &files, &text, &[title]);
            }
        }
        broken("{{#inclde a}}", &[], "{{#inclde a}}", &["`{{#inclde}}` is no helper; did you mean `{{#include}}`?"]);
        // A helper of mdBook that we leave alone reads a file whose own includes count.
        broken(
            "{{#playground a.rs}}",
            &[("guides/a.rs", "{{#include b}}")],
            "{{#playground a.rs}}",
            &["cannot include `guides/b`: there is no such file"],
        );
    }

    #[test]
    fn parts_that_a_file_does_not_have() {
        let files = [("guides/a", "1\n2\n")];
        broken("[{{#include a:9}}]", &files, "[]", &["`guides/a` has 2 lines; the include asks for line 9"]);
        broken("[{{#include a:2:9}}]", &files, "[2]", &["`guides/a` has 2 lines; the include asks for lines up to 9"]);
        broken("[{{#include a:x}}]", &files, "[]", &["`guides/a` has no anchor `x`"]);
        broken(
            "[{{#include a:}}]",
            &files,
            "[1\n2]",
            &["the include does not say which part it means: no line and no anchor is named"],
        );
    }

    #[test]
    fn circles_end() {
        broken("{{#include g.md}}", &[("guides/g.md", "")], "", &["`guides/g.md` includes itself"]);
        let files = [("guides/a", "a{{#include b}}"), ("guides/b", "b{{#include a}}")];
        broken("{{#include a}}", &files, "ab", &["`guides/a` includes itself"]);
        // A file may include another part of itself.
        check("{{#include c:1}}", &[("guides/c", "{{#include c:2}}\n2\n")], "2");
    }

    #[test]
    fn a_finding_inside_an_include_tells_the_way_there() {
        let disk = Disk::of(&[("guides/a", "x\n{{#include b}}"), ("guides/b", "{{#include c}}")]);
        let (_, _, findings) = expand(&path("guides/g.md"), "1\n{{#include a}}", 0, &disk);
        let span = |name: &str, range: Range<usize>| Span::new(path(name), range);
        assert_eq!(findings[0].span, span("guides/b", 0..14));
        let related: Vec<&Span> = findings[0].related.iter().map(|related| &related.span).collect();
        assert_eq!(related, [&span("guides/a", 2..16), &span("guides/g.md", 2..16)]);
    }

    fn chain(length: usize) -> Vec<(String, String)> {
        (1..=length).map(|n| (format!("guides/f{n}"), format!("{n} {{{{#include f{}}}}}", n + 1))).collect()
    }

    #[test]
    fn includes_nest_ten_deep_as_with_mdbook() {
        let mut files = chain(12);
        files.push(("guides/f13".to_owned(), String::new()));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        broken("{{#include f1}}", &files, "1 2 3 4 5 6 7 8 9 10 ", &["includes nest more than 10 deep"]);
        check("{{#include f4}}", &files, "4 5 6 7 8 9 10 11 12 ");
    }

    #[test]
    fn bombs_end_with_one_finding() {
        let wide: Vec<(String, String)> =
            (1..=9).map(|n| (format!("guides/f{n}"), format!("{{{{#include f{}}}}}", n + 1).repeat(20))).collect();
        let mut files: Vec<(&str, &str)> = wide.iter().map(|(name, text)| (&**name, &**text)).collect();
        files.push(("guides/f10", "."));
        let (out, titles) = expanded("{{#include f1}}", &files);
        assert_eq!(titles, ["the chapter holds more than 5000 includes, those of its includes counted"]);
        assert!(out.len() < 1 << 20, "{}", out.len());

        let large = "x".repeat(1 << 20);
        let files = BTreeMap::from([(path("guides/x"), large)]);
        let (out, _, findings) = expand(&path("guides/g.md"), &"{{#include x}}".repeat(40), 0, &files);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].title, "the includes of this chapter bring in more than 16 MiB");
        assert!(out.text.len() < 18 << 20, "{}", out.text.len());
    }

    #[test]
    fn references_are_followed_by_the_loader() {
        let text = "{{#include b}} {{#include ../a:1:2}} \\{{#include c}}\n{{#playground b}} {{#include ../../x}} {{#title y}}";
        let found: Vec<String> = references(&path("guides/g.md"), text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["a", "guides/b"]);
    }
}
