//! `dogfood accept`: the guides follow what was recorded. Reads traces, writes expectations; runs nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use dogfood_core::accept::{AcceptProblem, Change, Edit, Recorded, apply, plan_accept};
use dogfood_core::checkout::Inputs;
use dogfood_core::compare::{Captures, Work, compare};
use dogfood_core::event::{Part, StepAt};
use dogfood_core::gate::{self, CellState, CellStatus, Report};
use dogfood_core::markup::model::{Chapter, ExpectFormat, Guide, Step, Stream};
use dogfood_core::place::RelPath;
use dogfood_core::plan::Selection;
use dogfood_core::reports::Sources;
use dogfood_core::trace::{Script, Trace};
use mdbook_dogfood::terminal::Shown;

use super::run::ROOM;
use super::{Context, select};
use crate::cli::{AcceptArgs, Today};
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Accepts.
pub(crate) fn run(context: &mut Context, args: &AcceptArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    if context.environment.ci && !args.dry_run {
        let help = "accept where a person looks at the difference, and commit it; `--dry-run` only shows it";
        return Err(Trouble::usage("CI is set: nothing is accepted there", help));
    }
    let inputs = context.load(&root, context.today(&Today::default())?)?;
    let selection = select::parse(&args.selection, &inputs)?;
    let report = gate::check(&inputs);
    let Plan { changes, unusable } = plan(&inputs, &report, &selection, args.diverge).map_err(differ)?;
    for (cell, why) in &unusable {
        context.output.headed(Head::Error, Shown(&format!("{cell}: {why}; run `dogfood run {cell}` first")));
    }
    show(context, &changes, &Sources::of(&inputs));
    let edits: Vec<Edit> = changes.into_iter().flat_map(|change| change.edits).collect();
    let files: BTreeSet<&RelPath> = edits.iter().map(|edit| &edit.file).collect();
    if !args.dry_run {
        files.iter().try_for_each(|file| write(&root, &inputs, file, &edits))?;
    }
    context.output.say(match (files.len(), args.dry_run) {
        (0, _) => "nothing to accept".to_owned(),
        (number, true) => format!("{} would change", count(number, "file")),
        (number, false) => format!("{} changed: {}", count(number, "file"), names(&files)),
    });
    Ok(if unusable.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn names(files: &BTreeSet<&RelPath>) -> String {
    files.iter().map(|file| file.as_str()).collect::<Vec<_>>().join(", ")
}

fn differ(problem: (String, AcceptProblem)) -> Trouble {
    let (place, problem) = problem;
    Trouble::book(format!("{place}: {problem}"), "")
}

fn show(context: &mut Context, changes: &[Change], sources: &Sources<'_>) {
    for change in changes {
        context.output.say(format_args!("{}:{}", change.fence.file, sources.place(&change.fence).start));
        context.output.foreign(sources.safe_text(&change.diff).trim_end_matches('\n'));
        context.output.say("");
    }
}

/// What would be accepted.
struct Plan {
    changes: Vec<Change>,
    /// Cells whose traces are no ground for an expectation, and why.
    unusable: Vec<(String, &'static str)>,
}

fn plan(
    inputs: &Inputs,
    report: &Report,
    selection: &Selection,
    diverge: bool,
) -> Result<Plan, (String, AcceptProblem)> {
    let sources = Sources::of(inputs);
    let mut plan = Plan { changes: Vec::new(), unusable: Vec::new() };
    for (chapter, guide) in inputs.guides() {
        let statuses = report.cells.iter().filter(|status| status.guide == chapter.path);
        let (mut streams, mut all) = (Streams::default(), Streams::default());
        for status in statuses {
            let selected = selection.matches(&chapter.path, &status.cell);
            match usable(status) {
                Ok(Some(trace)) => {
                    all.add(guide, trace);
                    if selected {
                        streams.add(guide, trace);
                    }
                }
                Ok(None) => {}
                Err(why) if selected => plan.unusable.push((status.cell.to_string(), why)),
                Err(_) => {}
            }
        }
        for ((fence, stream), (step, recorded)) in &streams.0 {
            let changes = |recorded: &[Recorded]| {
                plan_accept(chapter, step, *stream, recorded, diverge)
                    .map_err(|problem| (place(chapter, step, &sources), problem))
            };
            // What was selected says whether anything changes; an expectation that others share must go on holding for them.
            if !changes(recorded)?.is_empty() {
                plan.changes.extend(changes(&all.0[&(*fence, *stream)].1)?);
            }
        }
    }
    Ok(plan)
}

fn place(chapter: &Chapter, step: &Step, sources: &Sources<'_>) -> String {
    let span = chapter.fences.get(step.fence).map(|fence| &fence.span);
    span.map_or_else(|| chapter.path.to_string(), |span| format!("{}:{}", span.file, sources.place(span).start))
}

/// The trace of a cell, if an expectation may follow it; nothing where there is none.
fn usable(status: &CellStatus) -> Result<Option<&Trace>, &'static str> {
    match &status.state {
        CellState::Skipped { .. } | CellState::Missing => Ok(None),
        CellState::Unreadable => Err("its trace cannot be used"),
        CellState::Stale(_) | CellState::Pending => Err("it was recorded from something else than what is here now"),
        CellState::Failed => Err("the recorded run failed"),
        CellState::Drifted | CellState::Shown(_) | CellState::Verified => Ok(status.trace.as_ref()),
    }
}

/// What all cells recorded, by the fence of the step and the stream, in the order of the guide. Setup and teardown are all recipes'.
#[derive(Default)]
struct Streams<'a>(BTreeMap<(usize, Stream), (&'a Step, Vec<Recorded>)>);

