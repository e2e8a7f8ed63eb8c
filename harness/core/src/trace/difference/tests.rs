//! When two runs are the same, and what differs when they are not.

use std::time::Duration;

use super::*;
use crate::event::PythonError;
use crate::fault::FaultSeen;
use crate::markup::model::{Body, ConsoleCommand, ExpectFormat, Expectation, Recipe, Session, Step, StepOptions};
use crate::name::Id;
use crate::redact::Redacted;
use crate::trace::tests::{seen, step as record, trace};
use crate::trace::{Ended, Recorder};

fn text(text: &str) -> Redacted {
    Redacted::recorded(text.to_owned())
}

/// One step that expects `[..]` and `fixed`, one without an expectation.
fn recipe() -> Recipe {
    let step = |number| Step {
        number,
        session: Session::Bash,
        language: "sh".to_owned(),
        text: String::new(),
        commands: Vec::new(),
        options: StepOptions::default(),
        expectations: Vec::new(),
        fence: 0,
        body: Body::default(),
        published: false,
    };
    let mut first = step(1);
    first.expectations.push(Expectation {
        stream: Stream::Stdout,
        format: ExpectFormat::Text,
        targets: Vec::new(),
        text: "[..] ms\nfixed".to_owned(),
        fence: 0,
        body: Body::default(),
    });
    Recipe {
        id: Id::new("r").unwrap(),
        steps: vec![first, step(2)],
        files: Vec::new(),
        targets: vec![Id::new("openssh").unwrap()],
        toolboxes: Vec::new(),
        fresh: false,
        skip: None,
    }
}

