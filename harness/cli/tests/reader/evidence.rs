//! Evidence for every recipe of a generated book: a run in which each step printed what the guide expects. Pure; touches nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use dogfood_core::checkout;
use dogfood_core::event::{Captured, CellEnd, CellFacts, Part, RunEvent, StepAt, StepEnd, StepRecord};
use dogfood_core::markup::model::{Step, Stream};
use dogfood_core::place::RelPath;
use dogfood_core::plan::{self, Cell, Selection};
use dogfood_core::redact::Redactor;
use dogfood_core::trace::{self, Machine, Recorder, Recording, Script};

use crate::gate::today;

/// The traces of the book in `files`; none where the book cannot be read.
pub(crate) fn traces(files: &BTreeMap<RelPath, String>) -> BTreeMap<RelPath, String> {
    let Ok(inputs) = checkout::load(files, today()) else { return BTreeMap::new() };
    let guides: Vec<_> = inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect();
    let plan = plan::build(&guides, &inputs.targets, &inputs.toolboxes, &Selection::default());
    plan.cells.iter().filter_map(|cell| Some((trace::path(&cell.id), record(cell)?))).collect()
}

fn record(cell: &Cell) -> Option<String> {
    let mut events = vec![RunEvent::CellStarted(cell.id.clone())];
    for part in [Part::Setup, Part::Recipe, Part::Teardown] {
        for step in Script::of_cell(cell).part(part) {
            events.extend(steps(cell, part, step).map(|record| RunEvent::StepEnded { cell: cell.id.clone(), record }));
        }
    }
    events.push(RunEvent::CellEnded { cell: cell.id.clone(), facts: CellFacts::default(), end: CellEnd::Completed });
    let machine = Machine { arch: "x86_64".to_owned(), cpus: 2, memory: "8 GiB".to_owned(), kernel: "6.1".to_owned() };
    let recorded = "2026-11-01T10:00:00Z".to_owned();
    let recording = Recording { cell, recorded, recorder: Recorder::Local, machine };
    trace::fold(&recording, &events).map(|trace| trace::write(&trace))
}

fn steps<'a>(cell: &'a Cell, part: Part, step: &'a Step) -> impl Iterator<Item = StepRecord> + 'a {
    let commands: Vec<Option<usize>> =
        if step.commands.is_empty() { vec![None] } else { (1..=step.commands.len()).map(Some).collect() };
    commands.into_iter().map(move |command| {
        let at = StepAt { part, step: step.number, command };
        let said = |stream| {
            let judged = Script::of_cell(cell).judged(at, stream, &cell.id.target).map(|judged| judged.text);
            Captured { text: Redactor::new(&[]).told(judged.unwrap_or_default().as_bytes()), ..Captured::default() }
        };
        StepRecord {
            at,
            language: step.language.clone(),
            ended: StepEnd::Exit(0),
            took: Duration::from_millis(12),
            stdout: said(Stream::Stdout),
            stderr: said(Stream::Stderr),
            error: None,
            fault: None,
            timed: None,
        }
    })
}
