//! Positions: recorded text speaks of `step 2, line 3`, a person needs `guides/x.md:41`. And the bytes of a chapter behind a line of a step.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::event::{Part, StepAt, StepRecord};
use crate::markup::model::{Body, Chapter, Step};
use crate::place::{LineIndex, Span};
use crate::trace::Script;

/// How bash (`step 2: line 3:`) and Python (`File "step 2", line 3`) name a place in a step.
static POSITION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:\b(?P<part>setup|teardown) )?\bstep (?P<step>\d{1,6})"?[,:] line (?P<line>\d{1,9})"#)
        .expect("a fixed expression")
});

/// The bytes of line `line` (from 1) of a body, in the file where they stand.
pub(super) fn line_span(chapter: &Chapter, body: &Body, line: usize) -> Option<Span> {
    let mut start = 0;
    let text = body.text.split_inclusive('\n').nth(line.checked_sub(1)?).inspect(|_| {
        start = body.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    })?;
    let from = body.source(start);
    Some(chapter.text.span(from..from + text.trim_end_matches(['\n', '\r']).len()))
}

/// The number of the line (from 1) of a body that holds the byte at `offset`.
pub(super) fn line_of(body: &Body, offset: usize) -> usize {
    body.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

/// The line of the step that a record's streams name last as the place of an error.
pub(super) fn failing_line(record: &StepRecord) -> Option<usize> {
    let texts = [&record.stderr.text, &record.stdout.text];
    texts.into_iter().find_map(|text| {
        let mentions = POSITION.captures_iter(text.as_str()).filter(|found| {
            place_of(found).is_some_and(|(at, _)| (at.part, at.step) == (record.at.part, record.at.step))
        });
        mentions.last().and_then(|found| place_of(&found)).map(|(_, line)| line)
    })
}

/// The bytes of line `line` of a step or command.
pub(super) fn place(chapter: &Chapter, step: &Step, command: Option<usize>, line: usize) -> Option<Span> {
    let first = match command {
        Some(command) => line_of(&step.body, step.commands.get(command.checked_sub(1)?)?.at),
        None => 1,
    };
    line_span(chapter, &step.body, first + line.checked_sub(1)?)
}

/// `text` with every position in it as a line of the guide.
pub(super) fn translate(
    text: &str,
    chapter: &Chapter,
    script: &Script<'_>,
    source: impl Fn(&Span) -> Option<usize>,
) -> String {
    let replace = |found: &Captures<'_>| {
        let span = place_of(found).and_then(|(at, line)| place(chapter, script.step(at)?, None, line));
        match span.as_ref().and_then(|span| source(span).map(|line| (span, line))) {
            Some((span, line)) => {
                let quote = if found[0].contains('"') { "\"" } else { "" };
                let colon = if found[0].contains(": line") { ":" } else { "," };
                format!("{}{quote}{colon} line {line}", span.file)
            }
            None => found[0].to_owned(),
        }
    };
    POSITION.replace_all(text, replace).into_owned()
}

/// The line (from 1) where a span starts in its file's text.
pub(super) fn line_in(text: &str, span: &Span) -> usize {
    LineIndex::new(&text[..floor(text, span.start)]).position(text, span.start).line
}

fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn place_of(found: &Captures<'_>) -> Option<(StepAt, usize)> {
    let part = match found.name("part").map(|part| part.as_str()) {
        Some("setup") => Part::Setup,
        Some(_) => Part::Teardown,
        None => Part::Recipe,
    };
    Some((StepAt { part, step: found["step"].parse().ok()?, command: None }, found["line"].parse().ok()?))
}
