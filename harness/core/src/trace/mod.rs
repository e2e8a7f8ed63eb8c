//! Traces: what a run leaves behind, as facts. A trace is a fold of events ([`fold`]), a file that people review in a diff ([`write`],
//! [`read`], [`path`]), and something that another run can be held against ([`difference`]). Pure; touches nothing.

mod model;
mod stored;
mod format;
mod path;
mod script;
mod pin;
mod fold;
mod difference;

pub use difference::{Difference, difference, step_name};
pub use fold::{Recording, fold};
pub use format::{Seal, TraceProblem, read, value, write};
pub(crate) use format::{sealed, unsealed};
pub use model::{Ended, Machine, Pins, Recorder, SCHEMA, Trace};
pub use path::{FOLDER, cell_of, path};
pub use pin::toolbox_pin;
pub use script::{Judged, Script};

#[cfg(test)]
pub(crate) mod tests;
