//! duplicate-guide: two chapters have one id, and so one folder of traces.

use std::collections::BTreeMap;

use crate::finding::Finding;
use crate::name::Id;
use crate::place::Span;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct DuplicateGuide;

impl Rule for DuplicateGuide {
    fn meta(&self) -> &'static Meta {
        meta!("duplicate-guide", Markup, Error, "two chapters have one guide id")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let mut seen: BTreeMap<&Id, &Span> = BTreeMap::new();
        for (_, guide) in context.inputs.guides() {
            let (id, span) = (&guide.front.guide, &guide.front.guide_span);
            match seen.get(id) {
                Some(first) => {
                    let title = format!("a second guide is called `{id}`");
                    let finding = Finding::error(
                        self.name(),
                        span.clone(),
                        title,
                        "give it an id of its own: the id is also the folder of its traces",
                    );
                    findings.push(finding.related((*first).clone(), "the first one"));
                }
                None => drop(seen.insert(id, span)),
            }
        }
    }
}
