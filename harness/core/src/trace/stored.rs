//! The shape of a trace file, schema 1: keys in the order of the file, unknown ones refused. Everything outside this module uses
//! [`Trace`]; a later schema gets a type of its own beside this one, and this one stays.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::digest::Digest;
use crate::event::{Captured, CellId, Part, PythonError, StepAt, StepEnd, StepRecord, Timed};
use crate::fault::{Fault, FaultSeen};
use crate::name::Id;
use crate::redact::Redacted;
use crate::yaml::{OneLine, Text};

use super::model::{Ended, Machine, Pins, Recorder, Trace};

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraceV1 {
    pub(super) schema: u32,
    guide: Id,
    recipe: Id,
    target: Id,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    toolbox: Option<Id>,
    recorded: String,
    recorder: Recorder,
    machine: Machine,
    pins: Pins,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    imported: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    versions: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    service: BTreeMap<String, String>,
    steps: Vec<StepV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<EndedV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Text>,
    #[serde(default, rename = "after-cut", skip_serializing_if = "Option::is_none")]
    after_cut: Option<CutV1>,
    /// Absent only while the text above it is being written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) sealed: Option<Digest>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StepV1 {
    step: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<PartV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<usize>,
    language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<EndV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    exit: Option<i32>,
    seconds: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fault: Option<FaultV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bench: Option<BenchV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stdout: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stdout_cut: Option<CutV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stderr: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stderr_cut: Option<CutV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<ErrorV1>,
}

/// The part of a step; a step of the recipe itself does not say it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum PartV1 {
    Setup,
    Teardown,
}

/// How a step ended that did not simply exit.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum EndV1 {
    /// It ended its session, with the exit code beside it.
    Session,
    TimedOut,
    OpenHeredoc,
}

/// The fault that stood while the step ran, with moments in seconds since arming it began.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultV1 {
    asked: Fault,
    armed: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tripped: Option<f64>,
    cleared: f64,
}

/// The times of a step that is timed, in seconds to the microsecond: two digits, as of other durations, would hide what is measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct BenchV1 {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    load: Option<f64>,
    warm_up: f64,
    samples: OneLine<Vec<f64>>,
}

