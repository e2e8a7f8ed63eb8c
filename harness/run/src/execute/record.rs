//! How raw bytes become records: secrets that a step made are found first, then everything is redacted. Pure; touches nothing.

use std::time::Duration;

use dogfood_core::compare::{Captures, SecretCaptures, Work, compare, secret_captures};
use dogfood_core::event::{Part, PythonError, StepRecord};
use dogfood_core::markup::model::{ExpectFormat, Stream};
use dogfood_core::redact::{Captured, Known, RECORDED, Redacted, Redactor, Withheld, cap};

use super::reason::name;
use super::script::Planned;
use crate::sessions::capture::Raw;
use crate::sessions::unit::{Exception, Report};

/// What an expectation says: its text and format.
pub(super) type Expected = (String, ExpectFormat);

/// Makes records of what one cell says.
pub(super) struct Recorder {
    redactor: Redactor,
    captures: Captures,
    /// Whether any step makes a secret: only then does it matter what captures are bound to.
    binds: bool,
    /// The name of a secret that a step made and that could not be found: nothing said from there on may be seen.
    lost: Option<String>,
    /// Secrets that steps made, the newest first: every run of a step makes another one.
    made: Vec<Known>,
    /// The step that was recorded last, by its part and fence.
    last: Option<(Part, usize)>,
    /// The names of the secrets that this step has made so far.
    of_last: Vec<String>,
    /// What was recorded so far and from where, if a step may still make a secret: more is known of it then.
    said: Vec<(String, Redacted)>,
    /// What the second scan withheld so far, and from where.
    withheld: Vec<String>,
}

/// A record, and what is wrong with it whatever the step's exit code.
pub(super) struct Recorded {
    pub(super) record: StepRecord,
    pub(super) problem: Option<String>,
}

impl Recorder {
    /// With the values `known`.
    pub(super) fn new(known: &[Known]) -> Self {
        Self {
            redactor: Redactor::new(known),
            captures: Captures::new(),
            binds: false,
            lost: None,
            made: Vec::new(),
            last: None,
            of_last: Vec::new(),
            said: Vec::new(),
            withheld: Vec::new(),
        }
    }

