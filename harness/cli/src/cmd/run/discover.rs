//! `dogfood run --discover`: runs Markdown that was written for something else. Every section is a recipe; what its fences do decides, and
//! what a terminal shows in them is compared. Records nothing, and needs no book.

use std::collections::BTreeMap;
use std::path::Path;

use dogfood_core::compare::{self, Captures, Work};
use dogfood_core::event::{CellEnd, CellId, RunEvent, StepAt, StepRecord};
use dogfood_core::finding::Severity;
use dogfood_core::markup::discover::{self, DiscoveredFence};
use dogfood_core::markup::model::{Guide, Stream};
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::plan::{self, Cell, Plan, Selection};
use dogfood_core::trace::Script;
use mdbook_dogfood::terminal::Shown;
use serde_json::json;

use super::outcome::{Became, Outcome};
use super::{ROOM, Request, deps};
use crate::cli::Format;
use crate::cmd::{Context, tree};
use crate::exit::{Exit, Trouble, sentence};
use crate::interrupt;
use crate::output::Head;
use crate::progress::Progress;

/// A page of the tree.
struct Page {
    path: RelPath,
    /// The fences that run, in order: those of the guide.
    steps: Vec<DiscoveredFence>,
    guide: Guide,
    /// Sections that cannot run, and why.
    broken: BTreeMap<Id, String>,
}

/// What one section said and how it ended.
#[derive(Default)]
struct Heard {
    records: Vec<StepRecord>,
    end: Option<CellEnd>,
}

/// Runs every section of every page below `folder`.
pub(super) fn run(context: &mut Context, folder: &Path, request: &Request) -> Result<Exit, Trouble> {
    let pages = pages(context, folder)?;
    let guides: Vec<(&RelPath, &Guide)> = pages.iter().map(|page| (&page.path, &page.guide)).collect();
    let mut plan = plan::build(&guides, &BTreeMap::new(), &BTreeMap::new(), &Selection::default());
    if plan.cells.is_empty() {
        context.output.say("nothing to run: no fence of this tree is a shell's or Python's");
        return Ok(Exit::Nothing);
    }
    let of = |cell: &Cell| pages.iter().find(|page| page.path == cell.guide);
    let why = |cell: &Cell| of(cell).and_then(|page| page.broken.get(&cell.id.recipe));
    let broken: Vec<(CellId, Became)> = plan
        .cells
        .iter()
        .filter_map(|cell| Some((cell.id.clone(), Became::Failed(Some(why(cell)?.clone())))))
        .collect();
    plan.cells.retain(|cell| why(cell).is_none());
    let heard = execute(context, &plan, request)?;
    let judged =
        plan.cells.iter().filter_map(|cell| Some((cell.id.clone(), judge(of(cell)?, cell, heard.get(&cell.id)))));
    let outcome = Outcome { cells: judged.chain(broken).collect(), skipped: Vec::new() };
    tell(context, &outcome, request.format)?;
    Ok(outcome.exit(request.available))
}

fn pages(context: &mut Context, folder: &Path) -> Result<Vec<Page>, Trouble> {
    let files = tree::markdown(&context.here.join(folder), folder)?;
    for (path, why) in files.left_out() {
        context.output.headed(Head::Warning, Shown(&format!("`{}` is left out: {why}", path.escape_debug())));
    }
    let mut names = Vec::new();
    let mut pages = Vec::new();
    for (path, text) in files.texts() {
        let name = discover::guide_name(path, &names);
        pages.extend(page(&name, path, &discover::discover(path, text, &files)));
        names.push(name);
    }
    Ok(pages)
}

/// The page as a guide called `name`; none if nothing of it runs.
fn page(name: &Id, path: &RelPath, fences: &[DiscoveredFence]) -> Option<Page> {
    let text = discover::as_guide(name, fences);
    let no_files = BTreeMap::<RelPath, String>::new();
    let (chapter, findings) = extract(path, &text, ChapterKind::Guide, &HideLines::default(), &no_files);
    let mut guide = chapter.guide.filter(|guide| !guide.recipes.is_empty())?;
    // The host's own Python: such a page knows of no toolbox.
    guide.front.toolbox = None;
    let mut broken = BTreeMap::new();
    for (fence, recipe) in discover::steps(fences) {
        if let Some(file) = fence.snippets.first() {
            let why = format!("{}: the snippet `{file}` is brought in by another tool", place(fence));
            broken.entry(recipe.clone()).or_insert(why);
        }
    }
    let steps: Vec<DiscoveredFence> = discover::steps(fences).map(|(fence, _)| fence.clone()).collect();
    // The guide's fences are the steps, one for one: what is wrong with one is told where it came from.
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        let above = chapter.fences.partition_point(|fence| fence.span.start <= finding.span.start);
        let fence = above.checked_sub(1).and_then(|at| steps.get(at));
        if let Some((fence, recipe)) = fence.and_then(|fence| Some((fence, fence.recipe.clone()?))) {
            broken.entry(recipe).or_insert_with(|| format!("{}: {}", place(fence), finding.title));
        }
    }
    Some(Page { path: path.clone(), steps, guide, broken })
}

