//! A change under review, held against the state that it starts from: which cells it touches, and whether it changes what it is judged by.
//! Pure: both states come in as values; who reads the older one out of git is the caller.

mod allows;
mod changed;
mod commands;
mod policy;

pub use changed::changed;
pub use policy::{Judge, judge};
