//! What a person sees while recipes run: spinners on a terminal, plain lines elsewhere. A reader of [`RunEvent`]s; touches the terminal.
//!
//! It tells what happens, never whether it is right: verdicts are the gate's, after the run.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dogfood_core::event::{CellEnd, CellId, FaultEvent, NotRun, RunEvent, StepAt};
use dogfood_core::name::Id;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use mdbook_dogfood::terminal::Shown;

use crate::output::Output;

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(120);

/// The progress of one run.
pub(crate) struct Progress {
    screen: Option<MultiProgress>,
    bars: BTreeMap<String, ProgressBar>,
    began: BTreeMap<CellId, Instant>,
    total: usize,
    ended: usize,
}

impl Progress {
    /// For `total` cells; `animated` on a terminal.
    pub(crate) fn new(total: usize, animated: bool) -> Self {
        let screen = animated.then(MultiProgress::new);
        Self { screen, bars: BTreeMap::new(), began: BTreeMap::new(), total, ended: 0 }
    }

    /// Shows what happened.
    pub(crate) fn event(&mut self, event: &RunEvent, output: &mut Output) {
        match event {
            RunEvent::Toolbox { toolbox, progress } => {
                self.thing(&format!("toolbox {toolbox}"), progress.as_str(), output)
            }
            RunEvent::Target { target, progress } => self.thing(&format!("target {target}"), progress.as_str(), output),
            RunEvent::ServerLost { target, why, cell } => {
                let why = why.as_str().lines().next().unwrap_or_default().trim_end_matches("; its last lines:");
                let then = cell.as_ref().map_or_else(
                    || "starting another one".to_owned(),
                    |cell| format!("{cell} runs again, on a server of its own"),
                );
                self.print(&format!("target {target}: {}; {then}", Shown(why)), output);
            }
            RunEvent::CellStarted(cell) => {
                self.began.insert(cell.clone(), Instant::now());
                self.bar(&cell.to_string(), "");
            }
            RunEvent::StepStarted { cell, at } => self.bar(&cell.to_string(), &step(*at)),
            RunEvent::Fault { cell, at, fault, what: FaultEvent::Armed, .. } => {
                self.bar(&cell.to_string(), &format!("{}, fault={fault}", step(*at)));
            }
            RunEvent::Fault { .. } | RunEvent::StepEnded { .. } => {}
            RunEvent::CellEnded { cell, end, .. } => self.cell_ended(cell, end, output),
        }
    }

    /// Shows where the walk of the page `name` is: on a terminal only, for elsewhere its end is told.
    pub(crate) fn walking(&mut self, name: &str, recipe: Option<&Id>, at: StepAt) {
        let recipe = recipe.map(|recipe| format!("{recipe}, ")).unwrap_or_default();
        self.bar(name, &format!("{recipe}{}", step(at)));
    }

    fn thing(&mut self, name: &str, progress: &str, output: &mut Output) {
        if self.screen.is_some() {
            self.bar(name, progress);
        } else {
            output.say(format_args!("{name}: {}", Shown(progress)));
        }
    }

    fn cell_ended(&mut self, cell: &CellId, end: &CellEnd, output: &mut Output) {
        self.ended += 1;
        if let Some(bar) = self.bars.remove(&cell.to_string()) {
            bar.finish_and_clear();
        }
        let took = self.began.remove(cell).map_or(Duration::ZERO, |began| began.elapsed());
        let line = format!("[{}/{}] {cell}: {} ({:.1} s)", self.ended, self.total, ending(end), took.as_secs_f64());
        self.print(&line, output);
    }

    fn bar(&mut self, name: &str, message: &str) {
        let Some(screen) = &self.screen else { return };
        let bar = self.bars.entry(name.to_owned()).or_insert_with(|| {
            let bar = screen.add(ProgressBar::new_spinner().with_style(style()).with_prefix(name.to_owned()));
            bar.enable_steady_tick(TICK);
            bar
        });
        bar.set_message(Shown(message).to_string());
    }

    fn print(&self, line: &str, output: &mut Output) {
        match &self.screen {
            Some(screen) => screen.suspend(|| {
                output.say(line);
                // Drawn over by the next tick otherwise.
                let _ = output.people().flush();
            }),
            None => output.say(line),
        }
    }

    /// Takes the spinners away.
    pub(crate) fn finish(self) {
        for bar in self.bars.values() {
            bar.finish_and_clear();
        }
        if let Some(screen) = self.screen {
            // A terminal that has gone away needs no clearing.
            let _ = screen.clear();
        }
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn step(at: StepAt) -> String {
    let part = match at.part {
        dogfood_core::event::Part::Setup => "setup, ",
        dogfood_core::event::Part::Recipe => "",
        dogfood_core::event::Part::Teardown => "teardown, ",
    };
    let command = at.command.map_or_else(String::new, |command| format!(", command {command}"));
    format!("{part}step {}{command}", at.step)
}

/// One line: the whole of a long reason stands in the summary.
fn ending(end: &CellEnd) -> String {
    let first = |why: &str| Shown(why.lines().next().unwrap_or_default()).to_string();
    match end {
        CellEnd::Completed => "ran to its end".to_owned(),
        CellEnd::Failed { at, why } => format!("failed in {}: {}", step(*at), first(why)),
        CellEnd::Withheld(why) => format!("failed: {}", first(why)),
        CellEnd::NotRun(NotRun::NotAvailable(why)) => format!("not available: {}", first(why)),
        CellEnd::NotRun(NotRun::Interrupted) => "interrupted".to_owned(),
        CellEnd::NotRun(NotRun::Broken(why) | NotRun::Faulty(why)) => format!("could not run: {}", first(why)),
        CellEnd::NotRun(NotRun::WrongServerVersion { declared, says }) => {
            format!("not run: its target file declares version {}, the server says {}", Shown(declared), Shown(says))
        }
    }
}

#[cfg(test)]
mod tests {
    use dogfood_core::event::Part;

    use super::*;

    #[test]
    fn endings_are_words_and_foreign_text_is_shown() {
        let at = StepAt { part: Part::Setup, step: 2, command: Some(3) };
        let failed = CellEnd::Failed { at, why: "exit code 2\x1b[2J".to_owned() };
        assert_eq!(ending(&failed), "failed in setup, step 2, command 3: exit code 2\\x1b[2J");
        let wrong = NotRun::WrongServerVersion { declared: "3.1".to_owned(), says: "3.2\r".to_owned() };
        assert_eq!(
            ending(&CellEnd::NotRun(wrong)),
            "not run: its target file declares version 3.1, the server says 3.2\\r"
        );
    }

    #[test]
    fn the_template_of_the_spinner_is_valid() {
        assert!(ProgressStyle::with_template("{spinner} {prefix} {wide_msg} {elapsed}").is_ok());
    }
}
