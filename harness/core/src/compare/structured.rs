//! JSON and YAML compared as data: same keys in any order, lists in order, `1` equal to `1.0`, patterns inside strings. Pure; touches
//! nothing.
//!
//! An expected text with a pattern (`[..]`, ` (re)`, …) also matches a number, a truth or null, by its JSON form: there is no other way
//! to leave one open. `"..."` alone matches every value, and the entry `"...": "..."` admits further keys.

use crate::markup::model::ExpectFormat;

use std::collections::HashMap;
use std::fmt;

use crate::budget::{Cost, DATA_BYTES};

use super::capture::Captures;
use super::data::Data;
use super::lines;
use super::normal;
use super::pattern::{Expected, Line, Pattern, reads_as_pattern};
use super::work::Work;
use super::{LineMatch, Outcome, PatternProblem, ProblemKind};

/// The key, and its value, that admit further keys.
const FURTHER: &str = "...";

/// The most differences that are told.
const MOST_NOTES: usize = 50;

/// Compares `expected` with `actual`, both of `format`.
pub(super) fn compare(
    expected: &str,
    format: ExpectFormat,
    actual: &str,
    captures: &mut Captures,
    work: &mut Work,
) -> Result<Outcome, PatternProblem> {
    let wanted = read(expected, format, work)?;
    let text = normal::normalise(actual);
    if text.len() > DATA_BYTES {
        return Err(PatternProblem { offset: 0, problem: ProblemKind::Costly(Cost::Data) });
    }
    let (recorded, problem) = match Data::read(&text, format) {
        Ok(recorded) => (recorded, None),
        Err(error) => (Data::Null, Some(error.message)),
    };
    if let Some(problem) = problem {
        let name = if format == ExpectFormat::Json { "JSON" } else { "YAML" };
        let shown = (normal::normalise(expected), text);
        let lines = literal_lines(&shown.0, &shown.1, work);
        return Ok(Outcome {
            matches: false,
            lines,
            notes: vec![format!("the recorded output is no {name}: {problem}")],
            shown: Some(shown),
        });
    }
    let mut walk = Walk { captures, work, notes: Vec::new() };
    let beside = walk.value(&wanted, &recorded, &Path::TOP);
    let notes = walk.notes;
    if let Some(cost) = work.steps.over() {
        return Err(PatternProblem { offset: 0, problem: ProblemKind::Costly(cost) });
    }
    let shown = (beside.expected.write(format), beside.actual.write(format));
    let lines = literal_lines(&shown.0, &shown.1, work);
    Ok(Outcome { matches: notes.is_empty(), lines, notes, shown: Some(shown) })
}

/// Whether `expected` is data of `format`, and its patterns are patterns.
#[cfg(test)]
pub(super) fn check(expected: &str, format: ExpectFormat) -> Result<(), PatternProblem> {
    read(expected, format, &mut Work::new()).map(|_| ())
}

/// `expected` changed as little as it takes to match `actual`: what matches stays with its patterns. Nothing where one of them is no data.
pub(crate) fn merged(expected: &str, format: ExpectFormat, actual: &str, captures: &Captures) -> Option<Data> {
    let mut captures = captures.clone();
    beside(expected, format, actual, &mut captures).map(|beside| beside.kept)
}

/// Both sides laid out; nothing where one of them is no data, or too much.
fn beside(expected: &str, format: ExpectFormat, actual: &str, captures: &mut Captures) -> Option<Beside> {
    let mut work = Work::new();
    let wanted = read(expected, format, &mut work).ok()?;
    let text = normal::normalise(actual);
    let recorded = Data::read(&text, format).ok().filter(|_| text.len() <= DATA_BYTES)?;
    let mut walk = Walk { captures, work: &mut work, notes: Vec::new() };
    let beside = walk.value(&wanted, &recorded, &Path::TOP);
    work.steps.over().is_none().then_some(beside)
}

