//! broken-evidence: a generated piece of a page that names what is not there, or whose evidence is missing, stale or failed.

use crate::finding::Finding;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct BrokenEvidence;

impl Rule for BrokenEvidence {
    fn meta(&self) -> &'static Meta {
        meta!(
            "broken-evidence",
            Evidence,
            Error,
            "an `{{#evidence}}` piece that names what is not there, or whose evidence is missing, stale or failed"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for piece in &context.pieces {
            for problem in piece.resolved.problems.iter().filter(|problem| !problem.pending) {
                let span = piece.chapter.span(problem.range.clone());
                let mut finding = Finding::error(self.name(), span, problem.title.clone(), problem.help.clone());
                finding.notes.clone_from(&problem.notes);
                finding.subject.clone_from(&problem.subject);
                findings.push(finding);
            }
        }
    }
}
