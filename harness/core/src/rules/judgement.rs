//! Holds a trace against its recipe: exit codes, exceptions, times and output, step by step. The trace says what was seen, the guide what
//! should have been; only here do the two meet. Rules turn the verdicts into findings.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::budget::Cost;
use crate::compare::{self, Captures, LineMatch, ProblemKind, Work};
use crate::event::{Captured, Part, StepAt, StepEnd, StepRecord};
use crate::markup::model::{Chapter, Step, Stream};
use crate::name::Id;
use crate::place::Span;
use crate::trace::{Judged, Script, Trace, step_name};

use super::positions;

/// One thing that the trace shows and the guide does not, or the other way round.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// The step or command.
    pub at: StepAt,
    /// The step.
    pub step: &'a Step,
    /// The place in the guide.
    pub span: Span,
    /// What it is.
    pub fault: Fault,
}

/// What a verdict is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A stream is not what the guide says.
    Drift {
        /// The stream.
        stream: Stream,
        /// The difference, for a person.
        diff: String,
    },
    /// An expectation that cannot be read: a regular expression that is none, broken JSON.
    BadPattern {
        /// Why.
        why: String,
    },
    /// It would cost too much to tell whether it is what the guide says.
    Costly(Cost),
    /// The step did not end, last or fail as declared.
    Failed {
        /// What happened, a fragment.
        what: String,
        /// The last lines that it said.
        said: Vec<String>,
    },
    /// A stream said something that nothing is held against.
    Unasserted {
        /// The stream.
        stream: Stream,
    },
}

/// Holds `trace` against what `script` declares for `target`, with what is left of the check's work.
pub(super) fn judge<'a>(
    chapter: &'a Chapter,
    script: &Script<'a>,
    trace: &Trace,
    target: &Id,
    work: &mut Work,
) -> Vec<Verdict<'a>> {
    let mut records: BTreeMap<StepAt, &StepRecord> = BTreeMap::new();
    for record in &trace.steps {
        records.entry(record.at).or_insert(record);
    }
    let (captures, verdicts) = (Captures::default(), Vec::new());
    let mut judge = Judge { chapter, script: *script, trace, records, target, captures, work, verdicts };
    for part in [Part::Setup, Part::Recipe, Part::Teardown] {
        for step in script.part(part).iter().filter(|step| step.runs_on(target)) {
            judge.step(part, step);
        }
    }
    judge.verdicts
}

struct Judge<'a, 't> {
    chapter: &'a Chapter,
    script: Script<'a>,
    trace: &'t Trace,
    records: BTreeMap<StepAt, &'t StepRecord>,
    target: &'t Id,
    captures: Captures,
    work: &'t mut Work,
    verdicts: Vec<Verdict<'a>>,
}

