//! From the new text of a fence to edits of the file in which its lines stand. Pure; touches nothing.

use std::ops::Range;

use crate::markup::model::{Body, Chapter, Fence};

use super::{AcceptProblem, Edit};

/// A line of a fence's body where it stands in the chapter's text.
struct SourceLine {
    /// From the start of the line, containers' prefixes included, to the end of its content.
    whole: Range<usize>,
    /// Where the body's part of it starts.
    content: usize,
}

/// The edits that give `fence` the content `new`. Each touches only lines that change.
pub(super) fn edits(chapter: &Chapter, fence: &Fence, new: &[String]) -> Result<Vec<Edit>, AcceptProblem> {
    let text = chapter.text.text.as_str();
    if new.iter().any(|line| closes(line, opener(text, fence))) {
        return Err(AcceptProblem::ClosesFence { fence: fence.span.clone() });
    }
    let old: Vec<&str> = fence.body.text.lines().collect();
    let lines = source_lines(text, &fence.body);
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    let mut edits = Vec::new();
    for operation in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
        if matches!(operation, similar::DiffOp::Equal { .. }) {
            continue;
        }
        let (_, before, after) = operation.as_tag_tuple();
        let (range, replacement) = hunk(text, fence, &lines, before, &new[after]);
        edits.push(in_file(chapter, fence, range, replacement)?);
    }
    Ok(edits)
}

/// The bytes `range` of the chapter's text, replaced in the file that they came from.
pub(super) fn in_file(
    chapter: &Chapter,
    fence: &Fence,
    range: Range<usize>,
    replacement: String,
) -> Result<Edit, AcceptProblem> {
    let Some(span) = chapter.text.whole(range) else {
        return Err(AcceptProblem::Scattered { fence: fence.span.clone() });
    };
    Ok(Edit { range: span.range(), file: span.file, replacement })
}

fn hunk(text: &str, fence: &Fence, lines: &[SourceLine], before: Range<usize>, new: &[&str]) -> (Range<usize>, String) {
    let prefix = prefix(text, fence, lines, before.start);
    let last = before.end.checked_sub(1).filter(|_| !before.is_empty()).and_then(|last| lines.get(last));
    if let (Some(first), Some(last)) = (lines.get(before.start), last) {
        let end = last.whole.end;
        if new.is_empty() {
            return (first.whole.start..end + line_break(text, end).len(), String::new());
        }
        // An empty line has lost the blanks at the end of its prefix: it is written anew from its start.
        let start = if first.is_blank(text) { first.whole.start } else { first.content };
        let mut replacement = String::new();
        for (at, line) in new.iter().enumerate() {
            if at > 0 {
                replacement.push_str(line_break_or(text, end));
            }
            if at > 0 || start == first.whole.start {
                push_line(&prefix, line, &mut replacement);
            } else {
                replacement.push_str(line);
            }
        }
        return (start..end, replacement);
    }
    // Only new lines: after the line before them, else after the opening line.
    let before = before.start.checked_sub(1).and_then(|line| lines.get(line));
    let at = before.map_or_else(|| line_end(text, fence.range.start), |line| line.whole.end);
    let mut replacement = String::new();
    for line in new {
        replacement.push_str(line_break_or(text, at));
        push_line(&prefix, line, &mut replacement);
    }
    (at..at, replacement)
}

/// What stands before the content of the lines of `fence` around `near`: as on the nearest line that says something, else as on the
/// opening line.
fn prefix(text: &str, fence: &Fence, lines: &[SourceLine], near: usize) -> String {
    let (above, below) = lines.split_at(near.min(lines.len()));
    let model = below.iter().chain(above.iter().rev()).find(|line| !line.is_blank(text));
    match model {
        Some(line) => text[line.whole.start..line.content].to_owned(),
        None => continuation(opener_prefix(text, fence)),
    }
}

fn push_line(prefix: &str, line: &str, out: &mut String) {
    out.push_str(if line.is_empty() { prefix.trim_end() } else { prefix });
    out.push_str(line);
}

impl SourceLine {
    /// Whether the body's part of the line is nothing.
    fn is_blank(&self, text: &str) -> bool {
        text[self.content..self.whole.end].trim().is_empty()
    }
}

fn source_lines(text: &str, body: &Body) -> Vec<SourceLine> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for line in body.text.split_inclusive('\n') {
        let content = body.source(offset).min(text.len());
        let start = text[..content].rfind('\n').map_or(0, |at| at + 1);
        let end = line_end(text, start);
        lines.push(SourceLine { whole: start..end, content: content.min(end) });
        offset += line.len();
    }
    lines
}

/// Where the line of the byte `at` ends, without its line break.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    if end > at && text[..end].ends_with('\r') { end - 1 } else { end }
}

/// The line break that stands at `at`.
fn line_break(text: &str, at: usize) -> &str {
    let rest = &text[at..];
    if rest.starts_with("\r\n") {
        "\r\n"
    } else if rest.starts_with('\n') {
        "\n"
    } else {
        ""
    }
}

/// The line break at `at`, or what new lines get where there is none.
pub(super) fn line_break_or(text: &str, at: usize) -> &str {
    match line_break(text, at) {
        "" => "\n",
        found => found,
    }
}

/// The fence characters that open `fence`.
pub(super) fn opener<'a>(text: &'a str, fence: &Fence) -> &'a str {
    let rest = text[fence.range.start..].trim_start_matches(' ');
    let mark = if rest.starts_with('~') { '~' } else { '`' };
    &rest[..rest.len() - rest.trim_start_matches(mark).len()]
}

/// What stands before the fence characters on the opening line.
pub(super) fn opener_prefix<'a>(text: &'a str, fence: &Fence) -> &'a str {
    let start = text[..fence.range.start].rfind('\n').map_or(0, |at| at + 1);
    let marks = text[fence.range.start..].len() - text[fence.range.start..].trim_start_matches(' ').len();
    &text[start..fence.range.start + marks]
}

/// The prefix of a further line: a quote's sign is repeated, a list's mark is not.
pub(super) fn continuation(prefix: &str) -> String {
    prefix.chars().map(|c| if c == '>' || c == '\t' { c } else { ' ' }).collect()
}

/// Whether a line ends a fence that `opener` opens.
fn closes(line: &str, opener: &str) -> bool {
    let Some(mark) = opener.chars().next() else { return false };
    let text = line.trim_start_matches(' ');
    let marks = text.len() - text.trim_start_matches(mark).len();
    line.len() - text.len() <= 3 && marks >= opener.len() && text[marks..].trim().is_empty()
}
