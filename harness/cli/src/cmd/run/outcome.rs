//! What became of every cell, as words, as data and as an exit code. Pure.

use std::collections::BTreeMap;

use dogfood_core::blame::Blame;
use dogfood_core::event::{CellEnd, CellId, NotRun};
use dogfood_core::plan::Skipped;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::count;

/// Why a cell was not run, when somebody stopped the run.
pub(crate) const INTERRUPTED: &str = "interrupted";

/// What became of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Became {
    /// It ran to its end, and all it said is what the guide says.
    Passed {
        /// Whether the guide expects something else of this target than of others.
        diverges: bool,
    },
    /// It did not, or not: findings say why, or the words here.
    Failed(Option<String>),
    /// Infrastructure that it needs is not there.
    NotAvailable(String),
    /// This machine did not let it be run or recorded. Nothing that was asked for is missing, so that `--available` does not accept it.
    CouldNotRun(String),
    /// It was not run, or not to its end, for the reason.
    NotRun(String),
}

impl Became {
    /// What the end of a cell says by itself; `None` where the gate has to judge.
    pub(crate) fn of_end(end: &CellEnd) -> Option<Self> {
        let not_run = match end {
            CellEnd::Completed | CellEnd::Failed { .. } => return None,
            CellEnd::Withheld(why) => return Some(Self::Failed(Some(why.clone()))),
            CellEnd::NotRun(not_run) => not_run,
        };
        Some(match not_run {
            NotRun::NotAvailable(why) => Self::NotAvailable(why.clone()),
            NotRun::Interrupted => Self::NotRun(INTERRUPTED.to_owned()),
            NotRun::Broken(why) => Self::CouldNotRun(why.clone()),
            NotRun::Faulty(why) => Self::Failed(Some(format!("it could not be run: {why}"))),
            NotRun::WrongServerVersion { declared, says } => Self::Failed(Some(format!(
                "wrong-server-version: the target file declares {declared}, the server says {says}"
            ))),
        })
    }

    const fn word(&self) -> &'static str {
        match self {
            Self::Passed { .. } => "passed",
            Self::Failed(_) => "failed",
            Self::NotAvailable(_) | Self::CouldNotRun(_) => "not-available",
            Self::NotRun(_) => "not-run",
        }
    }

    fn why(&self) -> Option<&str> {
        match self {
            Self::Passed { .. } | Self::Failed(None) => None,
            Self::Failed(Some(why)) | Self::NotAvailable(why) | Self::CouldNotRun(why) | Self::NotRun(why) => Some(why),
        }
    }
}

/// A run, told.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Every planned cell, in the order of the plan.
    pub(crate) cells: Vec<(CellId, Became)>,
    /// Cells that their guide skips for now.
    pub(crate) skipped: Vec<Skipped>,
}

/// A cell as programs are told of it.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    cell: String,
    result: &'static str,
    /// Whether it passed against an expectation that the guide has for its target alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    diverges: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl Outcome {
    /// How many cells became so.
    pub(crate) fn number(&self, word: &str) -> usize {
        self.cells.iter().filter(|(_, became)| became.word() == word).count()
    }

    /// The exit code. Missing infrastructure is no fault where that is accepted; not having been run always is one.
    pub(crate) fn exit(&self, accept_not_available: bool) -> Exit {
        let of = |became: &Became| match became {
            Became::Passed { .. } => Exit::Clean,
            Became::Failed(_) => Exit::Findings,
            Became::NotAvailable(_) if accept_not_available => Exit::Clean,
            Became::NotAvailable(_) => Blame::Missing.into(),
            Became::CouldNotRun(_) => Blame::Machine.into(),
            Became::NotRun(_) => Exit::Findings,
        };
        self.cells.iter().map(|(_, became)| of(became)).fold(Exit::Clean, Exit::and)
    }

    /// Every cell with a word for people; skipped ones last.
    pub(crate) fn words(&self) -> impl Iterator<Item = (&CellId, &'static str)> {
        let word = |became: &Became| match became {
            Became::Passed { diverges: true } => "diverges as written",
            Became::NotAvailable(_) | Became::CouldNotRun(_) => "not available",
            Became::NotRun(_) => "not run",
            Became::Passed { .. } | Became::Failed(_) => became.word(),
        };
        let skipped = self.skipped.iter().map(|skipped| (&skipped.id, "skipped"));
        self.cells.iter().map(move |(cell, became)| (cell, word(became))).chain(skipped)
    }

    /// A remark for each cell that did not run or needs words of its own. What takes several lines, the log of a server that many cells
    /// wait for, stands once.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let mut long: BTreeMap<&str, &CellId> = BTreeMap::new();
        let of_cell = |(cell, became)| {
            let (cell, became): (&CellId, &Became) = (cell, became);
            let (word, why) = (became.word().replace('-', " "), became.why()?);
            // Targets of one image are not available with one log, and each with its own first line.
            let Some((first, log)) = why.split_once('\n') else { return Some(format!("{cell}: {word}: {why}")) };
            Some(match long.get(log) {
                Some(other) => format!("{cell}: {word}: {first} the same as {other}"),
                None => {
                    long.insert(log, cell);
                    format!("{cell}: {word}: {why}")
                }
            })
        };
        let skipped = self.skipped.iter().map(|skipped| {
            let until = skipped.until.as_ref().map(|date| format!(" (until {date})")).unwrap_or_default();
            format!("{}: skipped: {}{until}", skipped.id, skipped.reason)
        });
        self.cells.iter().map(|(cell, became)| (cell, became)).filter_map(of_cell).chain(skipped).collect()
    }

    /// The last line: what passed first, then everything that did not.
    pub(crate) fn summary(&self) -> String {
        let passed: Vec<&CellId> =
            self.cells.iter().filter(|(_, became)| became.word() == "passed").map(|(cell, _)| cell).collect();
        let mut recipes: Vec<_> = passed.iter().map(|cell| (&cell.guide, &cell.recipe)).collect();
        recipes.dedup();
        let runs =
            if passed.len() == recipes.len() { String::new() } else { format!(" in {}", count(passed.len(), "run")) };
        let mut parts = vec![format!("{}{runs} passed", count(recipes.len(), "recipe"))];
        let others = [("failed", "failed"), ("not-available", "not available"), ("not-run", "not run")];
        let others =
            others.into_iter().map(|(word, text)| (self.number(word), text)).chain([(self.skipped.len(), "skipped")]);
        parts.extend(others.filter(|(number, _)| *number > 0).map(|(number, text)| format!("{number} {text}")));
        parts.join(", ")
    }

    /// Every cell as programs are told of it, skipped ones last.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let planned = self.cells.iter().map(|(cell, became)| Row {
            cell: cell.to_string(),
            result: became.word(),
            diverges: *became == Became::Passed { diverges: true },
            why: became.why().map(str::to_owned),
        });
        let skipped = self.skipped.iter().map(|skipped| Row {
            cell: skipped.id.to_string(),
            result: "skipped",
            diverges: false,
            why: Some(skipped.reason.clone()),
        });
        planned.chain(skipped).collect()
    }
}

