//! A difference that a person can read: `-` is expected, `+` is recorded, and what a pattern matched is no difference. Pure; touches
//! nothing.

use std::fmt::Write as _;
use std::ops::Range;

use similar::{ChangeTag, TextDiff};

use crate::redact::show_controls;

use super::anchors::anchors;
use super::{LineMatch, Outcome, normal};

/// How a difference is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// ANSI colours, and emphasis on what differs within a line.
    pub colour: bool,
    /// Lines that match shown around each difference.
    pub context: usize,
    /// The most lines shown; from the middle of a longer one lines are left out, and counted.
    pub most: usize,
    /// The most characters shown of a line.
    pub width: usize,
}

impl Look {
    /// For a log or a report.
    pub const PLAIN: Self = Self { colour: false, context: 3, most: 120, width: 400 };
    /// For a terminal.
    pub const COLOURED: Self = Self { colour: true, ..Self::PLAIN };
}

/// The difference between an expected and a recorded output, which `outcome` compares, in plain text. Empty if they match.
pub fn render(expected: &str, actual: &str, outcome: &Outcome) -> String {
    render_as(expected, actual, outcome, &Look::PLAIN)
}

/// [`render`], with a say in how it looks.
pub fn render_as(expected: &str, actual: &str, outcome: &Outcome, look: &Look) -> String {
    if outcome.matches {
        return String::new();
    }
    let (expected, actual) = match &outcome.shown {
        Some((expected, actual)) => (expected.clone(), actual.clone()),
        None => (normal::normalise(expected), normal::normalise(actual)),
    };
    let expected: Vec<&str> = expected.lines().collect();
    let actual: Vec<&str> = actual.lines().collect();
    let rows = rows(&expected, &actual, &outcome.lines, look);
    let mut out = String::new();
    for note in outcome.notes.iter().filter(|_| outcome.shown.is_some()).take(10) {
        let _ = writeln!(out, "{}", show_controls(note));
    }
    print(&rows, look, &mut out);
    out
}

/// The difference between two texts without patterns, for showing an edit.
pub fn plain(old: &str, new: &str, look: &Look) -> String {
    let old_lines: Vec<&str> = old.lines().collect();
    let new_lines: Vec<&str> = new.lines().collect();
    let mut lines = Vec::new();
    for (equal, before, after) in stretches(&old_lines, &new_lines) {
        let both = before.len().min(after.len());
        for at in 0..both {
            let (expected, actual) = (before.start + at, after.start + at);
            lines.push(if equal {
                LineMatch::Same { expected, actual }
            } else {
                LineMatch::Changed { expected, actual }
            });
        }
        lines.extend((before.start + both..before.end).map(|expected| LineMatch::Missing { expected }));
        lines.extend((after.start + both..after.end).map(|actual| LineMatch::Extra { actual }));
    }
    let mut out = String::new();
    print(&rows(&old_lines, &new_lines, &lines, look), look, &mut out);
    out
}

/// How the lines of two texts lie beside each other, and whether they are equal there. Long texts are cut at lines that stand once in both,
/// and a stretch that is long still is replaced as a whole: the search within one takes its length squared.
fn stretches(old: &[&str], new: &[&str]) -> Vec<(bool, Range<usize>, Range<usize>)> {
    const SQUARE: usize = 1_000_000;
    let whole = old.len().saturating_mul(new.len()) <= SQUARE;
    let anchors = if whole { Vec::new() } else { anchors(old, new) };
    let (mut found, mut from) = (Vec::new(), (0, 0));
    for end in anchors.into_iter().chain([(old.len(), new.len())]) {
        let (before, after) = (&old[from.0..end.0], &new[from.1..end.1]);
        let shifted = |range: Range<usize>, by: usize| range.start + by..range.end + by;
        if before.len().saturating_mul(after.len()) <= SQUARE {
            for operation in similar::capture_diff_slices(similar::Algorithm::Myers, before, after) {
                let (_, before, after) = operation.as_tag_tuple();
                let equal = matches!(operation, similar::DiffOp::Equal { .. });
                found.push((equal, shifted(before, from.0), shifted(after, from.1)));
            }
        } else {
            found.push((false, from.0..end.0, from.1..end.1));
        }
        from = end;
    }
    found
}

/// One printed line.
struct Row {
    text: String,
    differs: bool,
}

const RED: &str = "\u{1b}[31m";
const GREEN: &str = "\u{1b}[32m";
const DIM: &str = "\u{1b}[2m";
const STRONG: &str = "\u{1b}[1;7m";
const WEAK: &str = "\u{1b}[22;27m";
const RESET: &str = "\u{1b}[0m";

