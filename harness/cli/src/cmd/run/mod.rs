//! `dogfood run`: plans cells, has them run, keeps what they say as traces and lets the gate judge it. Writes `traces/`; the processes are the
//! run crate's.

mod chain;
mod deps;
mod discover;
mod faulty;
mod frozen;
mod keep;
mod matrix;
pub(crate) mod measure;
mod outcome;
mod plan_view;
mod record;
mod repeat;
mod restarts;
mod secrets;
mod verdict;
mod walk;
pub(crate) mod watch;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use dogfood_core::blame::Blame;
use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::date::moment;
use dogfood_core::event::{CellEnd, CellId, RunEvent};
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::{self, CellState};
use dogfood_core::plan::{self, Plan};
use dogfood_core::reports::{Sources, Told};
use dogfood_core::review::OWN_EVIDENCE;
use dogfood_core::trace::{self, Recorder};
use dogfood_run::execute::{self, Deps, Warm};
use dogfood_store::write;
use mdbook_dogfood::terminal::Shown;
use serde_json::json;

use self::chain::{Chain, Clock};
pub(crate) use self::deps::{adopt_orphans, program};
use self::keep::Keeper;
use self::outcome::{Became, INTERRUPTED, Outcome};
use self::record::Collector;
use self::restarts::Restarts;
use super::review::{self, Against};
use super::{Context, findings, select};
use crate::cli::{Format, RunArgs, Selectors, Today};
use crate::exit::{Exit, Trouble, sentence};
use crate::interrupt;
use crate::output::{Head, count};
use crate::progress::Progress;
use crate::{config, machine};

/// What mends a machine on which a run cannot begin or record.
pub(crate) const ROOM: &str =
    "see to it that the book's folder, `.dogfood` in it and TMPDIR can be written and have room, then run again";

