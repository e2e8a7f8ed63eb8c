//! Toolboxes: `infra/toolboxes/NAME/`: an interpreter range, requirements and their universal hash lock. Pure; touches nothing.

mod model;
mod range;
mod lock;
pub(in crate::infra) mod read;

pub use lock::normalised;
pub use model::{LockEntry, Toolbox, ToolboxSpec, entries_digest};
pub use range::{PythonRange, PythonVersion, RangeProblem};
pub use read::read;
