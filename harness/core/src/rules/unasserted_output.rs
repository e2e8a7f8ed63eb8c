//! unasserted-output: a step said something, and nothing is held against it.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::markup::model::{Session, Stream};
use crate::place::Span;

use super::context::{CellContext, Context};
use super::failed_evidence::recorded;
use super::judgement::{Fault, word};
use super::missing_evidence::subject;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnassertedOutput;

impl Rule for UnassertedOutput {
    fn meta(&self) -> &'static Meta {
        meta!("unasserted-output", Output, Warning, "a step said something, and no expectation is held against it")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            let mut groups: BTreeMap<(Span, Stream, bool), Vec<&CellContext<'_>>> = BTreeMap::new();
            for cell in cells {
                for verdict in &cell.verdicts {
                    if let Fault::Unasserted { stream } = verdict.fault {
                        let console = verdict.step.session == Session::Console;
                        let cells = groups.entry((verdict.span.clone(), stream, console)).or_default();
                        // The commands of one console fence say it once.
                        if !cells.last().is_some_and(|last| std::ptr::eq(*last, cell)) {
                            cells.push(cell);
                        }
                    }
                }
            }
            for ((span, stream, console), cells) in groups {
                let does = match (console, stream) {
                    (true, _) => "prints on the terminal".to_owned(),
                    (false, Stream::Error) => "raises with a message".to_owned(),
                    (false, _) => format!("prints on {}", word(stream)),
                };
                let title = format!("`{}` {does}, and nothing is held against it", cells[0].id.recipe);
                let help = match (console, stream) {
                    (true, _) => "show the output under its command, or send it to /dev/null",
                    (false, Stream::Stderr) => {
                        "add a `text expect=stderr` fence under the step, or send it to /dev/null"
                    }
                    (false, Stream::Error) => "add a `text expect=error` fence under the step",
                    (false, _) => "add a `text expect` fence under the step, or send it to /dev/null",
                };
                let finding = Finding::warning(self.name(), span, title, help)
                    .label("observed, not asserted")
                    .note(recorded(&cells));
                findings.push(finding.subject(subject(&cells)));
            }
        }
    }
}
