//! What a running target is, however it runs: a process of ours or a container. Touches nothing itself.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use dogfood_core::fault::Fault;

use super::log::Log;
use crate::containers;

/// A server that runs. Every kind of target is one implementation; `tests/targets` holds what all of them must do.
pub(super) trait Body: Send + Sync {
    /// Where clients of this machine reach it now.
    fn address(&self) -> SocketAddr;

    /// How it ended, if it has. Quick: readiness asks all the time.
    fn ended(&self) -> Option<Ended>;

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
