//! `dogfood run --repeat N`: runs each recipe several times, and reports those that do not say the same each time, before their users' CI
//! does. Executes; writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::compare::diff;
use dogfood_core::event::{CellId, StepRecord};
use dogfood_core::plan::Cell;
use dogfood_core::trace::{self, Script, Trace};
use mdbook_dogfood::terminal::Shown;
use serde_json::json;

use super::measure::{self, Measured};
use super::outcome::{Became, Outcome};
use super::{Mode, Request, nothing, planned, verdict};
use crate::cli::Format;
use crate::cmd::Context;
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

/// What became of one cell, over all its runs.
struct Repeated<'a> {
    cell: &'a Cell,
    traces: Vec<Trace>,
    /// Why runs left no trace.
    without: Vec<Became>,
}

/// What is told of a cell.
struct Told {
    exit: Exit,
    /// One line each, with a difference below it where there is one.
    faults: Vec<(String, String)>,
    notes: Vec<String>,
}

/// Runs every planned cell `times` times.
pub(super) fn run(context: &mut Context, root: &Path, request: &Request, times: u16) -> Result<Exit, Trouble> {
    let (inputs, mut plan) = planned(context, root, request)?;
    if plan.cells.is_empty() {
        return nothing(context, &inputs, &plan, request);
    }
    // Nothing is timed here unless times are to be kept, and then nobody repeats.
    let shortened = if request.mode == Mode::Frozen { plan.warm_up_only() } else { BTreeSet::new() };
    let mut repeated: Vec<Repeated<'_>> =
        plan.cells.iter().map(|cell| Repeated { cell, traces: Vec::new(), without: Vec::new() }).collect();
    for _ in 0..times {
        let Measured { cells, problems } = measure::run(context, root, &plan, request)?;
        for problem in problems {
            context.output.headed(Head::Warning, Shown(&problem));
        }
        let mut interrupted = false;
        let mut by_id: BTreeMap<CellId, measure::Ran> = cells.into_iter().map(|ran| (ran.cell.clone(), ran)).collect();
        for cell in &mut repeated {
            let Some(ran) = by_id.remove(&cell.cell.id) else { continue };
            let became = ran.end.as_ref().and_then(Became::of_end);
            interrupted |= ran.end.is_none() || matches!(became, Some(Became::NotRun(_)));
            match (became, ran.trace) {
                (Some(became), _) => cell.without.push(became),
                (None, Some(trace)) => cell.traces.push(trace),
                (None, None) if ran.end.is_none() => {}
                (None, None) => cell.without.push(Became::Failed(Some("it left no record".to_owned()))),
            }
        }
        if interrupted {
            context.output.say("interrupted: nothing is said about runs that differ");
            return Ok(Exit::Interrupted);
        }
    }
    let told: Vec<(&CellId, Told)> =
        repeated.iter().map(|cell| (&cell.cell.id, tell(cell, &inputs, &shortened, request.available))).collect();
    report(context, &told, times, request.format)?;
    let left_out = if plan.left_out.is_empty() { Exit::Clean } else { Exit::Findings };
    Ok(told.iter().map(|(_, told)| told.exit).fold(left_out, Exit::and))
}

