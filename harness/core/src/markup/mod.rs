//! From Markdown to recipes: includes, fences, front matter, attributes. Parsing never aborts: it returns the value and the findings.
//!
//! In reading order: how words are compared ([`spelling`]), what a chapter means ([`model`]), how it is put together from files
//! ([`include`]) and read ([`extract()`]), and how Markdown that was written for something else is read.

pub mod spelling;
pub mod model;
mod directive;
mod excerpt;
pub mod include;
mod hand_on;
mod fence;
mod words;
mod value;
mod attribute;
mod console;
mod hide;
mod page;
mod allow;
mod piece;
pub mod prose;
mod front_matter;
mod html;
mod raw_html;
mod footnote;
mod extract;
mod line_end;
mod locate;
pub mod digest;
mod mkdocs;
pub mod discover;

pub use extract::{extract, extract_styled};
pub use hand_on::hand_on;
pub use hide::HideLines;
pub use include::{IncludeProblem, Includes};
pub use model::ChapterKind;
pub use page::{Markdown, PageStyle};
pub use piece::MOST as MOST_PIECES;
