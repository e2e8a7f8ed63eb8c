//! How expected and recorded lines find each other: the match that decides, and the alignment that explains a mismatch. Pure; touches
//! nothing.

use std::ops::Range;

use crate::budget::Steps;

use super::anchors::anchors;
use super::capture::Captures;
use super::pattern::Expected;
use super::work::Work;
use super::{LineMatch, Outcome};

/// The largest table (expected times recorded lines) that the alignment makes; longer outputs are first cut at lines that are equal.
const TABLE: usize = 200_000;

/// What an expected line that is not there costs, or a recorded one that was not expected. More than the worst replacement, so that a
/// changed line is not dropped in favour of a `...` that would stand for the new one.
const LONE: u32 = 250;

/// Compares line by line. Whether a bound of `work` was passed is to be asked afterwards.
pub(super) fn compare<L: AsRef<str>>(
    expected: &Expected,
    actual: &[L],
    captures: &mut Captures,
    work: &mut Work,
) -> Outcome {
    if let Some(lines) = matched(expected, actual, captures, &mut work.steps) {
        return Outcome { matches: true, lines, notes: Vec::new(), shown: None };
    }
    if work.steps.over().is_some() {
        return Outcome { matches: false, lines: Vec::new(), notes: Vec::new(), shown: None };
    }
    let left = work.steps.explain();
    let lines = Alignment { expected, actual, captures, steps: &mut work.steps }.lines();
    // What could not be laid out to its end is a difference, for the lines do not match in the way that the manual describes.
    let whole = work.steps.explained(left);
    let matches = whole && lines.iter().all(|line| matches!(line, LineMatch::Same { .. } | LineMatch::Any { .. }));
    Outcome { matches, lines, notes: Vec::new(), shown: None }
}

/// How `actual` matches, if it does: the lines before the first `...` at the start, those after the last at the end, and those between
/// two of them at the first place where all match. Binds only where it matches.
pub(super) fn matched<L: AsRef<str>>(
    expected: &Expected,
    actual: &[L],
    captures: &mut Captures,
    steps: &mut Steps,
) -> Option<Vec<LineMatch>> {
    let before = captures.mark();
    let found = matched_binding(expected, actual, captures, steps);
    if found.is_none() {
        captures.back_to(before);
    }
    found
}

fn matched_binding<L: AsRef<str>>(
    expected: &Expected,
    actual: &[L],
    captures: &mut Captures,
    steps: &mut Steps,
) -> Option<Vec<LineMatch>> {
    let mut found = Vec::with_capacity(expected.lines.len());
    let mut at = 0;
    let mut line = 0;
    let mut any: Option<usize> = None;
    loop {
        let end = (line..expected.lines.len())
            .find(|line| expected.lines[*line].is_any_lines())
            .unwrap_or(expected.lines.len());
        let block = line..end;
        let is_last = end == expected.lines.len();
        let latest = actual.len().checked_sub(block.len()).filter(|latest| *latest >= at)?;
        let places = match (any, is_last) {
            (None, true) if latest != at => return None,
            (None, _) => at..=at,
            (Some(_), true) => latest..=latest,
            (Some(_), false) => at..=latest,
        };
        let mut place = None;
        for candidate in places {
            if stands_at(expected, &block, actual, candidate, captures, steps) {
                place = Some(candidate);
            }
            if place.is_some() || steps.over().is_some() {
                break;
            }
        }
        let place = place?;
        if let Some(any) = any {
            found.push(LineMatch::Any { expected: any, actual: at..place });
        }
        found.extend(block.clone().zip(place..).map(|(expected, actual)| LineMatch::Same { expected, actual }));
        at = place + block.len();
        if is_last {
            return Some(found);
        }
        any = Some(end);
        line = end + 1;
    }
}

/// Whether the expected lines `block` stand at `place`. Binds only if they do.
fn stands_at<L: AsRef<str>>(
    expected: &Expected,
    block: &Range<usize>,
    actual: &[L],
    place: usize,
    captures: &mut Captures,
    steps: &mut Steps,
) -> bool {
    let before = captures.mark();
    let mut lines = expected.lines[block.clone()].iter().zip(&actual[place..]);
    let stands = lines.all(|(line, actual)| line.matches(actual.as_ref(), captures, steps));
    if !stands {
        captures.back_to(before);
    }
    stands
}

/// The cheapest way to lay the lines beside each other. Lines that match bind their captures in order.
struct Alignment<'a, L> {
    expected: &'a Expected,
    actual: &'a [L],
    captures: &'a mut Captures,
    steps: &'a mut Steps,
}