/// How a command ends that leaves this behind.
pub(crate) fn left_behind(problems: &[String]) -> Exit {
    if problems.is_empty() { Exit::Clean } else { Blame::Machine.into() }
}

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
    /// Of those only what a change that starts from this commit leaves pending.
    pub(crate) base: Option<String>,
    /// The commit whose traces alone count.
    pub(crate) policy_from: Option<String>,
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
            base: None,
            policy_from: None,
            keep: false,
            available: false,
            jobs: config::jobs(None),
            fail_fast: false,
            format: Format::Human,
            today: Today::default(),
        }
    }

    /// What `list --plan` lists.
    pub(crate) fn listing(selectors: &Selectors, format: Format) -> Self {
        Self { format, ..Self::new(selectors.clone()) }
    }

    fn typed(args: &RunArgs, ci: bool) -> Self {
        // A pending cell has no evidence that it could be held against: CI records it, or nobody does.
        let frozen = args.frozen || (ci && !args.pending);
        // A trace that does not count is replaced, also by one that says the same.
        let refresh = args.refresh || args.policy_from.is_some();
        Self {
            mode: if frozen { Mode::Frozen } else { Mode::Record { refresh } },
            selectors: args.selection.clone(),
            stale: args.stale || args.pending,
            base: args.base.clone(),
            policy_from: args.policy_from.clone(),
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
    if let Some(folder) = &args.discover {
        return discover::run(context, folder, &Request::typed(args, context.environment.ci));
    }
    let root = context.root()?;
    if args.refresh && context.environment.ci {
        return Err(Trouble::usage(
            "CI is set: no trace is written there",
            "refresh traces where a person commits them",
        ));
    }
    let request = Request::typed(args, context.environment.ci);
    if args.walk || args.as_reader {
        return walk::run(context, &root, &request, args.as_reader);
    }
    if args.plan {
        return show_plan(context, &root, &request);
    }
    if args.policy_from.is_some() && refuses(context, &root, &request)? {
        return Ok(Exit::Findings);
    }
    if args.watch {
        return watch::run(context, &root, &request, &mut watch::told);
    }
    match args.repeat {
        Some(times) => repeat::run(context, &root, &request, times),
        None => record(context, &root, &request),
    }
}

/// Says what would run, and runs nothing.
pub(crate) fn show_plan(context: &mut Context, root: &Path, request: &Request) -> Result<Exit, Trouble> {
    let (inputs, plan) = planned(context, root, request)?;
    plan_view::show(context, &plan, &inputs, request.format)?;
    let faults = if plan.left_out.is_empty() { Exit::Clean } else { Exit::Findings };
    Ok(if plan.cells.is_empty() { faults.and(Exit::Nothing) } else { faults })
}

/// Loads the checkout and plans the cells.
fn planned(context: &Context, root: &Path, request: &Request) -> Result<(Inputs, Plan), Trouble> {
    let (base, policy_from) = (request.base.as_deref(), request.policy_from.as_deref());
    let against = Against { base, policy_from, evidence_from: None };
    let mut inputs = against.load(context, root, context.today(&request.today)?)?;
    // This run records what that finding is about; see `refuses` for everything else.
    inputs.found.retain(|finding| finding.rule != OWN_EVIDENCE);
    let selection = select::parse(&request.selectors, &inputs)?;
    let mut plan = plan::build(&select::guides(&inputs), &inputs.targets, &inputs.toolboxes, &selection);
    let report = gate::check(&inputs);
    faulty::leave_out(&mut plan, &inputs, &report);
    if request.stale {
        let wants =
            |state: &CellState| if request.base.is_some() { *state == CellState::Pending } else { state.wants_run() };
        let wanted = |cell: &CellId| report.cells.iter().any(|status| status.cell == *cell && wants(&status.state));
        plan.cells.retain(|cell| wanted(&cell.id));
        plan.skipped.clear();
    }
    Ok((inputs, plan))
}

/// Whether something about a change under review is wrong that recording it does not remove; then it is printed, and nothing is recorded
/// on top of it.
fn refuses(context: &mut Context, root: &Path, request: &Request) -> Result<bool, Trouble> {
    let (base, policy_from) = (request.base.as_deref(), request.policy_from.as_deref());
    let against = Against { base, policy_from, evidence_from: None };
    let inputs = against.load(context, root, context.today(&request.today)?)?;
    let found = review::refusals(&gate::check(&inputs));
    findings::people(context, &found, &Sources::of(&inputs))?;
    if !found.is_empty() {
        let line = format!("{}: nothing is recorded before that is fixed", count(found.len(), "error"));
        context.output.headed(Head::Error, Shown(&line));
    }
    Ok(!found.is_empty())
}

/// What a run is carried out with.
pub(crate) struct Equipment<'a, 'w> {
    deps: &'a Deps,
    /// What is there from earlier runs; absent for a run of its own.
    warm: Option<&'a mut Warm<'w>>,
}

/// Runs the cells and keeps or compares what they say.
pub(crate) fn record(context: &mut Context, root: &Path, request: &Request) -> Result<Exit, Trouble> {
    let deps = deps::of(context, root, request, &interrupt::flag()?)?;
    record_with(context, root, request, &mut Equipment { deps: &deps, warm: None })
}

fn record_with(
    context: &mut Context,
    root: &Path,
    request: &Request,
    equipment: &mut Equipment<'_, '_>,
) -> Result<Exit, Trouble> {
    let (mut inputs, plan) = planned(context, root, request)?;
    if plan.cells.is_empty() && plan.left_out.is_empty() {
        return nothing(context, &inputs, &plan, request);
    }
    let ran = match request.mode {
        Mode::Frozen => frozen::run(context, root, &plan, &mut inputs, (request, equipment))?,
        Mode::Record { .. } => {
            // What stays is told by `dogfood clean`.
            let _ = write::sweep_below(&root.join(trace::FOLDER));
            execute(context, root, &plan, &mut inputs, (request, equipment, &BTreeSet::new()))?
        }
    };
    let report = gate::check(&inputs);
    let outcome = verdict::judge(&plan, ran.cells, &report);
    let mut found = verdict::concerning(&inputs, &plan, &report, &outcome);
    if request.selectors.selectors.is_empty() {
        found.extend(findings::unread(&inputs, &report).cloned());
    }
    tell(
        context,
        &inputs,
        &found,
        &outcome,
        &Ended { remarks: &ran.remarks, chain: ran.chain.as_ref(), restarts: ran.restarts },
        request.format,
    )?;
    let faults =
        if found.iter().any(|finding| finding.severity == Severity::Error) { Exit::Findings } else { Exit::Clean };
    let interrupted = outcome.cells.iter().any(|(_, became)| *became == Became::NotRun(INTERRUPTED.to_owned()));
    let exit = outcome.exit(request.available).and(faults).and(ran.left);
    Ok(if interrupted { Exit::Interrupted } else { exit })
}

/// What a run left behind for telling.
struct Ran {
    cells: Vec<(CellId, Option<Became>)>,
    remarks: Vec<(Head, String)>,
    chain: Option<Chain>,
    /// Servers that went away meanwhile.
    restarts: Restarts,
    /// Those of the shortened cells that said something else: nothing is known of them yet.
    again: BTreeSet<CellId>,
    /// How it ends for what it could not remove.
    left: Exit,
}

/// Executes `plan`, whose `shortened` cells are judged only where they say what they said before.
fn execute(
    context: &mut Context,
    root: &Path,
    plan: &Plan,
    inputs: &mut Inputs,
    (request, equipment, shortened): (&Request, &mut Equipment<'_, '_>, &BTreeSet<CellId>),
) -> Result<Ran, Trouble> {
    let deps = Deps { expected: expected(plan, inputs), ..equipment.deps.clone() };
    if let Some(ahead) = chain::ahead(plan, &deps.expected).filter(|_| request.format == Format::Human) {
        context.output.say(Shown(&ahead));
    }
    let stop = Arc::clone(&deps.stop);
    let recorder = if context.environment.ci { Recorder::Ci } else { Recorder::Local };
    let mut collector = Collector::new(plan, machine::this(), recorder);
    let mut progress = Progress::new(plan.cells.len(), context.animated());
    let untouched = request.fail_fast.then(|| inputs.clone());
    let known = |cell: &CellId| [deps.secrets.clone(), deps.known.of(cell)].concat();
    let mut keeper = Keeper::new(root, (request.mode, shortened), &known, inputs);
    let mut failed = false;
    let (mut clock, mut restarts) = (Clock::new(), Restarts::default());
    let mut sink = |event: RunEvent| {
        collector.event(&event, &moment(config::now()));
        clock.event(&event);
        restarts.event(&event);
        progress.event(&event, &mut context.output);
        if let (RunEvent::CellEnded { cell, facts, end }, Some(inputs)) = (&event, &untouched)
            && !failed
            && facts.unwell.is_none()
            && !shortened.contains(cell)
            && (matches!(end, CellEnd::Withheld(_))
                || collector.peek(cell).is_some_and(|trace| verdict::fails(inputs, &trace)))
        {
            failed = true;
            stop.store(true, Ordering::SeqCst);
        }
        while let Some(finished) = collector.next() {
            keeper.keep(finished);
        }
    };
    let result = match &mut equipment.warm {
        Some(warm) => {
            let started = warm.run(plan, &deps.expected, &mut sink);
            Ok(execute::Ran { started, ..execute::Ran::default() })
        }
        None => execute::execute(plan, &deps, &mut sink),
    };
    progress.finish();
    let ran =
        result.map_err(|error| Trouble::machine(format!("the run could not begin: {}", sentence(&error)), ROOM))?;
    let why = if failed { "another recipe failed first" } else { INTERRUPTED };
    let cells = accounted(std::mem::take(&mut keeper.cells), collector.rest().iter().map(|cell| cell.id.clone()), why);
    let again = std::mem::take(&mut keeper.again);
    let mut remarks = std::mem::take(&mut keeper.remarks);
    remarks.extend(keeper.told().map(|told| (Head::Note, told)));
    remarks.extend(kept(plan, ran.kept.as_deref()));
    let swept = ran.swept.problems.into_iter().map(|problem| (Head::Warning, problem));
    remarks.extend(swept);
    let left = left_behind(&ran.left);
    remarks.extend(ran.left.into_iter().map(|problem| (Head::Error, problem)));
    Ok(Ran { cells, remarks, chain: clock.chain(plan, &ran.started), restarts, again, left })
}

/// Every cell of a run with what became of it: of the `rest` nothing was heard, and where the run was ended early, `why` says for what.
fn accounted(
    mut cells: Vec<(CellId, Option<Became>)>,
    rest: impl Iterator<Item = CellId>,
    why: &str,
) -> Vec<(CellId, Option<Became>)> {
    cells.extend(rest.map(|cell| (cell, Some(Became::NotRun(why.to_owned())))));
    let interrupted = Some(Became::NotRun(INTERRUPTED.to_owned()));
    for (_, became) in cells.iter_mut().filter(|(_, became)| *became == interrupted) {
        *became = Some(Became::NotRun(why.to_owned()));
    }
    cells
}

/// How long cells will take, as they did when they were last recorded.
fn expected(plan: &Plan, inputs: &Inputs) -> BTreeMap<CellId, Duration> {
    let expected = plan.cells.iter().filter_map(|cell| {
        let recorded = inputs.traces.get(&trace::path(&cell.id)).and_then(TraceFile::sound)?;
        Some((cell.id.clone(), if cell.measures() { recorded.took() } else { recorded.took_once() }))
    });
    expected.collect()
}

/// Where the recipes' folders are, if they were kept: one for each cell, by its number in the plan.
fn kept(plan: &Plan, folder: Option<&Path>) -> Vec<(Head, String)> {
    let Some(folder) = folder else { return Vec::new() };
    let of_cell = |(number, cell): (usize, &plan::Cell)| {
        (Head::Note, format!("{}: kept in {}", cell.id, folder.join(number.to_string()).join("work").display()))
    };
    plan.cells.iter().enumerate().map(of_cell).collect()
}

/// What there is to say about a run besides its outcome.
#[derive(Default)]
struct Ended<'a> {
    remarks: &'a [(Head, String)],
    chain: Option<&'a Chain>,
    restarts: Restarts,
}

