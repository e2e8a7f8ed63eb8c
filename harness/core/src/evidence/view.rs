//! What pieces can tell of: the book, its target files, and how every cell stands. Pure; touches nothing.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::criterion::RecordFile;
use crate::event::CellId;
use crate::infra::target::Target;
use crate::name::Id;
use crate::place::RelPath;
use crate::plan;
use crate::trace::Trace;

use super::book::{Book, Found};
use super::problem::Problem;

/// Everything that a piece can tell of.
#[derive(Debug)]
pub struct View<'a> {
    /// The chapters.
    pub book: Book<'a>,
    /// The target files.
    pub targets: &'a BTreeMap<Id, Target>,
    /// What criterion measured.
    pub criterion: &'a BTreeMap<RelPath, RecordFile>,
    cells: BTreeMap<CellId, (State, Option<&'a Trace>)>,
}

/// How one cell stands, as a page says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its recipe is skipped for now, for the reason.
    Skipped(String),
    /// There is no trace.
    Missing,
    /// There is one that cannot be used.
    Unreadable,
    /// It was recorded from something else than today's text, target or toolbox.
    Stale,
    /// A change under review touches it, and nothing of it was recorded since.
    Pending,
    /// The recorded run failed.
    Failed,
    /// The recorded output is not what the guide says.
    Drifted,
    /// Its target or toolbox moved, and policy still shows the evidence.
    Shown,
    /// The evidence holds.
    Verified,
}

/// One cell of a recipe with its evidence.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The cell.
    pub id: CellId,
    /// How it stands.
    pub state: State,
    /// Its trace, where it passes.
    pub passing: Option<&'a Trace>,
}

impl State {
    /// Whether a page may show the evidence.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Verified | Self::Shown)
    }

    /// Why a cell that does not pass does not, a fragment.
    pub fn why(&self) -> String {
        match self {
            Self::Skipped(reason) => format!("skipped: {}", reason.replace(['-', '_'], " ")),
            Self::Missing | Self::Verified => "never run".to_owned(),
            Self::Unreadable => "its record cannot be used".to_owned(),
            Self::Stale | Self::Shown => "changed since the last run".to_owned(),
            Self::Pending => "changed here, not verified yet".to_owned(),
            Self::Failed => "the last run failed".to_owned(),
            Self::Drifted => "the last run printed something else than the page says".to_owned(),
        }
    }
}

impl<'a> View<'a> {
    /// A view of `book`, where the cells stand as they do.
    pub fn new(
        book: Book<'a>,
        targets: &'a BTreeMap<Id, Target>,
        criterion: &'a BTreeMap<RelPath, RecordFile>,
        cells: impl IntoIterator<Item = (CellId, State, Option<&'a Trace>)>,
    ) -> Self {
        let cells = cells.into_iter().map(|(id, state, trace)| (id, (state, trace))).collect();
        Self { book, targets, criterion, cells }
    }

    /// Every cell of a recipe, in the recipe's order.
    pub fn cells(&self, found: &Found<'_>) -> Vec<Seen<'a>> {
        let ids = plan::cell_ids(found.guide, found.recipe).into_iter();
        let seen = ids.map(|(id, _)| {
            let (state, trace) =
                self.cells.get(&id).map_or((State::Missing, None), |(state, trace)| (state.clone(), *trace));
            Seen { passing: trace.filter(|_| state.passes()), id, state }
        });
        seen.collect()
    }
}

impl Seen<'_> {
    /// `target`, or `target+toolbox`.
    pub fn variant(&self) -> String {
        let toolbox = self.id.toolbox.as_ref().map(|toolbox| format!("+{toolbox}")).unwrap_or_default();
        format!("{}{toolbox}", self.id.target)
    }

    /// What selects the cell on the command line.
    fn selector(&self) -> String {
        let name = format!("{}/{}", self.id.guide, self.id.recipe);
        let here = self.id.target.as_str() == crate::infra::target::NONE || self.id.toolbox.is_some();
        if here { name } else { format!("{name}@{}", self.id.target) }
    }
}

/// What the evidence of cells of one recipe lacks, at `range` of the piece: one problem, whatever number of cells it is; nothing for none.
pub(super) fn lacking(range: &Range<usize>, cells: &[&Seen<'_>]) -> Option<Problem> {
    let (first, rest) = cells.split_first()?;
    let name = format!("{}/{}", first.id.guide, first.id.recipe);
    let places: Vec<String> = cells.iter().map(|cell| format!("`{}`", cell.variant())).collect();
    let places = match places.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    };
    let why = first.state.why();
    let alike = rest.iter().all(|cell| cell.state.why() == why);
    let because = if alike { format!(": {why}") } else { String::new() };
    let title = format!("`{name}` is not verified on {places}{because}");
    let selector = if rest.is_empty() { first.selector() } else { name.clone() };
    let help = match &first.state {
        State::Skipped(_) => format!("take `skip=` off `{name}` and run `dogfood run {name}`, or take the piece out"),
        _ if rest.is_empty() => format!("run `dogfood run {selector}`, and commit the trace"),
        _ => format!("run `dogfood run {selector}`, and commit the traces"),
    };
    let mut problem = Problem::new(range.clone(), title, help);
    for cell in cells.iter().filter(|_| !alike) {
        problem = problem.note(format!("on `{}`: {}", cell.variant(), cell.state.why()));
    }
    problem.pending = cells.iter().all(|cell| cell.state == State::Pending);
    Some(if rest.is_empty() { problem.subject(&first.id) } else { problem.subject(name) })
}
