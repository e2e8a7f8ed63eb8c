//! over-budget: something of the book costs more to judge than the gate spends. Reading the checkout finds what is too large; here is told
//! which comparisons were given up.

use crate::finding::Finding;

use super::context::Context;
use super::failed_evidence::{alike, recorded};
use super::judgement::Fault;
use super::missing_evidence::subject;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct OverBudget;

impl Rule for OverBudget {
    fn meta(&self) -> &'static Meta {
        meta!("over-budget", Output, Error, "something of the book costs more to judge than the gate spends")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            // Once for a recipe: what is past the bound of a check is past it for all the steps that follow.
            let costly = alike(cells, |fault| matches!(fault, Fault::Costly(_))).into_iter().next();
            let Some((verdict, cells)) = costly else { continue };
            let Fault::Costly(cost) = &verdict.fault else { continue };
            let title = format!("the output of `{}` was not compared: it would cost too much", cells[0].id.recipe);
            let help = format!("{cost}; the manual's chapter on the gate lists the bounds");
            let finding = Finding::error(self.name(), verdict.span.clone(), title, help)
                .label("given up here")
                .note("the same inputs cost the same on every machine: a faster one does not help")
                .note(recorded(&cells));
            findings.push(finding.subject(subject(&cells)));
        }
    }
}
