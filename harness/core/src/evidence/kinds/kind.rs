//! What a kind of piece is.

use std::ops::RangeInclusive;

use crate::evidence::book::{Book, Found};
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::View;

/// A kind of piece.
pub trait Kind: Sync {
    /// What is said of it wherever it is listed.
    fn meta(&self) -> &'static Meta;

    /// The steps whose standard output it reads: a run must record them whole.
    fn reads<'a>(&self, _request: &Request<'a>, _book: Book<'a>) -> Vec<Reads<'a>> {
        Vec::new()
    }

    /// What the page shows. The words are such as [`Meta`] says.
    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved;
}

/// What is said of a kind.
#[derive(Clone, Debug)]
pub struct Meta {
    /// Its name: the piece's first word.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// Where it may stand.
    pub layout: Layout,
    /// How many words that are no `key=value` it takes.
    pub words: RangeInclusive<usize>,
    /// The keys that it knows.
    pub keys: &'static [&'static str],
}

/// Where a kind may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Alone in its paragraph.
    Block,
    /// Anywhere in running text.
    Inline,
}

/// A step whose standard output a piece reads.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a> {
    /// The recipe.
    pub found: Found<'a>,
    /// The step; absent for the last that runs on a target.
    pub step: Option<usize>,
}
