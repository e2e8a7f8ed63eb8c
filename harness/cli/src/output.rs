//! The two streams: words for people on stderr, data for programs on stdout. Touches the terminal.
//!
//! Nothing that was said by a recipe, a server or a file of the book is printed but through [`Shown`], and under GitHub Actions every line
//! passes [`Guarded`] besides.

use std::fmt::Display;
use std::io::{self, Write};

use mdbook_dogfood::terminal::{Guarded, Shown};
use serde::Serialize;

use crate::exit::Trouble;

/// Where a command writes.
pub(crate) struct Output {
    out: Guarded<Box<dyn Write>>,
    err: Guarded<Box<dyn Write>>,
    colour: bool,
}

impl Output {
    /// The process's own streams.
    pub(crate) fn process(colour: bool, github_actions: bool) -> Self {
        Self {
            out: Guarded::new(Box::new(io::stdout()), github_actions),
            err: Guarded::new(Box::new(io::stderr()), github_actions),
            colour,
        }
    }

    /// Whether to colour.
    pub(crate) fn colour(&self) -> bool {
        self.colour
    }

    /// A line for people. Not for foreign text: see [`Self::foreign`].
    pub(crate) fn say(&mut self, line: impl Display) {
        // A closed stderr leaves nobody to tell.
        let _ = writeln!(self.err, "{line}");
    }

    /// A line for people, headed by a bold word: `error: …`.
    pub(crate) fn headed(&mut self, head: Head, line: impl Display) {
        let (word, code) = head.parts();
        if self.colour {
            self.say(format_args!("\x1b[1;{code}m{word}\x1b[0m\x1b[1m:\x1b[0m {line}"));
        } else {
            self.say(format_args!("{word}: {line}"));
        }
    }

    /// Foreign text for people: control bytes shown.
    pub(crate) fn foreign(&mut self, text: &str) {
        self.say(Shown(text));
    }

    /// Where a report for people is written to.
    pub(crate) fn people(&mut self) -> &mut dyn Write {
        &mut self.err
    }

    /// A line of data for programs.
    pub(crate) fn line(&mut self, line: impl Display) -> Result<(), Trouble> {
        finish(writeln!(self.out, "{line}").and_then(|()| self.out.flush()))
    }

    /// One JSON document for programs.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> Result<(), Trouble> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Trouble::machine(format!("the report could not be written as JSON: {error}"), ""))?;
        self.json_text(&text)
    }

    /// One JSON document for programs, written already.
    pub(crate) fn json_text(&mut self, text: &str) -> Result<(), Trouble> {
        // The runner reads `##[` anywhere in a line as a command; in JSON it can only stand inside a string, where this says the same.
        self.line(text.trim_end().replace("##[", "##\\u005b"))
    }

    /// A document for programs that is no JSON.
    pub(crate) fn document(&mut self, text: &str) -> Result<(), Trouble> {
        self.line(text.trim_end())
    }

    /// Workflow commands that we mean: lines of a report in which everything foreign is escaped. They alone pass by the guard.
    pub(crate) fn commands(&mut self, text: &str) -> Result<(), Trouble> {
        finish(
            self.out
                .flush()
                .and_then(|()| self.out.unguarded().write_all(text.as_bytes()))
                .and_then(|()| self.out.flush()),
        )
    }

    /// Sends what is held back.
    pub(crate) fn flush(&mut self) {
        let _ = self.out.flush();
        let _ = self.err.flush();
    }
}

/// A reader that has gone away (`dogfood list | head`) is no fault; a full disk is.
fn finish(written: io::Result<()>) -> Result<(), Trouble> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::machine(format!("stdout could not be written: {error}"), "make room where it leads to"))
        }
        _ => Ok(()),
    }
}

/// The word that heads a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// It did not work.
    Error,
    /// It worked, but.
    Warning,
    /// What to do.
    Help,
    /// What to know.
    Note,
}

impl Head {
    const fn parts(self) -> (&'static str, u8) {
        match self {
            Self::Error => ("error", 31),
            Self::Warning => ("warning", 33),
            Self::Help => ("help", 36),
            Self::Note => ("note", 32),
        }
    }
}

/// `1 recipe`, `2 recipes`.
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
