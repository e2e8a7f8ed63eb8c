//! `dogfood run --walk` and `--as-reader`: every selected page from top to bottom in one world. Records nothing.
//!
//! A walk is judged as evidence is: what its steps said is put, recipe by recipe, in the place of the traces, and the gate looks at it. So
//! there is one judge, and a page that passes here and there passes by the same measure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::date::moment;
use dogfood_core::event::{Captured, CellId, NotRun, Part, StepRecord};
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::{self, Report};
use dogfood_core::infra::target::NONE;
use dogfood_core::markup::model::Chapter;
use dogfood_core::name::Id;
use dogfood_core::plan::{self, Cell, Plan};
use dogfood_core::reports::Sources;
use dogfood_core::trace::{self, Ended, Pins, Recorder, SCHEMA, Trace, toolbox_pin};
use dogfood_run::execute::{self, Page, PageTarget, WalkEvent, WalkStep, Walked};
use mdbook_dogfood::terminal::Shown;
use serde_json::json;

use super::{ROOM, Request, deps, faulty, left_behind};
use crate::cli::Format;
use crate::cmd::{Context, findings, select};
use crate::exit::{Exit, Trouble, sentence};
use crate::interrupt;
use crate::output::{Head, count};
use crate::progress::Progress;
use crate::{config, machine};

/// The rules that judge what steps said.
const JUDGES: [&str; 2] = ["output-drift", "failed-evidence"];

/// What became of one page on one target.
struct PageResult {
    name: String,
    walked: Walked,
    findings: Vec<Finding>,
}

/// Walks the selected pages, each on each of its targets.
pub(crate) fn run(context: &mut Context, root: &Path, request: &Request, as_reader: bool) -> Result<Exit, Trouble> {
    let inputs = context.load(root, context.today(&request.today)?)?;
    let selection = select::parse(&request.selectors, &inputs)?;
    let mut plan = plan::build(&select::guides(&inputs), &inputs.targets, &inputs.toolboxes, &selection);
    let report = gate::check(&inputs);
    faulty::leave_out(&mut plan, &inputs, &report);
    let pages = pages(&inputs, &plan, as_reader);
    if pages.is_empty() && plan.left_out.is_empty() {
        context.output.say("nothing to walk: no selected guide holds a recipe that can run");
        return Ok(Exit::Nothing);
    }
    let stop = interrupt::flag()?;
    let deps = deps::of(context, root, request, &stop)?;
    let (mut results, mut seen, mut left) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (chapter, page) in &pages {
        let name = name(page);
        context.output.say(format_args!("{name}: walking {}", chapter.path));
        let mut said = Vec::new();
        let mut progress = Progress::new(1, context.animated());
        let walked = execute::walk(page, &deps, &mut |event| match event {
            WalkEvent::Run(event) => progress.event(&event, &mut context.output),
            WalkEvent::Left(problem) => left.push(problem),
            WalkEvent::Started(step) => progress.walking(&name, step.recipe.as_ref(), step.at),
            WalkEvent::Ended(step, record) => heard(&mut said, step, *record),
        });
        progress.finish();
        let walked = walked
            .map_err(|error| Trouble::machine(format!("the walk could not begin: {}", sentence(&error)), ROOM))?;
        if matches!(walked, Walked::Withheld(_)) {
            // Nothing of what was said may be shown, by a judgement neither.
            said.clear();
        }
        let (findings, cells) = judge(&inputs, &plan, page, &said, &walked);
        seen.extend(cells);
        let over = matches!(walked, Walked::NotRun(NotRun::Interrupted));
        results.push(PageResult { name, walked, findings });
        if over {
            break;
        }
    }
    for problem in &left {
        context.output.headed(Head::Error, Shown(problem));
    }
    let exit = tell(context, &inputs, &pages, &results, request)?.and(left_behind(&left));
    not_seen(context, &plan, &seen);
    Ok(exit.and(not_planned(context, &inputs, &plan, &report)?))
}

/// Keeps what a step said; what runs again before each variant of a benchmark said what it says last.
fn heard(said: &mut Vec<(WalkStep, StepRecord)>, step: WalkStep, record: StepRecord) {
    match said.iter_mut().find(|(other, _)| *other == step) {
        Some((_, before)) => *before = record,
        None => said.push((step, record)),
    }
}

/// Names the cells that no walk was held against: a reader follows a page with its own toolbox and with one target of a protocol at a time.
fn not_seen(context: &mut Context, plan: &Plan, seen: &BTreeSet<CellId>) {
    let left: Vec<String> =
        plan.cells.iter().map(|cell| &cell.id).filter(|id| !seen.contains(id)).map(ToString::to_string).collect();
    if !left.is_empty() {
        let line = format!("{} not judged on any walk: {}", count(left.len(), "recipe"), left.join(", "));
        context.output.headed(Head::Note, Shown(&line));
    }
}

