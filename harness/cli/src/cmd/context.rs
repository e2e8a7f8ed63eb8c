//! What every command starts from: the environment, the streams, the book's folder, the loaded checkout.

use std::ffi::OsStr;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use dogfood_core::checkout::{Inputs, LoadError};
use dogfood_core::date::Date;

use crate::cli::{Cli, Today};
use crate::config::{self, Environment};
use crate::exit::Trouble;
use crate::output::Output;

/// What every command is handed.
pub(crate) struct Context {
    /// The environment.
    pub(crate) environment: Environment,
    /// The streams.
    pub(crate) output: Output,
    /// The folder in which the program was called.
    pub(crate) here: PathBuf,
    named_root: Option<PathBuf>,
}

impl Context {
    /// Resolves what holds for every command.
    pub(crate) fn new(cli: &Cli) -> Result<Self, Trouble> {
        let environment = Environment::read();
        let output = Output::process(environment.colour(cli.color), environment.github_actions);
        Ok(Self { environment, output, here: config::here()?, named_root: cli.root.clone() })
    }

    /// The book's folder.
    pub(crate) fn root(&self) -> Result<PathBuf, Trouble> {
        config::find_root(self.named_root.as_deref(), &self.here)
    }

    /// The book's folder below the top of its repository, with a slash at its end; nothing if it is the top, or in no repository.
    pub(crate) fn below(&self) -> Result<String, Trouble> {
        let root = self.root()?;
        let Ok(root) = root.canonicalize() else { return Ok(String::new()) };
        let top = root.ancestors().find(|folder| folder.join(".git").exists());
        let below = top.and_then(|top| root.strip_prefix(top).ok()?.to_str()).filter(|below| !below.is_empty());
        Ok(below.map_or_else(String::new, |below| format!("{below}/")))
    }

    /// The folder that was named with `--root`, whether or not a book is there; else the one in which the program was called.
    pub(crate) fn place(&self) -> PathBuf {
        self.named_root.as_ref().map_or_else(|| self.here.clone(), |named| self.here.join(named))
    }

    /// Whether progress may be drawn over itself: on a terminal that no CI reads.
    pub(crate) fn animated(&self) -> bool {
        std::io::stderr().is_terminal() && !self.environment.github_actions
    }

    /// The day that counts as today.
    pub(crate) fn today(&self, typed: &Today) -> Result<Date, Trouble> {
        config::today(typed.today.as_deref(), self.environment.source_date_epoch.as_deref(), config::now())
    }

    /// Loads the checkout around `root`, refusing an environment that would make mdBook build another one.
    pub(crate) fn load(&self, root: &std::path::Path, today: Date) -> Result<Inputs, Trouble> {
        self.environment.refuse_overrides()?;
        mdbook_dogfood::preprocess::load(root, today).map_err(|error| not_loaded(&error))
    }
}

/// book.toml is missing or cannot be used, or the book's files cannot be read.
pub(crate) fn not_loaded(error: &LoadError) -> Trouble {
    match error {
        LoadError::Machine(_) => {
            Trouble::machine(error.to_string(), "raise the limit (`ulimit -a` shows it), or see to the disk")
        }
        LoadError::NoBook | LoadError::Unreadable(_) | LoadError::Config(..) => Trouble::usage(error.to_string(), ""),
    }
}

/// The program's own helpers, which it starts itself: they need neither a book nor a command line.
pub(crate) fn helper(word: &OsStr) -> Option<fn() -> ExitCode> {
    match word.to_str()? {
        dogfood_run::supervise::client::SUBCOMMAND => Some(dogfood_run::supervise),
        dogfood_run::targets::SUBCOMMAND => Some(dogfood_run::targets::serve),
        _ => None,
    }
}