impl<'a> Judge<'a, '_> {
    fn step(&mut self, part: Part, step: &'a Step) {
        let at = StepAt { part, step: step.number, command: None };
        if step.commands.is_empty() {
            let expected = step.options.exit.unwrap_or(i32::from(step.options.raises.is_some()));
            self.unit(at, step, expected);
        }
        for (index, command) in step.commands.iter().enumerate() {
            let at = StepAt { command: Some(index + 1), ..at };
            let last = index + 1 == step.commands.len();
            let expected = command.exit.or(step.options.exit.filter(|_| last)).unwrap_or(0);
            self.unit(at, step, expected);
        }
        self.took(at, step);
    }

    /// One step, or one command of a console step.
    fn unit(&mut self, at: StepAt, step: &'a Step, exit: i32) {
        if let Err(cost) = self.work.unit() {
            let span = self.chapter.step_span(step, 0);
            self.verdicts.push(Verdict { at, step, span, fault: Fault::Costly(cost) });
            return;
        }
        let ended = self.trace.ended.as_ref();
        let Some(record) = self.records.get(&at).copied() else {
            // After an early end the rest did not run, and the end itself is told at its step.
            if ended.is_none() {
                self.failed(at, step, None, format!("the trace has no record of {}", step_name(at)));
            }
            return;
        };
        let early = ended.filter(|ended| {
            ended.at == at
                || (ended.at.command.is_none()
                    && (ended.at.part, ended.at.step) == (at.part, at.step)
                    && fails(record, step, exit).is_some())
        });
        if let Some(ended) = early {
            self.failed(at, step, Some(record), format!("the recipe ended early: {}", ended.why));
        } else if let Some(what) = fails(record, step, exit) {
            self.failed(at, step, Some(record), what);
        } else {
            self.output(at, step, record);
        }
    }

    fn failed(&mut self, at: StepAt, step: &'a Step, record: Option<&StepRecord>, what: String) {
        let line = record.and_then(positions::failing_line).or(at.command.map(|_| 1));
        let span = line.and_then(|line| positions::place(self.chapter, step, at.command, line));
        let span = span.unwrap_or_else(|| self.chapter.step_span(step, 0));
        let said = record.map(last_words).unwrap_or_default();
        self.verdicts.push(Verdict { at, step, span, fault: Fault::Failed { what, said } });
    }

    fn took(&mut self, at: StepAt, step: &'a Step) {
        let Some((least, most)) = step.options.took else { return };
        let units = std::iter::once(None).chain((1..=step.commands.len()).map(Some));
        let records = units.filter_map(|command| self.records.get(&StepAt { command, ..at }));
        let times: Vec<Duration> = records.map(|record| record.took).collect();
        let took: Duration = times.iter().sum();
        if !times.is_empty() && !(least..=most).contains(&took) {
            let span = self.chapter.step_span(step, 0);
            let what = format!(
                "the step took {} s; it declares {} s to {} s",
                took.as_secs_f64(),
                least.as_secs_f64(),
                most.as_secs_f64()
            );
            self.verdicts.push(Verdict { at, step, span, fault: Fault::Failed { what, said: Vec::new() } });
        }
    }

    fn output(&mut self, at: StepAt, step: &'a Step, record: &StepRecord) {
        self.stream(at, step, Stream::Stdout, &record.stdout);
        // The traceback of a declared exception is judged as what it is: by `raises=` and `expect=error`.
        let traceback = record.error.is_some() && record.stderr.text.as_str().starts_with("Traceback (most recent");
        if !traceback || self.script.judged(at, Stream::Stderr, self.target).is_some() {
            self.stream(at, step, Stream::Stderr, &record.stderr);
        }
        if let Some(error) = &record.error {
            self.stream(at, step, Stream::Error, &Captured { text: error.text.clone(), ..Captured::default() });
        } else if let Some(judged) = self.script.judged(at, Stream::Error, self.target) {
            self.compare(at, step, Stream::Error, &judged, "");
        }
    }

    fn stream(&mut self, at: StepAt, step: &'a Step, stream: Stream, captured: &Captured) {
        let judged = self.script.judged(at, stream, self.target);
        let published = self.script.published(at, stream);
        match judged {
            Some(_) if is_cut(captured) => self.cut(at, step, stream, "an expectation"),
            None if published && is_cut(captured) => self.cut(at, step, stream, "the page"),
            Some(judged) => self.compare(at, step, stream, &judged, captured.text.as_str()),
            None => {
                // Also what a page shows by `{{#evidence}}`: the page follows the trace then, and nothing holds the trace.
                let shown = at.part == Part::Recipe && step.options.bench.is_none();
                if shown && !captured.is_empty() {
                    let span = self.chapter.step_span(step, 0);
                    self.verdicts.push(Verdict { at, step, span, fault: Fault::Unasserted { stream } });
                }
            }
        }
    }

    fn cut(&mut self, at: StepAt, step: &'a Step, stream: Stream, reader: &str) {
        let (stream, name) = (word(stream), step_name(at));
        let what = format!("{stream} of {name} does not stand whole in the trace, and {reader} reads it");
        self.failed(at, step, None, what);
    }

    fn compare(&mut self, at: StepAt, step: &'a Step, stream: Stream, judged: &Judged<'a>, actual: &str) {
        let (line, fault) = match compare::compare(&judged.text, judged.format, actual, &mut self.captures, self.work) {
            Ok(outcome) if outcome.matches => return,
            Ok(outcome) => {
                let diff = compare::diff::render(&judged.text, actual, &outcome);
                (first_difference(&outcome), Fault::Drift { stream, diff })
            }
            Err(problem) => {
                let line = judged.text.bytes().take(problem.offset).filter(|byte| *byte == b'\n').count();
                let fault = match problem.problem {
                    ProblemKind::Costly(cost) => Fault::Costly(cost),
                    _ => Fault::BadPattern { why: problem.to_string() },
                };
                (Some(line), fault)
            }
        };
        let span = self.expected_span(at, step, judged, line.unwrap_or(0));
        self.verdicts.push(Verdict { at, step, span, fault });
    }

    /// The place of line `line` (from 0) of an expectation; of its last line, where more was said than expected.
    fn expected_span(&self, at: StepAt, step: &Step, judged: &Judged<'a>, line: usize) -> Span {
        let count = judged.text.lines().count();
        let line = line.min(count.saturating_sub(1));
        let span = match (judged.expectation, at.command) {
            (Some(expectation), _) => {
                let inside = positions::line_span(self.chapter, &expectation.body, line + 1);
                inside.or_else(|| self.chapter.fences.get(expectation.fence).map(|fence| fence.span.clone()))
            }
            (None, Some(number)) => {
                let command = number.checked_sub(1).and_then(|index| step.commands.get(index));
                let offset = command.map(|command| command.expected.get(line).map_or(command.at, |(_, at)| *at));
                offset.and_then(|offset| {
                    positions::line_span(self.chapter, &step.body, positions::line_of(&step.body, offset))
                })
            }
            (None, None) => None,
        };
        span.unwrap_or_else(|| self.chapter.step_span(step, 0))
    }
}

