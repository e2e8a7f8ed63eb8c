//! `dogfood bench`: measures groups again and holds the new ratios against the recorded ones. Writes nothing, unless asked to record; the processes
//! are the run crate's.

use dogfood_core::bench::{Change, Line, Measured, groups};
use dogfood_core::blame::Blame;
use dogfood_core::checkout::{Inputs, TraceFile};
use dogfood_core::event::{CellEnd, CellId, NotRun};
use dogfood_core::trace;
use mdbook_dogfood::terminal::Shown;
use serde::Serialize;
use serde_json::json;

use super::Context;
use super::run::measure::{self, Ran};
use super::run::{self, Mode, Request};
use crate::cli::{BenchArgs, Format, Selectors};
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

/// One variant, then and now.
#[derive(Debug, Serialize)]
struct Row {
    cell: String,
    group: String,
    variant: String,
    /// The recorded ratio to the base.
    recorded: Option<f64>,
    /// Today's.
    measured: Option<f64>,
    /// Today's over the recorded one.
    change: Option<f64>,
    verdict: &'static str,
}

/// Runs the command.
pub(crate) fn run(context: &mut Context, args: &BenchArgs) -> Result<Exit, Trouble> {
    if let Some(source) = &args.criterion {
        return super::criterion::run(context, source, args.from.as_deref());
    }
    let root = context.root()?;
    if args.record && context.environment.ci {
        return Err(Trouble::usage(
            "CI is set: no trace is written there",
            "record benchmarks where a person commits them",
        ));
    }
    let inputs = context.load(&root, context.today(&crate::cli::Today::default())?)?;
    let chosen = chosen(&inputs, &args.groups)?;
    if chosen.is_empty() {
        context.output.say("nothing to measure: no recipe of this book has a step with `bench=`");
        return Ok(Exit::Nothing);
    }
    let selectors = Selectors { selectors: chosen.iter().map(|chosen| chosen.recipe.clone()).collect() };
    let request = Request { available: args.available, format: args.format, ..Request::new(selectors) };
    if args.record {
        return run::record(context, &root, &Request { mode: Mode::Record { refresh: true }, ..request });
    }
    let (inputs, plan) = measure::plan(context, &root, &request)?;
    let measured = measure::run(context, &root, &plan, &request)?;
    let mut told = Told::default();
    for ran in &measured.cells {
        told.cell(&inputs, ran, &chosen, args.available);
    }
    for left in &plan.left_out {
        told.problem(&left.id, &left.why, Exit::Findings);
    }
    for skipped in &plan.skipped {
        told.problem(&skipped.id, &format!("skipped: {}", skipped.reason), Exit::Clean);
    }
    told.problems.extend(measured.problems.into_iter().map(|problem| (Head::Warning, problem)));
    told.say(context, args.format)
}

/// A group that is to be measured.
struct Chosen {
    /// `guide/recipe`.
    recipe: String,
    group: String,
}

/// The groups that are named, as `GROUP` or `GUIDE/GROUP`; all of them without a name.
fn chosen(inputs: &Inputs, names: &[String]) -> Result<Vec<Chosen>, Trouble> {
    let mut all = Vec::new();
    let mut unknown: Vec<&String> = names.iter().collect();
    for (_, guide) in inputs.guides() {
        for recipe in &guide.recipes {
            for group in groups(recipe) {
                let of_guide = format!("{}/{}", guide.front.guide, group.id);
                let named = |name: &String| *name == of_guide || *name == group.id.as_str();
                let recipe = format!("{}/{}", guide.front.guide, recipe.id);
                // A group may be named in two ways at once.
                unknown.retain(|name| !named(name));
                all.push((Chosen { recipe, group: group.id.to_string() }, names.iter().any(named)));
            }
        }
    }
    if let Some(unknown) = unknown.first() {
        let known: Vec<&str> = all.iter().map(|(chosen, _)| chosen.group.as_str()).collect();
        let help = match known.as_slice() {
            [] => "give steps `bench=GROUP/VARIANT`".to_owned(),
            known => format!("the book measures {}", known.join(", ")),
        };
        return Err(Trouble::usage(format!("there is no group `{unknown}`"), help));
    }
    Ok(all.into_iter().filter(|(_, named)| names.is_empty() || *named).map(|(chosen, _)| chosen).collect())
}

/// What there is to tell.
#[derive(Default)]
struct Told {
    rows: Vec<Row>,
    problems: Vec<(Head, String)>,
    exit: Option<Exit>,
}

impl Told {
    fn worse(&mut self, exit: Exit) {
        self.exit = Some(self.exit.map_or(exit, |so_far| so_far.and(exit)));
    }

    fn problem(&mut self, cell: &CellId, why: &str, exit: Exit) {
        let head = if exit == Exit::Clean { Head::Note } else { Head::Error };
        self.problems.push((head, format!("{cell}: {why}")));
        self.worse(exit);
    }

