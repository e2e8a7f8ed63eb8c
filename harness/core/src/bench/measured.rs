//! A group as one trace has it. Pure.

use std::time::Duration;

use crate::event::{Part, Timed};
use crate::name::Id;
use crate::trace::Trace;

use super::group::Group;
use super::modes::{Modes, modes};
use super::times::Times;
use super::verdict::{FEWEST, Verdict, verdict};

/// Every variant of a group, with its times and what they say.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The variants, the base first.
    pub lines: Vec<Line>,
    /// The least effect that counts.
    pub min_effect: f64,
    /// How busy the machine was when the group began.
    pub load: Option<f64>,
}

/// One variant.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its name.
    pub variant: Id,
    /// Every time that counts, in order.
    pub samples: Vec<Duration>,
    /// The same, sorted.
    pub times: Times,
    /// Two humps, if it has two.
    pub modes: Option<Modes>,
    /// What may be said of it; nothing of the base.
    pub verdict: Option<Verdict>,
}

impl Line {
    /// The median, where one number says anything: not of two humps, of noise, or of too few times.
    pub fn median(&self) -> Option<f64> {
        let vague = matches!(self.verdict, Some(Verdict::TooNoisy(_) | Verdict::TooFew(_)));
        (self.is_told() && !vague).then(|| self.times.median())
    }

    /// Whether its times by themselves say how long it takes: enough of them, and one hump.
    pub(super) fn is_told(&self) -> bool {
        self.samples.len() >= FEWEST && self.modes.is_none()
    }
}

impl Measured {
    /// What `trace` says of `group`.
    ///
    /// # Errors
    /// If it has no times of a variant, or not of every round, a fragment.
    pub fn read(group: &Group<'_>, trace: &Trace) -> Result<Self, String> {
        let mut lines: Vec<Line> = Vec::new();
        let mut load = None;
        for variant in group.variants_on(&trace.cell.target) {
            let timed = timed(trace, variant.step.number)
                .ok_or_else(|| format!("the trace has no times of `{}/{}`", group.id, variant.id))?;
            let samples = timed.samples.clone();
            if samples.len() != usize::try_from(group.rounds).unwrap_or(usize::MAX) {
                return Err(format!(
                    "`{}/{}` was timed {} times, not {}",
                    group.id,
                    variant.id,
                    samples.len(),
                    group.rounds
                ));
            }
            load = load.or(timed.load);
            let verdict = lines.first().map(|base| verdict(&base.samples, &samples, group.min_effect));
            let times = Times::new(&samples);
            lines.push(Line { variant: variant.id.clone(), modes: modes(&times), times, samples, verdict });
        }
        if lines.is_empty() {
            return Err(format!("no variant of `{}` runs on `{}`", group.id, trace.cell.target));
        }
        Ok(Self { lines, min_effect: group.min_effect, load })
    }

    /// The base.
    pub fn base(&self) -> Option<&Line> {
        self.lines.first()
    }

    /// The variant called `name`.
    pub fn line(&self, name: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.variant.as_str() == name)
    }

    /// Whether anything may be said at all: of one variant beside the base, or of the base where it is alone.
    pub fn says_something(&self) -> bool {
        match self.lines.as_slice() {
            [base] => base.is_told(),
            lines => lines.iter().filter_map(|line| line.verdict).any(|verdict| verdict.is_result()),
        }
    }
}

fn timed(trace: &Trace, step: usize) -> Option<&Timed> {
    let record = trace.steps.iter().find(|record| (record.at.part, record.at.step) == (Part::Recipe, step))?;
    record.timed.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(samples: usize, verdict: Option<Verdict>) -> Line {
        let samples = vec![Duration::from_millis(100); samples];
        let times = Times::new(&samples);
        Line { variant: Id::new("v").unwrap(), modes: modes(&times), times, samples, verdict }
    }

    #[test]
    fn of_fewer_times_than_a_verdict_needs_nothing_is_said() {
        assert_eq!((line(FEWEST, None).median(), line(FEWEST - 1, None).median()), (Some(0.1), None));
        let of = |lines| Measured { lines, min_effect: 1.1, load: None }.says_something();
        assert!(of(vec![line(FEWEST, None)]));
        assert!(!of(vec![line(FEWEST - 1, None)]));
        assert!(!of(vec![line(4, None), line(4, Some(Verdict::TooFew(4)))]));
    }
}
