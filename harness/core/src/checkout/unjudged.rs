//! A change that no rule judges, as a value: [`crate::review`] finds them, and reports list them. Pure.

use std::fmt;

/// A change that no rule judges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unjudged {
    /// The file that changed.
    pub file: ChangedFile,
    /// The line in that file, from 1; absent where there is no line, or where it is gone.
    pub line: Option<usize>,
    /// What changed, on one line. It may hold foreign text.
    pub text: String,
    /// The kind of change: the name of its [`crate::review::Look`].
    pub kind: &'static str,
}

/// A file that changed, by its path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangedFile {
    /// From the book's folder.
    InBook(String),
    /// From the repository's top: files outside of the book, too.
    InRepository(String),
}

impl fmt::Display for ChangedFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::InBook(path) | Self::InRepository(path)) = self;
        formatter.write_str(path)
    }
}