impl<L: AsRef<str>> Alignment<'_, L> {
    fn lines(&mut self) -> Vec<LineMatch> {
        let (lines, texts) = (self.expected.lines.len(), self.actual.len());
        let expected = self.expected;
        let is_any = |line: usize| expected.lines[line].is_any_lines();
        let same = |this: &mut Self, line: usize, at: usize| !is_any(line) && this.cost(line, at) == 0;
        let head = (0..lines.min(texts)).take_while(|at| same(self, *at, *at)).count();
        let tail = (1..=lines.min(texts) - head).take_while(|back| same(self, lines - back, texts - back)).count();
        let mut path: Vec<LineMatch> = (0..head).map(|at| LineMatch::Same { expected: at, actual: at }).collect();
        for (lines, texts) in self.cut(head..lines - tail, head..texts - tail) {
            if self.steps.take((lines.len() as u64) * (texts.len() as u64) / 8) {
                path.extend(table(lines, texts, is_any, |line, at| self.cost(line, at)));
            } else {
                path.extend(lines.map(|expected| LineMatch::Missing { expected }));
                path.extend(texts.map(|actual| LineMatch::Extra { actual }));
            }
        }
        let back = (0..tail).rev().map(|back| LineMatch::Same { expected: lines - 1 - back, actual: texts - 1 - back });
        path.extend(back);
        for step in &mut path {
            if let LineMatch::Same { expected: line, actual: at } = *step
                && !expected.lines[line].matches(self.actual[at].as_ref(), self.captures, self.steps)
            {
                *step = LineMatch::Changed { expected: line, actual: at };
            }
        }
        path
    }

    /// What replacing an expected line by a recorded one costs; 0 if they match.
    fn cost(&mut self, line: usize, at: usize) -> u32 {
        let (line, text) = (&self.expected.lines[line], self.actual[at].as_ref());
        let before = self.captures.mark();
        let fits = line.matches(text, self.captures, self.steps);
        self.captures.back_to(before);
        if fits {
            return 0;
        }
        if self.steps.read(line.text.len().min(text.len())) { 100 + (100 - similarity(&line.text, text)) } else { 200 }
    }

    /// The two texts, cut into pairs of stretches that are small enough for a table: at lines that stand once on each side, and where there
    /// are none, anywhere.
    fn cut(&self, lines: Range<usize>, texts: Range<usize>) -> Vec<(Range<usize>, Range<usize>)> {
        if lines.len().saturating_mul(texts.len()) <= TABLE {
            return vec![(lines, texts)];
        }
        let old: Vec<&str> = self.expected.lines[lines.clone()].iter().map(|line| line.text.as_str()).collect();
        let new: Vec<&str> = self.actual[texts.clone()].iter().map(AsRef::as_ref).collect();
        let mut found = Vec::new();
        let (mut old_at, mut new_at) = (0, 0);
        let ends = anchors(&old, &new).into_iter().chain([(old.len(), new.len())]);
        for (old_end, new_end) in ends {
            let mut old = lines.start + old_at..lines.start + old_end;
            let mut new = texts.start + new_at..texts.start + new_end;
            (old_at, new_at) = (old_end, new_end);
            let side = TABLE.isqrt();
            while old.len().saturating_mul(new.len()) > TABLE {
                found.push((old.start..old.end.min(old.start + side), new.start..new.end.min(new.start + side)));
                old.start = old.end.min(old.start + side);
                new.start = new.end.min(new.start + side);
            }
            if !old.is_empty() || !new.is_empty() {
                found.push((old, new));
            }
        }
        found
    }
}

/// The cheapest path through one stretch of each side. `cost` is 0 for a match, else what replacing one by the other costs.
pub(super) fn table(
    lines: Range<usize>,
    texts: Range<usize>,
    is_any: impl Fn(usize) -> bool,
    mut cost: impl FnMut(usize, usize) -> u32,
) -> Vec<LineMatch> {
    let (rows, columns) = (lines.len(), texts.len());
    let width = columns + 1;
    let mut best = vec![0_u32; (rows + 1) * width];
    let mut pair = vec![0_u32; rows * columns];
    for row in (0..=rows).rev() {
        for column in (0..=columns).rev() {
            let right = (column < columns).then(|| best[row * width + column + 1]);
            let down = (row < rows).then(|| best[(row + 1) * width + column]);
            let cheapest = if row < rows && is_any(lines.start + row) {
                [right, down].into_iter().flatten().min()
            } else {
                let both = (row < rows && column < columns).then(|| {
                    let cost = cost(lines.start + row, texts.start + column);
                    pair[row * columns + column] = cost;
                    best[(row + 1) * width + column + 1] + cost
                });
                [both, down.map(|cost| cost + LONE), right.map(|cost| cost + LONE)].into_iter().flatten().min()
            };
            best[row * width + column] = cheapest.unwrap_or(0);
        }
    }
    walk(&lines, &texts, is_any, &best, &pair)
}

fn walk(
    lines: &Range<usize>,
    texts: &Range<usize>,
    is_any: impl Fn(usize) -> bool,
    best: &[u32],
    pair: &[u32],
) -> Vec<LineMatch> {
    let (rows, columns) = (lines.len(), texts.len());
    let width = columns + 1;
    let (mut row, mut column) = (0, 0);
    let mut path = Vec::new();
    while row < rows || column < columns {
        let (expected, actual) = (lines.start + row, texts.start + column);
        let here = best[row * width + column];
        if row < rows && is_any(expected) {
            let from = actual;
            // Where a line could go either way, the `...` takes it only if it must.
            while best[(row + 1) * width + column] != here && column < columns {
                column += 1;
            }
            path.push(LineMatch::Any { expected, actual: from..texts.start + column });
            row += 1;
        } else if row < rows
            && column < columns
            && best[(row + 1) * width + column + 1] + pair[row * columns + column] == here
        {
            let same = pair[row * columns + column] == 0;
            path.push(if same {
                LineMatch::Same { expected, actual }
            } else {
                LineMatch::Changed { expected, actual }
            });
            row += 1;
            column += 1;
        } else if row < rows && best[(row + 1) * width + column] + LONE == here {
            path.push(LineMatch::Missing { expected });
            row += 1;
        } else {
            path.push(LineMatch::Extra { actual });
            column += 1;
        }
    }
    path
}

/// How much of two texts is alike at their ends, 0 to 100.
fn similarity(a: &str, b: &str) -> u32 {
    let longest = a.len().max(b.len());
    if longest == 0 {
        return 100;
    }
    let head = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let tail =
        a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count().min(a.len().min(b.len()) - head);
    u32::try_from((head + tail) * 100 / longest).unwrap_or(0)
}
