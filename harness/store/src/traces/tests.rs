//! Writing traces: nothing half-written, nothing secret, nothing that the second reader reads differently.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use dogfood_core::digest::Digest;
use dogfood_core::event::{Captured, CellId, Part, StepAt, StepEnd, StepRecord};
use dogfood_core::markup::model::{Body, Recipe, Session, Step, StepOptions};
use dogfood_core::name::Id;
use dogfood_core::redact::Redactor;
use dogfood_core::trace::{Machine, Pins, Recorder, SCHEMA};
use proptest::prelude::*;

use super::*;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn trace(stdout: &str) -> Trace {
    Trace {
        schema: SCHEMA,
        cell: CellId { guide: id("g"), recipe: id("r"), target: id("none"), toolbox: None },
        recorded: "2026-11-20T06:06:00Z".to_owned(),
        recorder: Recorder::Local,
        machine: Machine { arch: "x86_64".to_owned(), cpus: 2, memory: "8 GiB".to_owned(), kernel: "6.1".to_owned() },
        pins: Pins { recipe: Digest::of_bytes(b""), setup: None, teardown: None, target: None, toolbox: None },
        imported: Vec::new(),
        versions: BTreeMap::from([("bash".to_owned(), "5.2".to_owned())]),
        service: BTreeMap::new(),
        steps: vec![StepRecord {
            at: StepAt { part: Part::Recipe, step: 1, command: None },
            language: "sh".to_owned(),
            ended: StepEnd::Exit(0),
            took: Duration::from_millis(5),
            stdout: Captured { text: Redactor::new(&[]).redact(stdout.as_bytes()).unwrap(), ..Captured::default() },
            stderr: Captured::default(),
            error: None,
            fault: None,
            timed: None,
        }],
        ended: None,
        after: Captured::default(),
    }
}

fn recipe() -> Recipe {
    let step = Step {
        number: 1,
        session: Session::Bash,
        language: "sh".to_owned(),
        text: "echo".to_owned(),
        commands: Vec::new(),
        options: StepOptions::default(),
        expectations: Vec::new(),
        fence: 0,
        body: Body::default(),
        published: false,
    };
    Recipe {
        id: id("r"),
        steps: vec![step],
        files: Vec::new(),
        targets: vec![id("none")],
        toolboxes: Vec::new(),
        fresh: false,
        skip: None,
    }
}

#[test]
fn a_trace_is_written_once_and_left_alone_while_it_says_the_same() {
    let root = tempfile::tempdir().unwrap();
    let recipe = recipe();
    let script = Script { setup: &[], recipe: &recipe, teardown: &[] };
    let first = trace("one\n");
    assert_eq!(store(root.path(), &first, &[], Some(&script)).unwrap(), Stored::Written);
    let file = root.path().join("traces/g/r@none.yaml");
    let text = fs::read_to_string(&file).unwrap();

    let mut again = first.clone();
    again.recorded = "2026-11-21T06:06:00Z".to_owned();
    again.steps[0].took = Duration::from_secs(2);
    assert_eq!(store(root.path(), &again, &[], Some(&script)).unwrap(), Stored::Unchanged);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(store(root.path(), &again, &[], None).unwrap(), Stored::Written);
    assert_ne!(fs::read_to_string(&file).unwrap(), text);

    assert_eq!(store(root.path(), &trace("two\n"), &[], Some(&script)).unwrap(), Stored::Written);
    // An edited file is no recording to compare with.
    fs::write(&file, fs::read_to_string(&file).unwrap().replace("two", "one")).unwrap();
    assert_eq!(store(root.path(), &trace("two\n"), &[], Some(&script)).unwrap(), Stored::Written);
    assert_eq!(fs::read_dir(root.path().join("traces/g")).unwrap().count(), 1);
}

#[test]
fn a_trace_with_a_secret_is_not_written_and_the_secret_not_shown() {
    let root = tempfile::tempdir().unwrap();
    store(root.path(), &trace("old\n"), &[], None).unwrap();
    let known = [Known::secret("S3_SECRET", "correct-horse-battery-staple")];
    for said in [
        "correct-horse-battery-staple",
        "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5LXN0YXBsZQ==",
        "correct%2Dhorse%2Dbattery%2Dstaple",
    ] {
        let error = store(root.path(), &trace(&format!("key {said}\n")), &known, None).unwrap_err();
        assert!(matches!(error, StoreError::Leak { .. }), "{said}: {error}");
        assert!(error.to_string().contains("S3_SECRET") && !error.to_string().contains("horse"), "{error}");
    }
    assert!(fs::read_to_string(root.path().join("traces/g/r@none.yaml")).unwrap().contains("old"));
}

#[test]
fn a_trace_that_the_gate_would_not_read_is_not_written() {
    let root = tempfile::tempdir().unwrap();
    let error = store(root.path(), &trace(&"x\n".repeat(3 << 20)), &[], None).unwrap_err();
    assert!(matches!(error, StoreError::TooLarge { .. }), "{error}");
    assert!(!root.path().join("traces").exists());
}

#[test]
fn what_stands_in_the_way_is_told_with_its_cause() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("traces"), "a file").unwrap();
    let error = store(root.path(), &trace("x\n"), &[], None).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }) && std::error::Error::source(&error).is_some(), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_output_reads_back(stdout in any::<String>()) {
        let root = tempfile::tempdir().unwrap();
        match store(root.path(), &trace(&stdout), &[], None) {
            Ok(stored) => prop_assert_eq!(stored, Stored::Written),
            // Chance can write what looks like a key.
            Err(error) => prop_assert!(matches!(error, StoreError::Leak { .. }), "{}", error),
        }
    }
}
