//! Whether two recordings of one output say the same. Pure; touches nothing.

use std::borrow::Cow;

use crate::markup::model::ExpectFormat;

use super::capture::Captures;
use super::pattern::Expected;
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
        Some((text, ExpectFormat::Text)) => match Expected::parse(text) {
            Ok(expected) => seen_through(&expected, a) == seen_through(&expected, b),
            Err(_) => normal::lines(a) == normal::lines(b),
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

fn seen_through<'a>(expected: &Expected, actual: &'a str) -> Vec<Seen<'a>> {
    let texts = normal::lines(actual);
    let mut seen = Vec::new();
    for step in lines::compare(expected, &texts, &mut Captures::default()).lines {
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
    seen
}
