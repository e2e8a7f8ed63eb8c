//! Generated pieces: `{{#evidence KIND ...}}` in a page's prose stands for what traces and target files say, so that no number is typed.
//!
//! In reading order: the words of a piece ([`Request`]), what is wrong with one ([`Problem`]), what there is to tell ([`Book`], [`View`]),
//! what a page then shows ([`Content`]), and the kinds, one file each ([`KINDS`]). [`publish`] marks the steps whose output pages show;
//! [`resolve`] makes the content. How content becomes HTML is the book crate's. Pure; touches nothing.

mod request;
mod problem;
mod book;
mod content;
mod anchor;
mod view;
mod answers;
mod columns;
mod single;
mod measurements;
mod kinds;
mod publish;
mod resolve;

pub use book::{Book, Found};
pub use content::{Bar, Block, Cell, Chart, Content, Fold, Group, Inline, Mark, Plot, Row, Run, Table};
pub use kinds::KINDS;
pub use kinds::kind::{Kind, Layout, Meta, Reads};
pub use problem::Problem;
pub use publish::publish;
pub use request::{Request, Word};
pub use resolve::{Resolved, resolve};
pub use view::{Seen, State, View};
