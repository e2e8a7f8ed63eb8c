//! What one expected line may say, and whether a recorded line is that. Pure; touches nothing.

use std::borrow::Cow;

use std::rc::Rc;

use crate::budget::Steps;

use super::capture::Captures;
use super::normal;
use super::regular::Regular;
use super::work::Work;
use super::{PatternProblem, ProblemKind};

/// An expected text, line by line.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    /// The lines, without the empty ones at the end.
    pub(crate) lines: Vec<Line>,
}

/// An expected line.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The line as the guide has it, normalised.
    pub(crate) text: String,
    /// What it says.
    pub(crate) pattern: Pattern,
}

/// What an expected line says.
#[derive(Clone, Debug)]
pub(crate) enum Pattern {
    /// Exactly this.
    Literal(String),
    /// `...`: any number of lines.
    AnyLines,
    /// Text with `[..]` in it.
    Inline(Vec<Part>),
    /// ` (re)`.
    Regex(Rc<Regular>),
    /// ` (glob)`.
    Glob(Vec<Glob>),
}

/// A part of a line with `[..]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Exactly this; never empty.
    Literal(String),
    /// `[..]`.
    Any,
    /// `[..name]`.
    Capture(String),
}

/// A part of a glob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Glob {
    /// Exactly this character.
    One(char),
    /// `?`.
    AnyOne,
    /// `*`.
    Any,
}

impl Expected {
    /// Reads `text`. The problem's offset counts bytes of `text`.
    pub(crate) fn parse(text: &str, work: &mut Work) -> Result<Self, PatternProblem> {
        let mut lines = Vec::new();
        let mut offset = 0;
        for raw in text.split('\n') {
            let normal = normal::line(raw);
            let pattern = parse_line(&normal, work).map_err(|problem| PatternProblem { offset, problem })?;
            lines.push(Line { text: normal.into_owned(), pattern });
            offset += raw.len() + 1;
        }
        while lines.last().is_some_and(|line| line.text.is_empty()) {
            lines.pop();
        }
        Ok(Self { lines })
    }
}

impl Line {
    /// Whether this is the line `...`.
    pub(crate) fn is_any_lines(&self) -> bool {
        matches!(self.pattern, Pattern::AnyLines)
    }

    /// Whether the line can only be one text.
    pub(crate) fn is_literal(&self) -> bool {
        matches!(self.pattern, Pattern::Literal(_))
    }

    /// Whether the recorded line `actual` is what this line says; what it binds is added to `captures` if so.
    ///
    /// Past a bound of `steps` nothing matches any more.
    pub(crate) fn matches(&self, actual: &str, captures: &mut Captures, steps: &mut Steps) -> bool {
        match &self.pattern {
            Pattern::Literal(text) => steps.read(text.len().min(actual.len())) && text == actual,
            Pattern::AnyLines => false,
            Pattern::Inline(parts) => steps.read(parts.len() + actual.len()) && inline(parts, actual, captures),
            Pattern::Regex(regex) => regex.matches(actual, steps),
            Pattern::Glob(glob) => steps.read(actual.len()) && matches_glob(glob, actual, steps),
        }
    }
}

/// Whether the recorded line `line`, written into an expectation as it is, would say something else than itself.
pub(crate) fn reads_as_pattern(line: &str) -> bool {
    let normal = normal::line(line);
    normal.ends_with(" (re)") || !matches!(simple(&normal), Pattern::Literal(text) if text == normal)
}

fn parse_line(line: &str, work: &mut Work) -> Result<Pattern, ProblemKind> {
    match line.strip_suffix(" (re)") {
        Some(pattern) => work.regular(pattern).map(Pattern::Regex),
        None => Ok(simple(line)),
    }
}

/// What a line says that is no ` (re)`.
fn simple(line: &str) -> Pattern {
    if line == "..." {
        Pattern::AnyLines
    } else if let Some(text) = line.strip_suffix(" (equal)") {
        Pattern::Literal(text.to_owned())
    } else if let Some(pattern) = line.strip_suffix(" (glob)") {
        Pattern::Glob(parse_glob(pattern))
    } else {
        parse_inline(line).map_or_else(|| Pattern::Literal(line.to_owned()), Pattern::Inline)
    }
}

fn parse_glob(pattern: &str) -> Vec<Glob> {
    let mut glob = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        glob.push(match character {
            '*' => Glob::Any,
            '?' => Glob::AnyOne,
            '\\' => match characters.clone().next() {
                Some(escaped @ ('*' | '?' | '\\')) => {
                    characters.next();
                    Glob::One(escaped)
                }
                _ => Glob::One('\\'),
            },
            other => Glob::One(other),
        });
    }
    glob.dedup_by(|later, earlier| *later == Glob::Any && *earlier == Glob::Any);
    glob
}

