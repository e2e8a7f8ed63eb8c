//! The real programs on real books, verb by verb, with the real mdbook. One binary, so that there is one link step; `project` builds the
//! books and scrubs the environment.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod engine;
mod given;
mod holes;
mod project;
mod reliability;

mod accept;
mod bench;
mod book;
mod build;
mod check;
mod command_line;
mod containers;
mod criterion;
mod doctor;
mod explain;
mod faults;
mod hostile;
mod hostile_files;
mod hostile_machine;
mod hostile_runs;
mod init;
mod junit_schema;
mod list;
mod pieces;
mod pull_requests;
mod release;
mod reports;
mod run;
mod run_frozen;
mod run_interrupted;
mod run_refused;
mod run_unavailable;
mod run_walk;
mod secrets;
mod this_book;
mod up;
mod watch;
