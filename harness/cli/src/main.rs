//! The program `dogfood`: takes the command line to a command and its result to an exit code. Touches the terminal, the environment, the
//! checkout and, for `run`, `up` and `init`, processes.
//!
//! In reading order: what was typed ([`cli`]), what it is resolved to ([`config`], [`machine`]), how a command ends ([`exit`],
//! [`interrupt`]), where it writes ([`output`], [`progress`]), the book as git has it ([`history`]), and the commands ([`cmd`]).

mod changes;
mod cli;
mod config;
mod machine;
mod exit;
mod interrupt;
mod output;
mod progress;
mod wiring;
mod history;
mod cmd;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Verb};
use crate::cmd::Context;
use crate::exit::{Exit, Trouble};
use crate::output::Head;

/// The stack that a command has, in bytes, whatever `ulimit -s` leaves the first thread.
const STACK: usize = 16 << 20;
/// How Rust's own programs end after a panic.
const PANICKED: u8 = 101;

fn main() -> ExitCode {
    // The program's own helpers come first: hundreds of them start in one run, and none needs anything below.
    if let Some(helper) = std::env::args_os().nth(1).and_then(|word| cmd::helper(&word)) {
        return helper();
    }
    // Where no thread is to be had, the first one does it.
    match std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(command) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::from(PANICKED)),
        Err(_) => command(),
    }
}

/// Does what the command line says.
fn command() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = dogfood_run::sys::survive_file_size() {
        return early(&Trouble::machine(format!("signals cannot be handled: {error}"), ""));
    }
    let mut context = match Context::new(&cli) {
        Ok(context) => context,
        Err(trouble) => return early(&trouble),
    };
    let result = dispatch(&mut context, &cli.verb);
    let exit = result.unwrap_or_else(|trouble| {
        context.output.headed(Head::Error, mdbook_dogfood::terminal::Shown(&trouble.message));
        if !trouble.help.is_empty() {
            context.output.headed(Head::Help, mdbook_dogfood::terminal::Shown(&trouble.help));
        }
        trouble.exit
    });
    context.output.flush();
    exit.into()
}

fn dispatch(context: &mut Context, verb: &Verb) -> Result<Exit, Trouble> {
    if verb.runs_the_checkout() {
        context.environment.refuse_foreign_code()?;
    }
    match verb {
        Verb::List(args) => cmd::list::run(context, args),
        Verb::Run(args) => cmd::run::run(context, args),
        Verb::Bench(args) => cmd::bench::run(context, args),
        Verb::Check(args) => cmd::check::run(context, args),
        Verb::Accept(args) => cmd::accept::run(context, args),
        Verb::Build(args) => cmd::build::run(context, args),
        Verb::Serve(args) => cmd::serve::run(context, args),
        Verb::Up(args) => cmd::up::run(context, args),
        Verb::Doctor(args) => cmd::doctor::run(context, args),
        Verb::Explain(args) => cmd::explain::run(context, args),
        Verb::Clean(args) => cmd::clean::run(context, args),
        Verb::Init(args) => cmd::init::run(context, args),
        Verb::Completions(args) => cmd::completions::run(context, args),
    }
}

/// Before there is anywhere to write to in style.
fn early(trouble: &Trouble) -> ExitCode {
    let mut output = output::Output::process(false, true);
    output.headed(Head::Error, &trouble.message);
    output.headed(Head::Help, &trouble.help);
    trouble.exit.into()
}
