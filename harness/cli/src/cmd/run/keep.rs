//! What happens to a trace: it is stored, or held against the one that is committed. Writes `traces/` through the store.

use std::collections::BTreeSet;
use std::path::Path;

use dogfood_core::blame::Blame;
use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::event::{CellEnd, CellId};
use dogfood_core::plan::Cell;
use dogfood_core::redact::Known;
use dogfood_core::trace::{self, Difference, Script, Trace};
use dogfood_store::traces::{Stored, store};

use super::Mode;
use super::outcome::Became;
use super::record::Finished;
use super::verdict::fails;
use crate::exit::sentence;
use crate::output::{Head, count};

/// Keeps traces, cell by cell in the order of the plan.
pub(crate) struct Keeper<'a> {
    root: &'a Path,
    mode: Mode,
    /// Cells that ran with fewer rounds than their traces have.
    shortened: &'a BTreeSet<CellId>,
    /// What the run knew of a cell's values: the second scan looks for them.
    known: &'a dyn Fn(&CellId) -> Vec<Known>,
    inputs: &'a mut Inputs,
    /// What became of the cells so far; nothing where the gate has to judge.
    pub(crate) cells: Vec<(CellId, Option<Became>)>,
    /// Those of the shortened cells that said something else than their traces: they have to run whole.
    pub(crate) again: BTreeSet<CellId>,
    /// What to tell besides.
    pub(crate) remarks: Vec<(Head, String)>,
    written: usize,
    unchanged: usize,
}

impl<'a> Keeper<'a> {
    /// For a run in the checkout at `root`. Traces of this run take their place in `inputs`, so that the gate sees them.
    pub(crate) fn new(
        root: &'a Path,
        (mode, shortened): (Mode, &'a BTreeSet<CellId>),
        known: &'a dyn Fn(&CellId) -> Vec<Known>,
        inputs: &'a mut Inputs,
    ) -> Self {
        Self {
            root,
            mode,
            shortened,
            known,
            inputs,
            cells: Vec::new(),
            again: BTreeSet::new(),
            remarks: Vec::new(),
            written: 0,
            unchanged: 0,
        }
    }

    /// Keeps what a finished cell left.
    pub(crate) fn keep(&mut self, finished: Finished<'_>) {
        let Finished { cell, end, trace, unwell } = finished;
        let became = Became::of_end(&end).or_else(|| match (&trace, self.mode) {
            (None, _) => Some(Became::Failed(Some("it left no record".to_owned()))),
            (Some(trace), _) if unwell.is_some() && self.would_fail(cell, trace) => unwell.map(Became::NotAvailable),
            (Some(trace), Mode::Record { refresh }) => self.record(cell, trace, refresh),
            (Some(trace), Mode::Frozen) => self.compare(cell, trace),
        });
        if let (CellEnd::Failed { why, .. }, Some(Became::Failed(None))) = (&end, &became) {
            self.remarks.push((Head::Error, format!("{}: {why}", cell.id)));
        }
        self.cells.push((cell.id.clone(), became));
    }

    /// How many traces were written.
    pub(crate) fn told(&self) -> Option<String> {
        let parts: Vec<String> = [(self.written, "written"), (self.unchanged, "unchanged")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, word)| format!("{} {word}", count(number, "trace")))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    fn record(&mut self, cell: &Cell, trace: &Trace, refresh: bool) -> Option<Became> {
        let script = Script::of_cell(cell);
        let unless_same = (!refresh && !self.is_old(&cell.id)).then_some(&script);
        match store(self.root, trace, &(self.known)(&cell.id), unless_same) {
            Ok(Stored::Unchanged) => {
                self.unchanged += 1;
                None
            }
            Ok(Stored::Written) => {
                self.written += 1;
                self.place(trace);
                None
            }
            Err(error) if error.blame() == Blame::Machine => Some(Became::CouldNotRun(sentence(&error))),
            Err(error) => Some(Became::Failed(Some(sentence(&error)))),
        }
    }

    /// Whether the trace does not hold: against the guide, or against the committed one.
    fn would_fail(&self, cell: &Cell, trace: &Trace) -> bool {
        let committed = self.inputs.traces.get(&trace::path(&cell.id)).and_then(TraceFile::sound);
        let committed = committed.filter(|_| self.mode == Mode::Frozen);
        let differs = committed
            .is_some_and(|committed| !trace::difference(committed, trace, &Script::of_cell(cell)).judged.is_empty());
        differs || fails(self.inputs, trace)
    }

    /// Whether the trace that is there is past the policy's age: then a run that says the same makes it young again.
    fn is_old(&self, cell: &CellId) -> bool {
        let there = self.inputs.traces.get(&trace::path(cell)).and_then(TraceFile::sound);
        let limit = i64::from(self.inputs.book.policy.old_evidence);
        there.is_some_and(|trace| self.inputs.today.days_since(trace.recorded_on()) > limit)
    }

    fn place(&mut self, trace: &Trace) {
        self.inputs.traces.insert(trace::path(&trace.cell), TraceFile::new(trace::write(trace)));
    }

    /// Holds a new run against the committed trace. One that is not there, or that cannot be used, is the gate's to tell.
    fn compare(&mut self, cell: &Cell, trace: &Trace) -> Option<Became> {
        let committed = self.inputs.traces.get(&trace::path(&cell.id)).and_then(TraceFile::sound)?;
        let Difference { judged, unjudged } = trace::difference(committed, trace, &Script::of_cell(cell));
        if !judged.is_empty() && self.shortened.contains(&cell.id) {
            self.again.insert(cell.id.clone());
            return None;
        }
        // What nobody judges may well be other after fewer rounds.
        for fragment in unjudged.iter().filter(|_| !self.shortened.contains(&cell.id)) {
            self.remarks.push((Head::Note, format!("{}: {fragment}", cell.id)));
        }
        if judged.is_empty() {
            return None;
        }
        for fragment in &judged {
            self.remarks.push((Head::Error, format!("{}: {fragment}", cell.id)));
        }
        self.place(trace);
        Some(Became::Failed(Some("it differs from its committed trace".to_owned())))
    }
}