fn read(expected: &str, format: ExpectFormat, work: &mut Work) -> Result<Data, PatternProblem> {
    if expected.len() > DATA_BYTES {
        return Err(PatternProblem { offset: 0, problem: ProblemKind::Costly(Cost::Data) });
    }
    let wanted = Data::read(expected, format).map_err(|error| PatternProblem {
        offset: error.offset,
        problem: if format == ExpectFormat::Json {
            ProblemKind::Json(error.message)
        } else {
            ProblemKind::Yaml(error.message)
        },
    })?;
    let wanted = if format == ExpectFormat::Yaml { unbracketed(wanted) } else { wanted };
    match first_problem(&wanted, work) {
        None => Ok(wanted),
        Some((text, problem)) => {
            let quoted = serde_json::Value::String(text.clone()).to_string();
            let place = expected.find(&quoted[1..quoted.len() - 1]).or_else(|| expected.find(&text));
            Err(PatternProblem { offset: place.unwrap_or(0), problem })
        }
    }
}

/// `[..]` without quotes is a list of one text in YAML; nobody who writes it means that.
fn unbracketed(data: Data) -> Data {
    match data {
        Data::List(items) => match items.as_slice() {
            [Data::Text(inner)] if inner.starts_with("..") && reads_as_pattern(&format!("[{inner}]")) => {
                Data::Text(format!("[{inner}]"))
            }
            _ => Data::List(items.into_iter().map(unbracketed).collect()),
        },
        Data::Map(entries) => Data::Map(entries.into_iter().map(|(key, value)| (key, unbracketed(value))).collect()),
        other => other,
    }
}

fn first_problem(data: &Data, work: &mut Work) -> Option<(String, ProblemKind)> {
    match data {
        Data::Text(text) => Expected::parse(text, work).err().map(|error| (text.clone(), error.problem)),
        Data::List(items) => items.iter().find_map(|item| first_problem(item, work)),
        Data::Map(entries) => entries.iter().find_map(|(_, value)| first_problem(value, work)),
        _ => None,
    }
}

/// Two texts that have no patterns any more, line by line.
fn literal_lines(expected: &str, actual: &str, work: &mut Work) -> Vec<LineMatch> {
    let literal = |text: &str| Line { text: text.to_owned(), pattern: Pattern::Literal(text.to_owned()) };
    let expected = Expected { lines: expected.lines().map(literal).collect() };
    let actual: Vec<&str> = actual.lines().collect();
    lines::compare(&expected, &actual, &mut Captures::default(), work).lines
}

/// A value beside another: how both are shown, alike where they match, and what an accepted expectation would say.
struct Beside {
    expected: Data,
    actual: Data,
    kept: Data,
}

impl Beside {
    fn same(data: &Data) -> Self {
        Self { expected: data.clone(), actual: data.clone(), kept: data.clone() }
    }

    fn different(expected: &Data, actual: &Data) -> Self {
        Self { expected: expected.clone(), actual: actual.clone(), kept: escaped(actual) }
    }
}

/// Where a value stands, from the top down. Only the few that are told are written out.
#[derive(Clone, Copy)]
struct Path<'a> {
    above: Option<&'a Path<'a>>,
    key: Option<&'a str>,
    item: usize,
}

impl<'a> Path<'a> {
    const TOP: Path<'static> = Path { above: None, key: None, item: 0 };

    fn key(&'a self, key: &'a str) -> Self {
        Self { above: Some(self), key: Some(key), item: 0 }
    }

    fn item(&'a self, item: usize) -> Self {
        Self { above: Some(self), key: None, item }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.above, self.key) {
            (None, _) => f.write_str("$"),
            (Some(above), Some(key)) => write!(f, "{above}.{key}"),
            (Some(above), None) => write!(f, "{above}[{}]", self.item),
        }
    }
}

struct Walk<'a> {
    captures: &'a mut Captures,
    work: &'a mut Work,
    notes: Vec<String>,
}

