//! The gate: from the inputs to a verdict, as values. It runs nothing, reads nothing and knows no clock.

mod allow;
pub mod baseline;
mod check;
mod report;

pub use crate::checkout::Inputs;
pub use check::check;
pub use report::{Allowed, CellState, CellStatus, Counts, Report};
