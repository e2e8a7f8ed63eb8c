//! What a project's own benches measured, as criterion estimated it: read from criterion's files ([`measured`]), kept beside the traces
//! ([`write`], [`read`]), pinned to the bench's source, so that a manual tells numbers of today's benches alone. Pure; touches nothing.

mod model;
mod output;
mod stored;

pub use model::{Benchmark, Estimate, Record, SCHEMA};
pub use output::{OutputProblem, measured};
pub use stored::{RecordFile, RecordProblem, folder, is_record, path, read, write};
