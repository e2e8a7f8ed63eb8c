//! The texts that findings point into, with lines and columns found once per file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use crate::checkout::Inputs;
use crate::place::{LineIndex, Position, RelPath, Span};

type Texts<'a> = Box<dyn Fn(&RelPath) -> Option<&'a str> + 'a>;

/// A look-up of texts.
pub struct Sources<'a> {
    text: Texts<'a>,
    lines: RefCell<BTreeMap<RelPath, Rc<LineIndex>>>,
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
        Self { text: Box::new(text), lines: RefCell::default() }
    }

    /// The texts of a loaded checkout.
    pub fn of(inputs: &'a Inputs) -> Self {
        Self::new(|path| inputs.source(path))
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

    /// Line `number` of a file, without its line break.
    pub(super) fn line(&self, file: &RelPath, number: usize) -> Option<(&'a str, Range<usize>)> {
        let text = (self.text)(file)?;
        let range = self.index(file, text).line(text, number)?;
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
