//! What a trace says. The stored shape is a separate type, so that the file format and the code can change apart.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::digest::Digest;
use crate::event::{Captured, CellId, StepAt, StepRecord};

/// The schema that this program writes. It reads every older one, and says so where it meets a newer one.
pub const SCHEMA: u32 = 1;

/// What was seen when one cell ran: texts, exit codes, times. Never a verdict: the gate holds it against today's guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The schema of the file that it came from, or [`SCHEMA`].
    pub schema: u32,
    /// The cell.
    pub cell: CellId,
    /// When it started, `YYYY-MM-DDTHH:MM:SSZ`.
    pub recorded: String,
    /// Who recorded it.
    pub recorder: Recorder,
    /// Where it ran.
    pub machine: Machine,
    /// What it was recorded from.
    pub pins: Pins,
    /// Packages of the toolbox whose code the recipe's Python processes imported, sorted.
    pub imported: Vec<String>,
    /// Versions that readers trust: package, program or `server`, to version.
    pub versions: BTreeMap<String, String>,
    /// What the server ran as and how the recipe reached it: facts beside the evidence, which make nothing stale.
    pub service: BTreeMap<String, String>,
    /// Every step (or command of a console step) that started, in order.
    pub steps: Vec<StepRecord>,
    /// Where and why the recipe ended early, if it did.
    pub ended: Option<Ended>,
    /// Output that came after the last step; compared with nothing.
    pub after: Captured,
}

/// Who recorded a trace. It is said, not proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recorder {
    /// A person's machine.
    Local,
    /// Continuous integration.
    Ci,
}

impl Recorder {
    /// The word in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ci => "ci",
        }
    }
}

/// The class of machine that a trace was recorded on: facts beside the evidence, which make nothing stale.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Machine {
    /// Architecture, for example `x86_64`.
    pub arch: String,
    /// Processors that the run could use.
    pub cpus: u32,
    /// Memory, rounded to a class such as `8 GiB`.
    pub memory: String,
    /// Version of the kernel.
    pub kernel: String,
}

/// The digests of what produced a trace. Each is its own pin, so that the gate can name the one that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pins {
    /// The recipe's steps and files.
    pub recipe: Digest,
    /// The guide's setup.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<Digest>,
    /// The guide's teardown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teardown: Option<Digest>,
    /// The target; absent for `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Digest>,
    /// The toolbox: the lock entries that the recipe used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toolbox: Option<Digest>,
}

/// Where and why a recipe ended early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The step.
    pub at: StepAt,
    /// Why, a fragment in the harness's words.
    pub why: String,
}

impl Trace {
    /// The day on which it was recorded.
    pub fn recorded_on(&self) -> Date {
        Date::of_moment(&self.recorded).unwrap_or_else(|_| Date::from_unix(0))
    }

    /// How long its steps took together.
    pub fn took(&self) -> Duration {
        self.steps.iter().map(|step| step.took).sum()
    }

    /// How long the steps take where no round of a benchmark counts.
    pub fn took_once(&self) -> Duration {
        self.steps.iter().map(|step| step.timed.as_ref().map_or(step.took, |timed| timed.warm_up)).sum()
    }

    /// What was recorded of one step or command.
    pub fn step(&self, at: StepAt) -> Option<&StepRecord> {
        self.steps.iter().find(|record| record.at == at)
    }
}

/// A duration as traces keep it: two significant digits of seconds, whole milliseconds at the finest.
pub(super) fn rounded(took: Duration) -> Duration {
    let millis = u64::try_from(took.as_micros().saturating_add(500) / 1000).unwrap_or(u64::MAX / 100);
    let mut unit = 1;
    while millis / unit >= 100 {
        unit *= 10;
    }
    Duration::from_millis((millis + unit / 2) / unit * unit)
}
