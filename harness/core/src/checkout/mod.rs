//! From the files of a checkout to what the gate works on. The files come in through [`Files`], so that this is as pure as the rest: the
//! store reads a disk, a test a map.
//!
//! Loading never stops at a fault in a file of the book: it becomes a finding, and the rest is loaded. Only a book.toml that is not
//! there or cannot be used ends it.

mod files;
mod inputs;
mod load;
mod unjudged;
mod look;
mod not_found;
mod output;
mod pages;

pub use files::{Files, names_in};
pub use inputs::{Inputs, TraceFile, documented};
pub use load::{LoadError, load, load_book, load_trace, trace_paths, unread_trace, within_budget};
pub use look::{Astray, NOJEKYLL, Output, Renderer, STAMP};
pub use output::UNSAFE;
pub use unjudged::{ChangedFile, Unjudged};
