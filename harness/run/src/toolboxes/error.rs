//! Why a toolbox could not be made. Messages say what, where, why and what mends it; they hold no address with a password.

use std::io;
use std::path::PathBuf;

use dogfood_core::blame::Blame;
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;

/// Why a toolbox could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ToolboxError {
    /// No interpreter on the search path is in the toolbox's range.
    #[error("toolbox {toolbox} needs Python {range}; {}; install one and run again (Debian: `apt-get install python3 python3-venv`)", found_words(.found))]
    NoInterpreter {
        /// The toolbox.
        toolbox: Id,
        /// Its range.
        range: String,
        /// What was found, for example `python3.9 is 3.9.2`.
        found: Vec<String>,
    },
    /// The interpreter cannot make environments.
    #[error(
        "{python} has no `venv` with pip, and uv is not on the search path; install either (Debian: `apt-get install python3-venv`)"
    )]
    NoVenv {
        /// The interpreter.
        python: PathBuf,
    },
    /// A download is not what the lock says.
    #[error(
        "toolbox {toolbox}: what the index serves for `{package}` does not match its hash in {lock}; nothing was installed; if the lock is right, the index is not: otherwise lock again"
    )]
    HashMismatch {
        /// The toolbox.
        toolbox: Id,
        /// The package, with its version as far as the installer said it.
        package: String,
        /// The lock.
        lock: RelPath,
    },
    /// The installer failed otherwise.
    #[error("toolbox {toolbox}: {installer} failed{} on {lock}; its last lines:\n{tail}", tries_words(*.tries))]
    Install {
        /// The toolbox.
        toolbox: Id,
        /// `uv` or `pip`.
        installer: &'static str,
        /// The lock.
        lock: RelPath,
        /// How often it was tried.
        tries: u32,
        /// The end of what it said.
        tail: String,
    },
    /// The environment was made, and yet its interpreter does not start.
    #[error("toolbox {toolbox}: the environment in {dir} was made but its interpreter does not start: {why}")]
    Broken {
        /// The toolbox.
        toolbox: Id,
        /// The environment.
        dir: PathBuf,
        /// What was seen.
        why: String,
    },
    /// The disk said no.
    #[error("toolbox {toolbox}: cannot {what} {path}: {source}")]
    Disk {
        /// The toolbox.
        toolbox: Id,
        /// What was tried, for example `write`.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The run is to end.
    #[error("toolbox {0}: stopped before it was ready")]
    Stopped(Id),
}

impl ToolboxError {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::HashMismatch { .. } => Blame::Book,
            Self::Disk { .. } => Blame::Machine,
            _ => Blame::Missing,
        }
    }
}

fn found_words(found: &[String]) -> String {
    if found.is_empty() {
        "none was found on the search path".to_owned()
    } else {
        format!("found {}", found.join(", "))
    }
}

fn tries_words(tries: u32) -> String {
    if tries > 1 { format!(" {tries} times") } else { String::new() }
}
