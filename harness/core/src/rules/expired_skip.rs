//! expired-skip: a step is skipped past the day that its author set.

use crate::date::Date;
use crate::finding::Finding;
use crate::markup::model::FenceClass;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct ExpiredSkip;

impl Rule for ExpiredSkip {
    fn meta(&self) -> &'static Meta {
        meta!("expired-skip", Markup, Warning, "a step is skipped past the day that its author set")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for chapter in &context.inputs.chapters {
            for fence in &chapter.fences {
                let FenceClass::Skip(reason, Some(until)) = &fence.class else { continue };
                if until.parse::<Date>().is_ok_and(|until| until < context.inputs.today) {
                    let title = format!("skipped until {until}, and that is past");
                    let help = "take `skip=` and `until=` away and run the recipe, or set a later day if the reason still holds";
                    findings.push(
                        Finding::warning(self.name(), fence.span.clone(), title, help)
                            .note(format!("the reason given: {reason}")),
                    );
                }
            }
        }
    }
}