fn tell(
    context: &mut Context,
    inputs: &Inputs,
    found: &[Finding],
    outcome: &Outcome,
    told: &Ended<'_>,
    format: Format,
) -> Result<(), Trouble> {
    let sources = Sources::of(inputs);
    if format == Format::Json {
        let findings: serde_json::Value =
            serde_json::from_str(&findings::rendered("json", &Told::new(found, &sources), context)?)
                .map_err(|error| Trouble::machine(format!("the findings are no JSON: {error}"), ""))?;
        let number = |word| outcome.number(word);
        return context.output.json(&json!({
            "cells": outcome.rows(),
            "findings": findings,
            "passed": number("passed"),
            "failed": number("failed"),
            "not_available": number("not-available"),
            "not_run": number("not-run"),
            "skipped": outcome.skipped.len(),
            "chain": told.chain,
            "restarted": told.restarts,
        }));
    }
    findings::people(context, found, &sources)?;
    for (head, remark) in told.remarks {
        context.output.headed(*head, Shown(remark));
    }
    for line in told.restarts.lines() {
        context.output.headed(Head::Warning, Shown(&line));
    }
    for line in matrix::lines(outcome) {
        context.output.say(line);
    }
    for remark in outcome.remarks() {
        context.output.say(Shown(&remark));
    }
    if let Some(chain) = told.chain {
        context.output.say(Shown(&chain.to_string()));
    }
    context.output.say(outcome.summary());
    Ok(())
}

