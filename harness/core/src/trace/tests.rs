//! Traces: what is written reads back, whatever it holds; what is damaged is refused with its place.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;

use super::model::rounded;
use super::*;
use crate::digest::Digest;
use crate::event::{Captured, CellId, Part, PythonError, StepAt, StepEnd, StepRecord, Timed};
use crate::fault::FaultSeen;
use crate::name::Id;
use crate::redact::Redacted;

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn text(text: &str) -> Captured {
    Captured { text: Redacted::recorded(text.to_owned()), ..Captured::default() }
}

pub(crate) fn step(number: usize, stdout: &str) -> StepRecord {
    StepRecord {
        at: StepAt { part: Part::Recipe, step: number, command: None },
        language: "sh".to_owned(),
        ended: StepEnd::Exit(0),
        took: Duration::from_millis(12),
        stdout: text(stdout),
        stderr: Captured::default(),
        error: None,
        fault: None,
        timed: None,
    }
}

pub(crate) fn trace(steps: Vec<StepRecord>) -> Trace {
    let pin = Digest::of_bytes(b"pin");
    Trace {
        schema: SCHEMA,
        cell: CellId { guide: id("sftp"), recipe: id("read-stall"), target: id("openssh"), toolbox: None },
        recorded: "2026-11-20T06:06:00Z".to_owned(),
        recorder: Recorder::Local,
        machine: Machine { arch: "x86_64".to_owned(), cpus: 2, memory: "8 GiB".to_owned(), kernel: "6.1".to_owned() },
        pins: Pins { recipe: pin, setup: Some(pin), teardown: None, target: Some(pin), toolbox: None },
        imported: vec!["boto3".to_owned(), "remote-store".to_owned()],
        versions: BTreeMap::from([("python".to_owned(), "3.11".to_owned()), ("server".to_owned(), "no".to_owned())]),
        service: BTreeMap::from([("route".to_owned(), "loopback".to_owned())]),
        steps,
        ended: None,
        after: Captured::default(),
    }
}

pub(crate) fn seen(fault: &str, tripped: Option<u64>) -> FaultSeen {
    FaultSeen {
        fault: fault.parse().unwrap(),
        armed: Duration::from_millis(1),
        tripped: tripped.map(Duration::from_millis),
        cleared: Duration::from_millis(3100),
    }
}

fn full() -> Trace {
    let mut trace = trace(vec![step(1, "one\n  two \n\nthree\n")]);
    let mut failed = step(2, "");
    failed.language = "python".to_owned();
    failed.ended = StepEnd::Exit(1);
    failed.error = Some(PythonError {
        class: "BackendUnavailable".to_owned(),
        bases: vec!["BackendUnavailable".to_owned(), "OSError".to_owned(), "object".to_owned()],
        text: Redacted::recorded("BackendUnavailable: no data\nwithin 3s".to_owned()),
    });
    failed.fault = Some(Box::new(seen("blackhole-down@256KiB", Some(410))));
    failed.timed = Some(Box::new(Timed {
        load: Some(2.07),
        warm_up: Duration::from_micros(1_234_567),
        samples: [900_001, 12, 0, 61_000_000].map(Duration::from_micros).to_vec(),
    }));
    let mut cut = step(3, "head\n");
    cut.ended = StepEnd::SessionEnded(137);
    cut.stdout.tail = Some(Redacted::recorded("tail\n".to_owned()));
    cut.stdout.dropped = 1_000_000;
    cut.stdout.digest = Some(Digest::of_bytes(b"whole"));
    let mut setup = step(1, "");
    setup.at.part = Part::Setup;
    setup.ended = StepEnd::TimedOut;
    let mut command = step(4, "x\n");
    command.at.command = Some(2);
    command.ended = StepEnd::OpenHeredoc;
    trace.steps.extend([failed, cut, setup, command]);
    trace.cell.toolbox = Some(id("old"));
    trace.recorder = Recorder::Ci;
    trace.ended =
        Some(Ended { at: StepAt { part: Part::Setup, step: 1, command: None }, why: "stopped: after 60 s".to_owned() });
    trace.after = text("late\n");
    trace
}

#[test]
fn the_file_reads_well_in_a_diff() {
    insta::assert_snapshot!(write(&full()));
}

#[test]
fn every_field_comes_back() {
    let trace = full();
    assert_eq!(read(&write(&trace)), Ok((trace, Seal::Intact)));
}

