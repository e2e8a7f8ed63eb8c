//! `dogfood run --plan`: what would run, how long that took the last time, and what it needs. Looks along PATH, and for the Docker engine
//! where a container would be started; runs nothing.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::infra::target::TargetKind;
use dogfood_core::plan::{Cell, Plan};
use dogfood_core::trace;
use dogfood_run::containers::Engine;
use mdbook_dogfood::terminal::Shown;
use serde::Serialize;

use crate::cli::Format;
use crate::cmd::Context;
use crate::exit::Trouble;
use crate::output::{Head, count};

/// What every container needs, as `dogfood doctor` calls it.
const ENGINE: &str = "Docker engine";

/// The plan as programs are told of it.
#[derive(Debug, Serialize)]
struct View {
    cells: Vec<Row>,
    skipped: Vec<Skip>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug, Serialize)]
struct Row {
    cell: String,
    file: String,
    target: String,
    toolbox: Option<String>,
    needs: Vec<Need>,
    /// Seconds that its steps took when it was last recorded.
    took: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Need {
    /// A program's name, or `Docker engine`.
    program: String,
    found: bool,
}

#[derive(Debug, Serialize)]
struct Skip {
    cell: String,
    reason: String,
    until: Option<String>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    cell: String,
    why: String,
}

/// Tells the plan.
pub(crate) fn show(context: &mut Context, plan: &Plan, inputs: &Inputs, format: Format) -> Result<(), Trouble> {
    let path = context.environment.path.clone();
    let engine = plan.cells.iter().any(in_container).then(|| Engine::find().is_ok());
    let cells = plan.cells.iter().map(|cell| row(cell, inputs, &path, engine)).collect();
    let skipped = plan.skipped.iter().map(|skipped| Skip {
        cell: skipped.id.to_string(),
        reason: skipped.reason.clone(),
        until: skipped.until.clone(),
    });
    let left_out = plan.left_out.iter().map(|left| LeftOut { cell: left.id.to_string(), why: left.why.clone() });
    let view = View { cells, skipped: skipped.collect(), left_out: left_out.collect() };
    match format {
        Format::Json => context.output.json(&view)?,
        Format::Human => people(context, &view),
    }
    Ok(())
}

fn people(context: &mut Context, view: &View) {
    for row in &view.cells {
        let took = row.took.map_or_else(|| "never recorded".to_owned(), |took| format!("took {took:.1} s"));
        let missing: Vec<&str> =
            row.needs.iter().filter(|need| !need.found).map(|need| need.program.as_str()).collect();
        let needs =
            if missing.is_empty() { String::new() } else { format!("; needs {}, not found here", missing.join(", ")) };
        context.output.say(Shown(&format!("{}: {took}{needs}", row.cell)));
    }
    for skip in &view.skipped {
        context.output.say(Shown(&format!("{}: skipped: {}", skip.cell, skip.reason)));
    }
    for left in &view.left_out {
        context.output.headed(Head::Error, Shown(&format!("{}: cannot run: {}", left.cell, left.why)));
    }
    let targets: BTreeSet<&str> =
        view.cells.iter().map(|row| row.target.as_str()).filter(|target| *target != "none").collect();
    // Not `sum`: of nothing it makes -0.
    let known = view.cells.iter().filter_map(|row| row.took).fold(0.0, |sum, took| sum + took);
    let services = if targets.is_empty() {
        String::new()
    } else {
        format!(" on {}", targets.into_iter().collect::<Vec<_>>().join(", "))
    };
    let took = if known < 60.0 { format!("{known:.0} s") } else { format!("{:.1} minutes", known / 60.0) };
    let runs = count(view.cells.len(), "run");
    let needs: BTreeSet<(&str, bool)> =
        view.cells.iter().flat_map(|row| &row.needs).map(|need| (need.program.as_str(), need.found)).collect();
    let needs =
        needs.into_iter().map(|(need, found)| if found { need.to_owned() } else { format!("{need} (not found)") });
    let needs = needs.collect::<Vec<_>>().join(", ");
    let needs = if needs.is_empty() { needs } else { format!("; needs {needs}") };
    context.output.say(format_args!("{runs}{services}; {took} of steps when last recorded{needs}"));
}

/// `engine`: whether there is a Docker engine, if that was looked for.
fn row(cell: &Cell, inputs: &Inputs, path: &OsStr, engine: Option<bool>) -> Row {
    let recorded = inputs.traces.get(&trace::path(&cell.id)).and_then(TraceFile::sound);
    let took = recorded.map(|trace| trace.took().as_secs_f64());
    let need = |program: &String| Need { program: program.clone(), found: on_path(program, path) };
    let engine = engine.filter(|_| in_container(cell)).map(|found| Need { program: ENGINE.to_owned(), found });
    Row {
        cell: cell.id.to_string(),
        file: cell.guide.to_string(),
        target: cell.id.target.to_string(),
        toolbox: cell.toolbox.as_ref().map(|toolbox| toolbox.id.to_string()),
        needs: cell.needs.iter().map(need).chain(engine).collect(),
        took,
    }
}

fn in_container(cell: &Cell) -> bool {
    cell.target.as_ref().is_some_and(|target| target.spec.kind == TargetKind::Container)
}

fn on_path(program: &str, path: &OsStr) -> bool {
    std::env::split_paths(path).any(|folder| folder.join(program).is_file())
}
