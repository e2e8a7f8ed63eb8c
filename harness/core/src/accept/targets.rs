//! Which expectation is for whom: targets that agree share one, and where they differ a person decides. Pure; touches nothing.

use crate::compare::{Captures, Work, compare, diff};
use crate::markup::model::{Chapter, ExpectFormat, Expectation, Fence, Session, Step, Stream};
use crate::name::Id;
use crate::place::Span;

use super::fence::{continuation, edits, in_file, line_break_or, line_end, opener, opener_prefix};
use super::text::{accept_text, console_lines};
use super::{AcceptProblem, Edit};

/// What one cell recorded for one stream of a step.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The cell's target. Where several recipes run a step (a guide's setup), each has a cell of its own.
    pub target: Id,
    /// The cell's toolbox, where a recipe runs with several.
    pub toolbox: Option<Id>,
    /// What was recorded: for a `console` step one text per command, else one text.
    pub outputs: Vec<String>,
    /// What the earlier steps of the recipe have bound there.
    pub captures: Captures,
}

/// A change to a guide, with what it looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The fence whose expectation changes: its opening line.
    pub fence: Span,
    /// The edits, in order.
    pub edits: Vec<Edit>,
    /// The difference between the old and the new content, for a person; `-` is the guide as it is.
    pub diff: String,
}

/// What to change in `chapter` so that `step` expects what was `recorded` on `stream`. Nothing where all cells match, and nothing for
/// cells whose stream no expectation judges. With `diverge`, cells that differ from the others get an `expect target=…` of their own.
pub fn plan_accept(
    chapter: &Chapter,
    step: &Step,
    stream: Stream,
    recorded: &[Recorded],
    diverge: bool,
) -> Result<Vec<Change>, AcceptProblem> {
    if step.session == Session::Console {
        return if stream == Stream::Stdout { console(chapter, step, recorded) } else { Ok(Vec::new()) };
    }
    let mut changes = Vec::new();
    for expectation in step.expectations.iter().filter(|expectation| expectation.stream == stream) {
        let governs = |cell: &&Recorded| {
            step.runs_on(&cell.target)
                && step.expectation(stream, &cell.target).is_some_and(|holds| std::ptr::eq(holds, expectation))
        };
        let cells: Vec<&Recorded> = recorded.iter().filter(governs).collect();
        changes.extend(one(chapter, expectation, &cells, diverge)?);
    }
    Ok(changes)
}

/// Cells that one new text fits.
struct Group<'a> {
    text: String,
    cells: Vec<&'a Recorded>,
}

fn fits(text: &str, format: ExpectFormat, cell: &Recorded) -> Result<bool, AcceptProblem> {
    let output = cell.outputs.first().map_or("", String::as_str);
    Ok(compare(text, format, output, &mut cell.captures.clone(), &mut Work::new())?.matches)
}

fn one(
    chapter: &Chapter,
    expectation: &Expectation,
    cells: &[&Recorded],
    diverge: bool,
) -> Result<Vec<Change>, AcceptProblem> {
    let (text, format) = (expectation.body.content(), expectation.format);
    let mut as_expected = Vec::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for cell in cells {
        if fits(text, format, cell)? {
            as_expected.push(*cell);
            continue;
        }
        let mut home = None;
        for (at, group) in groups.iter().enumerate() {
            if home.is_none() && fits(&group.text, format, cell)? {
                home = Some(at);
            }
        }
        match home {
            Some(at) => groups[at].cells.push(*cell),
            None => {
                let output = cell.outputs.first().map_or("", String::as_str);
                groups.push(Group { text: accept_text(text, format, output, &cell.captures)?, cells: vec![*cell] });
            }
        }
    }
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let fence = &chapter.fences[expectation.fence];
    let mut for_all = as_expected.is_empty();
    if let [only] = groups.as_slice() {
        // The new text may hold for those too that the old one holds for.
        for cell in &as_expected {
            for_all = fits(&only.text, format, cell)?;
            if !for_all {
                break;
            }
        }
        if for_all {
            return Ok(vec![replaced(chapter, fence, text, &only.text)?]);
        }
    }
    if !diverge {
        return Err(AcceptProblem::Differ { groups: told(&as_expected, &groups) });
    }
    diverged(chapter, expectation, as_expected, groups)
}

