//! From the events of a run to traces, in the order of the plan whatever finished first. Pure: the clock comes in as a value.

use std::collections::BTreeMap;

use dogfood_core::event::{CellEnd, CellId, RunEvent};
use dogfood_core::plan::{Cell, Plan};
use dogfood_core::trace::{self, Machine, Recorder, Recording, Trace};

/// Collects what cells say until they are over.
pub(crate) struct Collector<'a> {
    plan: &'a Plan,
    machine: Machine,
    recorder: Recorder,
    said: BTreeMap<CellId, Said>,
    /// Cells of the plan that have been handed on.
    handed: usize,
}

/// What one cell said so far.
#[derive(Default)]
struct Said {
    began: String,
    events: Vec<RunEvent>,
    end: Option<CellEnd>,
    unwell: Option<String>,
}

/// A cell that is over, its turn in the plan having come.
pub(crate) struct Finished<'a> {
    /// The cell.
    pub(crate) cell: &'a Cell,
    /// How it ended.
    pub(crate) end: CellEnd,
    /// Its trace, if it came to an end of its own.
    pub(crate) trace: Option<Trace>,
    /// Why nothing that differs can be held against it, if something was wrong with its server.
    pub(crate) unwell: Option<String>,
}

impl<'a> Collector<'a> {
    /// For a run of `plan`.
    pub(crate) fn new(plan: &'a Plan, machine: Machine, recorder: Recorder) -> Self {
        Self { plan, machine, recorder, said: BTreeMap::new(), handed: 0 }
    }

    /// Takes an event that happened at `now` (`YYYY-MM-DDTHH:MM:SSZ`).
    pub(crate) fn event(&mut self, event: &RunEvent, now: &str) {
        match event {
            RunEvent::CellStarted(cell) => {
                let said = Said { began: now.to_owned(), events: vec![event.clone()], ..Said::default() };
                self.said.insert(cell.clone(), said);
            }
            RunEvent::StepEnded { cell, .. } => self.said.entry(cell.clone()).or_default().events.push(event.clone()),
            RunEvent::CellEnded { cell, end, facts } => {
                let said = self.said.entry(cell.clone()).or_default();
                said.events.push(event.clone());
                said.end = Some(end.clone());
                said.unwell.clone_from(&facts.unwell);
            }
            RunEvent::StepStarted { .. }
            | RunEvent::Fault { .. }
            | RunEvent::Toolbox { .. }
            | RunEvent::ServerLost { .. }
            | RunEvent::Target { .. } => {}
        }
    }

    /// The trace of a cell that is over, whether or not its turn has come.
    pub(crate) fn peek(&self, cell: &CellId) -> Option<Trace> {
        let planned = self.plan.cells.iter().find(|planned| planned.id == *cell)?;
        self.trace(planned, self.said.get(cell)?)
    }

    /// The next cell of the plan, if it is over.
    pub(crate) fn next(&mut self) -> Option<Finished<'a>> {
        let cell = self.plan.cells.get(self.handed)?;
        let end = self.said.get(&cell.id)?.end.clone()?;
        let said = self.said.remove(&cell.id)?;
        self.handed += 1;
        Some(Finished { cell, end, trace: self.trace(cell, &said), unwell: said.unwell })
    }

    /// The cells that nothing was heard of, or no end, once the run is over.
    pub(crate) fn rest(&self) -> &'a [Cell] {
        &self.plan.cells[self.handed..]
    }

    fn trace(&self, cell: &Cell, said: &Said) -> Option<Trace> {
        let recording =
            Recording { cell, recorded: said.began.clone(), recorder: self.recorder, machine: self.machine.clone() };
        trace::fold(&recording, &said.events)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dogfood_core::event::{CellFacts, NotRun};
    use dogfood_core::markup::{ChapterKind, HideLines, extract};
    use dogfood_core::place::RelPath;
    use dogfood_core::plan::{self, Selection};

    use super::*;
    use crate::machine;

    fn plan() -> Plan {
        let path = RelPath::new("guides/a.md").unwrap();
        let recipes: String = ["one", "two", "three"].map(|id| format!("```sh recipe={id}\ntrue\n```\n\n")).concat();
        let text = format!("---\nguide: a\nkind: sidebar\ntargets: [none]\n---\n\n{recipes}");
        let hidelines = HideLines(BTreeMap::new());
        let (chapter, _) = extract(&path, &text, ChapterKind::Guide, &hidelines, &BTreeMap::new());
        let guide = chapter.guide.unwrap();
        plan::build(&[(&path, &guide)], &BTreeMap::new(), &BTreeMap::new(), &Selection::default())
    }

    fn started(cell: &Cell) -> RunEvent {
        RunEvent::CellStarted(cell.id.clone())
    }

    fn ended(cell: &Cell, end: CellEnd) -> RunEvent {
        RunEvent::CellEnded { cell: cell.id.clone(), facts: CellFacts::default(), end }
    }

    #[test]
    fn cells_are_handed_on_in_the_order_of_the_plan() {
        let plan = plan();
        let [one, two, three] = &plan.cells[..] else { panic!("three cells") };
        let mut collector = Collector::new(&plan, machine::this(), Recorder::Local);
        let tell = |event: RunEvent, collector: &mut Collector<'_>| {
            collector.event(&event, "2026-11-20T00:00:00Z");
            std::iter::from_fn(|| collector.next())
                .map(|finished| finished.cell.id.recipe.to_string())
                .collect::<Vec<_>>()
        };
        let none: [&str; 0] = [];
        for cell in [one, two, three] {
            assert_eq!(tell(started(cell), &mut collector), none);
        }
        assert_eq!(tell(ended(three, CellEnd::Completed), &mut collector), none);
        assert!(collector.peek(&three.id).is_some() && collector.peek(&one.id).is_none());
        assert_eq!(tell(ended(one, CellEnd::Completed), &mut collector), ["one"]);
        assert_eq!(collector.rest().len(), 2);
        let interrupted = CellEnd::NotRun(NotRun::Interrupted);
        assert_eq!(tell(ended(two, interrupted), &mut collector), ["two", "three"]);
        assert!(collector.rest().is_empty());
    }

    #[test]
    fn a_cell_that_did_not_run_leaves_no_trace() {
        let plan = plan();
        let mut collector = Collector::new(&plan, machine::this(), Recorder::Ci);
        let cell = &plan.cells[0];
        collector.event(&started(cell), "2026-11-20T00:00:00Z");
        collector.event(&ended(cell, CellEnd::NotRun(NotRun::Interrupted)), "2026-11-20T00:00:01Z");
        assert!(collector.next().unwrap().trace.is_none());
        let cell = &plan.cells[1];
        collector.event(&started(cell), "2026-11-20T00:00:02Z");
        collector.event(&ended(cell, CellEnd::Completed), "2026-11-20T00:00:03Z");
        let trace = collector.next().unwrap().trace.unwrap();
        assert_eq!((trace.recorded.as_str(), trace.recorder), ("2026-11-20T00:00:02Z", Recorder::Ci));
    }
}
