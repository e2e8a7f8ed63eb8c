//! Whether two recordings of one output say the same. Pure; touches nothing.

use std::borrow::Cow;

use crate::markup::model::ExpectFormat;

use super::capture::Captures;
use super::pattern::Expected;
use super::work::Work;
use super::{LineMatch, lines, normal, structured};

/// What one recorded line says, seen through the expectation.
#[derive(PartialEq, Eq)]
enum Seen<'a> {
    /// Just this.
    Text(Cow<'a, str>),
    /// What the pattern on this expected line leaves open.
    Pattern(usize),
}

/// Whether the recorded outputs `a` and `b` say the same: they are equal, or differ only in lines that the same pattern of `expected`
/// matched in both. An output that is judged is compared as `expect` compares it; any other byte by byte.
pub fn same(a: &str, b: &str, expected: Option<(&str, ExpectFormat)>) -> bool {
    if a == b {
        return true;
    }
    match expected {
        None => false,
        Some((text, ExpectFormat::Text)) => match (seen_through(text, a), seen_through(text, b)) {
            (Some(a), Some(b)) => a == b,
            // What cannot be read, or costs too much to compare, is compared as it is.
            _ => normal::lines(a) == normal::lines(b),
        },
        Some((text, format)) => {
            let seen = |actual: &str| structured::seen_through(text, format, actual);
            match (seen(a), seen(b)) {
                (Some(a), Some(b)) => a == b,
                _ => normal::lines(a) == normal::lines(b),
            }
        }
    }
}

fn seen_through<'a>(expected: &str, actual: &'a str) -> Option<Vec<Seen<'a>>> {
    let mut work = Work::new();
    let expected = Expected::parse(expected, &mut work).ok()?;
    let texts = normal::lines(actual);
    let mut seen = Vec::new();
    let outcome = lines::compare(&expected, &texts, &mut Captures::default(), &mut work);
    if work.steps.over().is_some() {
        return None;
    }
    for step in outcome.lines {
        match step {
            LineMatch::Same { expected: line, actual } if expected.lines[line].is_literal() => {
                seen.push(Seen::Text(texts[actual].clone()));
            }
            LineMatch::Same { expected, .. } | LineMatch::Any { expected, .. } => seen.push(Seen::Pattern(expected)),
            LineMatch::Changed { actual, .. } | LineMatch::Extra { actual } => {
                seen.push(Seen::Text(texts[actual].clone()))
            }
            LineMatch::Missing { .. } => {}
        }
    }
    Some(seen)
}
