//! From events to a trace: what one run of one cell said, in order.

use crate::event::{CellEnd, RunEvent};
use crate::plan::Cell;

use super::model::{Ended, Machine, Pins, Recorder, SCHEMA, Trace, rounded};
use super::pin::toolbox_pin;

/// What a run knows about a recording before its first event.
#[derive(Clone, Debug)]
pub struct Recording<'a> {
    /// The cell.
    pub cell: &'a Cell,
    /// When it started, `YYYY-MM-DDTHH:MM:SSZ`.
    pub recorded: String,
    /// Who records.
    pub recorder: Recorder,
    /// Where.
    pub machine: Machine,
}

/// The trace of the cell of `recording`, from the events of a run; events of other cells may stand between them. Nothing if the cell did
/// not come to an end of its own: then no trace is written and an old one stays.
pub fn fold<'e>(recording: &Recording<'_>, events: impl IntoIterator<Item = &'e RunEvent>) -> Option<Trace> {
    let id = &recording.cell.id;
    let mut steps = Vec::new();
    for event in events {
        match event {
            // A cell that starts again replaces what was said before.
            RunEvent::CellStarted(cell) if cell == id => steps.clear(),
            RunEvent::StepEnded { cell, record } if cell == id => {
                let mut record = record.clone();
                record.took = rounded(record.took);
                if let Some(seen) = &mut record.fault {
                    seen.armed = rounded(seen.armed);
                    seen.tripped = seen.tripped.map(rounded);
                    seen.cleared = rounded(seen.cleared);
                }
                steps.push(record);
            }
            RunEvent::CellEnded { cell, facts, end } if cell == id => {
                let ended = match end {
                    CellEnd::Completed => None,
                    CellEnd::Failed { at, why } => Some(Ended { at: *at, why: why.clone() }),
                    CellEnd::Withheld(_) | CellEnd::NotRun(_) => return None,
                };
                return Some(Trace {
                    schema: SCHEMA,
                    cell: id.clone(),
                    recorded: recording.recorded.clone(),
                    recorder: recording.recorder,
                    machine: recording.machine.clone(),
                    pins: pins(recording.cell, &facts.imported),
                    imported: facts.imported.clone(),
                    versions: facts.versions.clone(),
                    service: facts.service.clone(),
                    steps,
                    ended,
                    after: facts.after.clone(),
                });
            }
            _ => {}
        }
    }
    None
}

fn pins(cell: &Cell, imported: &[String]) -> Pins {
    Pins {
        recipe: cell.pins.recipe,
        setup: cell.pins.setup,
        teardown: cell.pins.teardown,
        target: cell.pins.target,
        toolbox: cell.toolbox.as_ref().map(|toolbox| toolbox_pin(toolbox, imported)),
    }
}
