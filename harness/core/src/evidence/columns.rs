//! The columns of a table over targets: every target (and toolbox) of the recipes, in the order of the front matter, then those that are
//! documented without a run. Pure; touches nothing.

use std::collections::BTreeSet;

use crate::infra::target::{NONE, Protocol};
use crate::name::Id;

use super::book::Found;
use super::content::{Cell, Run};
use super::view::{Seen, State, View};

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) target: Id,
    pub(super) toolbox: Option<Id>,
    /// Listed under `unverified` alone: nothing is ever run on it.
    pub(super) unverified: bool,
}

/// The columns for `recipes`.
pub(super) fn columns(recipes: &[Found<'_>], view: &View<'_>) -> Vec<Column> {
    let cells: Vec<Seen<'_>> = recipes.iter().flat_map(|found| view.cells(found)).collect();
    let fronts = || recipes.iter().map(|found| &found.guide.front);
    let listed = fronts().flat_map(|front| front.targets.iter().map(|(id, _)| id));
    let mut targets: Vec<&Id> = Vec::new();
    for target in listed.chain(cells.iter().map(|cell| &cell.id.target)) {
        if !targets.contains(&target) && cells.iter().any(|cell| cell.id.target == *target) {
            targets.push(target);
        }
    }
    let mut columns: Vec<Column> = Vec::new();
    for target in targets {
        for cell in cells.iter().filter(|cell| cell.id.target == *target) {
            let column = Column { target: target.clone(), toolbox: cell.id.toolbox.clone(), unverified: false };
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    // One that speaks something else than the recipes' targets is documented for other recipes.
    let protocol = |target: &Id| view.targets.get(target).map(|target| target.spec.protocol);
    let spoken: Vec<Protocol> = columns.iter().filter_map(|column| protocol(&column.target)).collect();
    let fits = |target: &Id| spoken.is_empty() || protocol(target).is_none_or(|protocol| spoken.contains(&protocol));
    for (target, _) in fronts().flat_map(|front| &front.unverified) {
        if !columns.iter().any(|column| column.target == *target) && fits(target) {
            columns.push(Column { target: target.clone(), toolbox: None, unverified: true });
        }
    }
    columns
}

impl Column {
    /// The cell of `cells` that belongs here.
    pub(super) fn of<'c, 's>(&self, cells: &'c [Seen<'s>]) -> Option<&'c Seen<'s>> {
        cells.iter().find(|cell| cell.id.target == self.target && cell.id.toolbox == self.toolbox)
    }

    /// The name as text: `target`, `target+toolbox`.
    pub(super) fn name(&self) -> String {
        let toolbox = self.toolbox.as_ref().map(|toolbox| format!("+{toolbox}")).unwrap_or_default();
        format!("{}{toolbox}", self.target)
    }

    /// The head: the target, the toolbox if it is a special one, and the server's version in `seen`.
    pub(super) fn head(&self, seen: &[Seen<'_>]) -> Cell {
        let mut head =
            if self.target.as_str() == NONE { Cell::words("no service") } else { Cell::code(self.target.as_str()) };
        if let Some(toolbox) = &self.toolbox {
            head = head.and([Run::words(" with toolbox "), Run::Code(toolbox.to_string())]);
        }
        let versions: BTreeSet<&String> =
            self.own(seen).filter_map(|cell| cell.passing).filter_map(|trace| trace.versions.get("server")).collect();
        let versions = versions.into_iter().flat_map(|version| [Run::Break, Run::Code(version.clone())]);
        head.and(versions)
    }

    /// The head with the day of its oldest evidence, where it has any.
    pub(super) fn dated(&self, seen: &[Seen<'_>]) -> Cell {
        let moments = self.own(seen).filter_map(|cell| cell.passing).map(|trace| trace.recorded.as_str());
        let oldest = moments.min().map(|moment| [Run::Break, Run::Day(moment.to_owned())]);
        self.head(seen).and(oldest.into_iter().flatten()).and(self.later(seen))
    }

    /// What a reader has to know of evidence here that policy still shows; nothing where there is none.
    pub(super) fn later(&self, seen: &[Seen<'_>]) -> Vec<Run> {
        match self.own(seen).any(|cell| cell.state == State::Shown) {
            true => vec![Run::Break, Run::words("changed since then, not verified yet")],
            false => Vec::new(),
        }
    }

    fn own<'c, 's>(&self, seen: &'c [Seen<'s>]) -> impl Iterator<Item = &'c Seen<'s>> {
        seen.iter().filter(|cell| cell.id.target == self.target && cell.id.toolbox == self.toolbox)
    }
}
