//! Comparison (stand-in until the real one lands).

use std::collections::BTreeMap;

use crate::markup::model::ExpectFormat;

#[allow(missing_docs)]
pub fn normalise(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end_matches('\n').to_owned()
}

#[allow(missing_docs)]
#[derive(Clone, Debug, Default)]
pub struct Captures(pub BTreeMap<String, String>);

#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct Outcome {
    pub matches: bool,
}

#[allow(missing_docs)]
#[derive(Clone, Debug)]
pub struct PatternProblem {
    pub offset: usize,
}

#[allow(missing_docs)]
pub fn compare(
    expected: &str,
    _format: ExpectFormat,
    actual: &str,
    _captures: &mut Captures,
) -> Result<Outcome, PatternProblem> {
    Ok(Outcome { matches: normalise(expected) == normalise(actual) })
}

#[allow(missing_docs)]
pub fn same(a: &str, b: &str, _expected: Option<(&str, ExpectFormat)>) -> bool {
    normalise(a) == normalise(b)
}
