//! A run whose traces are neither written nor held against others here: what `dogfood bench` compares. Starts what a run starts.

use dogfood_core::checkout::Inputs;
use dogfood_core::date::moment;
use dogfood_core::event::{CellEnd, CellId, NotRun, RunEvent};
use dogfood_core::plan::Plan;
use dogfood_core::trace::{Recorder, Trace};

use super::record::{Collector, Finished};
use super::{ROOM, Request, deps, planned};
use crate::cmd::Context;
use crate::exit::{Trouble, sentence};
use crate::progress::Progress;
use crate::{config, interrupt, machine};

/// What became of one cell.
pub(crate) struct Ran {
    /// The cell.
    pub(crate) cell: CellId,
    /// How it ended; nothing if nothing was heard of it.
    pub(crate) end: Option<CellEnd>,
    /// What was recorded, if it came to an end of its own.
    pub(crate) trace: Option<Trace>,
}

/// What a run left.
pub(crate) struct Measured {
    /// Cell by cell, in the order of the plan.
    pub(crate) cells: Vec<Ran>,
    /// What earlier runs had left and could not be removed, in words.
    pub(crate) problems: Vec<String>,
}

/// Loads the checkout and plans the cells of `request`.
pub(crate) fn plan(context: &Context, root: &std::path::Path, request: &Request) -> Result<(Inputs, Plan), Trouble> {
    planned(context, root, request)
}

/// Runs `plan` and returns what it left.
pub(crate) fn run(
    context: &mut Context,
    root: &std::path::Path,
    plan: &Plan,
    request: &Request,
) -> Result<Measured, Trouble> {
    let stop = interrupt::flag()?;
    let deps = deps::of(context, root, request, &stop)?;
    let mut collector = Collector::new(plan, machine::this(), Recorder::Local);
    let mut progress = Progress::new(plan.cells.len(), context.animated());
    let mut cells = Vec::new();
    let result = dogfood_run::execute::execute(plan, &deps, &mut |event: RunEvent| {
        collector.event(&event, &moment(config::now()));
        progress.event(&event, &mut context.output);
        while let Some(Finished { cell, end, trace, unwell }) = collector.next() {
            // Times of a server that was not well are worth nothing.
            let (end, trace) = match unwell {
                Some(why) => (CellEnd::NotRun(NotRun::NotAvailable(why)), None),
                None => (end, trace),
            };
            cells.push(Ran { cell: cell.id.clone(), end: Some(end), trace });
        }
    });
    progress.finish();
    let ran =
        result.map_err(|error| Trouble::machine(format!("the run could not begin: {}", sentence(&error)), ROOM))?;
    cells.extend(collector.rest().iter().map(|cell| Ran { cell: cell.id.clone(), end: None, trace: None }));
    Ok(Measured { cells, problems: [ran.swept.problems, ran.left].concat() })
}
