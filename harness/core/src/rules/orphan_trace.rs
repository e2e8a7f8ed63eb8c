//! orphan-trace: a trace that no recipe of the book asks for.

use std::collections::{BTreeMap, BTreeSet};

use crate::budget;
use crate::event::CellId;
use crate::finding::Finding;
use crate::markup::model::Guide;
use crate::name::Id;
use crate::place::{RelPath, Span};
use crate::trace;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct OrphanTrace;

impl Rule for OrphanTrace {
    fn meta(&self) -> &'static Meta {
        meta!("orphan-trace", Evidence, Error, "a trace that no recipe of the book asks for")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let others = context.skipped.iter().map(|cell| &cell.id).chain(&context.left_out).map(trace::path);
        let wanted: BTreeSet<RelPath> = context.cells.iter().map(|cell| cell.path.clone()).chain(others).collect();
        let guides: BTreeMap<&Id, &Guide> =
            context.inputs.guides().map(|(_, guide)| (&guide.front.guide, guide)).collect();
        let plain = context.inputs.book.plain();
        // A chapter whose front matter cannot be read is told as that; its traces are not the fault.
        let unread = context
            .inputs
            .found
            .iter()
            .any(|finding| ["broken-chapter", budget::RULE].contains(&finding.rule))
            || context.inputs.chapters.iter().any(|chapter| chapter.guide.is_none() && !plain.contains(&chapter.path));
        for path in context.inputs.traces.keys().filter(|path| !wanted.contains(*path)) {
            let cell = trace::cell_of(path);
            let guide = cell.as_ref().and_then(|cell| guides.get(&cell.guide).copied());
            if unread && cell.is_some() && guide.is_none() {
                continue;
            }
            findings.push(self.finding(path, cell.as_ref(), guide));
        }
    }
}

impl OrphanTrace {
    fn finding(&self, path: &RelPath, cell: Option<&CellId>, guide: Option<&Guide>) -> Finding {
        let title = match (cell, guide) {
            (None, _) => "no trace belongs at this place".to_owned(),
            (Some(cell), None) => format!("the book has no guide `{}`", cell.guide),
            (Some(cell), Some(guide)) => match guide.recipe(&cell.recipe) {
                None => format!("the guide `{}` has no recipe `{}`", cell.guide, cell.recipe),
                Some(recipe) if !recipe.targets.contains(&cell.target) => {
                    format!("the recipe `{}` does not run on `{}`", cell.recipe, cell.target)
                }
                Some(_) => match &cell.toolbox {
                    Some(toolbox) => format!("the recipe `{}` does not ask for the toolbox `{toolbox}`", cell.recipe),
                    None => {
                        format!("the recipe `{}` asks for a toolbox of its own, and the trace names none", cell.recipe)
                    }
                },
            },
        };
        let finding = Finding::error(
            self.name(),
            Span::top(path.clone()),
            title,
            format!("delete it with `git rm {path}`, or put back what it was recorded from"),
        );
        let finding = finding
            .note("evidence for something that the book does not say proves nothing, and hides that something went");
        match cell {
            Some(cell) => finding.subject(cell),
            None => finding,
        }
    }
}