/// Each group in words: the cells that the guide is right about first.
fn told(as_expected: &[&Recorded], groups: &[Group<'_>]) -> Vec<String> {
    let names = |cells: &[&Recorded]| {
        let name = |cell: &&Recorded| match &cell.toolbox {
            Some(toolbox) => format!("{}+{toolbox}", cell.target),
            None => cell.target.to_string(),
        };
        let mut names: Vec<String> = Vec::new();
        cells.iter().map(name).for_each(|name| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names.join(", ")
    };
    let right = (!as_expected.is_empty()).then(|| format!("{} (as expected)", names(as_expected)));
    right.into_iter().chain(groups.iter().map(|group| names(&group.cells))).collect()
}

fn diverged(
    chapter: &Chapter,
    expectation: &Expectation,
    as_expected: Vec<&Recorded>,
    mut groups: Vec<Group<'_>>,
) -> Result<Vec<Change>, AcceptProblem> {
    let fence = &chapter.fences[expectation.fence];
    let old = expectation.body.content();
    let stays =
        if as_expected.is_empty() { groups.remove(0) } else { Group { text: old.to_owned(), cells: as_expected } };
    let mut seen = targets_of(&stays);
    for group in &groups {
        let targets = targets_of(group);
        if let Some(target) = targets.iter().find(|target| seen.contains(target)) {
            return Err(AcceptProblem::SameTarget { target: target.to_string() });
        }
        seen.extend(targets);
    }
    let mut changes = Vec::new();
    if stays.text != old {
        changes.push(replaced(chapter, fence, old, &stays.text)?);
    }
    let mut leave = Vec::new();
    for group in &groups {
        changes.push(added(chapter, fence, group)?);
        leave.extend(targets_of(group));
    }
    if !expectation.targets.is_empty() {
        // The general one gives way to the new ones by itself; one with `target=` must name those that stay.
        let stay: Vec<&Id> = expectation.targets.iter().filter(|target| !leave.contains(target)).collect();
        changes.push(narrowed(chapter, fence, &stay)?);
    }
    Ok(changes)
}

fn targets_of(group: &Group<'_>) -> Vec<Id> {
    let mut targets: Vec<Id> = Vec::new();
    for cell in &group.cells {
        if !targets.contains(&cell.target) {
            targets.push(cell.target.clone());
        }
    }
    targets
}

fn lines_of(text: &str) -> Vec<String> {
    if text.is_empty() { Vec::new() } else { text.split('\n').map(str::to_owned).collect() }
}

fn replaced(chapter: &Chapter, fence: &Fence, old: &str, new: &str) -> Result<Change, AcceptProblem> {
    let edits = edits(chapter, fence, &lines_of(new))?;
    Ok(Change { fence: fence.span.clone(), edits, diff: diff::plain(old, new, &diff::Look::PLAIN) })
}

/// A new `expect target=…` fence after `fence`, made like it.
fn added(chapter: &Chapter, fence: &Fence, group: &Group<'_>) -> Result<Change, AcceptProblem> {
    let text = chapter.text.text.as_str();
    let end = fence.range.start + text[fence.range.clone()].trim_end().len();
    let prefix = continuation(opener_prefix(text, fence));
    let marks = opener(text, fence);
    let targets = targets_of(group).iter().map(Id::to_string).collect::<Vec<_>>().join("+");
    let words: Vec<&str> = fence.info.split_whitespace().filter(|word| !word.starts_with("target=")).collect();
    let head = format!("{marks}{} target={targets}", words.join(" "));
    let mut lines = vec![String::new(), head];
    lines.extend(lines_of(&group.text));
    lines.push(marks.to_owned());
    let mut replacement = String::new();
    for line in &lines {
        replacement.push_str(line_break_or(text, end));
        replacement.push_str(if line.is_empty() { prefix.trim_end() } else { &prefix });
        replacement.push_str(line);
    }
    let edit = in_file(chapter, fence, end..end, replacement)?;
    Ok(Change {
        fence: fence.span.clone(),
        edits: vec![edit],
        diff: diff::plain("", &lines[1..].join("\n"), &diff::Look::PLAIN),
    })
}

/// `fence` with `target=` naming `stay` only.
fn narrowed(chapter: &Chapter, fence: &Fence, stay: &[&Id]) -> Result<Change, AcceptProblem> {
    let text = chapter.text.text.as_str();
    let end = line_end(text, fence.range.start);
    let line = &text[fence.range.start..end];
    let at = line.find("target=").map_or(end, |at| fence.range.start + at);
    let length = text[at..end].find(char::is_whitespace).unwrap_or(end - at);
    let names = stay.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("+");
    let new = line.replacen(&text[at..at + length], &format!("target={names}"), 1);
    let edit = in_file(chapter, fence, at..at + length, format!("target={names}"))?;
    Ok(Change { fence: fence.span.clone(), edits: vec![edit], diff: diff::plain(line, &new, &diff::Look::PLAIN) })
}

/// A `console` fence holds each command's output inline, one for all cells.
fn console(chapter: &Chapter, step: &Step, recorded: &[Recorded]) -> Result<Vec<Change>, AcceptProblem> {
    let cells: Vec<&Recorded> = recorded.iter().filter(|cell| step.runs_on(&cell.target)).collect();
    let mut new: Vec<String> = Vec::new();
    let mut at = 0;
    let old: Vec<&str> = step.body.text.lines().collect();
    if !step.console_asserts() {
        return Ok(Vec::new());
    }
    for cell in &cells {
        if cell.outputs.len() != step.commands.len() {
            return Err(AcceptProblem::OtherCommands { recorded: cell.outputs.len(), shown: step.commands.len() });
        }
    }
    let line_of = |offset: usize| step.body.text[..offset.min(step.body.text.len())].matches('\n').count();
    let mut captures: Vec<Captures> = cells.iter().map(|cell| cell.captures.clone()).collect();
    for (number, command) in step.commands.iter().enumerate() {
        let start = match command.expected.first() {
            Some((_, offset)) => line_of(*offset),
            None => line_of(command.at) + command.text.matches('\n').count() + 1,
        };
        let end = start + command.expected.len();
        let shown: Vec<&str> = command.expected.iter().map(|(line, _)| line.as_str()).collect();
        let text = accepted_command(&shown.join("\n"), number, &cells, &mut captures)?;
        new.extend(old[at..start.min(old.len())].iter().map(|line| (*line).to_owned()));
        new.extend(console_lines(&text, &shown));
        at = end.min(old.len());
    }
    new.extend(old[at..].iter().map(|line| (*line).to_owned()));
    if new == old {
        return Ok(Vec::new());
    }
    let fence = &chapter.fences[step.fence];
    let diff = diff::plain(&old.join("\n"), &new.join("\n"), &diff::Look::PLAIN);
    Ok(vec![Change { fence: fence.span.clone(), edits: edits(chapter, fence, &new)?, diff }])
}

/// The new text for one command, which all cells must share.
fn accepted_command(
    shown: &str,
    number: usize,
    cells: &[&Recorded],
    captures: &mut [Captures],
) -> Result<String, AcceptProblem> {
    let mut text = shown.to_owned();
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut as_expected = Vec::new();
    for (cell, bound) in cells.iter().zip(captures.iter()) {
        let holds = |text: &str| -> Result<bool, AcceptProblem> {
            let said = &cell.outputs[number];
            Ok(compare(text, ExpectFormat::Text, said, &mut bound.clone(), &mut Work::new())?.matches)
        };
        if holds(shown)? {
            as_expected.push(*cell);
        } else if groups.is_empty() {
            text = accept_text(shown, ExpectFormat::Text, &cell.outputs[number], bound)?;
            groups.push(Group { text: text.clone(), cells: vec![*cell] });
        } else if holds(&text)? {
            groups[0].cells.push(*cell);
        } else {
            groups.push(Group { text: String::new(), cells: vec![*cell] });
        }
    }
    if groups.len() > 1 || (!groups.is_empty() && !as_expected.is_empty()) {
        return Err(AcceptProblem::Console { groups: told(&as_expected, &groups) });
    }
    for (cell, bound) in cells.iter().zip(captures) {
        compare(&text, ExpectFormat::Text, &cell.outputs[number], bound, &mut Work::new())?;
    }
    Ok(text)
}
