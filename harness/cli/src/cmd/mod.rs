//! The commands: one module per verb, each a function from what was typed to an exit code. They put the other crates together and say
//! what came of it.

pub(crate) mod list;
pub(crate) mod explain;
pub(crate) mod check;
pub(crate) mod build;
pub(crate) mod run;
pub(crate) mod bench;
pub(crate) mod accept;
pub(crate) mod up;
pub(crate) mod doctor;
pub(crate) mod clean;
pub(crate) mod init;
pub(crate) mod completions;

mod context;
mod criterion;
mod review;
mod select;
pub(crate) mod serve;
mod findings;
mod tree;

pub(crate) use context::{Context, helper};
