//! The way back from what a chapter means to where it stands: steps, their lines, bytes of fences. Pure; touches nothing.

use std::ops::Range;

use crate::place::Span;

use super::model::{Body, Chapter, Recipe, Session, Step};

impl Chapter {
    /// Where the bytes `range` of the chapter's text stand.
    pub fn span(&self, range: Range<usize>) -> Span {
        self.text.span(range)
    }

    /// Where the bytes `range` of a fence's content stand. They are cut where their line (or their file) ends.
    pub fn body_span(&self, body: &Body, range: Range<usize>) -> Span {
        let mut start = body.source(range.start);
        // An empty line of a CRLF file: the content holds its LF, but a person sees it start at the CR.
        if range.is_empty() && start > 0 && self.text.text.as_bytes().get(start - 1) == Some(&b'\r') {
            start -= 1;
        }
        let line = body.text.get(range.clone()).and_then(|text| text.find('\n')).unwrap_or(range.len());
        self.text.span(start..start + line)
    }

    /// Where the opening line of the fence with index `fence` stands.
    pub fn fence_span(&self, fence: usize) -> Option<Span> {
        self.fences.get(fence).map(|fence| fence.span.clone())
    }

    /// Where line `line` (from 1) of what a step runs stands. Line 0, or one past the end, is the fence's opening line.
    ///
    /// For `console` steps, lines are those of the commands, one after another: the lines that [`Step::text`] has.
    pub fn step_span(&self, step: &Step, line: usize) -> Span {
        step_line(step, line)
            .map(|range| self.body_span(&step.body, range))
            .or_else(|| self.fence_span(step.fence))
            .unwrap_or_else(|| Span::top(self.path.clone()))
    }

    /// Where a recipe starts: the opening line of its first step.
    pub fn recipe_span(&self, recipe: &Recipe) -> Span {
        let fence = recipe.steps.first().and_then(|step| self.fence_span(step.fence));
        fence.unwrap_or_else(|| Span::top(self.path.clone()))
    }

    /// The index of a recipe's last fence, its expected output counted: under it stands what it was verified against.
    pub fn last_fence(&self, recipe: &Recipe) -> Option<usize> {
        let expectations = recipe.steps.iter().flat_map(|step| &step.expectations).map(|expectation| expectation.fence);
        recipe.steps.iter().map(|step| step.fence).chain(expectations).max()
    }
}

/// The bytes of line `line` (from 1) of a step's text in its fence's content.
fn step_line(step: &Step, line: usize) -> Option<Range<usize>> {
    let skip = line.checked_sub(1)?;
    let body = &step.body.text;
    let whole = |start: usize| start..body[start..].find('\n').map_or(body.len(), |end| start + end);
    if step.session != Session::Console {
        let start = body.split_inclusive('\n').take(skip).map(str::len).sum();
        return (start < body.len()).then(|| whole(start));
    }
    step.commands
        .iter()
        .flat_map(|command| {
            let mut at = command.at;
            command.text.split('\n').map(move |part| {
                let start = at;
                // The next line follows this one's line break, behind `> ` (or a lone `>`).
                at = start + part.len() + 1;
                let prompt = if body[at.min(body.len())..].starts_with("> ") { 2 } else { 1 };
                at = (at + prompt).min(body.len());
                start..start + part.len()
            })
        })
        .nth(skip)
}
