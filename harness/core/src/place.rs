//! Where something stands: checkout-relative paths, byte spans, and lines and columns. Pure; touches nothing.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A path inside the checkout: relative, separated by `/`, without `.`, `..`, empty parts, backslashes or control characters.
///
/// A value of this type cannot name a file outside the checkout by its text alone; symbolic links are the store's to refuse.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RelPath(String);

/// Why a text is no [`RelPath`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// Nothing is left after normalising.
    #[error("the path is empty")]
    Empty,
    /// The path starts at the root of the file system.
    #[error("`{0}` is an absolute path; only paths inside the book's checkout are allowed")]
    Absolute(String),
    /// The path climbs above the checkout.
    #[error("`{0}` climbs out of the book's checkout")]
    Climbs(String),
    /// The path holds a NUL, another control character or a backslash.
    #[error("`{0}` holds a character that no path here may hold")]
    Character(String),
}

impl RelPath {
    /// Normalises `text` (`.` and inner `..` are resolved) and checks that it stays inside the checkout.
    pub fn new(text: &str) -> Result<Self, PathProblem> {
        Self::resolve("", text)
    }

    /// The path that `relative` means for a reader who stands in this path's folder, as an include in this file does.
    pub fn sibling(&self, relative: &str) -> Result<Self, PathProblem> {
        Self::resolve(self.parent(), relative)
    }

    /// This path as a folder, and `relative` below it.
    pub fn join(&self, relative: &str) -> Result<Self, PathProblem> {
        Self::resolve(&self.0, relative)
    }

    fn resolve(base: &str, relative: &str) -> Result<Self, PathProblem> {
        if relative.starts_with('/') {
            return Err(PathProblem::Absolute(relative.to_owned()));
        }
        if relative.chars().any(|c| c.is_control() || c == '\\') {
            return Err(PathProblem::Character(relative.escape_debug().to_string()));
        }
        let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
        for part in relative.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    if parts.pop().is_none() {
                        return Err(PathProblem::Climbs(relative.to_owned()));
                    }
                }
                other => parts.push(other),
            }
        }
        if parts.is_empty() { Err(PathProblem::Empty) } else { Ok(Self(parts.join("/"))) }
    }

    /// The path as text, for example `guides/backends/sql-blob.md`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder that holds it, `""` for the checkout's root.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// The last part.
    pub fn file_name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Whether a part of the path starts with a dot, as the folders of git, of editors and of credentials do.
    pub fn is_hidden(&self) -> bool {
        self.0.split('/').any(|part| part.starts_with('.'))
    }

    /// Whether the path lies below the folder `folder` (a path without a trailing slash).
    pub fn is_under(&self, folder: &str) -> bool {
        folder.is_empty() || self.0.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RelPath {
    type Error = PathProblem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<RelPath> for String {
    fn from(path: RelPath) -> Self {
        path.0
    }
}

/// A stretch of bytes of one file of the checkout. Offsets count from the first byte after a byte order mark.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: RelPath,
    /// First byte.
    pub start: usize,
    /// One past the last byte; never less than `start`.
    pub end: usize,
}

impl Span {
    /// A span of `range` in `file`.
    pub fn new(file: RelPath, range: Range<usize>) -> Self {
        Self { file, start: range.start, end: range.end.max(range.start) }
    }

    /// The very beginning of `file`: the place of a finding about the file as a whole.
    pub fn top(file: RelPath) -> Self {
        Self { file, start: 0, end: 0 }
    }

    /// The bytes as a range.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// A line and a column, both counted from 1; the column counts characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Finds lines and columns in one text. Building it is one pass; a look-up is a binary search and a short walk, however long the line is.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
    /// How many characters stand before each multiple of [`STRIDE`] bytes; one inside a character counts as before it.
    characters: Vec<usize>,
}

/// How far a look-up walks at most to count characters.
const STRIDE: usize = 1024;

/// Whether a byte goes on with a character instead of beginning one.
fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        let count = |bytes: &[u8]| bytes.iter().filter(|byte| !is_continuation(**byte)).count();
        let counts = text.as_bytes().chunks(STRIDE).scan(0, |before, chunk| {
            *before += count(chunk);
            Some(*before)
        });
        Self {
            starts: std::iter::once(0).chain(breaks).collect(),
            characters: std::iter::once(0).chain(counts).collect(),
        }
    }

    /// Where the byte at `offset` of `text` stands. An offset past the end or inside a character is moved to the nearest place before it.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts[line - 1];
        let before = |at: usize| {
            let walked = &text.as_bytes()[at - at % STRIDE..at];
            let known = self.characters.get(at / STRIDE).copied().unwrap_or_default();
            known + walked.iter().filter(|byte| !is_continuation(**byte)).count()
        };
        Position { line, column: before(offset) - before(start) + 1 }
    }

    /// The bytes of line `line` (from 1) of `text`, without its line break.
    pub fn line(&self, text: &str, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line.checked_sub(1)?)?;
        let end = self.starts.get(line).map_or(text.len(), |next| next - 1);
        let end = if text[start..end].ends_with('\r') { end - 1 } else { end };
        Some(start..end)
    }
}