#[track_caller]
fn check(change: impl FnOnce(&mut Trace), judged: &[&str], unjudged: &[&str]) {
    let recipe = recipe();
    let script = Script { setup: &[], recipe: &recipe, teardown: &[] };
    let old = trace(vec![record(1, "12 ms\nfixed\n"), record(2, "said\n")]);
    let mut new = old.clone();
    change(&mut new);
    let found = difference(&old, &new, &script);
    assert_eq!(found, Difference { judged: own(judged), unjudged: own(unjudged) });
    assert_eq!(found.same(), judged.is_empty() && unjudged.is_empty());
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn where_the_server_ran_is_compared_with_nothing() {
    check(|new| drop(new.service.insert("image-id".to_owned(), "sha256:0".to_owned())), &[], &[]);
    check(|new| new.service.clear(), &[], &[]);
}

#[test]
fn a_fault_counts_and_its_moments_do_not() {
    let base = |change: &dyn Fn(&mut Trace)| {
        let mut trace = trace(vec![record(1, "")]);
        trace.steps[0].fault = Some(Box::new(seen("cut@1KiB", Some(20))));
        change(&mut trace);
        trace
    };
    let held = |change: &dyn Fn(&mut Trace)| {
        let recipe = recipe();
        difference(&base(&|_| {}), &base(change), &Script { setup: &[], recipe: &recipe, teardown: &[] })
    };
    let changed = |fault: Option<FaultSeen>| held(&|new| new.steps[0].fault = fault.clone().map(Box::new));
    assert!(held(&|new| new.steps[0].fault.as_mut().unwrap().cleared = Duration::from_secs(60)).same());
    assert!(changed(Some(seen("cut@1KiB", Some(999)))).same());
    let missed = changed(Some(seen("cut@1KiB", None)));
    let words = "step 1 ran with `fault=cut@1KiB`, which took no effect; before, with `fault=cut@1KiB`";
    assert_eq!(missed, Difference { judged: own(&[words]), unjudged: Vec::new() });
    assert!(changed(None).judged[0].contains("no fault"));
}

#[test]
fn the_moment_durations_and_what_patterns_match_are_no_difference() {
    check(|_| {}, &[], &[]);
    check(
        |new| {
            new.recorded = "2027-01-01T00:00:00Z".to_owned();
            new.steps[0].took = Duration::from_secs(9);
            new.steps[0].stdout.text = text("999 ms  \nfixed\n\n");
        },
        &[],
        &[],
    );
}

#[test]
fn what_the_guide_asserts_is_judged() {
    check(|new| new.steps[0].stdout.text = text("12 ms\nmoved\n"), &["stdout of step 1 differs"], &[]);
    check(|new| new.steps[0].stdout.dropped = 3, &["stdout of step 1 differs"], &[]);
    check(|new| new.steps[1].ended = StepEnd::Exit(2), &["step 2 exits with 2; before, it exits with 0"], &[]);
    check(
        |new| new.steps[1].ended = StepEnd::TimedOut,
        &["step 2 is stopped at its limit; before, it exits with 0"],
        &[],
    );
    check(|new| drop(new.steps.pop()), &["step 2 did not run"], &[]);
    check(|new| new.steps.push(record(3, "")), &["step 3 ran, and did not before"], &[]);
    check(
        |new| new.pins.recipe = crate::digest::Digest::of_bytes(b"x"),
        &["the recipe pin is 2d711642b726; it was 64f46a7526a1"],
        &[],
    );
    check(|new| new.pins.setup = None, &["the setup pin is none; it was 64f46a7526a1"], &[]);
    check(
        |new| new.ended = Some(Ended { at: new.steps[1].at, why: "it failed".to_owned() }),
        &["the recipe ran to step 2: it failed; before, to its end"],
        &[],
    );
    let error = PythonError { class: "E".to_owned(), bases: vec!["E".to_owned()], text: text("E: x") };
    check(
        |new| new.steps[1].error = Some(error),
        &["E left step 2; before, no exception"],
        &["the error of step 2 differs"],
    );
}

#[test]
fn what_is_only_observed_is_a_note() {
    check(|new| new.steps[1].stdout.text = text("other\n"), &[], &["stdout of step 2 differs"]);
    check(|new| new.steps[0].stderr.text = text("noise\n"), &[], &["stderr of step 1 differs"]);
    check(
        |new| drop(new.versions.insert("python".to_owned(), "3.12".to_owned())),
        &[],
        &["python is 3.12; it was 3.11"],
    );
    check(|new| drop(new.versions.remove("server")), &[], &["server is none; it was no"]);
    check(|new| new.imported.clear(), &[], &["imports nothing; before, boto3, remote-store"]);
    check(|new| new.machine.kernel = "6.2".to_owned(), &[], &["the machine is another one"]);
    check(|new| new.recorder = Recorder::Ci, &[], &["recorded by ci; before, by local"]);
    check(|new| new.after.text = text("late\n"), &[], &["the output after the last step differs"]);
}

#[test]
fn console_commands_are_judged_one_by_one() {
    let mut recipe = recipe();
    let command = |expected: &[&str]| ConsoleCommand {
        text: "x".to_owned(),
        at: 2,
        expected: expected.iter().map(|line| ((*line).to_owned(), 4)).collect(),
        exit: None,
    };
    recipe.steps = vec![Step {
        session: Session::Console,
        commands: vec![command(&["[..]"]), command(&[])],
        expectations: Vec::new(),
        ..recipe.steps.remove(0)
    }];
    let script = Script { setup: &[], recipe: &recipe, teardown: &[] };
    let at = |command| StepAt { command: Some(command), ..record(1, "").at };
    let of = |first: &str, second: &str| {
        let steps = [(1, first), (2, second)].map(|(command, said)| StepRecord { at: at(command), ..record(1, said) });
        trace(steps.to_vec())
    };
    let old = of("one\n", "");
    assert!(difference(&old, &of("two\n", ""), &script).same());
    assert_eq!(difference(&old, &of("one\n", "said\n"), &script).judged, ["stdout of step 1, command 2 differs"]);
}

#[test]
fn what_a_page_shows_is_judged() {
    let mut recipe = recipe();
    recipe.steps[1].published = true;
    let script = Script { setup: &[], recipe: &recipe, teardown: &[] };
    let old = trace(vec![record(1, "12 ms\nfixed\n"), record(2, "said\n")]);
    let new = trace(vec![record(1, "12 ms\nfixed\n"), record(2, "sang\n")]);
    assert_eq!(difference(&old, &new, &script).judged, ["stdout of step 2 differs"]);
}
