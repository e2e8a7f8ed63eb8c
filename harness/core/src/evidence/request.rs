//! The words of a piece: its kind, what it is about, and `key=value`, each with its place. Pure; touches nothing.

use std::ops::Range;

use crate::markup::model::{Chapter, Piece};
use crate::name::Id;

use super::problem::Problem;

/// A word of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// As written.
    pub text: &'a str,
    /// Its first byte in the chapter's text.
    pub at: usize,
}

impl Word<'_> {
    /// Its bytes in the chapter's text.
    pub fn range(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

/// A piece, taken apart.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The chapter that it stands in.
    pub chapter: &'a Chapter,
    /// The piece.
    pub piece: &'a Piece,
    /// The words behind the kind that are no `key=value`.
    pub plain: Vec<Word<'a>>,
    named: Vec<(&'a str, Word<'a>, Word<'a>)>,
}

impl<'a> Request<'a> {
    /// The first word: the kind.
    pub fn kind(piece: &Piece) -> Option<Word<'_>> {
        piece.words.first().map(|(text, at)| Word { text, at: *at })
    }

    /// Takes apart what stands behind the kind.
    pub fn read(chapter: &'a Chapter, piece: &'a Piece) -> Self {
        let mut request = Self { chapter, piece, plain: Vec::new(), named: Vec::new() };
        for (text, at) in piece.words.iter().skip(1) {
            match text.split_once('=') {
                Some((key, value)) => {
                    let value = Word { text: value, at: at + key.len() + 1 };
                    request.named.push((key, Word { text, at: *at }, value));
                }
                None => request.plain.push(Word { text, at: *at }),
            }
        }
        request
    }

    /// The value of `key`.
    pub fn value(&self, key: &str) -> Option<Word<'a>> {
        self.named.iter().find(|(name, ..)| *name == key).map(|(_, _, value)| *value)
    }

    /// Every `key=value`: the key, the whole word and the value.
    pub fn named(&self) -> impl Iterator<Item = (&'a str, Word<'a>, Word<'a>)> + '_ {
        self.named.iter().copied()
    }

    /// The value of `key` as a number from 1 on.
    ///
    /// # Errors
    /// If it is none.
    pub fn number(&self, key: &str) -> Result<Option<usize>, Problem> {
        let Some(word) = self.value(key) else { return Ok(None) };
        match word.text.parse() {
            Ok(number) if number > 0 => Ok(Some(number)),
            _ => {
                let title = format!("`{key}={}` is no number", word.text);
                Err(Problem::new(word.range(), title, "write a whole number, counted from 1"))
            }
        }
    }

    /// The value of `key` as an id.
    ///
    /// # Errors
    /// If it is none.
    pub fn id(&self, key: &str) -> Result<Option<Id>, Problem> {
        let Some(word) = self.value(key) else { return Ok(None) };
        match Id::new(word.text) {
            Ok(id) => Ok(Some(id)),
            Err(problem) => Err(Problem::new(word.range(), problem.to_string(), "write the id as it stands elsewhere")),
        }
    }
}
