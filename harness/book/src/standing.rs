//! From the gate's report to what pages say. Pure; touches nothing.

use std::collections::BTreeMap;

use dogfood_core::compare::normalise;
use dogfood_core::event::{Captured, Part, StepRecord};
use dogfood_core::gate::{CellState, CellStatus, Inputs, Report};
use dogfood_core::markup::model::{ExpectFormat, Guide, Recipe, Stream};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::rules::Pin;
use dogfood_core::trace::{Judged, Script, Trace};

use crate::evidence::{CellEvidence, Hindrance, Observed, RecipeEvidence, Standing};
use crate::record;

/// What every guide's page says about its recipes.
pub fn of_report(inputs: &Inputs, report: &Report) -> BTreeMap<RelPath, Vec<RecipeEvidence>> {
    let mut by_recipe: BTreeMap<(&RelPath, &Id), Vec<&CellStatus>> = BTreeMap::new();
    for status in &report.cells {
        by_recipe.entry((&status.guide, &status.cell.recipe)).or_default().push(status);
    }
    let page = |(chapter, guide): (&dogfood_core::markup::model::Chapter, &Guide)| {
        let recipes = guide.recipes.iter().map(|recipe| {
            let own = by_recipe.get(&(&chapter.path, &recipe.id)).map(Vec::as_slice).unwrap_or_default();
            let cells = own.iter().map(|status| of_cell(inputs, guide, recipe, status)).collect();
            RecipeEvidence { recipe: recipe.id.to_string(), cells }
        });
        (chapter.path.clone(), recipes.collect())
    };
    inputs.guides().map(page).collect()
}

fn of_cell(inputs: &Inputs, guide: &Guide, recipe: &Recipe, status: &CellStatus) -> CellEvidence {
    let shown = status.trace.as_ref().filter(|_| status.state.is_shown());
    let standing = match shown {
        Some(trace) => Standing::Verified(record::of_trace(inputs, guide, trace, &status.state)),
        None => Standing::NotVerified(why(&status.state, status.trace.as_ref())),
    };
    CellEvidence {
        target: status.cell.target.to_string(),
        toolbox: status.cell.toolbox.as_ref().map(ToString::to_string),
        standing,
        faults: shown.map(faults).unwrap_or_default(),
        observed: shown.map(|trace| observed(&Script::of_recipe(guide, recipe), trace)).unwrap_or_default(),
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
        CellState::Pending => "changed here, not verified yet".to_owned(),
        CellState::Failed => format!("the last run failed{on}"),
        CellState::Drifted => format!("the last run{on}, printed something else than this page says"),
        CellState::Unreadable => "its record cannot be used".to_owned(),
        CellState::Missing | CellState::Verified => "never run".to_owned(),
    }
}

fn words(pins: &[Pin]) -> String {
    pins.iter().map(|pin| pin.word()).collect::<Vec<_>>().join(" and the ")
}

/// The faults that stood while the recipe's steps ran. Facts of the run, not of the page: they come from the trace.
fn faults(trace: &Trace) -> Vec<Hindrance> {
    let own = trace.steps.iter().filter(|record| record.at.part == Part::Recipe);
    own.filter_map(|record| Some(Hindrance { step: record.at.step, words: record.fault.as_ref()?.words() })).collect()
}

/// What the recipe's own steps said that the page does not show word by word, step by step: what nothing judges, and what a pattern matched.
fn observed(script: &Script<'_>, trace: &Trace) -> Vec<Observed> {
    let own = trace.steps.iter().filter(|record| record.at.part == Part::Recipe);
    own.flat_map(|record| {
        let streams =
            [(Stream::Stdout, "standard output", &record.stdout), (Stream::Stderr, "standard error", &record.stderr)];
        let said = streams.into_iter().filter(|(_, _, captured)| !captured.is_empty());
        said.filter_map(|(stream, word, captured)| {
            let text = normalise(captured.text.as_str());
            let judged = script.judged(record.at, stream, &trace.cell.target);
            let is_shown = judged.as_ref().is_some_and(|judged| shows(judged, &text));
            (!is_shown).then(|| of_stream(record, word, captured, text, judged.is_some()))
        })
        .collect::<Vec<_>>()
    })
    .collect()
}

