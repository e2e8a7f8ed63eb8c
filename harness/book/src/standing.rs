//! From the gate's report to what pages say. Pure; touches nothing.

use std::collections::BTreeMap;

use dogfood_core::compare::normalise;
use dogfood_core::event::{Captured, Part, StepRecord};
use dogfood_core::gate::{CellState, CellStatus, Inputs, Report};
use dogfood_core::markup::model::{Guide, Recipe, Stream};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::rules::Pin;
use dogfood_core::trace::{Script, Trace};

use crate::evidence::{CellEvidence, Observed, RecipeEvidence, Standing};

/// What every guide's page says about its recipes.
pub fn of_report(inputs: &Inputs, report: &Report) -> BTreeMap<RelPath, Vec<RecipeEvidence>> {
    let mut by_recipe: BTreeMap<(&RelPath, &Id), Vec<&CellStatus>> = BTreeMap::new();
    for status in &report.cells {
        by_recipe.entry((&status.guide, &status.cell.recipe)).or_default().push(status);
    }
    let page = |(chapter, guide): (&dogfood_core::markup::model::Chapter, &Guide)| {
        let recipes = guide.recipes.iter().map(|recipe| {
            let own = by_recipe.get(&(&chapter.path, &recipe.id)).map(Vec::as_slice).unwrap_or_default();
            let cells = own.iter().map(|status| of_cell(guide, recipe, status)).collect();
            RecipeEvidence { recipe: recipe.id.to_string(), cells }
        });
        (chapter.path.clone(), recipes.collect())
    };
    inputs.guides().map(page).collect()
}

fn of_cell(guide: &Guide, recipe: &Recipe, status: &CellStatus) -> CellEvidence {
    let shown = status.trace.as_ref().filter(|_| status.state.is_shown());
    CellEvidence {
        target: status.cell.target.to_string(),
        toolbox: status.cell.toolbox.as_ref().map(ToString::to_string),
        standing: standing(status),
        observed: shown.map(|trace| observed(&Script::of_recipe(guide, recipe), trace)).unwrap_or_default(),
    }
}

fn standing(status: &CellStatus) -> Standing {
    let verified = |trace: &Trace, remarks| Standing::Verified {
        recorded: trace.recorded.clone(),
        versions: trace.versions.iter().map(|(name, version)| (name.clone(), version.clone())).collect(),
        remarks,
    };
    match (&status.state, &status.trace) {
        (CellState::Verified, Some(trace)) => verified(trace, Vec::new()),
        (CellState::Shown(pins), Some(trace)) => {
            verified(trace, vec![format!("the {} changed since then and is not verified yet", words(pins))])
        }
        (state, trace) => Standing::NotVerified(why(state, trace.as_ref())),
    }
}

fn why(state: &CellState, trace: Option<&Trace>) -> String {
    let on = trace.map(|trace| format!(", on {}", trace.recorded_on())).unwrap_or_default();
    match state {
        CellState::Skipped { reason, until } => {
            let until = until.as_ref().map(|date| format!(" (until {date})")).unwrap_or_default();
            format!("skipped, {}{until}", reason.replace(['-', '_'], " "))
        }
        CellState::Stale(pins) | CellState::Shown(pins) => {
            format!("the {} changed since the last run{on}", words(pins))
        }
        CellState::Failed => format!("the last run failed{on}"),
        CellState::Drifted => format!("the last run{on}, printed something else than this page says"),
        CellState::Unreadable => "its record cannot be used".to_owned(),
        CellState::Missing | CellState::Verified => "never run".to_owned(),
    }
}

fn words(pins: &[Pin]) -> String {
    pins.iter().map(|pin| pin.word()).collect::<Vec<_>>().join(" and the ")
}

/// What the recipe's own steps said that nothing judges, step by step.
fn observed(script: &Script<'_>, trace: &Trace) -> Vec<Observed> {
    let own = trace.steps.iter().filter(|record| record.at.part == Part::Recipe);
    own.flat_map(|record| {
        let streams =
            [(Stream::Stdout, "standard output", &record.stdout), (Stream::Stderr, "standard error", &record.stderr)];
        let unjudged = streams.into_iter().filter(|(stream, _, captured)| {
            !captured.is_empty() && script.judged(record.at, *stream, &trace.cell.target).is_none()
        });
        unjudged.map(|(_, word, captured)| stream(record, word, captured)).collect::<Vec<_>>()
    })
    .collect()
}

fn stream(record: &StepRecord, word: &str, captured: &Captured) -> Observed {
    let command = record.at.command.map(|command| format!(", command {command}")).unwrap_or_default();
    let rest = captured.tail.as_ref().map_or(0, |tail| tail.as_str().len() as u64) + captured.dropped;
    Observed {
        place: format!("step {}{command}, {word}", record.at.step),
        // As a terminal would have shown it: without colours.
        text: normalise(captured.text.as_str()),
        dropped: rest,
    }
}
