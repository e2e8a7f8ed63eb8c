//! A whole run: cells over worker threads, everything given back at the end. Starts threads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, mpsc};
use std::thread::Builder;
use std::time::Duration;

use dogfood_core::event::{CellEnd, CellFacts, CellId, NotRun, RunEvent};
use dogfood_core::name::Id;
use dogfood_core::plan::{Cell, Plan};

use super::cell;
use super::deps::{Deps, RunError};
use super::host::Host;
use super::infrastructure::Infrastructure;
use super::supplies::{Supplies, lock};
use crate::lease::{self, Swept};
use crate::limits;
use crate::{supervise, sys, targets};

/// What there is to say after a run.
#[derive(Clone, Debug, Default)]
pub struct Ran {
    /// Where the recipes' folders are, if they were kept: one for each cell, by its number in the plan.
    pub kept: Option<PathBuf>,
    /// How long each target that recipes share took to get ready.
    pub started: BTreeMap<Id, Duration>,
    /// What earlier runs had left, and was removed before this one.
    pub swept: Swept,
    /// What this run could not remove, in words; `dogfood clean` and the next run try again.
    pub left: Vec<String>,
}

/// Runs `plan` with the toolboxes and targets of this machine. Events come in the order in which things happen; those of different cells
/// interleave. Every cell of the plan gets its [`RunEvent::CellEnded`].
pub fn execute(plan: &Plan, deps: &Deps, sink: &mut dyn FnMut(RunEvent)) -> Result<Ran, RunError> {
    execute_on(&Host::new(deps), plan, deps, sink)
}

/// As [`execute`], with toolboxes and targets from elsewhere.
pub fn execute_on(
    infrastructure: &dyn Infrastructure,
    plan: &Plan,
    deps: &Deps,
    sink: &mut dyn FnMut(RunEvent),
) -> Result<Ran, RunError> {
    let mut warm = Warm::begin(infrastructure, deps)?;
    let started = warm.run(plan, &deps.expected, sink);
    warm.end(started)
}

/// Hands `work` what several runs share, and gives it back afterwards: a target that one of them started is there for the next. Every recipe
/// has a bucket or a folder of its own all the same.
///
/// # Errors
/// If the runs could not begin or be given back.
pub fn warmly<T>(deps: &Deps, work: impl FnOnce(&mut Warm<'_>) -> T) -> Result<(T, Ran), RunError> {
    let host = Host::new(deps);
    let mut warm = Warm::begin(&host, deps)?;
    let result = work(&mut warm);
    Ok((result, warm.end(BTreeMap::new())?))
}

/// How long cells took when they were last recorded.
type Expected = BTreeMap<CellId, Duration>;

/// What several runs share.
pub struct Warm<'a> {
    supplies: Supplies<'a>,
    swept: Swept,
    /// How many cells the runs before had: folders and buckets are numbered on.
    cells: usize,
}

impl<'a> Warm<'a> {
    fn begin(infrastructure: &'a dyn Infrastructure, deps: &'a Deps) -> Result<Self, RunError> {
        limits::refuse().map_err(RunError::Limit)?;
        let swept = lease::sweep(&deps.root);
        Ok(Self { supplies: Supplies::begin(deps, infrastructure)?, swept, cells: 0 })
    }

    /// Runs `plan`, as [`execute`] does, where cells are `expected` to take as long. Returns how long the targets that it started took to get
    /// ready.
    pub fn run(&mut self, plan: &Plan, expected: &Expected, sink: &mut dyn FnMut(RunEvent)) -> BTreeMap<Id, Duration> {
        let (supplies, deps) = (&self.supplies, self.supplies.deps);
        supplies.renew(&plan.cells);
        let numbered = plan.cells.iter().enumerate().map(|(at, cell)| (self.cells + at, cell));
        // What is timed wants the machine for itself, and comes last.
        let (timed, plain): (Vec<_>, Vec<_>) = numbered.partition(|(_, cell)| cell.measures());
        self.cells += plan.cells.len();
        cells(supplies, longest_first(plain, expected), deps.jobs.max(1), sink);
        cells(supplies, timed.into(), 1, sink);
        end_orphans();
        supplies.started_after()
    }

    fn end(self, started: BTreeMap<Id, Duration>) -> Result<Ran, RunError> {
        let (kept, left) = self.supplies.end();
        Ok(Ran { kept, started, swept: self.swept, left })
    }
}

/// Ends what a recipe left below a supervisor that it killed. To be called between runs: then only servers and their supervisors are ours.
pub fn end_orphans() {
    /// How long killed processes may take to be gone.
    const PATIENCE: Duration = Duration::from_secs(10);
    sys::end_adopted(&[supervise::client::SUBCOMMAND, targets::SUBCOMMAND], PATIENCE);
}

/// What took longest the last time comes first, so that no long recipe is left for the end when the other jobs have nothing to do any more;
/// what was never recorded may be as long, and else the order is the plan's.
fn longest_first<'a>(mut cells: Vec<(usize, &'a Cell)>, expected: &Expected) -> VecDeque<(usize, &'a Cell)> {
    cells.sort_by_key(|(_, cell)| Reverse(expected.get(&cell.id).copied().unwrap_or(Duration::MAX)));
    cells.into()
}

/// Runs cells (with their numbers in the plan) on `jobs` threads, and hands on what they say.
fn cells(supplies: &Supplies<'_>, cells: VecDeque<(usize, &Cell)>, jobs: usize, sink: &mut dyn FnMut(RunEvent)) {
    let (events, heard) = mpsc::channel::<RunEvent>();
    let workers = jobs.min(cells.len());
    let shared = cells.iter().map(|(_, cell)| *cell).filter(|cell| workers > 1 && cell::shares_its_server(cell));
    let ahead: Vec<&Cell> = shared.collect();
    let left = Mutex::new(cells);
    std::thread::scope(|scope| {
        // Targets get ready while recipes run that need others. Who needs one asks for it again, and hears how it went.
        let ahead_says = events.clone();
        let start_ahead = move || supplies.start_ahead(&ahead, &|event| drop(ahead_says.send(event)));
        let _ = Builder::new().spawn_scoped(scope, start_ahead);
        let worker = || {
            let (events, left) = (events.clone(), &left);
            let work = move || {
                // The receiver lives until every sender is gone.
                let say = |event| drop(events.send(event));
                loop {
                    let next = lock(left).pop_front();
                    let Some((number, cell)) = next else { return };
                    cell::run(supplies, cell, number, &say);
                }
            };
            Builder::new().spawn_scoped(scope, work)
        };
        // Fewer workers do the same work; without any, nothing runs.
        let refused: Vec<io::Error> = (0..workers).filter_map(|_| worker().err()).collect();
        if let Some(error) = refused.first().filter(|_| refused.len() == workers) {
            let why =
                format!("no thread can be started: {error}; raise `ulimit -u` or `ulimit -v`, or end other programs");
            for (_, cell) in lock(&left).drain(..) {
                let (cell, end) = (cell.id.clone(), CellEnd::NotRun(NotRun::Broken(why.clone())));
                drop(events.send(RunEvent::CellEnded { cell, facts: CellFacts::default(), end }));
            }
        }
        drop(events);
        heard.iter().for_each(sink);
    });
}
