//! The gate inside mdBook, as a library: what the program `mdbook-dogfood` and the command `dogfood build` share.
//!
//! In reading order: what mdBook says ([`protocol`]), what may enter a page or a terminal ([`escape`], [`terminal`]), what a page shows
//! ([`evidence`], [`standing`], [`colophon`], [`line`], [`notes`], [`pieces`], [`tabs`], [`assets`], [`annotate`]), and the step itself
//! ([`preprocess`]). Touches mdBook's stdin and stdout and the checkout's files (through the store); never runs a recipe, never opens a socket.

pub mod protocol;
pub mod escape;
pub mod terminal;
pub mod evidence;
pub mod colophon;
mod fold;
pub mod line;
pub mod notes;
mod record;
pub mod standing;
pub mod pieces;
pub mod tabs;
pub mod assets;
mod prefix;
pub mod annotate;
mod banner;
mod told;
pub mod preprocess;
mod today;

pub use today::{EpochProblem, today};