/// Whether the expectation on the page says all that was printed: data is compared as data, so only a pattern in it leaves anything open.
fn shows(judged: &Judged<'_>, text: &str) -> bool {
    match judged.format {
        ExpectFormat::Text => normalise(&judged.text) == text,
        ExpectFormat::Json | ExpectFormat::Yaml => !judged.text.contains("[..") && !judged.text.contains("..."),
    }
}

fn of_stream(record: &StepRecord, word: &str, captured: &Captured, text: String, asserted: bool) -> Observed {
    let command = record.at.command.map(|command| format!(", command {command}")).unwrap_or_default();
    let dropped = captured.tail.as_ref().map_or(0, |tail| tail.as_str().len() as u64) + captured.dropped;
    // The text is as a terminal would have shown it: without colours.
    Observed { place: format!("step {}{command}, {word}", record.at.step), asserted, text, dropped }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use dogfood_core::checkout::load;
    use dogfood_core::date::Date;
    use dogfood_core::event::{StepAt, StepEnd};
    use dogfood_core::fault::FaultSeen;
    use dogfood_core::gate;
    use dogfood_core::plan::{self, Selection};
    use dogfood_core::redact::Redactor;
    use dogfood_core::trace::{self, Machine, Pins, Recorder, SCHEMA};

    use super::*;

    const GUIDE: &str = "---\nguide: a\nkind: sidebar\ntargets: [none]\n---\n\n```sh recipe=held\necho hi; echo noise >&2\n```\n\n\
                         ```text expect\nhi\n```\n\n```console recipe=shown\n$ echo free\n```\n\n```sh recipe=never\ntrue\n```\n\n\
                         ```sh recipe=later skip=no-account until=2030-01-01\ntrue\n```\n";

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    fn book(guide: &str) -> BTreeMap<RelPath, String> {
        let toml = "[book]\nsrc = \"guides\"\n[preprocessor.dogfood]\nbefore = [\"links\"]\nrenderers = [\"html\"]\n";
        BTreeMap::from([
            (path("book.toml"), toml.to_owned()),
            (path("guides/SUMMARY.md"), "- [A](a.md)\n".to_owned()),
            (path("guides/a.md"), guide.to_owned()),
        ])
    }

    /// The book with a trace of `recipe`, in which its first step (or that step's first command) said so.
    fn recorded(mut files: BTreeMap<RelPath, String>, recipe: &str, said: (&str, &str)) -> BTreeMap<RelPath, String> {
        let inputs = load(&files, Date::from_unix(0)).unwrap();
        let guides: Vec<_> = inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect();
        let plan = plan::build(&guides, &inputs.targets, &inputs.toolboxes, &Selection::default());
        let cell = plan.cells.iter().find(|cell| cell.id.recipe.as_str() == recipe).unwrap();
        let text =
            |text: &str| Captured { text: Redactor::new(&[]).redact(text.as_bytes()).unwrap(), ..Captured::default() };
        let command = (!cell.recipe.steps[0].commands.is_empty()).then_some(1);
        let step = StepRecord {
            at: StepAt { part: Part::Recipe, step: 1, command },
            language: cell.recipe.steps[0].language.clone(),
            ended: StepEnd::Exit(0),
            took: Duration::from_millis(10),
            stdout: text(said.0),
            stderr: text(said.1),
            error: None,
            fault: Some(Box::new(FaultSeen {
                fault: "cut-up@2KiB".parse().unwrap(),
                armed: Duration::ZERO,
                tripped: Some(Duration::from_millis(3)),
                cleared: Duration::from_millis(9),
            })),
            timed: None,
        };
        let trace = Trace {
            schema: SCHEMA,
            cell: cell.id.clone(),
            recorded: "2026-11-20T06:07:08Z".to_owned(),
            recorder: Recorder::Local,
            machine: Machine { arch: "x".to_owned(), cpus: 1, memory: "1 GiB".to_owned(), kernel: "6".to_owned() },
            pins: Pins { recipe: cell.pins.recipe, setup: None, teardown: None, target: None, toolbox: None },
            imported: Vec::new(),
            versions: BTreeMap::from([("bash".to_owned(), "5.2".to_owned())]),
            service: BTreeMap::new(),
            steps: vec![step],
            ended: None,
            after: Captured::default(),
        };
        files.insert(trace::path(&cell.id), trace::write(&trace));
        files
    }

    fn told(files: &BTreeMap<RelPath, String>) -> BTreeMap<String, CellEvidence> {
        let inputs = load(files, Date::from_unix(1_795_132_800)).unwrap();
        let pages = of_report(&inputs, &gate::check(&inputs));
        let recipes = pages.into_values().flatten();
        recipes.map(|recipe| (recipe.recipe, recipe.cells.into_iter().next().unwrap())).collect()
    }

    fn reason(cell: &CellEvidence) -> &str {
        match &cell.standing {
            Standing::NotVerified(why) => why,
            Standing::Verified(_) => "verified",
        }
    }

    #[test]
    fn every_state_has_its_words() {
        let files = recorded(recorded(book(GUIDE), "held", ("hi\n", "noise\n")), "shown", ("free\n", ""));
        let cells = told(&files);
        let reasons: Vec<(&str, &str)> = cells.iter().map(|(recipe, cell)| (recipe.as_str(), reason(cell))).collect();
        assert_eq!(
            reasons,
            [
                ("held", "verified"),
                ("later", "skipped, no account (until 2030-01-01)"),
                ("never", "never run"),
                ("shown", "verified")
            ]
        );

        let mut changed = files.clone();
        changed.insert(path("guides/a.md"), GUIDE.replace("echo hi;", "echo  hi;").replace("expect\nhi", "expect\nho"));
        assert_eq!(reason(&told(&changed)["held"]), "the recipe changed since the last run, on 2026-11-20");
        changed.insert(path("guides/a.md"), GUIDE.replace("expect\nhi", "expect\nho"));
        assert_eq!(
            reason(&told(&changed)["held"]),
            "the last run, on 2026-11-20, printed something else than this page says"
        );
        let trace = path("traces/a/held@none.yaml");
        changed.insert(trace.clone(), files[&trace].replace("noise", "music"));
        assert_eq!(reason(&told(&changed)["held"]), "its record cannot be used");
    }

    #[test]
    fn what_nothing_judges_is_observed_as_a_terminal_shows_it() {
        let files = recorded(book(GUIDE), "held", ("hi\n", "\u{1b}[31mnoise\u{1b}[0m\n"));
        let files = recorded(files, "shown", ("free\n", ""));
        let cells = told(&files);
        let seen = |recipe: &str| {
            let observed = cells[recipe].observed.iter();
            observed.map(|observed| (observed.place.clone(), observed.text.trim_end().to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(seen("held"), [("step 1, standard error".to_owned(), "noise".to_owned())]);
        assert_eq!(seen("shown"), [("step 1, command 1, standard output".to_owned(), "free".to_owned())]);
    }

    #[test]
    fn a_fault_of_the_trace_is_told_in_words() {
        let cells = told(&recorded(book(GUIDE), "held", ("hi\n", "")));
        let words = "every connection was closed after 2 KiB, on the way to the server, new ones too";
        assert_eq!(cells["held"].faults, [Hindrance { step: 1, words: words.to_owned() }]);
        assert!(cells["never"].faults.is_empty());
    }
}
