//! The texts that findings point into, with lines and columns found once per file; and what of them may be shown.
//!
//! A report is read by more people than a guide, and kept longer. So no line that holds something like a secret leaves here, whatever
//! the finding on it is about, and no finding's text leaves that quotes it: renderers get [`Safe`] findings and lines, and nothing else.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, Range};
use std::rc::Rc;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::checkout::{Inputs, documented};
use crate::finding::Finding;
use crate::place::{LineIndex, Position, RelPath, Span};
use crate::redact::{Known, Redactor, scan};

/// Shorter values are hidden with the line that they are on, not wherever else their letters come together.
const SHORTEST: usize = 6;

type Texts<'a> = Box<dyn Fn(&RelPath) -> Option<&'a str> + 'a>;

/// A look-up of texts.
pub struct Sources<'a> {
    text: Texts<'a>,
    lines: RefCell<BTreeMap<RelPath, Rc<LineIndex>>>,
    /// Values that look like a secret and may be shown.
    documented: Vec<Known>,
    /// Files that are known to hold something like a secret.
    leaking: Vec<RelPath>,
    secrets: RefCell<BTreeMap<RelPath, Rc<Vec<Secret>>>>,
}

/// Hides what looks like a secret, and what is one elsewhere: a text may quote it without the words beside it that made it look so.
struct Hider {
    /// Nothing if there are too many to look for, and so nothing that may be shown.
    found: Option<AhoCorasick>,
    names: Vec<String>,
    shapes: Redactor,
}

impl Hider {
    fn hide(&self, text: &str) -> String {
        let Some(found) = &self.found else { return Redactor::hidden("secret").into_string() };
        let mut out = String::with_capacity(text.len());
        found.replace_all_with(text, &mut out, |hit, _, out| {
            out.push_str(Redactor::hidden(&self.names[hit.pattern().as_usize()]).as_str());
            true
        });
        self.shapes.told(out.as_bytes()).into_string()
    }
}

/// Something like a secret in a file.
struct Secret {
    name: String,
    range: Range<usize>,
}

/// Findings whose texts hold nothing that looks like a secret, and nothing of one that a file holds.
#[derive(Clone, Debug, Default)]
pub struct Safe(Vec<Finding>);

impl Deref for Safe {
    type Target = [Finding];

    fn deref(&self) -> &[Finding] {
        &self.0
    }
}

/// Where a span starts and ends, in lines and columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its first character.
    pub start: Position,
    /// One past its last character.
    pub end: Position,
}

impl<'a> Sources<'a> {
    /// Texts that `text` knows.
    pub fn new(text: impl Fn(&RelPath) -> Option<&'a str> + 'a) -> Self {
        Self {
            text: Box::new(text),
            lines: RefCell::default(),
            documented: Vec::new(),
            leaking: Vec::new(),
            secrets: RefCell::default(),
        }
    }

    /// The texts of a loaded checkout.
    pub fn of(inputs: &'a Inputs) -> Self {
        let leaking = inputs.leaks.keys().cloned().collect();
        Self { documented: documented(&inputs.targets), leaking, ..Self::new(|path| inputs.source(path)) }
    }

    /// `findings` as they may be told.
    pub fn safe(&self, findings: &[Finding]) -> Safe {
        let spans = |finding: &Finding| {
            let related = finding.related.iter().map(|related| related.span.file.clone());
            std::iter::once(finding.span.file.clone()).chain(related).collect::<Vec<_>>()
        };
        let hider = self.hider(findings.iter().flat_map(spans));
        Safe(findings.iter().map(|finding| finding.with_texts(|text| hider.hide(text))).collect())
    }

    /// A text of the program's own that quotes files of the checkout, as it may be shown.
    pub fn safe_text(&self, text: &str) -> String {
        self.hider(std::iter::empty()).hide(text)
    }

    /// Knows what looks like a secret in `files` and in those that are known to leak.
    fn hider(&self, files: impl Iterator<Item = RelPath>) -> Hider {
        let files: BTreeSet<RelPath> = files.chain(self.leaking.iter().cloned()).collect();
        let mut values = BTreeMap::new();
        for file in &files {
            let Some(text) = (self.text)(file) else { continue };
            for secret in self.secrets(file, text).iter().filter(|secret| secret.range.len() >= SHORTEST) {
                values.entry(&text[secret.range.clone()]).or_insert_with(|| secret.name.clone());
            }
        }
        let (values, names): (Vec<&str>, Vec<String>) = values.into_iter().unzip();
        let found = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(values).ok();
        Hider { found, names, shapes: Redactor::new(&self.documented) }
    }

    /// What looks like a secret in `text`, to the redactor or to the second scan.
    fn secrets(&self, file: &RelPath, text: &str) -> Rc<Vec<Secret>> {
        if let Some(found) = self.secrets.borrow().get(file) {
            return Rc::clone(found);
        }
        let mut found: Vec<Secret> = Redactor::new(&self.documented)
            .secrets_of(text)
            .into_iter()
            .map(|(name, range)| Secret { name: name.to_owned(), range })
            .collect();
        found.extend(scan::leaks(text, &self.documented).into_iter().map(|leak| {
            let rest = text.get(leak.offset..).unwrap_or_default();
            let length = rest.find(|c: char| c.is_whitespace() || "\"'`<>".contains(c)).unwrap_or(rest.len());
            Secret { name: leak.name, range: leak.offset..leak.offset + length }
        }));
        let found = Rc::new(found);
        self.secrets.borrow_mut().insert(file.clone(), Rc::clone(&found));
        found
    }

    /// Where a span stands. In a file whose text is not known, that is its first line.
    pub fn place(&self, span: &Span) -> Place {
        let Some(text) = (self.text)(&span.file) else {
            let start = Position { line: 1, column: 1 };
            return Place { start, end: start };
        };
        let lines = self.index(&span.file, text);
        Place { start: lines.position(text, span.start), end: lines.position(text, span.end) }
    }

    /// Line `number` of a file, without its line break; nothing if a part of it looks like a secret.
    pub(super) fn line(&self, file: &RelPath, number: usize) -> Option<(&'a str, Range<usize>)> {
        let text = (self.text)(file)?;
        let range = self.index(file, text).line(text, number)?;
        let leaks = |secret: &Secret| secret.range.start <= range.end && secret.range.end >= range.start;
        if self.secrets(file, text).iter().any(leaks) {
            return None;
        }
        Some((&text[range.clone()], range))
    }

    fn index(&self, file: &RelPath, text: &str) -> Rc<LineIndex> {
        let mut known = self.lines.borrow_mut();
        match known.get(file) {
            Some(index) => Rc::clone(index),
            None => {
                let index = Rc::new(LineIndex::new(text));
                known.insert(file.clone(), Rc::clone(&index));
                index
            }
        }
    }
}
