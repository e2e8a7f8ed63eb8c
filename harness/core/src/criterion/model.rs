//! What is kept of a group.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::place::RelPath;
use crate::trace::{Machine, Recorder};

/// The schema that this program writes.
pub const SCHEMA: u32 = 1;

/// One of criterion's groups, as it was measured on one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The schema of the file.
    pub schema: u32,
    /// The group's name in the bench.
    pub group: String,
    /// When, `YYYY-MM-DDTHH:MM:SSZ`.
    pub recorded: String,
    /// Who recorded it.
    pub recorder: Recorder,
    /// Where it ran.
    pub machine: Machine,
    /// The bench's source, from the checkout's root.
    pub source: RelPath,
    /// The digest of the source that was measured.
    pub digest: Digest,
    /// The group's benchmarks, in the order in which the source names them.
    pub benchmarks: Vec<Benchmark>,
}

/// One function of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Benchmark {
    /// Its name within the group.
    pub name: String,
    /// How many samples criterion took.
    pub samples: usize,
    /// The middle of the time of one iteration.
    pub median: Estimate,
    /// The mean of it.
    pub mean: Estimate,
}

/// An estimate with its interval, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// The estimate.
    pub ns: f64,
    /// The interval's lower end.
    pub low: f64,
    /// The interval's upper end.
    pub high: f64,
    /// How sure criterion is of the interval, for example `0.95`.
    pub level: f64,
}
