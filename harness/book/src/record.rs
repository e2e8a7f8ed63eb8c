//! From a passing trace to what its line on the page says: libraries and server first, since those are what readers trust. Pure; touches
//! nothing.

use std::time::Duration;

use dogfood_core::event::{Part, StepRecord};
use dogfood_core::gate::{CellState, Inputs};
use dogfood_core::infra::toolbox::{Toolbox, normalised};
use dogfood_core::markup::model::Guide;
use dogfood_core::rules::Pin;
use dogfood_core::trace::{self, Trace};

use crate::evidence::Record;

/// The name under which a trace keeps the server's version.
const SERVER: &str = "server";

/// What the line about a cell says, whose trace passes.
pub(crate) fn of_trace(inputs: &Inputs, guide: &Guide, trace: &Trace, state: &CellState) -> Record {
    let toolbox = trace.cell.toolbox.as_ref().or(guide.front.toolbox.as_ref().map(|(id, _)| id));
    let toolbox = toolbox.and_then(|id| inputs.toolboxes.get(id));
    let libraries = libraries(toolbox, trace);
    let is_tool = |name: &str| name != SERVER && !libraries.iter().any(|(library, _)| library == name);
    let tools = trace.versions.iter().filter(|(name, _)| is_tool(name));
    Record {
        recorded: trace.recorded.clone(),
        server: trace.versions.get(SERVER).cloned(),
        not_yet: not_yet(inputs, toolbox, &libraries, trace, state),
        tools: tools.map(|(name, version)| (name.clone(), version.clone())).collect(),
        machine: machine(trace),
        took: took(trace),
        trace: trace::path(&trace.cell).to_string(),
        libraries,
    }
}

/// What the install line asks for and the recipe used, in that line's order; the program that ran it where it used none of that.
fn libraries(toolbox: Option<&Toolbox>, trace: &Trace) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for name in toolbox.map(|toolbox| asked_for(&toolbox.spec.install)).unwrap_or_default() {
        if let Some(version) = trace.versions.get(&name)
            && !found.iter().any(|(other, _)| *other == name)
        {
            found.push((name, version.clone()));
        }
    }
    if found.is_empty() {
        let program = ["python", "bash"].into_iter().find_map(|name| trace.versions.get_key_value(name));
        found.extend(program.map(|(name, version)| (name.clone(), version.clone())));
    }
    found
}

/// The names of the packages that an install line pins: `"remote-store[s3]==0.33.0"` is `remote-store`.
fn asked_for(install: &str) -> Vec<String> {
    let words = install.split_whitespace().map(|word| word.trim_matches(['"', '\'']));
    let names = words.filter_map(|word| word.split_once("==").map(|(name, _)| name));
    names.map(|name| normalised(name.split('[').next().unwrap_or(name))).collect()
}

/// What evidence that policy merely shows is not verified on yet.
fn not_yet(
    inputs: &Inputs,
    toolbox: Option<&Toolbox>,
    libraries: &[(String, String)],
    trace: &Trace,
    state: &CellState,
) -> Vec<String> {
    let CellState::Shown(pins) = state else { return Vec::new() };
    let of_pin = |pin: &Pin| match pin {
        Pin::Toolbox => {
            let moved = libraries.iter().filter_map(|(name, version)| {
                let now = toolbox?.version(name).filter(|now| now != version)?;
                Some(format!("{name} {now}"))
            });
            let moved: Vec<String> = moved.collect();
            if moved.is_empty() { vec!["today's toolbox".to_owned()] } else { moved }
        }
        Pin::Target => {
            let declared = inputs.targets.get(&trace.cell.target).map(|target| target.spec.version.expect.as_str());
            let moved = declared.filter(|declared| trace.versions.get(SERVER).map(String::as_str) != Some(declared));
            vec![moved.map_or_else(
                || format!("today's {}", trace.cell.target),
                |declared| format!("{} {declared}", trace.cell.target),
            )]
        }
        other => vec![format!("today's {}", other.word())],
    };
    pins.iter().flat_map(of_pin).collect()
}

fn machine(trace: &Trace) -> String {
    let machine = &trace.machine;
    let cores = if machine.cpus == 1 { "1 core".to_owned() } else { format!("{} cores", machine.cpus) };
    let by = match trace.recorder {
        trace::Recorder::Ci => "by CI",
        trace::Recorder::Local => "locally",
    };
    format!("{}, {cores}, {}, Linux {}, {by}", machine.arch, machine.memory, machine.kernel)
}

/// How long the recipe's own steps took; a console step's commands together.
fn took(trace: &Trace) -> Vec<String> {
    let mut steps: Vec<(usize, Duration)> = Vec::new();
    for StepRecord { at, took, .. } in trace.steps.iter().filter(|record| record.at.part == Part::Recipe) {
        match steps.last_mut().filter(|(step, _)| *step == at.step) {
            Some((_, sum)) => *sum += *took,
            None => steps.push((at.step, *took)),
        }
    }
    steps.into_iter().map(|(_, took)| seconds(took)).collect()
}