    fn cell(&mut self, inputs: &Inputs, ran: &Ran, chosen: &[Chosen], available: bool) {
        let missing = if available { Exit::Clean } else { Exit::NotAvailable };
        match (&ran.end, &ran.trace) {
            (Some(CellEnd::Failed { why, .. } | CellEnd::Withheld(why)), _) => {
                return self.problem(&ran.cell, why, Exit::Findings);
            }
            (Some(CellEnd::NotRun(NotRun::NotAvailable(why))), _) => return self.problem(&ran.cell, why, missing),
            (None | Some(CellEnd::NotRun(NotRun::Interrupted)), _) => {
                return self.problem(&ran.cell, "interrupted", Exit::Interrupted);
            }
            (Some(CellEnd::NotRun(NotRun::Broken(why))), _) => {
                return self.problem(&ran.cell, why, Blame::Machine.into());
            }
            (Some(CellEnd::NotRun(NotRun::Faulty(why))), _) => return self.problem(&ran.cell, why, Blame::Book.into()),
            (Some(CellEnd::NotRun(NotRun::WrongServerVersion { .. })), _) | (_, None) => {
                return self.problem(&ran.cell, "it left no record", Exit::Findings);
            }
            (Some(CellEnd::Completed), Some(_)) => {}
        }
        let (Some(now), Some(old)) =
            (&ran.trace, inputs.traces.get(&trace::path(&ran.cell)).and_then(TraceFile::sound))
        else {
            return self.problem(
                &ran.cell,
                "there is no trace to compare with; `dogfood bench --record` makes one",
                Exit::Findings,
            );
        };
        if old.pins.recipe != now.pins.recipe {
            let why = "the recipe changed since it was recorded; `dogfood bench --record` measures it anew";
            return self.problem(&ran.cell, why, Exit::Findings);
        }
        let name = format!("{}/{}", ran.cell.guide, ran.cell.recipe);
        let guides = inputs.guides().filter(|(_, guide)| guide.front.guide == ran.cell.guide);
        let recipes = guides.filter_map(|(_, guide)| guide.recipe(&ran.cell.recipe));
        for group in recipes.flat_map(groups) {
            if !chosen.iter().any(|chosen| chosen.recipe == name && chosen.group == group.id.as_str()) {
                continue;
            }
            match (Measured::read(&group, old), Measured::read(&group, now)) {
                (Ok(old), Ok(now)) => self.group(&ran.cell, group.id.as_str(), &old, &now),
                (Err(why), _) | (_, Err(why)) => self.problem(&ran.cell, &why, Exit::Findings),
            }
        }
        self.worse(Exit::Clean);
    }

    fn group(&mut self, cell: &CellId, group: &str, old: &Measured, now: &Measured) {
        let (Some(old_base), Some(base)) = (old.base(), now.base()) else { return };
        for line in now.lines.iter().skip(1) {
            let Some(before) = old.line(line.variant.as_str()) else { continue };
            let change = Change::between((old_base, before), (base, line), now.min_effect);
            let (verdict, change) = match change {
                Change::Changed(by) => ("changed", Some(by)),
                Change::NotChanged(by) => ("not changed beyond noise", Some(by)),
                Change::Unknown => ("cannot be told: two humps, too few rounds, or no time", None),
            };
            if verdict == "changed" {
                self.worse(Exit::Findings);
            }
            self.rows.push(Row {
                cell: cell.to_string(),
                group: group.to_owned(),
                variant: line.variant.to_string(),
                recorded: ratio(old_base, before),
                measured: ratio(base, line),
                change,
                verdict,
            });
        }
    }

    fn say(self, context: &mut Context, format: Format) -> Result<Exit, Trouble> {
        let exit = self.exit.unwrap_or(Exit::Clean);
        let exit = if self.rows.is_empty() { exit.and(Exit::Nothing) } else { exit };
        if format == Format::Json {
            let problems: Vec<&String> = self.problems.iter().map(|(_, problem)| problem).collect();
            context.output.json(&json!({ "variants": self.rows, "problems": problems }))?;
            return Ok(exit);
        }
        for row in &self.rows {
            let number = |ratio: Option<f64>| ratio.map_or("none".to_owned(), |ratio| format!("{ratio:.3}"));
            let line = format!(
                "{} {}/{}: {} (recorded {}, now {})",
                row.cell,
                row.group,
                row.variant,
                row.verdict,
                number(row.recorded),
                number(row.measured)
            );
            context.output.say(Shown(&line));
        }
        for (head, problem) in &self.problems {
            context.output.headed(*head, Shown(problem));
        }
        let changed = self.rows.iter().filter(|row| row.verdict == "changed").count();
        context.output.say(format!("{} measured, {changed} changed", count(self.rows.len(), "ratio")));
        Ok(exit)
    }
}

fn ratio(base: &Line, line: &Line) -> Option<f64> {
    dogfood_core::bench::ratio(&base.samples, &line.samples).map(|ratio| ratio.value)
}