/// There is no cell to run: because of faults, or because there is nothing to do.
fn nothing(context: &mut Context, inputs: &Inputs, plan: &Plan, request: &Request) -> Result<Exit, Trouble> {
    let report = gate::check(inputs);
    let of_chapter = |finding: &&Finding| inputs.chapters.iter().any(|chapter| chapter.path == finding.span.file);
    let errors = || report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let faults: Vec<Finding> = findings::unread(inputs, &report).chain(errors().filter(of_chapter)).cloned().collect();
    if request.format == Format::Json {
        let outcome = Outcome { cells: Vec::new(), skipped: plan.skipped.clone() };
        let faults = if request.stale { Vec::new() } else { faults };
        tell(context, inputs, &faults, &outcome, &Ended::default(), Format::Json)?;
        return Ok(if faults.is_empty() { Exit::Nothing } else { Exit::Findings });
    }
    if !request.stale && !faults.is_empty() {
        findings::people(context, &faults, &Sources::of(inputs))?;
        context.output.say("nothing was run");
        return Ok(Exit::Findings);
    }
    context.output.say(match (request.stale, plan.skipped.len()) {
        (true, _) => "nothing to run: the evidence of every selected recipe holds".to_owned(),
        (false, 0) => "nothing to run: no guide of this book holds a recipe".to_owned(),
        (false, number) => format!("nothing to run: {} skipped for now", count(number, "selected recipe")),
    });
    Ok(Exit::Nothing)
}