impl<'a> Streams<'a> {
    fn add(&mut self, guide: &'a Guide, trace: &Trace) {
        let Some(recipe) = guide.recipe(&trace.cell.recipe) else { return };
        let script = Script::of_recipe(guide, recipe);
        let mut captures = Captures::default();
        for part in [Part::Setup, Part::Recipe, Part::Teardown] {
            for step in script.part(part).iter().filter(|step| step.runs_on(&trace.cell.target)) {
                for stream in [Stream::Stdout, Stream::Stderr, Stream::Error] {
                    self.stream(part, step, stream, trace, &mut captures);
                }
            }
        }
    }

    fn stream(&mut self, part: Part, step: &'a Step, stream: Stream, trace: &Trace, captures: &mut Captures) {
        let outputs = outputs(part, step, stream, trace);
        if outputs.is_empty() {
            return;
        }
        let target = trace.cell.target.clone();
        let recorded = Recorded {
            target: target.clone(),
            toolbox: trace.cell.toolbox.clone(),
            outputs,
            captures: captures.clone(),
        };
        bind(step, stream, &recorded, captures);
        self.0.entry((step.fence, stream)).or_insert_with(|| (step, Vec::new())).1.push(recorded);
    }
}

/// What a step said on a stream: one text, or one per command of a console step; nothing where the trace has no record of it.
fn outputs(part: Part, step: &Step, stream: Stream, trace: &Trace) -> Vec<String> {
    let said = |command| {
        let record = trace.step(StepAt { part, step: step.number, command })?;
        Some(match stream {
            Stream::Stdout => record.stdout.text.as_str().to_owned(),
            Stream::Stderr => record.stderr.text.as_str().to_owned(),
            Stream::Error => record.error.as_ref().map(|error| error.text.as_str().to_owned()).unwrap_or_default(),
        })
    };
    if step.commands.is_empty() {
        return said(None).into_iter().collect();
    }
    (1..=step.commands.len()).map_while(|command| said(Some(command))).collect()
}

/// Binds what this stream's patterns bind, for the steps below.
fn bind(step: &Step, stream: Stream, recorded: &Recorded, captures: &mut Captures) {
    let mut hold = |text: &str, format, output: &str| {
        // A pattern that cannot be read binds nothing; planning the change says what is wrong with it.
        let _ = compare(text, format, output, captures, &mut Work::new());
    };
    if let Some(expectation) = step.expectation(stream, &recorded.target) {
        hold(&expectation.text, expectation.format, recorded.outputs.first().map_or("", String::as_str));
    }
    if stream == Stream::Stdout {
        for (command, output) in step.commands.iter().zip(&recorded.outputs) {
            let expected: String = command.expected.iter().flat_map(|(line, _)| [line.as_str(), "\n"]).collect();
            hold(&expected, ExpectFormat::Text, output);
        }
    }
}

/// Makes the edits of one file, which must still be as it was read.
fn write(root: &Path, inputs: &Inputs, file: &RelPath, edits: &[Edit]) -> Result<(), Trouble> {
    let path = root.join(file.as_str());
    let changed = || Trouble::book(format!("`{file}` changed while it was read"), "run `dogfood accept` again");
    let before = std::fs::read_to_string(&path)
        .map_err(|error| Trouble::machine(format!("`{file}` cannot be read: {error}"), ""))?;
    let (mark, text) =
        before.strip_prefix(BYTE_ORDER_MARK).map_or(("", before.as_str()), |text| (BYTE_ORDER_MARK, text));
    if inputs.source(file) != Some(text) {
        return Err(changed());
    }
    let after = apply(file, text, edits).map_err(|problem| Trouble::book(format!("`{file}`: {problem}"), ""))?;
    dogfood_store::write::atomic(root, file, format!("{mark}{after}").as_bytes()).map_err(|error| {
        Trouble::of(dogfood_store::write::blame(&error), format!("`{file}` cannot be written: {error}"), ROOM)
    })
}