/// Tells of what could not even be planned.
fn not_planned(context: &mut Context, inputs: &Inputs, plan: &Plan, report: &Report) -> Result<Exit, Trouble> {
    if plan.left_out.is_empty() {
        return Ok(Exit::Clean);
    }
    let found: Vec<Finding> = faulty::findings(inputs, report).cloned().collect();
    findings::people(context, &found, &Sources::of(inputs))?;
    for cell in &plan.left_out {
        context.output.headed(Head::Error, Shown(&format!("{}: not walked: {}", cell.id, cell.why)));
    }
    Ok(Exit::Findings)
}

/// The page with the targets of its walk.
fn name(page: &Page) -> String {
    let targets: Vec<&str> = page.targets.iter().map(|own| own.target.id.as_str()).collect();
    let targets = if targets.is_empty() { NONE.to_owned() } else { targets.join("+") };
    format!("{}@{targets}", page.guide.front.guide)
}

/// Every selected guide in the order of the book, as often as it takes to see each of its targets.
fn pages<'a>(inputs: &'a Inputs, plan: &Plan, as_reader: bool) -> Vec<(&'a Chapter, Page)> {
    let mut pages: Vec<(&Chapter, Page)> = Vec::new();
    for (chapter, guide) in inputs.guides() {
        let cells: Vec<&Cell> = plan.cells.iter().filter(|cell| cell.guide == chapter.path).collect();
        let shared = Arc::new(guide.clone());
        let toolbox = guide.front.toolbox.as_ref().and_then(|(id, _)| inputs.toolboxes.get(id));
        let toolbox = toolbox.cloned().map(Arc::new);
        let walks = if cells.is_empty() { Vec::new() } else { walks(&cells) };
        pages.extend(walks.into_iter().map(|targets| {
            let (path, guide, toolbox) = (chapter.path.clone(), Arc::clone(&shared), toolbox.clone());
            (chapter, Page { path, guide, targets, toolbox, as_reader })
        }));
    }
    pages
}

/// The targets of each walk. Targets of one protocol hand out the same names, so that a reader has one of them at a time; those of
/// different protocols a reader has all at once. A fault goes with one target: then each is walked alone.
fn walks(cells: &[&Cell]) -> Vec<Vec<PageTarget>> {
    let mut groups: Vec<Vec<PageTarget>> = Vec::new();
    let has_fault = |cell: &&&Cell| cell.recipe.steps.iter().any(|step| step.options.fault.is_some());
    let alone = cells.iter().any(|cell| has_fault(&cell));
    for cell in cells {
        let Some(target) = &cell.target else { continue };
        let own = || PageTarget { target: Arc::clone(target), toolbox: cell.target_toolbox.clone() };
        if groups.iter().flatten().any(|known| known.target.id == target.id) {
            continue;
        }
        let protocol = target.spec.protocol;
        match groups.iter_mut().find(|group| alone || group.iter().any(|known| known.target.spec.protocol == protocol))
        {
            Some(group) => group.push(own()),
            None => groups.push(vec![own()]),
        }
    }
    let walks = groups.iter().map(Vec::len).max().unwrap_or(1);
    let of_walk = |walk: usize| groups.iter().filter_map(|group| group.get(walk).or(group.last()).cloned()).collect();
    (0..walks).map(of_walk).collect()
}

/// What the gate says of the page's recipes, had they been recorded on this walk, and which cells that are.
fn judge(
    inputs: &Inputs,
    plan: &Plan,
    page: &Page,
    said: &[(WalkStep, StepRecord)],
    walked: &Walked,
) -> (Vec<Finding>, Vec<CellId>) {
    let mut inputs = inputs.clone();
    let around: Vec<StepRecord> =
        said.iter().filter(|(step, _)| step.recipe.is_none()).map(|(_, record)| record.clone()).collect();
    let mut own: BTreeMap<&Id, Vec<StepRecord>> = BTreeMap::new();
    for (step, record) in said {
        if let Some(recipe) = &step.recipe {
            own.entry(recipe).or_default().push(record.clone());
        }
    }
    let mut walked_cells: Vec<CellId> = Vec::new();
    for cell in &plan.cells {
        let here = cell.id.guide == page.guide.front.guide
            && page.target_of(&cell.recipe) == Some(&cell.id.target)
            && cell.id.toolbox.is_none();
        let Some(records) = own.get(&cell.id.recipe).filter(|_| here) else { continue };
        let trace = as_trace(cell, &around, records, walked);
        inputs.traces.insert(trace::path(&cell.id), TraceFile::new(trace::write(&trace)));
        walked_cells.push(cell.id.clone());
    }
    let of_walk = |finding: &Finding| {
        let named = |cell: &CellId| {
            finding.subject.as_deref() == Some(&cell.to_string())
                || finding.subject == Some(format!("{}/{}", cell.guide, cell.recipe))
        };
        JUDGES.contains(&finding.rule) && walked_cells.iter().any(named)
    };
    let mut found: Vec<Finding> = gate::check(&inputs).findings.into_iter().filter(of_walk).collect();
    for finding in &mut found {
        finding.notes = vec![
            "this is the page as a reader follows it, top to bottom in one folder; nothing was recorded".to_owned(),
        ];
        finding.help = "a recipe that passes alone and not here needs something that an earlier one changed: clean up in it, or use names of its own".to_owned();
    }
    (found, walked_cells)
}

