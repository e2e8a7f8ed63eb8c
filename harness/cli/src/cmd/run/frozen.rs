//! `run --frozen`: of every benchmark only the warm-up runs, beside everything else, since nothing is timed; a recipe that then says something
//! else runs whole, and that is held against its trace.
//! Executes; writes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::Ordering;

use dogfood_core::checkout::Inputs;
use dogfood_core::event::CellId;
use dogfood_core::plan::Plan;

use super::outcome::{Became, INTERRUPTED};
use super::{Equipment, Ran, Request, execute};
use crate::cmd::Context;
use crate::exit::Trouble;
use crate::output::Head;

/// Runs `plan` with as few rounds as its traces allow.
pub(super) fn run(
    context: &mut Context,
    root: &Path,
    plan: &Plan,
    inputs: &mut Inputs,
    (request, equipment): (&Request, &mut Equipment<'_, '_>),
) -> Result<Ran, Trouble> {
    let mut short = plan.clone();
    let shortened = short.warm_up_only();
    let mut ran = execute(context, root, &short, inputs, (request, equipment, &shortened))?;
    if ran.again.is_empty() {
        return Ok(ran);
    }
    let again = std::mem::take(&mut ran.again);
    let became = if equipment.deps.stop.load(Ordering::SeqCst) {
        let why = if request.fail_fast { "another recipe failed first" } else { INTERRUPTED };
        again.iter().map(|cell| (cell.clone(), Some(Became::NotRun(why.to_owned())))).collect()
    } else {
        let cells = plan.cells.iter().filter(|cell| again.contains(&cell.id)).cloned().collect();
        let whole = Plan { cells, ..Plan::default() };
        let rest = execute(context, root, &whole, inputs, (request, equipment, &BTreeSet::new()))?;
        let why = "said something else after the warm-up of its benchmarks alone, and was run with all their rounds";
        ran.remarks.extend(again.iter().map(|cell| (Head::Note, format!("{cell} {why}"))));
        ran.remarks.extend(rest.remarks);
        ran.left = ran.left.and(rest.left);
        ran.restarts.extend(rest.restarts);
        rest.cells
    };
    let mut became: BTreeMap<CellId, Option<Became>> = became.into_iter().collect();
    for (cell, before) in &mut ran.cells {
        if let Some(became) = became.remove(cell) {
            *before = became;
        }
    }
    Ok(ran)
}
