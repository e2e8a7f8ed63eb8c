//! Why a target does not run. Messages say what, where, why and what mends it; what a server said in them is redacted.

use std::io;
use std::path::PathBuf;

use dogfood_core::blame::Blame;
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::redact::Redacted;

use crate::containers::{EngineError, ImageError, NoEngine};

/// Why a target does not run.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Of a kind or protocol that this version does not start.
    #[error("{0}; choose another target with `@TARGET`")]
    NotRunnable(String),
    /// Its toolbox is not at hand.
    #[error("target {0}: names no toolbox that its program comes from")]
    NoToolbox(Id),
    /// There is no Docker engine.
    #[error("target {target}: {why}")]
    NoEngine {
        /// The target.
        target: Id,
        /// Why not.
        why: NoEngine,
    },
    /// Its image is not there and cannot be made.
    #[error("target {target}: {why}")]
    NoImage {
        /// The target.
        target: Id,
        /// Why not.
        why: Box<ImageError>,
    },
    /// The Docker engine starts no container.
    #[error("target {target}: its container does not start: {why}")]
    Engine {
        /// The target.
        target: Id,
        /// What the engine said.
        why: EngineError,
    },
    /// Nobody knows what became of its container.
    #[error("target {target}: {why}")]
    Lost {
        /// The target.
        target: Id,
        /// Why not.
        why: String,
    },
    /// It had too little memory.
    #[error("target {target}: the server was killed (code {code}) for want of memory: it may have {memory} MiB (`memory` in {file}){}", log_words(.log))]
    Starved {
        /// The target.
        target: Id,
        /// Its exit code.
        code: i64,
        /// What it may have.
        memory: u32,
        /// The target's file.
        file: RelPath,
        /// The end of its log.
        log: Redacted,
    },
    /// Something of it is still there.
    #[error("target {target}: {why}")]
    NotRemoved {
        /// The target.
        target: Id,
        /// What, and why.
        why: String,
    },
    /// The toolbox's package has no such program.
    #[error(
        "target {target}: toolbox {toolbox} has no program `{program}` in {bin}; mend `program:` or `package:` in {file}"
    )]
    NoProgram {
        /// The target.
        target: Id,
        /// The toolbox.
        toolbox: Id,
        /// The program.
        program: String,
        /// Where it was looked for.
        bin: PathBuf,
        /// The target's file.
        file: RelPath,
    },
    /// It ended before it was ready.
    #[error("target {target}: the server ended with code {code} before it was ready{}", log_words(.log))]
    Died {
        /// The target.
        target: Id,
        /// Its exit code; 128 + n for signal n.
        code: i64,
        /// The end of its log.
        log: Redacted,
    },
    /// It ran, and no round trip came through in time.
    #[error("target {target}: the server was not ready within {seconds} s (`ready-within` in {file}): {why}{}", log_words(.log))]
    NeverReady {
        /// The target.
        target: Id,
        /// How long it was waited for.
        seconds: u32,
        /// The target's file.
        file: RelPath,
        /// How the last round trip failed.
        why: Redacted,
        /// The end of its log.
        log: Redacted,
    },
    /// It is ready, but says no version.
    #[error("target {target}: cannot read the server's version: {why}; mend `version:` in {file}")]
    NoVersion {
        /// The target.
        target: Id,
        /// The target's file.
        file: RelPath,
        /// What it said instead.
        why: Redacted,
    },
    /// It says another version than its file (wrong-server-version).
    #[error(
        "target {target}: the server says version {says}, and {file} declares {declared}; evidence would name the wrong one: change `expect:` there, or the toolbox's lock"
    )]
    WrongServerVersion {
        /// The target.
        target: Id,
        /// The target's file.
        file: RelPath,
        /// What the file declares.
        declared: String,
        /// What the server says.
        says: Redacted,
    },
    /// No bucket or folder for a recipe.
    #[error("target {target}: cannot make {place}: {why}{}", log_words(.log))]
    NotFresh {
        /// The target.
        target: Id,
        /// The bucket or folder.
        place: String,
        /// Why not.
        why: Redacted,
        /// The end of its log.
        log: Redacted,
    },
    /// The system said no.
    #[error("target {target}: cannot {what}: {source}")]
    System {
        /// The target.
        target: Id,
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The run is to end.
    #[error("target {0}: stopped before it was ready")]
    Stopped(Id),
}

impl TargetError {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::NoImage { why, .. } if matches!(**why, ImageError::Unfit { .. }) => Blame::Book,
            Self::NoToolbox(_) | Self::NoProgram { .. } | Self::NoVersion { .. } | Self::WrongServerVersion { .. } => {
                Blame::Book
            }
            Self::System { .. } => Blame::Machine,
            _ => Blame::Missing,
        }
    }
}

fn log_words(log: &Redacted) -> String {
    if log.as_str().is_empty() { "; it logged nothing".to_owned() } else { format!("; its last lines:\n{log}") }
}