/// One recipe's part of a walk, as a trace of today's text.
fn as_trace(cell: &Cell, around: &[StepRecord], own: &[StepRecord], walked: &Walked) -> Trace {
    let of = |part: Part| around.iter().filter(move |record| record.at.part == part).cloned();
    let steps = of(Part::Setup).chain(own.iter().cloned()).chain(of(Part::Teardown)).collect();
    let ended = match walked {
        Walked::Failed(step, why) if step.recipe.as_ref() == Some(&cell.id.recipe) => {
            Some(Ended { at: step.at, why: why.clone() })
        }
        _ => None,
    };
    Trace {
        schema: SCHEMA,
        cell: cell.id.clone(),
        recorded: moment(config::now()),
        recorder: Recorder::Local,
        machine: machine::this(),
        pins: Pins {
            recipe: cell.pins.recipe,
            setup: cell.pins.setup,
            teardown: cell.pins.teardown,
            target: cell.pins.target,
            toolbox: cell.toolbox.as_ref().map(|toolbox| toolbox_pin(toolbox, &[])),
        },
        imported: Vec::new(),
        versions: BTreeMap::new(),
        service: BTreeMap::new(),
        steps,
        ended,
        after: Captured::default(),
    }
}

fn tell(
    context: &mut Context,
    inputs: &Inputs,
    pages: &[(&Chapter, Page)],
    results: &[PageResult],
    request: &Request,
) -> Result<Exit, Trouble> {
    let sources = Sources::of(inputs);
    let mut exit = Exit::Clean;
    let mut passed = 0;
    let mut rows = Vec::new();
    for (result, (chapter, _)) in results.iter().zip(pages) {
        let errors = result.findings.iter().any(|finding| finding.severity == Severity::Error);
        let (word, why, code) = match &result.walked {
            Walked::Completed if errors => ("failed", None, Exit::Findings),
            Walked::Completed => ("passed", None, Exit::Clean),
            Walked::Failed(step, why) => {
                ("failed", Some(format!("{}: {why}", place(chapter, step, &sources))), Exit::Findings)
            }
            Walked::Withheld(why) => ("failed", Some(why.clone()), Exit::Findings),
            Walked::NotRun(not_run) => not_walked(not_run, request.available),
        };
        passed += usize::from(word == "passed");
        exit = exit.and(code);
        if request.format == Format::Human {
            findings::people(context, &result.findings, &sources)?;
            if let Some(why) = &why {
                context.output.headed(Head::Error, Shown(&format!("{}: {why}", result.name)));
            }
        }
        rows.push(json!({"page": result.name, "file": chapter.path.as_str(), "result": word, "why": why}));
    }
    if request.format == Format::Json {
        context.output.json(&json!({"pages": rows, "passed": passed, "not_passed": rows.len() - passed}))?;
    } else {
        let others = if rows.len() == passed { String::new() } else { format!(", {} did not", rows.len() - passed) };
        context.output.say(format_args!("{} passed{others}", count(passed, "walk")));
    }
    Ok(exit)
}

fn not_walked(not_run: &NotRun, available: bool) -> (&'static str, Option<String>, Exit) {
    match not_run {
        NotRun::NotAvailable(why) => {
            ("not-available", Some(why.clone()), if available { Exit::Clean } else { Exit::NotAvailable })
        }
        NotRun::Interrupted => ("not-run", Some("interrupted".to_owned()), Exit::Interrupted),
        NotRun::Broken(why) => ("not-available", Some(why.clone()), Exit::NotAvailable),
        NotRun::Faulty(why) => ("failed", Some(why.clone()), Exit::Findings),
        NotRun::WrongServerVersion { declared, says } => {
            let why = format!("wrong-server-version: the target file declares {declared}, the server says {says}");
            ("failed", Some(why), Exit::Findings)
        }
    }
}

fn place(chapter: &Chapter, step: &WalkStep, sources: &Sources<'_>) -> String {
    let span = chapter.fences.get(step.fence).map(|fence| &fence.span);
    span.map_or_else(|| chapter.path.to_string(), |span| format!("{}:{}", span.file, sources.place(span).start))
}