fn rows(expected: &[&str], actual: &[&str], lines: &[LineMatch], look: &Look) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut removed = Vec::new();
    let mut added = Vec::new();
    let line = |side: &[&str], at: usize| side.get(at).copied().unwrap_or_default().to_owned();
    for step in lines {
        let quiet = match step {
            LineMatch::Changed { expected: old, actual: new } => {
                let (old, new) = (line(expected, *old), line(actual, *new));
                // Emphasis within lines is for the first ones: nobody looks at more of them in one place.
                let plain = Look { colour: look.colour && rows.len() + removed.len() < 2 * look.most, ..*look };
                let (old, new) = changed(&old, &new, &plain);
                removed.push(old);
                added.push(new);
                continue;
            }
            LineMatch::Missing { expected: old } => {
                removed.push(clip(&show_controls(&line(expected, *old)), look.width));
                continue;
            }
            LineMatch::Extra { actual: new } => {
                added.push(clip(&show_controls(&line(actual, *new)), look.width));
                continue;
            }
            LineMatch::Same { expected: at, .. } => {
                format!("  {}", clip(&show_controls(&line(expected, *at)), look.width))
            }
            LineMatch::Any { actual, .. } if actual.len() == 1 => "  ... (1 line)".to_owned(),
            LineMatch::Any { actual, .. } => format!("  ... ({} lines)", actual.len()),
        };
        flush(&mut removed, &mut added, look, &mut rows);
        rows.push(Row { text: quiet, differs: false });
    }
    flush(&mut removed, &mut added, look, &mut rows);
    rows
}

/// Lines that belong together: first all that were expected, then all that were recorded.
fn flush(removed: &mut Vec<String>, added: &mut Vec<String>, look: &Look, rows: &mut Vec<Row>) {
    for (sign, colour, lines) in [('-', RED, removed), ('+', GREEN, added)] {
        for line in lines.drain(..) {
            let text = if look.colour { format!("{colour}{sign} {line}{RESET}") } else { format!("{sign} {line}") };
            rows.push(Row { text, differs: true });
        }
    }
}

/// Two lines that differ, made fit to be looked at one above the other.
fn changed(old: &str, new: &str, look: &Look) -> (String, String) {
    let visible = |text: &str| text.split_whitespace().collect::<String>();
    let (old, new) = if visible(old) == visible(new) {
        // Blanks are all that differs: they are made visible, or nobody would find it.
        (shown_blanks(old), shown_blanks(new))
    } else {
        (show_controls(old).into_owned(), show_controls(new).into_owned())
    };
    let (old, new) = (clip_to_difference(&old, &new, look.width), clip_to_difference(&new, &old, look.width));
    if look.colour { emphasised(&old, &new) } else { (old, new) }
}

fn shown_blanks(text: &str) -> String {
    let shown = show_controls(text);
    shown.chars().fold(String::new(), |mut out, character| {
        match character {
            '\t' => out.push_str("\\t"),
            ' ' => out.push('·'),
            blank if blank.is_whitespace() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(blank));
            }
            other => out.push(other),
        }
        out
    })
}

/// Both lines with strong type where they differ.
fn emphasised(old: &str, new: &str) -> (String, String) {
    if old.len() + new.len() > 4000 {
        return (old.to_owned(), new.to_owned());
    }
    let difference = TextDiff::from_words(old, new);
    let mut sides = (String::new(), String::new());
    for change in difference.iter_all_changes() {
        let text = change.value();
        match change.tag() {
            ChangeTag::Equal => {
                sides.0.push_str(text);
                sides.1.push_str(text);
            }
            ChangeTag::Delete => sides.0.push_str(&format!("{STRONG}{text}{WEAK}")),
            ChangeTag::Insert => sides.1.push_str(&format!("{STRONG}{text}{WEAK}")),
        }
    }
    sides
}

/// The first `width` characters.
fn clip(text: &str, width: usize) -> String {
    let count = text.chars().count();
    if count <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width).collect();
    format!("{kept}… ({} more characters)", count - width)
}

/// `width` characters of a long line around the first place where it differs from `other`.
fn clip_to_difference(text: &str, other: &str, width: usize) -> String {
    let alike = text.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    if alike < width.saturating_sub(20) {
        return clip(text, width);
    }
    let skipped = alike - width / 4;
    let rest: String = text.chars().skip(skipped).collect();
    format!("({skipped} characters alike) …{}", clip(&rest, width))
}

fn print(rows: &[Row], look: &Look, out: &mut String) {
    let near = |at: usize| {
        let around = at.saturating_sub(look.context)..(at + look.context + 1).min(rows.len());
        rows[around].iter().any(|row| row.differs)
    };
    let dim = |text: String| if look.colour { format!("{DIM}{text}{RESET}") } else { text };
    let mut printed: Vec<String> = Vec::new();
    let mut quiet = 0;
    // A look around each row is quadratic in the context only.
    for (at, row) in rows.iter().enumerate() {
        if !near(at) {
            quiet += 1;
            continue;
        }
        if quiet > 0 {
            printed.push(dim(matching(quiet)));
            quiet = 0;
        }
        printed.push(if row.differs { row.text.clone() } else { dim(row.text.clone()) });
    }
    if quiet > 0 {
        printed.push(dim(matching(quiet)));
    }
    let (head, tail) = if printed.len() > look.most { (look.most * 2 / 3, look.most / 3) } else { (printed.len(), 0) };
    for line in &printed[..head] {
        let _ = writeln!(out, "{line}");
    }
    if printed.len() > head + tail {
        let _ = writeln!(out, "{}", dim(format!("  … {} more lines …", printed.len() - head - tail)));
    }
    for line in &printed[printed.len() - tail..] {
        let _ = writeln!(out, "{line}");
    }
}

fn matching(count: usize) -> String {
    if count == 1 { "  (1 line as expected)".to_owned() } else { format!("  ({count} lines as expected)") }
}
