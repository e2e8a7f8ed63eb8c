//! The new text of an expectation: what still matches stays, what does not is replaced by what was recorded. Pure; touches nothing.

use std::fmt::Write as _;

use crate::compare::{Captures, LineMatch, Work, compare, merged, normalise, reads_as_pattern};
use crate::markup::model::ExpectFormat;
use crate::redact::{hidden, is_hidden};

use super::AcceptProblem;

/// `expected`, changed so that it matches `actual`. Lines that match stay as they are, patterns and all; of an output that matches
/// nothing changes. JSON and YAML are laid out anew where they differ, on one line if the old one was, and keep the patterns of the
/// values that match. `captures` is what earlier steps have bound.
pub fn accept_text(
    expected: &str,
    format: ExpectFormat,
    actual: &str,
    captures: &Captures,
) -> Result<String, AcceptProblem> {
    let compare = |text: &str| compare(text, format, actual, &mut captures.clone(), &mut Work::new());
    let outcome = compare(expected)?;
    if outcome.matches {
        return Ok(expected.to_owned());
    }
    let fits = |text: &str| compare(text).is_ok_and(|outcome| outcome.matches);
    if format == ExpectFormat::Text {
        let kept = text_lines(expected, actual, &outcome.lines);
        // A capture that only one way of laying the lines could bind may bind differently in the new text; then nothing is kept.
        let text = if fits(&kept) { kept } else { recorded_lines(actual) };
        return if fits(&text) { Ok(text) } else { Err(AcceptProblem::NoText) };
    }
    let name = if format == ExpectFormat::Json { "JSON" } else { "YAML" };
    let layout = |data: &crate::compare::Data| {
        let inline = format == ExpectFormat::Json && !expected.trim().contains('\n') && !expected.trim().is_empty();
        let text = if inline { data.one_line() } else { data.write(format) };
        // Only a text inside of the data can say this, and mdBook would expand it. JSON, which YAML reads as well, has another way to write it.
        let json = |text: String| text.replace("{{#", "{\\u007b#");
        match text.contains("{{#") {
            false => text,
            true if inline => json(text),
            true => json(data.write(ExpectFormat::Json)),
        }
    };
    let kept = merged(expected, format, actual, captures).map(|data| layout(&data));
    let kept =
        kept.filter(|text| fits(text)).or_else(|| merged("null", format, actual, captures).map(|data| layout(&data)));
    kept.ok_or(AcceptProblem::NotData { format: name })
}

fn text_lines(expected: &str, actual: &str, path: &[LineMatch]) -> String {
    let old: Vec<&str> = expected.split('\n').collect();
    let normal = normalise(actual);
    let new: Vec<&str> = normal.split('\n').collect();
    let mut lines = Vec::new();
    for step in path {
        match step {
            LineMatch::Same { expected, .. } | LineMatch::Any { expected, .. } => lines.push(old[*expected].to_owned()),
            LineMatch::Changed { actual, .. } | LineMatch::Extra { actual } => lines.push(literal(new[*actual])),
            LineMatch::Missing { .. } => {}
        }
    }
    // Empty lines at the end are no part of the comparison: an author's blank line before the next prompt stays.
    let blank = old.iter().rev().take_while(|line| normalise(line).is_empty()).count();
    lines.extend(old[old.len() - blank..].iter().filter(|_| blank < old.len()).map(|line| (*line).to_owned()));
    lines.join("\n")
}

fn recorded_lines(actual: &str) -> String {
    normalise(actual).split('\n').map(literal).collect::<Vec<_>>().join("\n")
}

/// The recorded line `line` as an expected line that says just that, and that Markdown and mdBook leave alone.
fn literal(line: &str) -> String {
    let needs_escape = line.contains("{{#") || hidden(line).next().is_some();
    if needs_escape {
        regex_line(line)
    } else if reads_as_pattern(line) || could_close(line) {
        format!("{line} (equal)")
    } else {
        line.to_owned()
    }
}

/// Whether a line could be the end of a fence.
fn could_close(line: &str) -> bool {
    let text = line.trim_start_matches(' ');
    line.len() - text.len() <= 3
        && (text.starts_with("```") || text.starts_with("~~~"))
        && text.trim_end_matches(['`', '~']).is_empty()
}

/// A line as a regular expression for just that line, in printable characters.
pub(super) fn regex_line(line: &str) -> String {
    let mut out = String::new();
    for character in line.chars() {
        if is_hidden(character) {
            let _ = write!(out, "\\x{{{:x}}}", u32::from(character));
        } else {
            out.push_str(&regex::escape(character.encode_utf8(&mut [0; 4])));
        }
    }
    out + " (re)"
}

/// The lines of a command's new output in a `console` fence, where `$ `, a first `> ` and a last `[N]` mean something.
pub(super) fn console_lines(text: &str, old: &[&str]) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let lines: Vec<&str> = text.split('\n').collect();
    let last = lines.iter().rposition(|line| !line.trim().is_empty());
    let is_prompt = |at: usize, line: &str| match line.split(' ').next() {
        Some("$") => true,
        Some(">") => at == 0,
        _ => false,
    };
    let line = |(at, line): (usize, &&str)| {
        if Some(at) == last && is_exit(line) {
            format!("{line} (equal)")
        } else if !is_prompt(at, line) || old.contains(line) {
            (*line).to_owned()
        } else if line.ends_with(" (re)") {
            format!("[{}]{}", &line[..1], &line[1..])
        } else {
            let bare = line.strip_suffix(" (equal)").unwrap_or(line);
            format!("[{}]{}", &bare[..1], regex_line(&bare[1..]))
        }
    };
    lines.iter().enumerate().map(line).collect()
}

/// Whether a console fence reads the line as an exit code, be it a good one or not.
fn is_exit(line: &str) -> bool {
    let code = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    code.is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit()))
}