#[test]
fn a_sample_has_no_more_digits_than_were_measured() {
    let micros = [1_737_297, 1_123_001, 59_999_999, 100_000_001];
    let mut trace = trace(vec![step(1, "")]);
    let samples: Vec<Duration> = micros.map(Duration::from_micros).to_vec();
    trace.steps[0].timed = Some(Box::new(Timed { load: None, warm_up: samples[0], samples }));
    let written = write(&trace);
    assert!(written.contains("warm-up: 1.737297\n"), "{written}");
    assert!(written.contains("samples: [1.737297, 1.123001, 59.999999, 100.000001]\n"), "{written}");
    assert_eq!(read(&written), Ok((trace, Seal::Intact)));
}

#[test]
fn the_seal_finds_every_edit_but_not_line_ends() {
    let sealed = write(&full());
    assert_eq!(read(&sealed.replace('\n', "\r\n")).unwrap().1, Seal::Intact);
    for (from, to) in [
        ("three", "four"),
        ("exit: 1", "exit: 0"),
        ("seconds: 0.012", "seconds: 0.013"),
        ("recorder: ci", "recorder: local"),
        ("schema: 1\n", "schema: 1\n# fine\n"),
    ] {
        let edited = sealed.replacen(from, to, 1);
        assert_ne!(edited, sealed);
        assert_eq!(read(&edited).unwrap().1, Seal::Broken, "{from} -> {to}");
    }
}

#[test]
fn what_is_no_trace_says_why_and_where() {
    let good = write(&full());
    let bomb = format!("{}a: &a [x]\nb: [*a, *a]\n", good.replace("sealed:", "imported: *b\nsealed:"));
    let cases: Vec<(String, &str, usize)> = vec![
        (String::new(), "the trace is empty", 1),
        (" \n\n".to_owned(), "the trace is empty", 1),
        (good[..good.len() / 2].to_owned(), "the trace is cut short", 0),
        (good[..good.rfind("sealed").unwrap()].to_owned(), "the trace is cut short", 0),
        (good.trim_end().to_owned(), "the trace is cut short", 0),
        (format!("{good}\n"), "the trace is cut short", 0),
        (good.replace("schema: 1", "schema: 7"), "written by a newer dogfood: its schema is 7", 1),
        (format!("# a comment\n{}", good.replace("schema: 1", "schema: 7")), "written by a newer dogfood", 1),
        (good.replace("schema: 1", "schema: 0"), "there is no schema 0", 1),
        (good.replace("schema: 1\n", ""), "the key `schema` is missing", 0),
        (good.replace("schema: 1\n", "schema: 1\nguide: twice\n"), "the key `guide` stands here a second time", 3),
        (good.replace("recorder: ci\n", "recorder: ci\nverdict: good\n"), "unknown key `verdict`", 8),
        (good.replace("recorder: ci\n", "recorder: me\n"), "", 7),
        (good.replace("guide: sftp", "guide: ../../etc"), "is no id", 2),
        (good.replace("2026-11-20T06:06:00Z", "yesterday"), "`recorded`: `yesterday` is no moment", 1),
        (good.replace("  exit: 1\n", ""), "step 2 has neither `exit` nor `ended`", 1),
        (good.replace("  ended: timed-out\n", "  ended: timed-out\n  exit: 1\n"), "step 1 has `exit` and `ended`", 1),
        (good.replacen("seconds: 0.012", "seconds: -1.0", 1), "is no duration", 1),
        (good.replacen("seconds: 0.012", "seconds: .nan", 1), "", 0),
        (good.replace("cleared: 3.1", "cleared: -1.0"), "step 2: `cleared: -1` is no duration", 1),
        (good.replace("cleared: 3.1", "cleared: 3.1\n    by: me"), "unknown key `by`", 0),
        (good.replace("blackhole-down@256KiB", "blackhol"), "`blackhol` is no fault", 0),
        (
            good.replace("recorder: ci\n", "<<<<<<< ours\nrecorder: ci\n=======\nrecorder: local\n>>>>>>> theirs\n"),
            "merge conflict markers",
            7,
        ),
        (bomb, "", 0),
        (format!("schema: 1\nguide: {}\nsealed: x\n", "[".repeat(5000)), "", 0),
        ("schema: 1\nsealed: sha256:00\n".to_owned(), "", 0),
        ("\0\nsealed: x\n".to_owned(), "", 0),
        ("just a text\n".to_owned(), "", 0),
    ];
    for (text, part, line) in cases {
        let shown: String = text.chars().take(60).collect();
        let problem = read(&text).expect_err(&shown);
        assert!(problem.to_string().contains(part), "{shown:?}: {problem}");
        assert!(!problem.to_string().contains('\n'), "{shown:?}: {problem}");
        assert!(line == 0 || problem.place().0 == line, "{shown:?}: {problem:?}");
    }
}