#[cfg(test)]
mod tests {
    use dogfood_core::name::Id;

    use super::*;

    const PASSED: Became = Became::Passed { diverges: false };

    fn cell(recipe: &str, target: &str) -> CellId {
        let id = |text: &str| Id::new(text).unwrap();
        CellId { guide: id("g"), recipe: id(recipe), target: id(target), toolbox: None }
    }

    fn outcome(cells: &[(&str, &str, Became)]) -> Outcome {
        let cells = cells.iter().map(|(recipe, target, became)| (cell(recipe, target), became.clone())).collect();
        Outcome { cells, skipped: Vec::new() }
    }

    #[test]
    fn nothing_that_did_not_run_counts_as_passed() {
        let some = outcome(&[
            ("a", "x", PASSED),
            ("a", "y", PASSED),
            ("b", "x", Became::Failed(None)),
            ("c", "x", Became::NotAvailable("no server".to_owned())),
            ("d", "x", Became::NotRun("interrupted".to_owned())),
        ]);
        assert_eq!(some.summary(), "1 recipe in 2 runs passed, 1 failed, 1 not available, 1 not run");
        assert_eq!(some.remarks(), ["g/c@x: not available: no server", "g/d@x: not run: interrupted"]);
        assert_eq!(outcome(&[]).summary(), "0 recipes passed");
        assert_eq!(outcome(&[("a", "x", PASSED), ("b", "x", PASSED)]).summary(), "2 recipes passed");
    }

    #[test]
    fn the_worst_decides_the_exit_code() {
        let missing = Became::NotAvailable(String::new());
        let check = |cells: &[Became], strict, lenient| {
            let outcome = outcome(&cells.iter().map(|became| ("a", "x", became.clone())).collect::<Vec<_>>());
            assert_eq!((outcome.exit(false), outcome.exit(true)), (strict, lenient), "{cells:?}");
        };
        check(&[PASSED], Exit::Clean, Exit::Clean);
        check(&[PASSED, missing.clone()], Exit::NotAvailable, Exit::Clean);
        let refused = Became::CouldNotRun("no space left".to_owned());
        check(&[PASSED, refused], Exit::NotAvailable, Exit::NotAvailable);
        check(&[missing, Became::Failed(None)], Exit::Findings, Exit::Findings);
        check(&[Became::NotRun(String::new())], Exit::Findings, Exit::Findings);
    }

    #[test]
    fn a_log_that_many_cells_wait_for_is_told_once() {
        let why = |name| Became::NotAvailable(format!("{name} did not get ready; its last lines:\nno\nno"));
        let remarks = outcome(&[("a", "box", why("box")), ("b", "case", why("case"))]).remarks();
        assert_eq!(
            remarks,
            [
                "g/a@box: not available: box did not get ready; its last lines:\nno\nno",
                "g/b@case: not available: case did not get ready; its last lines: the same as g/a@box"
            ]
        );
    }

    #[test]
    fn ends_say_what_they_can() {
        assert_eq!(Became::of_end(&CellEnd::Completed), None);
        let wrong = NotRun::WrongServerVersion { declared: "1".to_owned(), says: "2".to_owned() };
        let withheld = CellEnd::Withheld("its output holds the secret `X`".to_owned());
        assert_eq!(Became::of_end(&withheld), Some(Became::Failed(Some("its output holds the secret `X`".to_owned()))));
        let Some(Became::Failed(Some(why))) = Became::of_end(&CellEnd::NotRun(wrong)) else { panic!("it failed") };
        assert!(why.starts_with("wrong-server-version: "), "{why}");
    }
}