/// What was not kept of a stream: the text before it is its head.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CutV1 {
    dropped: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tail: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Digest>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrorV1 {
    class: String,
    bases: Vec<String>,
    text: Text,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndedV1 {
    step: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<PartV1>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<usize>,
    why: Text,
}

impl From<&Trace> for TraceV1 {
    fn from(trace: &Trace) -> Self {
        let (after, after_cut) = stream(&trace.after);
        Self {
            schema: trace.schema,
            guide: trace.cell.guide.clone(),
            recipe: trace.cell.recipe.clone(),
            target: trace.cell.target.clone(),
            toolbox: trace.cell.toolbox.clone(),
            recorded: trace.recorded.clone(),
            recorder: trace.recorder,
            machine: trace.machine.clone(),
            pins: trace.pins,
            imported: trace.imported.clone(),
            versions: trace.versions.clone(),
            service: trace.service.clone(),
            steps: trace.steps.iter().map(StepV1::from).collect(),
            ended: trace.ended.as_ref().map(EndedV1::from),
            after,
            after_cut,
            sealed: None,
        }
    }
}

impl From<&StepRecord> for StepV1 {
    fn from(record: &StepRecord) -> Self {
        let (ended, exit) = match record.ended {
            StepEnd::Exit(code) => (None, Some(code)),
            StepEnd::SessionEnded(code) => (Some(EndV1::Session), Some(code)),
            StepEnd::TimedOut => (Some(EndV1::TimedOut), None),
            StepEnd::OpenHeredoc => (Some(EndV1::OpenHeredoc), None),
        };
        let (stdout, stdout_cut) = stream(&record.stdout);
        let (stderr, stderr_cut) = stream(&record.stderr);
        Self {
            step: record.at.step,
            part: part(record.at.part),
            command: record.at.command,
            language: record.language.clone(),
            ended,
            exit,
            seconds: seconds(record.took),
            fault: record.fault.as_ref().map(|seen| FaultV1 {
                asked: seen.fault,
                armed: seconds(seen.armed),
                tripped: seen.tripped.map(seconds),
                cleared: seconds(seen.cleared),
            }),
            bench: record.timed.as_ref().map(|timed| BenchV1 {
                load: timed.load,
                warm_up: exactly(timed.warm_up),
                samples: OneLine(timed.samples.iter().copied().map(exactly).collect()),
            }),
            stdout,
            stdout_cut,
            stderr,
            stderr_cut,
            error: record.error.as_ref().map(|error| ErrorV1 {
                class: error.class.clone(),
                bases: error.bases.clone(),
                text: Text(error.text.as_str().to_owned()),
            }),
        }
    }
}

fn seconds(took: Duration) -> f64 {
    super::model::rounded(took).as_secs_f64()
}

/// A whole number of microseconds, in seconds: the number nearest to it, so that six digits say it.
fn exactly(took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^52 microseconds are a hundred years")]
    let micros = took.as_micros() as f64;
    micros / 1e6
}

impl From<&Ended> for EndedV1 {
    fn from(ended: &Ended) -> Self {
        let at = ended.at;
        Self { step: at.step, part: part(at.part), command: at.command, why: Text(ended.why.clone()) }
    }
}

fn part(part: Part) -> Option<PartV1> {
    match part {
        Part::Setup => Some(PartV1::Setup),
        Part::Recipe => None,
        Part::Teardown => Some(PartV1::Teardown),
    }
}

fn stream(captured: &Captured) -> (Option<Text>, Option<CutV1>) {
    let text = captured.text.as_str();
    let cut = (captured.tail.is_some() || captured.dropped > 0).then(|| CutV1 {
        dropped: captured.dropped,
        tail: captured.tail.as_ref().map(|tail| Text(tail.as_str().to_owned())),
        digest: captured.digest,
    });
    ((!text.is_empty()).then(|| Text(text.to_owned())), cut)
}

impl TraceV1 {
    /// The trace, or what in it makes no sense although every key is well-formed.
    pub(super) fn into_trace(self) -> Result<Trace, String> {
        Date::of_moment(&self.recorded).map_err(|problem| format!("`recorded`: {problem}"))?;
        let cell = CellId { guide: self.guide, recipe: self.recipe, target: self.target, toolbox: self.toolbox };
        Ok(Trace {
            schema: self.schema,
            cell,
            recorded: self.recorded,
            recorder: self.recorder,
            machine: self.machine,
            pins: self.pins,
            imported: self.imported,
            versions: self.versions,
            service: self.service,
            steps: self.steps.into_iter().map(StepV1::into_record).collect::<Result<_, _>>()?,
            ended: self.ended.map(|ended| Ended { at: at(ended.part, ended.step, ended.command), why: ended.why.0 }),
            after: captured(self.after, self.after_cut),
        })
    }
}

impl StepV1 {
    fn into_record(self) -> Result<StepRecord, String> {
        let place = format!("step {}", self.step);
        let ended = match (self.ended, self.exit) {
            (None, Some(code)) => StepEnd::Exit(code),
            (Some(EndV1::Session), Some(code)) => StepEnd::SessionEnded(code),
            (Some(EndV1::TimedOut), None) => StepEnd::TimedOut,
            (Some(EndV1::OpenHeredoc), None) => StepEnd::OpenHeredoc,
            (None, None) => return Err(format!("{place} has neither `exit` nor `ended`")),
            _ => return Err(format!("{place} has `exit` and `ended` that do not go together")),
        };
        let took = duration(&place, "seconds", self.seconds)?;
        let fault = self.fault.map(|fault| fault.into_seen(&place).map(Box::new)).transpose()?;
        let timed = self.bench.map(|bench| bench.into_timed(&place).map(Box::new)).transpose()?;
        Ok(StepRecord {
            at: at(self.part, self.step, self.command),
            language: self.language,
            ended,
            took,
            stdout: captured(self.stdout, self.stdout_cut),
            stderr: captured(self.stderr, self.stderr_cut),
            error: self.error.map(|error| PythonError {
                class: error.class,
                bases: error.bases,
                text: Redacted::recorded(error.text.0),
            }),
            fault,
            timed,
        })
    }
}

impl BenchV1 {
    fn into_timed(self, place: &str) -> Result<Timed, String> {
        let micros = |key: &str, seconds: f64| {
            let exact = duration(place, key, seconds)?;
            Ok(Duration::from_micros(u64::try_from((exact.as_nanos() + 500) / 1000).unwrap_or(u64::MAX)))
        };
        if self.load.is_some_and(|load| !(0.0..1e6).contains(&load)) {
            return Err(format!("{place}: `load` is no load"));
        }
        Ok(Timed {
            load: self.load,
            warm_up: micros("warm-up", self.warm_up)?,
            samples: self
                .samples
                .0
                .into_iter()
                .map(|seconds| micros("samples", seconds))
                .collect::<Result<_, String>>()?,
        })
    }
}

impl FaultV1 {
    fn into_seen(self, place: &str) -> Result<FaultSeen, String> {
        Ok(FaultSeen {
            fault: self.asked,
            armed: duration(place, "armed", self.armed)?,
            tripped: self.tripped.map(|tripped| duration(place, "tripped", tripped)).transpose()?,
            cleared: duration(place, "cleared", self.cleared)?,
        })
    }
}

fn duration(place: &str, key: &str, seconds: f64) -> Result<Duration, String> {
    if (0.0..1e9).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(format!("{place}: `{key}: {seconds}` is no duration"))
    }
}

fn at(part: Option<PartV1>, step: usize, command: Option<usize>) -> StepAt {
    let part = match part {
        Some(PartV1::Setup) => Part::Setup,
        None => Part::Recipe,
        Some(PartV1::Teardown) => Part::Teardown,
    };
    StepAt { part, step, command }
}

fn captured(text: Option<Text>, cut: Option<CutV1>) -> Captured {
    let (tail, dropped, digest) = cut.map_or((None, 0, None), |cut| (cut.tail, cut.dropped, cut.digest));
    Captured {
        text: Redacted::recorded(text.unwrap_or_default().0),
        tail: tail.map(|tail| Redacted::recorded(tail.0)),
        dropped,
        digest,
    }
}
