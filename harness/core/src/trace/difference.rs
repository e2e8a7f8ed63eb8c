//! What two runs of one cell do not share. Decides whether a new run leaves the old trace alone, and what `run --frozen` says.

use std::time::Duration;

use crate::compare;
use crate::event::{Captured, Part, StepAt, StepEnd, StepRecord};
use crate::markup::model::Stream;

use super::model::{Pins, Trace};
use super::script::Script;

/// How a new run differs from the recorded one. Durations, samples of benchmarks and the moment of recording are no difference; lines that a pattern of the
/// guide matched in both runs count as equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Differences in what a guide asserts, shows or pins: a pin, an exit code, a stream that is judged or that a page shows. One fragment
    /// each.
    pub judged: Vec<String>,
    /// Differences in what is only observed: an unjudged stream, a version, the machine. One fragment each.
    pub unjudged: Vec<String>,
}

impl Difference {
    /// Whether the two runs are the same.
    pub fn same(&self) -> bool {
        self.judged.is_empty() && self.unjudged.is_empty()
    }
}

/// Holds `new` against `old`, both of the cell that runs `script`.
pub fn difference(old: &Trace, new: &Trace, script: &Script<'_>) -> Difference {
    let mut difference = Difference::default();
    pins(&old.pins, &new.pins, &mut difference);
    for before in &old.steps {
        match new.step(before.at) {
            Some(after) => step(before, after, script, &new.cell.target, &mut difference),
            None => difference.judged.push(format!("{} did not run", step_name(before.at))),
        }
    }
    let added = new.steps.iter().filter(|record| old.step(record.at).is_none());
    difference.judged.extend(added.map(|record| format!("{} ran, and did not before", step_name(record.at))));
    if old.ended != new.ended {
        let say = |trace: &Trace| {
            trace
                .ended
                .as_ref()
                .map_or("to its end".to_owned(), |ended| format!("to {}: {}", step_name(ended.at), ended.why))
        };
        difference.judged.push(format!("the recipe ran {}; before, {}", say(new), say(old)));
    }
    times(old, new, script, &mut difference);
    bindings(old, new, script, &mut difference);
    facts(old, new, &mut difference);
    difference
}

/// What two steps say under one `[..NAME]` must be one text, which no stream shows by itself: a stream is another than before where one run as a
/// whole fits its expectations there and the other does not.
fn bindings(old: &Trace, new: &Trace, script: &Script<'_>, difference: &mut Difference) {
    let (before, after) = (fitting(old, script), fitting(new, script));
    for (at, stream, fits) in after {
        let other = before.iter().find(|(other, of, _)| (*other, *of) == (at, stream));
        let told = format!("{} of {} differs", word(stream), step_name(at));
        if other.is_some_and(|(.., fitted)| *fitted != fits) && !difference.judged.contains(&told) {
            difference.judged.push(told);
        }
    }
}

/// Every judged stream of a run, in order, and whether it is what is expected, given what the steps before it bound.
fn fitting(trace: &Trace, script: &Script<'_>) -> Vec<(StepAt, Stream, bool)> {
    let (mut captures, mut work) = (compare::Captures::default(), compare::Work::new());
    let mut fitting = Vec::new();
    for record in &trace.steps {
        for (stream, said) in
            [(Stream::Stdout, &record.stdout), (Stream::Stderr, &record.stderr), (Stream::Error, &error(record))]
        {
            let Some(judged) = script.judged(record.at, stream, &trace.cell.target) else { continue };
            let outcome = compare::compare(&judged.text, judged.format, said.text.as_str(), &mut captures, &mut work);
            fitting.push((record.at, stream, outcome.is_ok_and(|outcome| outcome.matches)));
        }
    }
    fitting
}

/// What a sentence calls a stream.
fn word(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
        Stream::Error => "the error",
    }
}

/// A duration is no difference, unless one run kept to what `took=` declares and the other did not.
fn times(old: &Trace, new: &Trace, script: &Script<'_>, difference: &mut Difference) {
    for part in [Part::Setup, Part::Recipe, Part::Teardown] {
        for step in script.part(part) {
            let Some((least, most)) = step.options.took else { continue };
            let took = |trace: &Trace| {
                let records =
                    trace.steps.iter().filter(|record| (record.at.part, record.at.step) == (part, step.number));
                records.map(|record| record.took).sum::<Duration>()
            };
            let (before, after) = (took(old), took(new));
            if (least..=most).contains(&before) != (least..=most).contains(&after) {
                let name = step_name(StepAt { part, step: step.number, command: None });
                let (before, after) = (before.as_secs_f64(), after.as_secs_f64());
                difference.judged.push(format!(
                    "{name} took {after} s; before, {before} s; it declares {} s to {} s",
                    least.as_secs_f64(),
                    most.as_secs_f64()
                ));
            }
        }
    }
}

/// A step in words: `step 2`, `setup step 1`, `step 3, command 2`.
pub fn step_name(at: StepAt) -> String {
    let part = match at.part {
        Part::Setup => "setup ",
        Part::Recipe => "",
        Part::Teardown => "teardown ",
    };
    let command = at.command.map(|command| format!(", command {command}")).unwrap_or_default();
    format!("{part}step {}{command}", at.step)
}

