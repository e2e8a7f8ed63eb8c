//! How expected and recorded lines find each other: the match that decides, and the alignment that explains a mismatch. Pure; touches
//! nothing.

use std::ops::Range;

use super::capture::Captures;
use super::pattern::Expected;
use super::{LineMatch, Outcome};

/// The largest table (expected times recorded lines) that the alignment makes; longer outputs are first cut at lines that are equal.
const TABLE: usize = 200_000;

/// What an expected line that is not there costs, or a recorded one that was not expected. More than the worst replacement, so that a
/// changed line is not dropped in favour of a `...` that would stand for the new one.
const LONE: u32 = 250;

/// Compares line by line.
pub(super) fn compare<L: AsRef<str>>(expected: &Expected, actual: &[L], captures: &mut Captures) -> Outcome {
    if let Some(lines) = matched(expected, actual, captures) {
        return Outcome { matches: true, lines, notes: Vec::new(), shown: None };
    }
    let lines = align(expected, actual, captures);
    let matches = lines.iter().all(|line| matches!(line, LineMatch::Same { .. } | LineMatch::Any { .. }));
    Outcome { matches, lines, notes: Vec::new(), shown: None }
}

/// How `actual` matches, if it does: the lines before the first `...` at the start, those after the last at the end, and those between
/// two of them at the first place where all match. Binds only where it matches.
pub(super) fn matched<L: AsRef<str>>(
    expected: &Expected,
    actual: &[L],
    captures: &mut Captures,
) -> Option<Vec<LineMatch>> {
    let mut bound = captures.clone();
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
        let (place, with) = places
            .into_iter()
            .find_map(|place| stands_at(expected, &block, actual, place, &bound).map(|with| (place, with)))?;
        bound = with.unwrap_or(bound);
        if let Some(any) = any {
            found.push(LineMatch::Any { expected: any, actual: at..place });
        }
        found.extend(block.clone().zip(place..).map(|(expected, actual)| LineMatch::Same { expected, actual }));
        at = place + block.len();
        if is_last {
            *captures = bound;
            return Some(found);
        }
        any = Some(end);
        line = end + 1;
    }
}

/// Whether the expected lines `block` stand at `place`, and the captures afterwards where there is something new.
fn stands_at<L: AsRef<str>>(
    expected: &Expected,
    block: &Range<usize>,
    actual: &[L],
    place: usize,
    bound: &Captures,
) -> Option<Option<Captures>> {
    let mut with: Option<Captures> = None;
    for (line, actual) in expected.lines[block.clone()].iter().zip(&actual[place..]) {
        let fits = if line.is_literal() {
            line.matches(actual.as_ref(), &mut Captures::default())
        } else {
            line.matches(actual.as_ref(), with.get_or_insert_with(|| bound.clone()))
        };
        if !fits {
            return None;
        }
    }
    Some(with)
}

/// The cheapest way to lay the lines beside each other. Lines that match bind their captures in order.
fn align<L: AsRef<str>>(expected: &Expected, actual: &[L], captures: &mut Captures) -> Vec<LineMatch> {
    let loose = captures.clone();
    let is_any = |line: usize| expected.lines[line].is_any_lines();
    let cost = |line: usize, at: usize| {
        let (line, text) = (&expected.lines[line], actual[at].as_ref());
        if line.matches(text, &mut loose.clone()) { 0 } else { 100 + (100 - similarity(&line.text, text)) }
    };
    let same = |line: usize, at: usize| !is_any(line) && cost(line, at) == 0;
    let (lines, texts) = (expected.lines.len(), actual.len());
    let head = (0..lines.min(texts)).take_while(|at| same(*at, *at)).count();
    let tail = (1..=lines.min(texts) - head).take_while(|back| same(lines - back, texts - back)).count();
    let mut path: Vec<LineMatch> = (0..head).map(|at| LineMatch::Same { expected: at, actual: at }).collect();
    for (lines, texts) in cut(expected, actual, head..lines - tail, head..texts - tail) {
        path.extend(table(lines, texts, is_any, cost));
    }
    path.extend((0..tail).rev().map(|back| LineMatch::Same { expected: lines - 1 - back, actual: texts - 1 - back }));
    for step in &mut path {
        if let LineMatch::Same { expected: line, actual: at } = *step
            && !expected.lines[line].matches(actual[at].as_ref(), captures)
        {
            *step = LineMatch::Changed { expected: line, actual: at };
        }
    }
    path
}

/// Two texts, cut into pairs of stretches that are small enough for a table: at equal lines, and where there are none, anywhere.
fn cut<L: AsRef<str>>(
    expected: &Expected,
    actual: &[L],
    lines: Range<usize>,
    texts: Range<usize>,
) -> Vec<(Range<usize>, Range<usize>)> {
    if lines.len().saturating_mul(texts.len()) <= TABLE {
        return vec![(lines, texts)];
    }
    let old: Vec<&str> = expected.lines[lines.clone()].iter().map(|line| line.text.as_str()).collect();
    let new: Vec<&str> = actual[texts.clone()].iter().map(AsRef::as_ref).collect();
    let mut found = Vec::new();
    for operation in similar::capture_diff_slices(similar::Algorithm::Patience, &old, &new) {
        let (_, old, new) = operation.as_tag_tuple();
        let mut old = lines.start + old.start..lines.start + old.end;
        let mut new = texts.start + new.start..texts.start + new.end;
        let side = TABLE.isqrt();
        while old.len().saturating_mul(new.len()) > TABLE {
            found.push((old.start..old.end.min(old.start + side), new.start..new.end.min(new.start + side)));
            old.start = old.end.min(old.start + side);
            new.start = new.end.min(new.start + side);
        }
        found.push((old, new));
    }
    found
}

/// The cheapest path through one stretch of each side. `cost` is 0 for a match, else what replacing one by the other costs.
pub(super) fn table(
    lines: Range<usize>,
    texts: Range<usize>,
    is_any: impl Fn(usize) -> bool,
    cost: impl Fn(usize, usize) -> u32,
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
