//! `dogfood run`: plans cells, has them run, keeps what they say as traces and lets the gate judge it. Writes `traces/`; the processes are the
//! run crate's.

mod keep;
mod outcome;
mod plan_view;
mod record;
mod walk;

use std::io::IsTerminal;
use std::path::Path;
use std::sync::atomic::Ordering;

use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::date::moment;
use dogfood_core::event::{CellId, RunEvent};
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::{self, Report};
use dogfood_core::plan::{self, Plan};
use dogfood_core::reports::Sources;
use dogfood_core::trace::{self, Recorder};
use mdbook_dogfood::terminal::Shown;
use serde_json::json;

use self::keep::{Keeper, Kept};
use self::outcome::{Became, Outcome};
use self::record::Collector;
use super::{Context, findings, select};
use crate::cli::{Format, RunArgs, Selectors, Today};
use crate::exit::{Exit, Trouble};
use crate::interrupt;
use crate::output::Head;
use crate::progress::Progress;
use crate::{config, machine};

/// What happens to what a run says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It becomes the trace, unless it says the same as the trace that is there.
    Record {
        /// Then too.
        refresh: bool,
    },
    /// It is held against the trace that is there; nothing is written.
    Frozen,
}

/// What to run, resolved.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What happens to what the run says.
    pub(crate) mode: Mode,
    /// Which cells.
    pub(crate) selectors: Selectors,
    /// Only those that the gate wants to be run.
    pub(crate) stale: bool,
    /// Keep the recipes' folders.
    pub(crate) keep: bool,
    /// Accept that infrastructure is not there.
    pub(crate) available: bool,
    /// Recipes at a time.
    pub(crate) jobs: usize,
    /// Stop after the first failure.
    pub(crate) fail_fast: bool,
    /// For whom to tell the result.
    pub(crate) format: Format,
    /// Today.
    pub(crate) today: Today,
}

impl Request {
    /// Runs and records the cells, with what holds where nothing is said.
    pub(crate) fn new(selectors: Selectors) -> Self {
        Self {
            mode: Mode::Record { refresh: false },
            selectors,
            stale: false,
            keep: false,
            available: false,
            jobs: config::jobs(None),
            fail_fast: false,
            format: Format::Human,
            today: Today::default(),
        }
    }

    fn typed(args: &RunArgs, ci: bool) -> Self {
        let frozen = args.frozen || ci;
        Self {
            mode: if frozen { Mode::Frozen } else { Mode::Record { refresh: args.refresh } },
            selectors: args.selection.clone(),
            stale: args.stale,
            keep: args.keep,
            available: args.available,
            jobs: config::jobs(args.jobs),
            fail_fast: args.fail_fast,
            format: args.format,
            today: args.today.clone(),
        }
    }
}

/// Runs what was asked for.
pub(crate) fn run(context: &mut Context, args: &RunArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let request = Request::typed(args, context.environment.ci);
    if args.walk || args.as_reader {
        return walk::run(context, &root, &request, args.as_reader);
    }
    if args.plan {
        let (inputs, plan) = planned(context, &root, &request)?;
        plan_view::show(context, &plan, &inputs, request.format)?;
        return Ok(if plan.cells.is_empty() { Exit::Nothing } else { Exit::Clean });
    }
    record(context, &root, &request)
}

/// Loads the checkout and plans the cells.
fn planned(context: &Context, root: &Path, request: &Request) -> Result<(Inputs, Plan), Trouble> {
    let inputs = context.load(root, context.today(&request.today)?)?;
    let selection = select::parse(&request.selectors, &inputs)?;
    let mut plan = plan::build(&select::guides(&inputs), &inputs.targets, &inputs.toolboxes, &selection);
    if request.stale {
        let report = gate::check(&inputs);
        let wanted = |cell: &CellId| report.cells.iter().any(|status| status.cell == *cell && status.state.wants_run());
        plan.cells.retain(|cell| wanted(&cell.id));
        plan.skipped.clear();
    }
    Ok((inputs, plan))
}

/// Runs the cells and keeps or compares what they say.
pub(crate) fn record(context: &mut Context, root: &Path, request: &Request) -> Result<Exit, Trouble> {
    let (mut inputs, plan) = planned(context, root, request)?;
    if plan.cells.is_empty() {
        return nothing(context, &inputs, &plan, request);
    }
    let ran = execute(context, root, &plan, &mut inputs, request)?;
    let report = gate::check(&inputs);
    let outcome = judge(&plan, ran, &report);
    let found = concerning(&plan, &report, &outcome);
    tell(context, &inputs, &found, &outcome, request)?;
    let faults = if found.iter().any(|finding| finding.severity == Severity::Error) { Exit::Findings } else { Exit::Clean };
    let interrupted = outcome.cells.iter().any(|(_, became)| *became == Became::NotRun("interrupted".to_owned()));
    let exit = outcome.exit(request.available).and(faults);
    Ok(if interrupted { Exit::Interrupted } else { exit })
}