/// The parts of a line with `[..]` or `[..name]`; nothing if there is neither.
fn parse_inline(line: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("[..") {
        literal.push_str(&rest[..at]);
        let inner = &rest[at + 3..];
        match inner.find(']').map(|end| (&inner[..end], &inner[end + 1..])) {
            Some((name, after)) if name.is_empty() || is_name(name) => {
                if !literal.is_empty() {
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                }
                parts.push(if name.is_empty() { Part::Any } else { Part::Capture(name.to_owned()) });
                rest = after;
            }
            _ => {
                literal.push_str("[..");
                rest = inner;
            }
        }
    }
    if parts.is_empty() {
        return None;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    parts.dedup_by(|later, earlier| *later == Part::Any && *earlier == Part::Any);
    Some(parts)
}

fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let head = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    head && bytes.all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}

/// Matches from left to right; each wildcard takes the shortest text with which the literal after it is found. Binds only if it matches.
fn inline(parts: &[Part], actual: &str, captures: &mut Captures) -> bool {
    let before = captures.mark();
    let fits = inline_binding(parts, actual, captures);
    if !fits {
        captures.back_to(before);
    }
    fits
}

fn inline_binding(parts: &[Part], actual: &str, bound: &mut Captures) -> bool {
    let mut rest = actual;
    let mut at = 0;
    while at < parts.len() {
        let Some((fixed, next)) = literal_at(parts, at, bound, rest.len()) else { return false };
        if next > at {
            let Some(after) = rest.strip_prefix(fixed.as_ref()) else { return false };
            rest = after;
            at = next;
            continue;
        }
        let Some((fixed, next)) = literal_at(parts, at + 1, bound, rest.len()) else { return false };
        let least = match &parts[at] {
            Part::Capture(_) => rest.chars().next().map_or(usize::MAX, char::len_utf8),
            _ => 0,
        };
        let found = if next == parts.len() {
            // The last literal stands at the end of the line.
            rest.strip_suffix(fixed.as_ref()).map(str::len)
        } else {
            rest.get(least..).and_then(|rest| rest.find(fixed.as_ref())).map(|found| found + least)
        };
        let Some(length) = found.filter(|length| *length >= least) else { return false };
        if let Part::Capture(name) = &parts[at] {
            bound.bind(name.as_str(), &rest[..length]);
        }
        rest = &rest[length..];
        at += 1;
    }
    rest.is_empty()
}

/// The fixed text at `at` (literals and captures that are bound) and the number of the part after it; nothing if it is longer than `most`
/// bytes, which no text here could hold.
fn literal_at<'a>(parts: &'a [Part], at: usize, bound: &Captures, most: usize) -> Option<(Cow<'a, str>, usize)> {
    let mut text = Cow::Borrowed("");
    let mut next = at;
    for part in &parts[at.min(parts.len())..] {
        let fixed = match part {
            Part::Literal(literal) => literal.as_str(),
            Part::Capture(name) => match bound.get(name) {
                Some(value) => value,
                None => break,
            },
            Part::Any => break,
        };
        if text.len() + fixed.len() > most {
            return None;
        }
        if let (Part::Literal(literal), true) = (part, text.is_empty()) {
            text = Cow::Borrowed(literal);
        } else {
            text.to_mut().push_str(fixed);
        }
        next += 1;
    }
    Some((text, next))
}

/// Goes back to the last `*` only: the classic walk, without recursion.
fn matches_glob(glob: &[Glob], actual: &str, steps: &mut Steps) -> bool {
    let text: Vec<char> = actual.chars().collect();
    let (mut at, mut part) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        let fits = match glob.get(part) {
            Some(Glob::One(character)) => *character == text[at],
            Some(Glob::AnyOne) => true,
            Some(Glob::Any) => {
                star = Some((part, at));
                part += 1;
                continue;
            }
            None => false,
        };
        if fits {
            at += 1;
            part += 1;
        } else if let Some((star_part, star_at)) = star {
            // What is walked a second time is counted: all other steps are at most as many as the line and the pattern have characters.
            if !steps.take(1 + (at - star_at) as u64) {
                return false;
            }
            star = Some((star_part, star_at + 1));
            at = star_at + 1;
            part = star_part + 1;
        } else {
            return false;
        }
    }
    glob[part..].iter().all(|part| *part == Glob::Any)
}
