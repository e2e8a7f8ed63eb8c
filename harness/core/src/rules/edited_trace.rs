//! edited-trace: a trace is not what `dogfood run` wrote: edited by hand, cut, merged badly, or of another cell.

use crate::finding::Finding;
use crate::place::{LineIndex, RelPath, Span};
use crate::trace::{self, Seal, Trace, TraceProblem};

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct EditedTrace;

impl Rule for EditedTrace {
    fn meta(&self) -> &'static Meta {
        meta!(
            "edited-trace",
            Evidence,
            Error,
            "a trace is not what was recorded: edited, cut, in conflict, or of another recipe"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (path, file) in &context.inputs.traces {
            match &file.read {
                // Nothing there is missing evidence, not wrong evidence.
                Err(TraceProblem::Empty) => {}
                Err(problem) => findings.push(self.unreadable(path, &file.text, problem)),
                Ok((trace, seal)) => findings.extend(self.readable(context, path, trace, *seal)),
            }
        }
    }
}

impl EditedTrace {
    fn unreadable(&self, path: &RelPath, text: &str, problem: &TraceProblem) -> Finding {
        let (line, column) = problem.place();
        let help = match problem {
            TraceProblem::Conflict { .. } => {
                format!("take one side whole with `git checkout --ours {path}` or `--theirs`, then {}", again(path))
            }
            TraceProblem::Newer { .. } => "use the dogfood that wrote it, or a later one".to_owned(),
            _ => format!("restore the file with `git checkout {path}`, or {}", again(path)),
        };
        self.finding(span(path, text, line, column), problem.to_string(), help, path)
    }

    fn readable(&self, context: &Context<'_>, path: &RelPath, trace: &Trace, seal: Seal) -> Option<Finding> {
        if seal == Seal::Broken {
            let text = context.inputs.source(path).unwrap_or_default();
            let place = span(path, text, text.lines().count(), 1);
            let help = format!("restore the file with `git checkout {path}`, or {}", again(path));
            let finding = self.finding(place, "the trace was edited after it was recorded".to_owned(), help, path);
            return Some(
                finding.label("does not fit the text above it").note("a trace is evidence only as it was recorded"),
            );
        }
        if trace::cell_of(path).is_some_and(|cell| cell != trace.cell) {
            let title = format!("the trace is of `{}`, and stands where another belongs", trace.cell);
            let help = format!("move it to `{}`, or {}", trace::path(&trace.cell), again(path));
            return Some(self.finding(Span::top(path.clone()), title, help, path));
        }
        // A day of slack: clocks differ, and midnight is somewhere else for the machine that recorded.
        if trace.recorded_on().days_since(context.inputs.today) > 1 {
            let title = format!(
                "the trace was recorded on {}, which is after today, {}",
                trace.recorded_on(),
                context.inputs.today
            );
            let help = "set the clock that recorded it, or check with the right `--today`";
            return Some(Finding::warning(self.name(), Span::top(path.clone()), title, help).subject(&trace.cell));
        }
        None
    }

    fn finding(&self, span: Span, title: String, help: String, path: &RelPath) -> Finding {
        let finding = Finding::error(self.name(), span, title, help);
        match trace::cell_of(path) {
            Some(cell) => finding.subject(cell),
            None => finding,
        }
    }
}

fn again(path: &RelPath) -> String {
    trace::cell_of(path).map_or_else(
        || "record it again with `dogfood run`".to_owned(),
        |cell| format!("record it again with `dogfood run {}/{}`", cell.guide, cell.recipe),
    )
}

/// The rest of line `line` from `column` on.
fn span(path: &RelPath, text: &str, line: usize, column: usize) -> Span {
    let Some(range) = LineIndex::new(text).line(text, line) else { return Span::top(path.clone()) };
    let skipped: usize = text[range.clone()].chars().take(column.saturating_sub(1)).map(char::len_utf8).sum();
    Span::new(path.clone(), range.start + skipped..range.end)
}
