//! Targets that run: a server out of a toolbox, started on loopback for one run and gone after it. Starts processes, talks to them over
//! loopback in their own protocols, and writes below the run's folder.
//!
//! In reading order: what a run fills into a target file ([`values`]), the supervisor that owns a server and outlives nothing
//! ([`serve`](mod@serve)), this process's hold on it ([`server`]) and what it logs ([`log`]), how to talk to it ([`protocols`]), its
//! version ([`version`]), the whole of starting ([`start`](mod@start)), and the same for a person ([`up`](mod@up)).

mod values;
mod serve;
mod log;
mod server;
mod protocols;
mod version;
mod error;
mod start;
mod up;

pub use error::TargetError;
pub use serve::{SUBCOMMAND, serve};
pub use start::{Handed, Launch, Running, start};
pub use up::{Up, up};