fn place(fence: &DiscoveredFence) -> String {
    format!("{}:{}", fence.span.file, fence.line)
}

fn execute(context: &mut Context, plan: &Plan, request: &Request) -> Result<BTreeMap<CellId, Heard>, Trouble> {
    // The tree is somebody's: what a run holds is written down in the cache.
    let root = context.environment.cache()?.join("discover");
    let stop = interrupt::flag()?;
    let deps = deps::of(context, &root, request, &stop)?;
    let mut progress = Progress::new(plan.cells.len(), context.animated());
    let mut heard: BTreeMap<CellId, Heard> = BTreeMap::new();
    let ran = dogfood_run::execute::execute(plan, &deps, &mut |event| {
        progress.event(&event, &mut context.output);
        match event {
            RunEvent::CellStarted(cell) => drop(heard.remove(&cell)),
            RunEvent::StepEnded { cell, record } => heard.entry(cell).or_default().records.push(record),
            RunEvent::CellEnded { cell, end, .. } => heard.entry(cell).or_default().end = Some(end),
            _ => {}
        }
    });
    progress.finish();
    let ran = ran.map_err(|error| Trouble::machine(format!("the run could not begin: {}", sentence(&error)), ROOM))?;
    for problem in ran.swept.problems.iter().chain(&ran.left) {
        context.output.headed(Head::Warning, Shown(problem));
    }
    Ok(heard)
}

/// What became of a section: how its steps ended, and then whether a terminal would show what the page shows.
fn judge(page: &Page, cell: &Cell, heard: Option<&Heard>) -> Became {
    let Some((heard, end)) = heard.and_then(|heard| Some((heard, heard.end.as_ref()?))) else {
        return Became::NotRun("the run ended before it".to_owned());
    };
    if let CellEnd::Failed { at, why } = end {
        let said = heard.records.iter().find(|record| record.at == *at).map(last_line).unwrap_or_default();
        return Became::Failed(Some(format!("{}: {why}{said}", of_step(page, cell, *at))));
    }
    if let Some(became) = Became::of_end(end) {
        return became;
    }
    let script = Script::of_cell(cell);
    let (mut captures, mut work) = (Captures::default(), Work::new());
    for record in &heard.records {
        let Some(judged) = script.judged(record.at, Stream::Stdout, &cell.id.target) else { continue };
        let said = record.stdout.text.as_str();
        let why = match compare::compare(&judged.text, judged.format, said, &mut captures, &mut work) {
            Ok(outcome) if outcome.matches => continue,
            Ok(outcome) => format!("it said something else\n{}", compare::diff::render(&judged.text, said, &outcome)),
            Err(problem) => problem.to_string(),
        };
        return Became::Failed(Some(format!("{}: {why}", of_step(page, cell, record.at))));
    }
    Became::Passed { diverges: false }
}

/// Where a step stands in the tree.
fn of_step(page: &Page, cell: &Cell, at: StepAt) -> String {
    let step = Script::of_cell(cell).step(at);
    let fence = step.and_then(|step| page.steps.get(step.fence));
    fence.map_or_else(|| cell.guide.to_string(), place)
}

fn last_line(record: &StepRecord) -> String {
    let said = if record.stderr.text.as_str().is_empty() { &record.stdout } else { &record.stderr };
    said.text.as_str().lines().last().map(|line| format!("; its last line: {line}")).unwrap_or_default()
}

fn tell(context: &mut Context, outcome: &Outcome, format: Format) -> Result<(), Trouble> {
    if format == Format::Json {
        let number = |word| outcome.number(word);
        return context.output.json(&json!({
            "cells": outcome.rows(),
            "passed": number("passed"),
            "failed": number("failed"),
            "not_available": number("not-available"),
            "not_run": number("not-run"),
        }));
    }
    for remark in outcome.remarks() {
        context.output.say(Shown(&remark));
    }
    context.output.say(outcome.summary());
    Ok(())
}
