//! What a running target is, however it runs: a process of ours or a container. Touches nothing itself.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dogfood_core::fault::Fault;

use super::log::Log;
use crate::containers;

/// A server that runs. Every kind of target is one implementation; `tests/targets` holds what all of them must do.
pub(super) trait Body: Send + Sync {
    /// Where clients of this machine reach it now.
    fn address(&self) -> SocketAddr;

    /// How it ended, if it has. Quick: readiness asks all the time.
    fn ended(&self) -> Option<Ended>;

    /// Why it does not serve as it did when it was ready, or did not in between since `moment`.
    fn unwell(&self, moment: Instant) -> Option<Unwell>;

    /// What it logs; all of it, once it has ended.
    fn log(&self) -> Log;

    /// Facts about where it runs, by name.
    fn facts(&self) -> BTreeMap<String, String>;

    /// Ends it and removes whatever it made. The second time does nothing.
    fn stop(&self) -> Result<(), String>;

    /// Runs a program beside the server, and returns what that said.
    fn execute(&self, words: &[String], limit: Duration, stop: Option<&AtomicBool>) -> Result<Vec<u8>, String>;

    /// Does to it what a relay cannot.
    fn interfere(&self, fault: &Fault) -> Result<(), String>;

    /// Undoes [`Body::interfere`], also one that failed.
    fn restore(&self) -> Result<(), String>;
}

/// Why a server is not what a recipe counts on. Sentence fragments for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwell {
    /// It ended, or somebody did something to it: another one can take its place.
    Gone(String),
    /// Another one would fare no better: it has too little memory, or the Docker engine had stopped.
    Hopeless(String),
}

impl Unwell {
    /// Why.
    pub fn why(&self) -> &str {
        match self {
            Self::Gone(why) | Self::Hopeless(why) => why,
        }
    }
}

/// How a server ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its process did.
    Process(ExitStatus),
    /// Its container did.
    Container(containers::Ended),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Process(status) => fmt::Display::fmt(status, f),
            Self::Container(ended) => fmt::Display::fmt(ended, f),
        }
    }
}