impl Walk<'_> {
    fn note(&mut self, path: &Path<'_>, what: impl FnOnce() -> String) {
        if self.notes.len() < MOST_NOTES {
            self.notes.push(format!("at `{path}`: {}", what()));
        }
    }

    fn value(&mut self, expected: &Data, actual: &Data, path: &Path<'_>) -> Beside {
        // Past a bound nothing is laid out any more: what comes of it is thrown away.
        if !self.work.steps.read(expected.own_bytes() + actual.own_bytes()) {
            return Beside::different(&Data::Null, &Data::Null);
        }
        match (expected, actual) {
            (Data::Map(wanted), Data::Map(recorded)) => self.map(wanted, recorded, path),
            (Data::List(wanted), Data::List(recorded)) => self.list(wanted, recorded, path),
            _ if leaf_fits(expected, actual, self.captures, self.work) => Beside::same(expected),
            _ => {
                self.note(path, || format!("expected {}, recorded {}", brief(expected), brief(actual)));
                Beside::different(expected, actual)
            }
        }
    }

    fn map(&mut self, wanted: &[(String, Data)], recorded: &[(String, Data)], path: &Path<'_>) -> Beside {
        let found: HashMap<&str, &Data> = recorded.iter().map(|(key, value)| (key.as_str(), value)).collect();
        let further =
            |(key, value): &&(String, Data)| key == FURTHER && matches!(value, Data::Text(text) if text == FURTHER);
        let admits = wanted.iter().any(|entry| further(&entry));
        let (mut expected, mut actual, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for entry in wanted {
            let (key, value) = entry;
            if further(&entry) {
                for side in [&mut expected, &mut actual, &mut kept] {
                    side.push(entry.clone());
                }
                continue;
            }
            if let Some(found) = found.get(key.as_str()) {
                let beside = self.value(value, found, &path.key(key));
                expected.push((key.clone(), beside.expected));
                actual.push((key.clone(), beside.actual));
                kept.push((key.clone(), beside.kept));
            } else {
                self.note(path, || format!("the key `{key}` is missing"));
                expected.push(entry.clone());
            }
        }
        if !admits {
            let wanted: std::collections::HashSet<&str> = wanted.iter().map(|(key, _)| key.as_str()).collect();
            for entry in recorded.iter().filter(|(key, _)| !wanted.contains(key.as_str())) {
                self.note(path, || format!("the key `{}` was not expected", entry.0));
                actual.push(entry.clone());
                kept.push((entry.0.clone(), escaped(&entry.1)));
            }
        }
        Beside { expected: Data::Map(expected), actual: Data::Map(actual), kept: Data::Map(kept) }
    }

    fn list(&mut self, wanted: &[Data], recorded: &[Data], path: &Path<'_>) -> Beside {
        if wanted.len() != recorded.len() {
            self.note(path, || format!("expected {} items, recorded {}", wanted.len(), recorded.len()));
        }
        let pairs = pairs(wanted, recorded, self.captures, self.work);
        let (mut expected, mut actual, mut kept) = (Vec::new(), Vec::new(), Vec::new());
        for pair in pairs {
            match pair {
                (Some(at), Some(found)) => {
                    let beside = self.value(&wanted[at], &recorded[found], &path.item(found));
                    expected.push(beside.expected);
                    actual.push(beside.actual);
                    kept.push(beside.kept);
                }
                (Some(at), None) => expected.push(wanted[at].clone()),
                (None, Some(found)) => {
                    actual.push(recorded[found].clone());
                    kept.push(escaped(&recorded[found]));
                }
                (None, None) => {}
            }
        }
        Beside { expected: Data::List(expected), actual: Data::List(actual), kept: Data::List(kept) }
    }
}

