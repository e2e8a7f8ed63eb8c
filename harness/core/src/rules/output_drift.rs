//! output-drift: the recorded output is not what the guide says.

use crate::finding::Finding;

use super::context::Context;
use super::failed_evidence::{alike, recorded};
use super::judgement::{Fault, word};
use super::missing_evidence::{run, subject};
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct OutputDrift;

impl Rule for OutputDrift {
    fn meta(&self) -> &'static Meta {
        meta!("output-drift", Output, Error, "the recorded output is not what the guide says")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for cells in context.recipes() {
            for (verdict, cells) in
                alike(cells, |fault| matches!(fault, Fault::Drift { .. } | Fault::BadPattern { .. }))
            {
                let recipe = format!("{}/{}", cells[0].id.guide, cells[0].id.recipe);
                let span = verdict.span.clone();
                let finding = match &verdict.fault {
                    Fault::Drift { stream, diff } => {
                        let title = format!(
                            "`{}` printed something else on {} than the guide says",
                            cells[0].id.recipe,
                            word(*stream)
                        );
                        let help = format!(
                            "if the recorded output is right, run `dogfood accept {recipe}`; if the guide is, mend the recipe and {}",
                            run(&cells)
                        );
                        Finding::error(self.name(), span, title, help).label("differs from here on").diff(diff.clone())
                    }
                    Fault::BadPattern { why } => {
                        let help = "mend the pattern; the manual's chapter on markup lists them";
                        Finding::error(
                            self.name(),
                            span,
                            format!("the expected output of `{}` cannot be read: {why}", cells[0].id.recipe),
                            help,
                        )
                    }
                    Fault::Costly(_) | Fault::Failed { .. } | Fault::Unasserted { .. } => continue,
                };
                findings.push(finding.note(recorded(&cells)).subject(subject(&cells)));
            }
        }
    }
}
