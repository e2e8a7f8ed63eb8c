//! What is cleaned off both sides before they are compared: ANSI codes, CR before LF, blanks at line ends, empty lines at the end. Pure;
//! touches nothing.

use std::borrow::Cow;

/// `text` as it is compared. Doing it twice changes nothing more.
pub fn normalise(text: &str) -> String {
    lines(text).join("\n")
}

/// The normalised lines of `text`, without the empty ones at its end.
pub(super) fn lines(text: &str) -> Vec<Cow<'_, str>> {
    let mut lines: Vec<Cow<'_, str>> = text.split('\n').map(line).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    lines
}

/// One line (without its LF), normalised.
pub(super) fn line(text: &str) -> Cow<'_, str> {
    let blanks = [' ', '\t', '\r'];
    match without_ansi(text) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_end_matches(blanks)),
        Cow::Owned(mut text) => {
            text.truncate(text.trim_end_matches(blanks).len());
            Cow::Owned(text)
        }
    }
}

/// One line without escape sequences: CSI (colours, cursor), OSC and the other strings (titles, links), and two-byte ones. A sequence
/// that the line does not end loses its introducer only, so that no text goes with it.
fn without_ansi(line: &str) -> Cow<'_, str> {
    if !line.contains(['\u{1b}', '\u{9b}']) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['\u{1b}', '\u{9b}']) {
        out.push_str(&rest[..at]);
        let sequence = &rest[at..];
        rest = &sequence[sequence_length(sequence)..];
    }
    out.push_str(rest);
    // What was pushed together by a removal may be a sequence of its own.
    if out.contains(['\u{1b}', '\u{9b}']) { Cow::Owned(without_ansi(&out).into_owned()) } else { Cow::Owned(out) }
}

fn sequence_length(sequence: &str) -> usize {
    let bytes = sequence.as_bytes();
    let csi = |from: usize| {
        let parameters = bytes[from..].iter().take_while(|byte| (0x20..0x40).contains(*byte)).count();
        let end = from + parameters;
        bytes.get(end).filter(|byte| (0x40..0x7f).contains(*byte)).map_or(from, |_| end + 1)
    };
    if !sequence.starts_with('\u{1b}') {
        return csi('\u{9b}'.len_utf8());
    }
    match bytes.get(1) {
        Some(b'[') => csi(2),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let ends = ["\u{7}", "\u{1b}\\", "\u{9c}"]
                .into_iter()
                .filter_map(|end| sequence[2..].find(end).map(|at| 2 + at + end.len()));
            ends.min().unwrap_or(2)
        }
        Some(0x20..=0x2f) => {
            let end = 1 + bytes[1..].iter().take_while(|byte| (0x20..0x30).contains(*byte)).count();
            bytes.get(end).filter(|byte| (0x30..0x7f).contains(*byte)).map_or(1, |_| end + 1)
        }
        Some(0x30..=0x7e) => 2,
        _ => 1,
    }
}