fn is_cut(captured: &Captured) -> bool {
    captured.tail.is_some() || captured.dropped > 0
}

/// Why a step that ended so failed; nothing if it ended as declared.
fn fails(record: &StepRecord, step: &Step, exit: i32) -> Option<String> {
    let name = step_name(record.at);
    match record.ended {
        StepEnd::Exit(code) => exception(record, step)
            .or_else(|| (code != exit).then(|| format!("{name} exited with {code}; it should exit with {exit}"))),
        StepEnd::SessionEnded(code) => Some(format!("{name} ended its session with {code}")),
        StepEnd::TimedOut => Some(format!("{name} was stopped at its time limit")),
        StepEnd::OpenHeredoc => Some(format!("a here-document in {name} has no end")),
    }
}

fn exception(record: &StepRecord, step: &Step) -> Option<String> {
    let declared = step.options.raises.as_deref()?;
    let class = declared.rsplit('.').next().unwrap_or(declared);
    match &record.error {
        Some(error) if error.class == class || error.bases.iter().any(|base| base == class) => None,
        Some(error) => Some(format!("`{}` left {}; it should raise `{declared}`", error.class, step_name(record.at))),
        None => Some(format!("no exception left {}; it should raise `{declared}`", step_name(record.at))),
    }
}

/// The last lines of what a step said, on the stream where errors go or else on the other.
fn last_words(record: &StepRecord) -> Vec<String> {
    const LINES: usize = 4;
    const CHARACTERS: usize = 500;
    let stream = [&record.stderr, &record.stdout].into_iter().find(|stream| !stream.is_empty());
    let text = stream.map_or("", |stream| stream.tail.as_ref().unwrap_or(&stream.text).as_str());
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LINES)..].iter().map(|line| start(line, CHARACTERS)).collect()
}

/// The first `most` characters of a line, and a mark if there are more.
fn start(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line.to_owned(),
    }
}

/// A stream's name.
pub(super) fn word(stream: Stream) -> &'static str {
    match stream {
        Stream::Stdout => "stdout",
        Stream::Stderr => "stderr",
        Stream::Error => "the exception",
    }
}

/// The first line (from 0) of the expectation that is not as expected; nothing where data was compared, whose lines are laid out anew.
/// Comparison drops empty lines at the end only, so its numbers are those of the text.
fn first_difference(outcome: &compare::Outcome) -> Option<usize> {
    let mut next = 0;
    for line in outcome.lines.iter().filter(|_| outcome.shown.is_none()) {
        match line {
            LineMatch::Same { expected, .. } | LineMatch::Any { expected, .. } => next = expected + 1,
            LineMatch::Changed { expected, .. } | LineMatch::Missing { expected } => return Some(*expected),
            LineMatch::Extra { .. } => return Some(next),
        }
    }
    None
}
