//! old-evidence: a trace is older than the book's policy likes.

use crate::finding::Finding;

use super::context::{CellContext, Context};
use super::missing_evidence::{run, subject};
use super::rule::{Meta, Rule, meta};
use super::stale_recipe::recorded;

/// The rule.
pub(super) struct OldEvidence;

impl Rule for OldEvidence {
    fn meta(&self) -> &'static Meta {
        meta!("old-evidence", Evidence, Warning, "a trace is older than the policy `old-evidence` allows")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let limit = context.inputs.book.policy.old_evidence;
        for cells in context.recipes() {
            let age =
                |cell: &CellContext<'_>| cell.trace().map(|trace| context.inputs.today.days_since(trace.recorded_on()));
            let old: Vec<&CellContext<'_>> =
                cells.iter().filter(|cell| age(cell).is_some_and(|days| days > i64::from(limit))).collect();
            let Some(first) = old.first() else { continue };
            let days = old.iter().filter_map(|cell| age(cell)).max().unwrap_or_default();
            let title = format!("the evidence for `{}` is {days} days old; the policy is {limit}", first.id.recipe);
            let mut finding =
                Finding::warning(self.name(), first.place(), title, format!("{}, and commit the trace", run(&old)))
                    .subject(subject(&old));
            for cell in old {
                finding = recorded(finding, cell);
            }
            findings.push(finding);
        }
    }
}
