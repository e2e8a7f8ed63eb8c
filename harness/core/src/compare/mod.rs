//! Comparison: does a recorded output match what the guide expects? Pure; touches nothing.
//!
//! In reading order: what is cleaned off both sides (`normal`), what one expected line may say (`pattern`, `regular`), what that may cost (`work`), how
//! lines find each other (`lines`), JSON and YAML as data (`data`, `structured`), and what is made of the result: a [`diff`] for a person, [`same()`] for two
//! recordings, [`secret_captures`] for what a step must hide.
//!
//! # What matches
//!
//! Lines are compared one by one. An expected line `...` stands for any number of lines. The lines between two `...` (and after the
//! last, up to the end) stand together: they match at the first place where all of them do, and there is no way back from that, so
//! the work is bounded and the result is easy to foresee. In a line, `[..]` stands for any text, `[..name]` for at least one
//! character: the first `[..name]` of a recipe binds the shortest text with which its line matches, and every later one is that text.

mod anchors;
mod capture;
mod data;
pub mod diff;
mod lines;
mod normal;
mod pattern;
mod regular;
mod same;
mod secret;
mod structured;
mod work;

use std::ops::Range;

use crate::budget::Cost;
use crate::markup::model::ExpectFormat;

pub use capture::Captures;
pub(crate) use data::Data;
pub use normal::normalise;
pub(crate) use pattern::{Expected, reads_as_pattern};
pub use same::same;
pub use secret::{SecretCaptures, secret_captures};
pub(crate) use structured::merged;
pub use work::Work;

/// How expected and recorded lines lie beside each other. Numbers count normalised lines from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineMatch {
    /// The expected line matches the recorded one.
    Same {
        /// Expected line.
        expected: usize,
        /// Recorded line.
        actual: usize,
    },
    /// A line `...` stands for these recorded lines; there may be none.
    Any {
        /// The expected line `...`.
        expected: usize,
        /// Recorded lines.
        actual: Range<usize>,
    },
    /// The recorded line stands where another was expected.
    Changed {
        /// Expected line.
        expected: usize,
        /// Recorded line.
        actual: usize,
    },
    /// The expected line is not there.
    Missing {
        /// Expected line.
        expected: usize,
    },
    /// The recorded line was not expected.
    Extra {
        /// Recorded line.
        actual: usize,
    },
}

/// What a comparison found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the recorded output is what the guide expects.
    pub matches: bool,
    /// How the lines lie beside each other: of the normalised texts, or of [`Self::shown`] where data was compared.
    pub lines: Vec<LineMatch>,
    /// For JSON and YAML: each difference, for example ``at `$.size`: expected 3, recorded 4``.
    pub notes: Vec<String>,
    /// For JSON and YAML: expected and recorded data, laid out alike, equal wherever they match.
    pub shown: Option<(String, String)>,
}

/// An expectation that cannot be compared with anything: a fault in the guide.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct PatternProblem {
    /// Where it stands: bytes into the expected text.
    pub offset: usize,
    /// What is wrong.
    pub problem: ProblemKind,
}

/// What is wrong with an expectation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProblemKind {
    /// A line that ends with ` (re)` is no regular expression.
    #[error("no regular expression: {0}; end the line with ` (equal)` to mean it literally")]
    Regex(String),
    /// Its compiled form is over the limit.
    #[error(
        "the regular expression is too large: its compiled form is over {limit} bytes; use fewer or smaller repetitions"
    )]
    RegexSize {
        /// The limit.
        limit: usize,
    },
    /// Comparing it would cost more than the gate's budget, or did. It is not known whether it matches.
    #[error("{0}")]
    Costly(Cost),
    /// The text is no JSON.
    #[error("the expected text is no JSON: {0}")]
    Json(String),
    /// The text is no YAML.
    #[error("the expected text is no YAML: {0}")]
    Yaml(String),
}

/// Compares a recorded output with what the guide expects. What `[..name]` binds goes into `captures`, also from the lines that match
/// of an output that does not: a recipe's later steps are then judged as if this one had been right.
///
/// `work` is what this comparison and those after it may cost together; what would cost more is [`ProblemKind::Costly`].
pub fn compare(
    expected: &str,
    format: ExpectFormat,
    actual: &str,
    captures: &mut Captures,
    work: &mut Work,
) -> Result<Outcome, PatternProblem> {
    work.next();
    work.steps.read(expected.len() + actual.len());
    let outcome = match format {
        ExpectFormat::Text => {
            let expected = Expected::parse(expected, work)?;
            let actual = normal::lines(actual);
            lines::compare(&expected, &actual, captures, work)
        }
        ExpectFormat::Json | ExpectFormat::Yaml => structured::compare(expected, format, actual, captures, work)?,
    };
    match work.steps.over() {
        Some(cost) => Err(PatternProblem { offset: 0, problem: ProblemKind::Costly(cost) }),
        None => Ok(outcome),
    }
}

/// Whether `expected` can be compared with something at all; what the gate asks before there is any recording.
#[cfg(test)]
fn check(expected: &str, format: ExpectFormat) -> Result<(), PatternProblem> {
    match format {
        ExpectFormat::Text => Expected::parse(expected, &mut Work::new()).map(|_| ()),
        ExpectFormat::Json | ExpectFormat::Yaml => structured::check(expected, format),
    }
}

#[cfg(test)]
mod tests;