/// Seconds as traces write them: at most two digits that say anything, none that say nothing.
fn seconds(took: Duration) -> String {
    let text = format!("{:.3}", took.as_secs_f64());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dogfood_core::checkout::load;
    use dogfood_core::date::Date;
    use dogfood_core::event::{Captured, CellId};
    use dogfood_core::name::Id;
    use dogfood_core::place::RelPath;
    use dogfood_core::trace::{Machine, Pins, Recorder, SCHEMA};

    use super::*;

    /// The small book of core's fixtures, whose lock says `library` and whose target file says `server`.
    fn book(library: &str, server: &str) -> Inputs {
        macro_rules! good {
            ($path:literal) => {
                ($path, include_str!(concat!("../../core/tests/fixtures/good/", $path)))
            };
        }
        let files = [
            good!("book.toml"),
            good!("guides/SUMMARY.md"),
            good!("guides/README.md"),
            good!("guides/demo.md"),
            good!("infra/targets/box.yaml"),
            good!("infra/toolboxes/tools/toolbox.yaml"),
            good!("infra/toolboxes/tools/requirements.lock"),
        ];
        let file = |(path, text): (&str, &str)| {
            let text = text.replace("demo-lib==1.0", &format!("demo-lib=={library}"));
            let text = text.replace("expect: \"3.2\"", &format!("expect: \"{server}\""));
            (RelPath::new(path).unwrap(), text)
        };
        load(&files.into_iter().map(file).collect::<BTreeMap<_, _>>(), Date::from_unix(0)).unwrap()
    }

    /// What a page says of a run on `box` with demo-lib 1.0 and server 3.2, in that state.
    fn record(inputs: &Inputs, state: &CellState) -> Record {
        let id = |text: &str| Id::new(text).unwrap();
        let digest = dogfood_core::digest::Digest::of_bytes(b"");
        let versions = [("demo-lib", "1.0"), ("other", "0.5"), ("python", "3.11.7"), ("server", "3.2")];
        let trace = Trace {
            schema: SCHEMA,
            cell: CellId { guide: id("demo"), recipe: id("ask"), target: id("box"), toolbox: None },
            recorded: "2026-11-20T06:07:08Z".to_owned(),
            recorder: Recorder::Ci,
            machine: Machine { arch: "x".to_owned(), cpus: 1, memory: "1 GiB".to_owned(), kernel: "6".to_owned() },
            pins: Pins { recipe: digest, setup: None, teardown: None, target: None, toolbox: None },
            imported: Vec::new(),
            versions: versions.map(|(name, version)| (name.to_owned(), version.to_owned())).into(),
            service: BTreeMap::new(),
            steps: Vec::new(),
            ended: None,
            after: Captured::default(),
        };
        let (_, guide) = inputs.guides().next().unwrap();
        of_trace(inputs, guide, &trace, state)
    }

    #[test]
    fn what_readers_install_and_the_server_are_told_apart_from_the_rest() {
        let record = record(&book("1.0", "3.2"), &CellState::Verified);
        assert_eq!(record.libraries, [("demo-lib".to_owned(), "1.0".to_owned())]);
        assert_eq!(record.server.as_deref(), Some("3.2"));
        assert_eq!(record.tools.keys().collect::<Vec<_>>(), ["other", "python"]);
        assert_eq!(
            (record.machine.as_str(), record.trace.as_str()),
            ("x, 1 core, 1 GiB, Linux 6, by CI", "traces/demo/ask@box.yaml")
        );
        assert!(record.not_yet.is_empty());
    }

    #[test]
    fn what_moved_is_named_with_the_version_that_is_not_verified_yet() {
        let not_yet = |library: &str, server: &str, pins: &[Pin]| {
            record(&book(library, server), &CellState::Shown(pins.to_vec())).not_yet
        };
        assert_eq!(not_yet("1.1", "3.3", &[Pin::Toolbox, Pin::Target]), ["demo-lib 1.1", "box 3.3"]);
        assert_eq!(not_yet("1.0", "3.2", &[Pin::Toolbox, Pin::Target]), ["today's toolbox", "today's box"]);
    }

    #[test]
    fn the_install_line_says_what_readers_install() {
        let install = "python3 -m venv venv && . venv/bin/activate\npip install \"Remote_Store[s3,sql]==0.33.0\" boto3==1.43.117\n";
        assert_eq!(asked_for(install), ["remote-store", "boto3"]);
        assert!(asked_for("apt-get install bash").is_empty());
    }

    #[test]
    fn times_have_the_digits_that_they_need() {
        let check = |millis, expected: &str| assert_eq!(seconds(Duration::from_millis(millis)), expected);
        check(410, "0.41");
        check(6500, "6.5");
        check(12_000, "12");
        check(120_000, "120");
        check(1, "0.001");
        check(0, "0");
    }
}
