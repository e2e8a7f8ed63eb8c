//! What is wrong with a piece: a finding that does not know its rule yet. Pure; touches nothing.

use std::ops::Range;

/// One thing that is wrong with a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The word (or the whole piece) that it is about, in the chapter's text.
    pub range: Range<usize>,
    /// What is wrong, a lower-case fragment.
    pub title: String,
    /// Sentences of explanation.
    pub notes: Vec<String>,
    /// What mends it.
    pub help: String,
    /// The recipe or cell that it is about.
    pub subject: Option<String>,
    /// Whether it is only that a change under review touches the recipe: told apart, not found.
    pub pending: bool,
}

impl Problem {
    /// A problem at `range`.
    pub fn new(range: Range<usize>, title: impl Into<String>, help: impl Into<String>) -> Self {
        Self { range, title: title.into(), notes: Vec::new(), help: help.into(), subject: None, pending: false }
    }

    /// Adds a sentence of explanation.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Names the recipe or cell.
    #[must_use]
    pub fn subject(mut self, subject: impl std::fmt::Display) -> Self {
        self.subject = Some(subject.to_string());
        self
    }
}