    /// What the second scan withholds of all that was said, with everything known that is known now, and of the `facts` about the cell. If
    /// there is anything, nothing of the cell may be recorded or shown.
    pub(super) fn withheld<'a>(&self, facts: impl IntoIterator<Item = &'a str>) -> Option<String> {
        let mut withheld = self.withheld.clone();
        if !self.made.is_empty() {
            let again = |(from, text): &(String, Redacted)| {
                self.redactor.check(text.as_str()).err().map(|leaks| format!("{leaks}, in {from}"))
            };
            withheld.extend(self.said.iter().filter_map(again));
        }
        let facts = facts.into_iter().filter_map(|fact| self.redactor.check(fact).err());
        withheld.extend(facts.map(|leaks| format!("{leaks}, in a version or another fact about the service")));
        withheld.dedup();
        (!withheld.is_empty()).then(|| {
            format!(
                "its output holds {}: it was not written and is not shown; let the step print less, or encode the secret in a way that can be hidden",
                withheld.join("; ")
            )
        })
    }

    /// Says which units are to come.
    pub(super) fn expect<'a>(&mut self, mut planned: impl Iterator<Item = &'a Planned<'a>>) {
        self.binds = planned.any(|planned| !planned.step.options.secrets.is_empty());
    }

    /// What is known by now.
    pub(super) fn known(&self) -> Vec<Known> {
        self.redactor.known().to_vec()
    }

    /// The record of a unit. `expected` says what each of its streams is held against.
    pub(super) fn record(
        &mut self,
        planned: &Planned<'_>,
        micros: u64,
        report: Report,
        expected: impl Fn(Stream) -> Option<Expected>,
    ) -> Recorded {
        let expected = [Stream::Stdout, Stream::Stderr, Stream::Error].map(expected);
        let hidden = self.find_secrets(planned, &report, &expected);
        let step = name(planned.at);
        let stdout = self.captured(&report.stdout, hidden.as_deref(), &format!("stdout of {step}"));
        let stderr = self.captured(&report.stderr, hidden.as_deref(), &format!("stderr of {step}"));
        let error =
            report.error.map(|error| self.error(&error, hidden.as_deref(), &format!("the exception of {step}")));
        let texts = [&stdout.text, &stderr.text].into_iter().chain(error.as_ref().map(|error| &error.text));
        for (expected, text) in expected.iter().zip(texts) {
            if let Some((expected, format)) = expected.as_ref().filter(|_| self.binds) {
                // Whether it matches is the gate's to say.
                let _ = compare(expected, *format, text.as_str(), &mut self.captures, &mut Work::new());
            }
        }
        let cut = [("stdout", &stdout), ("stderr", &stderr)].into_iter().zip(&expected).find_map(
            |((stream, captured), expected)| {
                let reader = match expected {
                    Some(_) => Some("is compared"),
                    None => (stream == "stdout" && planned.step.published).then_some("a page shows"),
                };
                reader.filter(|_| captured.tail.is_some()).map(|reader| {
                    format!(
                        "{} says more on {stream}, which {reader}, than the {} KiB that a trace holds",
                        name(planned.at),
                        RECORDED >> 10
                    )
                })
            },
        );
        let lost = self.lost.as_ref().filter(|_| !planned.step.options.secrets.is_empty()).map(|secret| {
            format!("{} says `secret={secret}`, and no expected line with `[..{secret}]` matches: nothing that it says is recorded", name(planned.at))
        });
        let record = StepRecord {
            at: planned.at,
            language: planned.step.language.clone(),
            ended: report.ended.step_end(),
            took: Duration::from_micros(micros),
            stdout,
            stderr,
            error,
            fault: None,
            timed: None,
        };
        Recorded { record, problem: lost.or(cut) }
    }

    /// What came after the last step.
    pub(super) fn after(&mut self, raw: &Raw) -> Captured {
        self.captured(raw, None, "what came after the last step")
    }

    /// Learns the secrets that the step says it makes, in every run of it anew. Returns the name of one that must be in this output and was
    /// not found there.
    fn find_secrets(
        &mut self,
        planned: &Planned<'_>,
        report: &Report,
        expected: &[Option<Expected>; 3],
    ) -> Option<String> {
        let names = &planned.step.options.secrets;
        if names.is_empty() {
            return None;
        }
        let error = report.error.as_ref().map(|error| error.text.clone()).unwrap_or_default();
        let texts = [report.stdout.kept(), report.stderr.kept(), error];
        let outputs: Vec<(&str, ExpectFormat, &str)> = expected
            .iter()
            .zip(&texts)
            .filter_map(|(expected, text)| {
                expected.as_ref().map(|(expected, format)| (expected.as_str(), *format, text.as_str()))
            })
            .collect();
        // An expectation means the newest of several that have one name.
        let known: Vec<Known> = self.made.iter().chain(self.redactor.known()).cloned().collect();
        let SecretCaptures { mut bound, unbound } = secret_captures(names, &outputs, &known, &self.captures);
        // Whatever another step or another run has made, this one says that it makes one: only a command above it in the same fence may have.
        let step = Some((planned.at.part, planned.step.fence));
        if self.last != step || planned.turn.is_some() {
            self.last = step;
            self.of_last.clear();
        }
        self.of_last.extend(bound.iter().map(|known| known.name.clone()));
        let hidden = unbound.into_iter().find(|name| !self.of_last.contains(name));
        bound.retain(|new| !self.made.iter().any(|made| made.name == new.name && made.value == new.value));
        if !bound.is_empty() {
            self.redactor = self.redactor.and(&bound);
            self.made.splice(..0, bound);
        }
        let hidden = hidden?;
        // A later command of the same console step may still tell; until then this command's output is hidden and no more.
        let is_last = planned.at.command.is_none_or(|command| command == planned.step.commands.len());
        if is_last {
            self.lost = Some(hidden.clone());
        }
        Some(hidden)
    }

    fn captured(&mut self, raw: &Raw, hidden: Option<&str>, from: &str) -> Captured {
        match hidden.or(self.lost.as_deref()) {
            Some(name) if !raw.is_empty() => Captured { text: Redactor::hidden(name), ..Captured::default() },
            _ => {
                let captured = cap(&self.redactor, &raw.head, &raw.tail, raw.dropped);
                let captured = captured.unwrap_or_else(|withheld| Captured {
                    text: self.withhold(&withheld, from),
                    ..Captured::default()
                });
                self.keep(&captured.text, from);
                captured.tail.iter().for_each(|tail| self.keep(tail, from));
                captured
            }
        }
    }

    fn error(&mut self, error: &Exception, hidden: Option<&str>, from: &str) -> PythonError {
        let mut plain = |text: &str| self.redacted(text, from).into_string();
        let (class, bases) = (plain(&error.class), error.bases.iter().map(|base| plain(base)).collect());
        let text = match hidden.or(self.lost.as_deref()) {
            Some(name) => Redactor::hidden(name),
            None => self.redacted(&error.text, from),
        };
        PythonError { class, bases, text }
    }

    fn redacted(&mut self, text: &str, from: &str) -> Redacted {
        let redacted = self.redactor.redact(text.as_bytes()).unwrap_or_else(|withheld| self.withhold(&withheld, from));
        self.keep(&redacted, from);
        redacted
    }

    /// Notes that a text is withheld, and returns what takes its place.
    fn withhold(&mut self, withheld: &Withheld, from: &str) -> Redacted {
        self.withheld.push(format!("{withheld}, in {from}"));
        withheld.notice()
    }

    /// Keeps a text for the look at the end, if more may be known by then.
    fn keep(&mut self, text: &Redacted, from: &str) {
        if self.binds && !text.as_str().is_empty() {
            self.said.push((from.to_owned(), text.clone()));
        }
    }
}
