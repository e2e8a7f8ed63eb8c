//! The one thing that a run says: events. The recorder, the progress display and the reports are its readers; a trace is a fold of
//! them. Every text from outside is [`Redacted`]. Pure; touches nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, FaultSeen};
use crate::name::Id;
use crate::redact::Redacted;

pub use crate::redact::Captured;

/// One recipe on one target with one toolbox.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellId {
    /// The guide.
    pub guide: Id,
    /// The recipe.
    pub recipe: Id,
    /// The target; `none` for no service.
    pub target: Id,
    /// The toolbox, if the recipe asks for another than its guide's.
    pub toolbox: Option<Id>,
}

impl std::fmt::Display for CellId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}@{}", self.guide, self.recipe, self.target)?;
        self.toolbox.as_ref().map_or(Ok(()), |toolbox| write!(f, "+{toolbox}"))
    }
}

/// What a run says, in the order in which it happens. Events of different cells interleave.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A toolbox is being made (`progress` is one line of what the installer is at) or looked up.
    Toolbox {
        /// Its name.
        toolbox: Id,
        /// What happens, for people; redacted.
        progress: Redacted,
    },
    /// A target is starting, ready or stopped.
    Target {
        /// Its name.
        target: Id,
        /// What happens, for people; redacted.
        progress: Redacted,
    },
    /// A server went away under the run, or somebody took it away, and another one takes its place.
    ServerLost {
        /// Its target.
        target: Id,
        /// What became of it, for people; redacted.
        why: Redacted,
        /// The cell that ran on it, which runs again on a server of its own; none for the one server that all others share from now on.
        cell: Option<CellId>,
    },
    /// A cell's sessions are starting. After [`RunEvent::ServerLost`] once more: what it said before counts no more.
    CellStarted(CellId),
    /// A step (or one command of a console step) is starting.
    StepStarted {
        /// The cell.
        cell: CellId,
        /// Which.
        at: StepAt,
    },
    /// Something happened to the fault that a step asks for.
    Fault {
        /// The cell.
        cell: CellId,
        /// The step; of a console step, the command before or after which it happened.
        at: StepAt,
        /// The fault.
        fault: Fault,
        /// What happened.
        what: FaultEvent,
        /// When, counted from the moment at which arming it began.
        after: Duration,
    },
    /// A step (or one command of a console step) has ended.
    StepEnded {
        /// The cell.
        cell: CellId,
        /// What was seen.
        record: StepRecord,
    },
    /// A cell is over.
    CellEnded {
        /// The cell.
        cell: CellId,
        /// Facts about where it ran.
        facts: CellFacts,
        /// How it ended.
        end: CellEnd,
    },
}

/// What happens to a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultEvent {
    /// It stands: the step's first command may run.
    Armed,
    /// Its limit was reached: it takes effect.
    Tripped,
    /// It is gone: the next step may start.
    Cleared,
}

/// Which part of a recipe a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The guide's setup.
    Setup,
    /// The recipe's own steps.
    Recipe,
    /// The guide's teardown.
    Teardown,
}

/// Names a step, or one command of a console step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepAt {
    /// Setup, recipe or teardown.
    pub part: Part,
    /// The step's number in that part, from 1.
    pub step: usize,
    /// The command's number in a console step, from 1.
    pub command: Option<usize>,
}

/// What was seen of one step (or one command of a console step): facts, no verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRecord {
    /// Which.
    pub at: StepAt,
    /// The fence's language.
    pub language: String,
    /// How it ended.
    pub ended: StepEnd,
    /// Wall time.
    pub took: Duration,
    /// Standard output; for console both streams as one.
    pub stdout: Captured,
    /// Standard error; empty for console.
    pub stderr: Captured,
    /// The Python exception that left the step.
    pub error: Option<PythonError>,
    /// The fault that stood while the step ran; of a console step, on the last command that ran.
    pub fault: Option<Box<FaultSeen>>,
    /// Its times, where it is timed (`bench=GROUP/VARIANT`): then it ran once a round, `took` is all of that together, and the rest is of its
    /// last run.
    pub timed: Option<Box<Timed>>,
}

/// The times of a step that ran once a round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timed {
    /// How many processes the machine had to run when the group began, as an average of the minute before.
    pub load: Option<f64>,
    /// The first time, which does not count.
    pub warm_up: Duration,
    /// Every other time, in order.
    pub samples: Vec<Duration>,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// It came to its end with this code (for Python 0, 1 for an exception, n for `sys.exit(n)`).
    Exit(i32),
    /// It ended its session: `exit`, a failure under errexit, `exec`; with the session's exit code (128 + n for signal n).
    SessionEnded(i32),
    /// It was stopped at its limit.
    TimedOut,
    /// A here-document had no end.
    OpenHeredoc,
}

/// The Python exception that left a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonError {
    /// The class's name without its module, for example `BackendUnavailable`.
    pub class: String,
    /// The names of all its classes, most derived first, `object` last.
    pub bases: Vec<String>,
    /// `Type: message`.
    pub text: Redacted,
}

/// Facts about where a cell ran.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CellFacts {
    /// Versions that readers trust: package or program or `server`, to version.
    pub versions: BTreeMap<String, String>,
    /// What the server ran as and how the recipe reached it: `image`, `image-id`, `image-digest`, `route`.
    pub service: BTreeMap<String, String>,
    /// Packages of the toolbox whose code the recipe's Python processes imported, normalised and sorted.
    pub imported: Vec<String>,
    /// Output that came after the last step; recorded apart and not compared.
    pub after: Captured,
    /// Why nothing that differs can be held against the recipe: its server, or the engine below it, was not well meanwhile. Not recorded.
    pub unwell: Option<String>,
}

/// How a cell ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellEnd {
    /// Every step ran to an end.
    Completed,
    /// A step failed in a way that ends the recipe: recorded, never shown as verified. The sentence is for people.
    Failed {
        /// Where.
        at: StepAt,
        /// Why, a sentence fragment.
        why: String,
    },
    /// It ran, and the second scan found a secret in what it said: nothing of it is recorded or shown, and the old trace stays. The words
    /// name the secret and where it is; they do not show it.
    Withheld(String),
    /// It could not run, or was interrupted: nothing is recorded and the old trace stays.
    NotRun(NotRun),
}

/// Why a cell did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRun {
    /// Infrastructure that was asked for is not there (exit code 3).
    NotAvailable(String),
    /// Ctrl-C or a signal.
    Interrupted,
    /// This machine did not let the harness do its work: a full disk, no process or descriptor left (exit code 3). `--available` does not
    /// accept it: what was asked for is there.
    Broken(String),
    /// A file of the book is wrong, or the recipe ended what runs it (exit code 1).
    Faulty(String),
    /// The server says another version than the target file (wrong-server-version).
    WrongServerVersion {
        /// What the file declares.
        declared: String,
        /// What the server says.
        says: String,
    },
}
