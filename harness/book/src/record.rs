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
    let one = steps.len() == 1;
    let words = |(step, took): (usize, Duration)| {
        let seconds = seconds(took);
        if one { seconds } else { format!("step {step} {seconds}") }
    };
    steps.into_iter().map(words).collect()
}

/// Seconds as traces write them: at most two digits that say anything, none that say nothing.
fn seconds(took: Duration) -> String {
    let text = format!("{:.3}", took.as_secs_f64());
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_install_line_says_what_readers_install() {
        let install = "python3 -m venv venv && . venv/bin/activate\npip install \"Remote_Store[s3,sql]==0.33.0\" boto3==1.43.117\n";
        assert_eq!(asked_for(install), ["remote-store", "boto3"]);
        assert!(asked_for("apt-get install bash").is_empty());
    }

    #[test]
    fn times_have_the_digits_that_they_need() {
        let check = |millis, expected: &str| assert_eq!(seconds(Duration::from_millis(millis)), expected);
        check(410, "0.41 s");
        check(6500, "6.5 s");
        check(12_000, "12 s");
        check(120_000, "120 s");
        check(1, "0.001 s");
        check(0, "0 s");
    }
}
