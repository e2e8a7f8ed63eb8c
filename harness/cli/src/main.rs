//! The program `dogfood`: takes the command line to a command and its result to an exit code. Touches the terminal, the environment, the
//! checkout and, for `run`, `up` and `init`, processes.
//!
//! In reading order: what was typed ([`cli`]), what it is resolved to ([`config`]), what a command may end with ([`exit`]), where it
//! writes ([`output`], [`progress`]), and the commands ([`cmd`]).

mod cli;
mod config;
mod exit;
mod output;
mod progress;
mod wiring;
fn main() {}
