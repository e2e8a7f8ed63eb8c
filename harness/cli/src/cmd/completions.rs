//! `dogfood completions`: what a shell needs to complete the command line, made from its definition. Writes to stdout.

use clap::CommandFactory as _;

use super::Context;
use crate::cli::{Cli, CompletionsArgs};
use crate::exit::{Exit, Trouble};

/// Prints.
pub(crate) fn run(context: &mut Context, args: &CompletionsArgs) -> Result<Exit, Trouble> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "dogfood", &mut script);
    context.output.document(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