fn tell(repeated: &Repeated<'_>, inputs: &Inputs, shortened: &BTreeSet<CellId>, available: bool) -> Told {
    let Repeated { cell, traces, without } = repeated;
    let script = Script::of_cell(cell);
    let runs = traces.len() + without.len();
    let mut told = Told { exit: Exit::Clean, faults: Vec::new(), notes: Vec::new() };
    let mut fault = |exit: Exit, line: String, shown: String| {
        told.exit = told.exit.and(exit);
        told.faults.push((line, shown));
    };
    for (became, number) in counted(without) {
        let one = Outcome { cells: vec![(cell.id.clone(), became.clone())], ..Outcome::default() };
        let why = one.remarks().pop().unwrap_or_default();
        let why = why.strip_prefix(&format!("{}: ", cell.id)).unwrap_or(&why);
        fault(one.exit(available), format!("{number} of {runs} runs: {why}"), String::new());
    }
    let kinds = kinds(traces, &script);
    let usual = kinds.iter().max_by_key(|kind| kind.len());
    for kind in kinds.iter().filter(|kind| usual.is_some_and(|usual| !std::ptr::eq(*kind, usual))) {
        let (usual, other) = (usual.map_or(kind[0], |usual| usual[0]), kind[0]);
        let what = trace::difference(usual, other, &script).judged.join("; ");
        fault(
            Exit::Findings,
            format!("{} of {runs} runs differ from the others: {what}", kind.len()),
            shown(usual, other),
        );
    }
    let committed = inputs.traces.get(&trace::path(&cell.id)).and_then(TraceFile::sound);
    for kind in &kinds {
        let (number, first) = (kind.len(), kind[0]);
        // A benchmark that ran its warm-up alone may say less than the recording.
        let judged = committed.filter(|_| !shortened.contains(&cell.id));
        let judged = judged.map(|committed| (committed, trace::difference(committed, first, &script).judged));
        if let Some((committed, what)) = judged.filter(|(_, what)| !what.is_empty()) {
            let line = format!("{number} of {runs} runs differ from the trace: {}", what.join("; "));
            fault(Exit::Findings, line, shown(committed, first));
        } else if verdict::fails(inputs, first) {
            let line =
                format!("{number} of {runs} runs are not what the guide says; `dogfood run {}` shows it", cell.id);
            fault(Exit::Findings, line, String::new());
        }
    }
    let first = traces.first();
    let others = first.iter().flat_map(|first| traces[1..].iter().map(move |other| (first, other)));
    let unjudged: BTreeSet<String> =
        others.flat_map(|(first, other)| trace::difference(first, other, &script).unjudged).collect();
    told.notes.extend(unjudged.into_iter().map(|what| format!("{what} from run to run, and nothing judges it")));
    told
}

/// The runs in groups that say the same where it is judged.
fn kinds<'t>(traces: &'t [Trace], script: &Script<'_>) -> Vec<Vec<&'t Trace>> {
    let mut kinds: Vec<Vec<&Trace>> = Vec::new();
    for new in traces {
        let known = kinds.iter_mut().find(|kind| trace::difference(kind[0], new, script).judged.is_empty());
        match known {
            Some(kind) => kind.push(new),
            None => kinds.push(vec![new]),
        }
    }
    kinds
}

fn counted(without: &[Became]) -> Vec<(&Became, usize)> {
    let mut counted: Vec<(&Became, usize)> = Vec::new();
    for became in without {
        match counted.iter_mut().find(|(known, _)| *known == became) {
            Some((_, number)) => *number += 1,
            None => counted.push((became, 1)),
        }
    }
    counted
}

/// The lines in which two runs differ.
fn shown(old: &Trace, new: &Trace) -> String {
    let error =
        |record: &StepRecord| record.error.as_ref().map(|error| error.text.as_str().to_owned()).unwrap_or_default();
    let streams = |record: &StepRecord| {
        [record.stdout.text.as_str().to_owned(), record.stderr.text.as_str().to_owned(), error(record)]
    };
    let mut text = String::new();
    for before in &old.steps {
        let Some(after) = new.step(before.at) else { continue };
        for (before, after) in streams(before).iter().zip(streams(after)) {
            if *before != after {
                text.push_str(&diff::plain(before, &after, &diff::Look::PLAIN));
            }
        }
    }
    text
}

fn report(context: &mut Context, told: &[(&CellId, Told)], times: u16, format: Format) -> Result<(), Trouble> {
    if format == Format::Json {
        let cells = told.iter().map(|(cell, told)| {
            let differences = told.faults.iter().map(|(what, diff)| json!({ "what": what, "diff": diff }));
            json!({
                "cell": cell.to_string(),
                "same": told.faults.is_empty(),
                "differences": differences.collect::<Vec<_>>(),
                "notes": told.notes,
            })
        });
        return context.output.json(&json!({ "repeats": times, "cells": cells.collect::<Vec<_>>() }));
    }
    for (cell, told) in told {
        for (line, diff) in &told.faults {
            context.output.headed(Head::Error, Shown(&format!("{cell}: {line}")));
            for line in diff.lines() {
                context.output.say(Shown(&format!("    {line}")));
            }
        }
        for note in &told.notes {
            context.output.headed(Head::Note, Shown(&format!("{cell}: {note}")));
        }
    }
    let same = told.iter().filter(|(_, told)| told.faults.is_empty()).count();
    let rest = told.len() - same;
    let others = if rest == 0 { String::new() } else { format!(", {rest} did not") };
    context
        .output
        .say(format!("{} ran {times} times: {same} said the same each time{others}", count(told.len(), "recipe")));
    Ok(())
}
