//! Tests of comparison: what matches, what is bound, how a difference reads.

mod costs;
mod data;
mod differences;
mod properties;
mod text;

use crate::markup::model::ExpectFormat;

use super::{Captures, Outcome, Work, compare};

fn text(expected: &str, actual: &str) -> Outcome {
    compare(expected, ExpectFormat::Text, actual, &mut Captures::new(), &mut Work::new()).expect("a good expectation")
}

fn json(expected: &str, actual: &str) -> Outcome {
    compare(expected, ExpectFormat::Json, actual, &mut Captures::new(), &mut Work::new()).expect("a good expectation")
}

fn yaml(expected: &str, actual: &str) -> Outcome {
    compare(expected, ExpectFormat::Yaml, actual, &mut Captures::new(), &mut Work::new()).expect("a good expectation")
}