#[test]
fn durations_keep_two_digits() {
    for (millis, kept) in
        [(0, 0), (4, 4), (99, 99), (123, 120), (125, 130), (999, 1000), (1049, 1000), (1050, 1100), (61_234, 61_000)]
    {
        assert_eq!(rounded(Duration::from_millis(millis)), Duration::from_millis(kept), "{millis}");
    }
    assert_eq!(rounded(Duration::from_micros(499)), Duration::ZERO);
    assert_eq!(rounded(Duration::from_micros(500)), Duration::from_millis(1));
    let _ = rounded(Duration::MAX);
}

#[test]
fn paths_name_cells_and_nothing_else() {
    let cell = full().cell;
    assert_eq!(path(&cell).as_str(), "traces/sftp/read-stall@openssh+old.yaml");
    assert_eq!(cell_of(&path(&cell)), Some(cell));
    for other in [
        "traces/x.yaml",
        "traces/a/b.yaml",
        "traces/a/b@c.yml",
        "traces/a/b@c/d.yaml",
        "traces/a/B@c.yaml",
        "other/a/b@c.yaml",
        "tracesx/a/b@c.yaml",
        "traces/a/b@c+.yaml",
    ] {
        assert_eq!(cell_of(&crate::place::RelPath::new(other).unwrap()), None, "{other}");
    }
}

fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "",
        "\n",
        " ",
        "\t",
        "\r",
        "\r\n",
        "\0",
        "\u{1b}[31m",
        "---\n",
        "...\n",
        "  indented\n",
        "trailing \n",
        "😀",
        "\u{2028}",
        "\u{feff}",
        "\u{85}",
        "sealed: sha256:00\n",
        "<<<<<<< ours\n",
        "key: value\n",
        "- item\n",
        "# comment\n",
        "{{#include ../x}}\n",
        "\u{7f}",
        "&a *a !b",
        "no",
        "1_000",
    ]);
    prop_oneof![any::<String>(), prop::collection::vec(odd, 0..8).prop_map(|pieces| pieces.concat())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_recorded_text_comes_back_from_both_readers(stdout in any_text(), stderr in any_text(), why in any_text(), millis in 0u64..10_000_000) {
        let mut recorded = step(1, &stdout);
        recorded.stderr = text(&stderr);
        recorded.took = rounded(Duration::from_millis(millis));
        let mut trace = trace(vec![recorded]);
        trace.ended = Some(Ended { at: trace.steps[0].at, why });
        trace.after = text(&stdout);
        let file = write(&trace);
        prop_assert_eq!(read(&file), Ok((trace, Seal::Intact)), "{}", file);
        let other: serde_yaml::Value = serde_yaml::from_str(&file).unwrap();
        let said = |key: &str| other["steps"][0].get(key).and_then(serde_yaml::Value::as_str).unwrap_or_default().to_owned();
        prop_assert_eq!(said("stdout"), stdout);
        prop_assert_eq!(said("stderr"), stderr);
    }

    #[test]
    fn reading_never_panics(text in any_text(), at in any::<prop::sample::Index>(), length in 0usize..40) {
        let _ = read(&text);
        let good = write(&full());
        let mut start = at.index(good.len());
        while !good.is_char_boundary(start) { start -= 1; }
        let mut end = (start + length).min(good.len());
        while !good.is_char_boundary(end) { end += 1; }
        let _ = read(&format!("{}{text}{}", &good[..start], &good[end..]));
    }

    #[test]
    fn one_changed_byte_is_never_taken_for_the_original(at in any::<prop::sample::Index>(), byte in "[ -~]") {
        let good = write(&full());
        let at = at.index(good.len());
        prop_assume!(good.is_ascii() && good[at..=at] != byte);
        let edited = format!("{}{byte}{}", &good[..at], &good[at + 1..]);
        prop_assert!(!matches!(read(&edited), Ok((_, Seal::Intact))), "{}", edited);
    }
}

#[test]
fn a_trace_fits_its_published_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../../guides/manual/schema/trace.json")).unwrap();
    for trace in [trace(Vec::new()), full()] {
        let fits = |value: &serde_json::Value| crate::reports::tests::fits(value, &schema, &schema, "");
        assert_eq!(fits(&value(&trace)), Ok(()));
        assert_eq!(fits(&serde_yaml::from_str(&write(&trace)).unwrap()), Ok(()));
        let mut other = value(&trace);
        other["verdict"] = serde_json::json!("good");
        assert!(fits(&other).is_err());
    }
}
