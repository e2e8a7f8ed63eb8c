//! Targets that run: a server out of a toolbox on loopback, or one in a container, started for one run and gone after it. Starts
//! processes and containers, talks to them in their own protocols, and writes below the run's folder.
//!
//! In reading order: what a run fills into a target file ([`values`]), the supervisor that owns a server and outlives nothing
//! ([`serve`](mod@serve)), this process's hold on it ([`server`]) and what it logs ([`log`]), how to talk to it ([`protocols`]), what a
//! running server is, however it runs ([`body`]), its version ([`version`]), what recipes get from it ([`running`]), waiting for it
//! ([`ready`]), the two kinds ([`process`], [`container`]), the whole of starting ([`start`](mod@start)), and the same for a person
//! ([`up`](mod@up)).

mod values;
mod serve;
mod log;
mod server;
mod protocols;
mod body;
mod version;
mod error;
mod running;
mod ready;
mod process;
mod container;
mod start;
mod up;

pub use body::{Ended, Unwell};
pub use error::TargetError;
pub use running::{Handed, Running};
pub use serve::{SUBCOMMAND, serve};
pub use start::{Launch, start};
pub use up::{Up, up};
