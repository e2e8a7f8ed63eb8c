//! The Python session: one interpreter with our driver, which runs steps in `__main__` and answers on a pipe of its own. Starts a
//! process, writes the driver's file.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::process::{Environment, Launch, Numbers, Process, Saved, Setting, doing};
use super::unit::{Ended, Exception, Report, Unit};
use crate::sys;

const DRIVER: &str = include_str!("driver.py");
/// Runs the driver outside `__main__`, which stays as empty as in an interpreter that was just started.
const START: &str =
    "exec(compile(open(__import__('sys').argv.pop()).read(), 'dogfood', 'exec'), {'__name__': 'dogfood'})";

/// The recipe's interpreter.
#[derive(Debug)]
pub struct Python {
    /// The process.
    pub process: Process,
}

/// What the driver is told: one line of JSON per step.
#[derive(Serialize)]
struct Order<'a> {
    label: &'a str,
    text: &'a str,
    /// An exception of this class leaves no traceback.
    silent: Option<&'a str>,
    set: &'a Environment,
    unset: &'a [String],
}

/// What the driver answers.
#[derive(Deserialize)]
struct Reply {
    code: i32,
    error: Option<Exception>,
}

/// How an environment moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Variables that are new or have another value.
    pub set: Environment,
    /// Variables that are gone.
    pub unset: Vec<String>,
}

impl Moved {
    /// From `old` to `new`.
    pub fn between(old: &Environment, new: &Environment) -> Self {
        let set = new.iter().filter(|(name, value)| old.get(*name) != Some(value));
        let unset = old.keys().filter(|name| !new.contains_key(*name)).cloned().collect();
        Self { set: set.map(|(name, value)| (name.clone(), value.clone())).collect(), unset }
    }
}

impl Python {
    /// Starts the interpreter `program`.
    pub fn start(setting: &Setting, program: &Path, environment: &Environment) -> io::Result<Self> {
        let nonce = sys::random_hex(16)?;
        let driver = setting.scripts.join("driver.py");
        fs::write(&driver, DRIVER).map_err(doing("write the driver's file"))?;
        let numbers = Numbers::here();
        let Numbers { input, out, err, side } = numbers;
        let descriptors = [input, side, out, err].map(|number| number.to_string()).join(",");
        let arguments = ["-c", START, &nonce, &descriptors, &driver.to_string_lossy()];
        let (work, nonce) = (setting.work.as_path(), nonce.as_str());
        let launch = Launch { program, arguments: &arguments, environment, work, nonce, numbers, saved: Saved::ByUs };
        Ok(Self { process: Process::start(&launch).map_err(doing("start Python"))? })
    }

    /// Starts `unit`, after the variables in `moved` were changed.
    pub fn begin(&mut self, unit: &Unit, moved: &Moved) -> io::Result<()> {
        let silent = unit.raises.as_deref().filter(|_| !unit.traceback);
        let order = Order { label: &unit.label, text: &unit.text, silent, set: &moved.set, unset: &moved.unset };
        let mut line = serde_json::to_vec(&order)?;
        line.push(b'\n');
        self.process.send(&line);
        Ok(())
    }

    /// Whether the unit has come to its end.
    pub fn is_done(&self) -> bool {
        self.process.stdout.marker().is_some()
            && self.process.stderr.marker().is_some()
            && self.process.aside_is(is_line)
    }

    /// What the unit did; `ended` where it did not come to its end by itself.
    pub fn report(&mut self, ended: Option<Ended>) -> Report {
        let reply = self.process.take_aside(is_line).and_then(|line| serde_json::from_slice::<Reply>(&line).ok());
        let (stdout, stderr) = (self.process.stdout.take(), self.process.stderr.take());
        match (ended, reply) {
            (Some(ended), _) => Report { ended, stdout, stderr, error: None },
            (None, Some(reply)) => Report { ended: Ended::Exit(reply.code), stdout, stderr, error: reply.error },
            (None, None) => Report { ended: Ended::Exit(-1), stdout, stderr, error: None },
        }
    }
}

fn is_line(bytes: &[u8]) -> bool {
    bytes.ends_with(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&str, &str)]) -> Environment {
        entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_moved_is_handed_on() {
        let old = map(&[("A", "1"), ("B", "2"), ("C", "3")]);
        let new = map(&[("A", "1"), ("B", "two"), ("D", "4")]);
        let expected = Moved { set: map(&[("B", "two"), ("D", "4")]), unset: vec!["C".to_owned()] };
        assert_eq!(Moved::between(&old, &new), expected);
        assert_eq!(Moved::between(&old, &old), Moved::default());
    }
}
