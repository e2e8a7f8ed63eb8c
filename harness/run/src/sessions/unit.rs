//! What a session runs, and what it reports of it: the vocabulary between the supervisor and its parent. Pure; touches nothing.

use dogfood_core::event::StepEnd;
use dogfood_core::markup::model::Session;
use serde::{Deserialize, Serialize};

use super::capture::Raw;

/// One thing to run: a step, or one command of a console step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// Which session runs it.
    pub session: Session,
    /// What error messages call it, for example `step 3`.
    pub label: String,
    /// Units of one step share this number: their limit is one.
    pub group: usize,
    /// What runs.
    pub text: String,
    /// Lines of the step above this unit (console), so that error messages count from the step's first line.
    pub lines_above: usize,
    /// The exit code that the unit declares: then a shell runs it in a subshell, and it must end with this code.
    pub exit: Option<i32>,
    /// The class of the exception that must leave it (Python): it then ends with exit code 1.
    pub raises: Option<String>,
    /// Whether the traceback of that exception goes to standard error. The exception itself is reported either way; its traceback, with
    /// lines of the library and addresses of objects, would make every run's evidence another.
    pub traceback: bool,
    /// Its limit, in milliseconds.
    pub limit: u64,
    /// Whether the parent has something to do before the first unit of this group starts and after its last has ended: both wait for it.
    pub gated: bool,
    /// Whether nothing is prepared for the next unit while it runs, because its time is what matters.
    pub alone: bool,
}

impl Unit {
    /// The exit code that it must have for the recipe to go on.
    pub fn wanted_exit(&self) -> i32 {
        self.exit.unwrap_or(i32::from(self.raises.is_some()))
    }
}

/// What a unit did.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// How it ended.
    pub ended: Ended,
    /// Standard output, or both streams for console.
    pub stdout: Raw,
    /// Standard error.
    pub stderr: Raw,
    /// The Python exception that left it.
    pub error: Option<Exception>,
}

/// How a unit ended; the wire form of [`StepEnd`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ended {
    /// It came to its end with this code.
    Exit(i32),
    /// Its session ended, with this code.
    SessionEnded(i32),
    /// It was stopped at its own limit.
    TimedOut,
    /// It was stopped because the recipe's limit was over.
    RecipeTimedOut,
    /// It was not run: a here-document in it has no end.
    OpenHeredoc,
}

impl Ended {
    /// The form that events carry.
    pub fn step_end(self) -> StepEnd {
        match self {
            Self::Exit(code) => StepEnd::Exit(code),
            Self::SessionEnded(code) => StepEnd::SessionEnded(code),
            Self::TimedOut | Self::RecipeTimedOut => StepEnd::TimedOut,
            Self::OpenHeredoc => StepEnd::OpenHeredoc,
        }
    }

    /// Whether a recipe whose unit wants the exit code `wanted` goes on after this.
    pub fn goes_on(self, wanted: i32) -> bool {
        self == Self::Exit(wanted)
    }
}

/// A Python exception, as its process described it: not redacted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The class's name.
    pub class: String,
    /// The names of all its classes, most derived first.
    pub bases: Vec<String>,
    /// `Type: message`.
    pub text: String,
}
