//! A change under review, held against the state that it starts from: which cells it touches, and whether it changes what it is judged by.
//! Pure: both states come in as values; who reads the older one out of git is the caller.

mod allows;
mod changed;
mod commands;
mod policy;
mod unjudged;

pub use changed::changed;
pub use policy::{Judge, OWN_EVIDENCE, Recorded, judge};
pub use unjudged::{LOOKS, Look, States, unjudged};