fn pins(old: &Pins, new: &Pins, difference: &mut Difference) {
    let pairs = [
        ("recipe", Some(old.recipe), Some(new.recipe)),
        ("setup", old.setup, new.setup),
        ("teardown", old.teardown, new.teardown),
        ("target", old.target, new.target),
        ("toolbox", old.toolbox, new.toolbox),
    ];
    for (pin, old, new) in pairs.into_iter().filter(|(_, old, new)| old != new) {
        let say = |digest: Option<crate::digest::Digest>| digest.map_or("none".to_owned(), |digest| digest.short());
        difference.judged.push(format!("the {pin} pin is {}; it was {}", say(new), say(old)));
    }
}

fn step(
    old: &StepRecord,
    new: &StepRecord,
    script: &Script<'_>,
    target: &crate::name::Id,
    difference: &mut Difference,
) {
    let name = step_name(old.at);
    if old.ended != new.ended {
        difference.judged.push(format!("{name} {}; before, it {}", how(new.ended), how(old.ended)));
    }
    if old.language != new.language {
        difference.judged.push(format!("{name} is {}; it was {}", new.language, old.language));
    }
    let classes = |record: &StepRecord| record.error.as_ref().map(|error| (error.class.clone(), error.bases.clone()));
    if classes(old) != classes(new) {
        let say =
            |record: &StepRecord| record.error.as_ref().map_or("no exception".to_owned(), |error| error.class.clone());
        difference.judged.push(format!("{} left {name}; before, {}", say(new), say(old)));
    }
    if fault(old) != fault(new) {
        difference.judged.push(format!("{name} ran with {}; before, with {}", fault(new), fault(old)));
    }
    if old.timed.is_some() != new.timed.is_some() {
        let say = |record: &StepRecord| if record.timed.is_some() { "timed" } else { "not timed" };
        difference.judged.push(format!("{name} was {}; before, {}", say(new), say(old)));
    }
    for (stream, before, after) in [
        (Stream::Stdout, &old.stdout, &new.stdout),
        (Stream::Stderr, &old.stderr, &new.stderr),
        (Stream::Error, &error(old), &error(new)),
    ] {
        if before == after {
            continue;
        }
        let judged = script.judged(old.at, stream, target);
        let expected = judged.as_ref().map(|judged| (judged.text.as_str(), judged.format));
        let whole = |captured: &Captured| (captured.tail.clone(), captured.dropped, captured.digest);
        if whole(before) == whole(after) && compare::same(before.text.as_str(), after.text.as_str(), expected) {
            continue;
        }
        // What a page shows as its evidence must come out again as much as what it asserts.
        let matters = judged.is_some() || script.published(old.at, stream);
        let list = if matters { &mut difference.judged } else { &mut difference.unjudged };
        list.push(format!("{} of {name} differs", word(stream)));
    }
}

/// The fault of a step, and whether it took effect; when is a duration like any other.
fn fault(record: &StepRecord) -> String {
    match &record.fault {
        None => "no fault".to_owned(),
        Some(seen) if seen.took_effect() => format!("`fault={}`", seen.fault),
        Some(seen) => format!("`fault={}`, which took no effect", seen.fault),
    }
}

fn error(record: &StepRecord) -> Captured {
    Captured { text: record.error.as_ref().map(|error| error.text.clone()).unwrap_or_default(), ..Captured::default() }
}

fn how(ended: StepEnd) -> String {
    match ended {
        StepEnd::Exit(code) => format!("exits with {code}"),
        StepEnd::SessionEnded(code) => format!("ends its session with {code}"),
        StepEnd::TimedOut => "is stopped at its limit".to_owned(),
        StepEnd::OpenHeredoc => "has a here-document without an end".to_owned(),
    }
}

fn facts(old: &Trace, new: &Trace, difference: &mut Difference) {
    if old.imported != new.imported {
        difference.unjudged.push(format!("imports {}; before, {}", list(&new.imported), list(&old.imported)));
    }
    if old.versions != new.versions {
        let all: std::collections::BTreeSet<&String> = old.versions.keys().chain(new.versions.keys()).collect();
        for package in all.into_iter().filter(|package| old.versions.get(*package) != new.versions.get(*package)) {
            let say = |trace: &Trace| trace.versions.get(package).map_or("none", String::as_str).to_owned();
            difference.unjudged.push(format!("{package} is {}; it was {}", say(new), say(old)));
        }
    }
    if old.machine != new.machine {
        difference.unjudged.push("the machine is another one".to_owned());
    }
    if old.recorder != new.recorder {
        difference.unjudged.push(format!("recorded by {}; before, by {}", new.recorder.word(), old.recorder.word()));
    }
    if !old.after.is_empty() || !new.after.is_empty() {
        let same = old.after == new.after || compare::same(old.after.text.as_str(), new.after.text.as_str(), None);
        if !same {
            difference.unjudged.push("the output after the last step differs".to_owned());
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests;
