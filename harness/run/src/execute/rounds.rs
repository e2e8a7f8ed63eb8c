//! The runs of a benchmark's steps, folded: one record for each step, with the time of every run. Memory only; touches nothing.

use std::collections::BTreeMap;

use dogfood_core::event::{StepAt, StepRecord, Timed};

use super::script::Planned;

/// What the benchmark that runs has said so far.
#[derive(Debug, Default)]
pub(super) struct Rounds {
    held: BTreeMap<StepAt, StepRecord>,
    load: Option<f64>,
}

impl Rounds {
    /// Notes how busy the machine is, if `planned` is the first run of a benchmark. Returns whether anybody has to hear that it starts.
    pub(super) fn start(&mut self, planned: &Planned<'_>, load: impl Fn() -> Option<f64>) -> bool {
        let Some(turn) = planned.turn else { return true };
        if self.held.is_empty() {
            self.load = load();
        }
        turn.round == 0
    }

    /// Takes the record of one run. Returns what can be told now: that record, if it is of no benchmark; one for each step of the
    /// benchmark when it is over, or when it `ends` here, before its last run.
    pub(super) fn take(&mut self, planned: &Planned<'_>, mut record: StepRecord, ends: bool) -> Vec<StepRecord> {
        let Some(turn) = planned.turn else { return vec![record] };
        let before = self.held.remove(&record.at);
        let took = record.took;
        if let Some(before) = before {
            record.took += before.took;
            record.timed = before.timed;
        }
        if turn.timed {
            let load = self.load;
            let timed = record.timed.get_or_insert_with(|| Box::new(Timed { load, ..Timed::default() }));
            match turn.round {
                0 => timed.warm_up = took,
                _ => timed.samples.push(took),
            }
        }
        self.held.insert(record.at, record);
        let over = ends || turn.last;
        if over { std::mem::take(&mut self.held).into_values().collect() } else { Vec::new() }
    }
}