/// Which items of two lists stand beside each other: by number where there are as many, else so that most match.
fn pairs(
    wanted: &[Data],
    recorded: &[Data],
    captures: &mut Captures,
    work: &mut Work,
) -> Vec<(Option<usize>, Option<usize>)> {
    const TABLE: usize = 10_000;
    let longest = wanted.len().max(recorded.len());
    if wanted.len() == recorded.len() || wanted.len().saturating_mul(recorded.len()) > TABLE {
        return (0..longest)
            .map(|at| ((at < wanted.len()).then_some(at), (at < recorded.len()).then_some(at)))
            .collect();
    }
    let cost = |at: usize, found: usize| {
        let before = captures.mark();
        let fits = fits(&wanted[at], &recorded[found], captures, work);
        captures.back_to(before);
        if fits { 0 } else { 200 }
    };
    let path = lines::table(0..wanted.len(), 0..recorded.len(), |_| false, cost);
    path.into_iter()
        .map(|step| match step {
            LineMatch::Same { expected, actual } | LineMatch::Changed { expected, actual } => {
                (Some(expected), Some(actual))
            }
            LineMatch::Missing { expected } | LineMatch::Any { expected, .. } => (Some(expected), None),
            LineMatch::Extra { actual } => (None, Some(actual)),
        })
        .collect()
}

fn fits(expected: &Data, actual: &Data, captures: &mut Captures, work: &mut Work) -> bool {
    let mut walk = Walk { captures, work, notes: Vec::new() };
    match (expected, actual) {
        (Data::List(wanted), Data::List(recorded)) if wanted.len() != recorded.len() => false,
        _ => {
            walk.value(expected, actual, &Path::TOP);
            walk.notes.is_empty()
        }
    }
}

fn leaf_fits(expected: &Data, actual: &Data, captures: &mut Captures, work: &mut Work) -> bool {
    match (expected, actual) {
        (Data::Int(a), Data::Int(b)) => a == b,
        (Data::Int(whole), Data::Float(float)) | (Data::Float(float), Data::Int(whole)) => *float == *whole as f64,
        (Data::Float(a), Data::Float(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Data::Text(pattern), _) if is_pattern(pattern) => pattern_fits(pattern, actual, captures, work),
        _ => expected == actual,
    }
}

fn is_pattern(text: &str) -> bool {
    text.lines().any(reads_as_pattern)
}

fn pattern_fits(pattern: &str, actual: &Data, captures: &mut Captures, work: &mut Work) -> bool {
    let Ok(expected) = Expected::parse(pattern, work) else { return false };
    match actual.scalar() {
        Some(text) => lines::matched(&expected, &normal::lines(&text), captures, &mut work.steps).is_some(),
        None => expected.lines.len() == 1 && expected.lines[0].is_any_lines(),
    }
}

/// Recorded data as an expectation that says just that.
fn escaped(data: &Data) -> Data {
    match data {
        Data::Text(text) if is_pattern(text) => {
            let line = |line: &str| {
                let normal = normal::line(line);
                if reads_as_pattern(&normal) { format!("{normal} (equal)") } else { normal.into_owned() }
            };
            Data::Text(text.split('\n').map(line).collect::<Vec<_>>().join("\n"))
        }
        Data::List(items) => Data::List(items.iter().map(escaped).collect()),
        Data::Map(entries) => Data::Map(entries.iter().map(|(key, value)| (key.clone(), escaped(value))).collect()),
        other => other.clone(),
    }
}

/// A value in a sentence.
fn brief(data: &Data) -> String {
    let text = match data {
        Data::List(items) => format!("a list of {}", items.len()),
        Data::Map(entries) => format!("a map of {}", entries.len()),
        other => other.one_line(),
    };
    if text.chars().count() <= 80 { text } else { text.chars().take(79).chain(['…']).collect() }
}

/// Both recordings of one output, with what a pattern matched written as that pattern: for telling whether two runs say the same.
pub(super) fn seen_through(expected: &str, format: ExpectFormat, actual: &str) -> Option<Data> {
    beside(expected, format, actual, &mut Captures::default()).map(|beside| beside.actual)
}
