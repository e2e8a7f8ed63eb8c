//! `matrix [GUIDE...]`: how every recipe of guides stands on every target. Pure.

use crate::evidence::anchor;
use crate::evidence::book::Found;
use crate::evidence::columns::{Column, columns};
use crate::evidence::content::{Block, Cell, Content, Group, Mark, Row, Run, Table};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, State, View};
use crate::infra::target::NONE;
use crate::markup::model::{Chapter, Guide};

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Matrix;

impl Kind for Matrix {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "matrix", form: "matrix [GUIDE...]", layout: Layout::Block, words: 0..=64, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        match named(request, view) {
            Ok(guides) => {
                let recipes: Vec<Found<'a>> =
                    guides.iter().flat_map(|(chapter, guide)| of_guide(chapter, guide)).collect();
                if recipes.is_empty() {
                    let help = "name a guide with recipes, or take the piece out";
                    let title = "no recipe is left to list";
                    return vec![Problem::new(request.piece.range.clone(), title, help)].into();
                }
                Ok(Content::Block(block(request, &guides, &recipes, view))).into()
            }
            Err(problems) => problems.into(),
        }
    }
}

/// A guide with its chapter.
pub(super) type Named<'a> = (&'a Chapter, &'a Guide);

/// The page's own guide; every guide on a page that is none.
pub(super) fn own<'a>(request: &Request<'a>, view: &View<'a>) -> Vec<Named<'a>> {
    match &request.chapter.guide {
        Some(guide) => vec![(request.chapter, guide)],
        None => view.book.guides().collect(),
    }
}

/// The guides that a piece names; without a name, [`own`].
pub(super) fn named<'a>(request: &Request<'a>, view: &View<'a>) -> Result<Vec<Named<'a>>, Vec<Problem>> {
    if request.plain.is_empty() {
        return Ok(own(request, view));
    }
    let (mut guides, mut problems) = (Vec::new(), Vec::new());
    for word in &request.plain {
        match view.book.guide(*word) {
            Ok(found) => guides.push(found),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(guides) } else { Err(problems) }
}

/// The recipes of a guide.
pub(super) fn of_guide<'a>(chapter: &'a Chapter, guide: &'a Guide) -> impl Iterator<Item = Found<'a>> {
    guide.recipes.iter().map(move |recipe| Found { chapter, guide, recipe })
}

fn block<'a>(request: &Request<'a>, guides: &[Named<'a>], recipes: &[Found<'a>], view: &View<'a>) -> Block {
    let columns = columns(recipes, view);
    let seen: Vec<Seen<'a>> = recipes.iter().flat_map(|found| view.cells(found)).collect();
    let head = std::iter::once(Cell::words("Recipe")).chain(columns.iter().map(|column| column.head(&seen)));
    let groups = guides.iter().filter(|(_, guide)| !guide.recipes.is_empty()).map(|(chapter, guide)| {
        let rows = of_guide(chapter, guide).map(|found| row(request, &found, &columns, view)).collect();
        let title = if guides.len() > 1 { vec![Run::Code(guide.front.guide.to_string())] } else { Vec::new() };
        Group { title, rows }
    });
    let verified = seen.iter().filter(|cell| cell.state.passes()).count();
    let caption = format!("Recipes by target: {verified} of {} verified", seen.len());
    let table = Table { caption: vec![Run::Words(caption)], head: head.collect(), groups: groups.collect() };
    Block { kind: "matrix", open: vec![table], folded: None, notes: Vec::new() }
}

fn row<'a>(request: &Request<'a>, found: &Found<'a>, columns: &[Column], view: &View<'a>) -> Row {
    let cells = view.cells(found);
    let head = Cell { mark: None, runs: vec![anchor::link(request.chapter, found, found.recipe.id.as_str())] };
    // A recipe that runs somewhere of its own is not meant for what its guide documents without a run.
    let front = &found.guide.front;
    let general = front.targets.iter().any(|(id, _)| found.recipe.targets.contains(id));
    let unverified = |column: &Column| general && front.unverified.iter().any(|(id, _)| *id == column.target);
    let cells = columns.iter().map(|column| match column.of(&cells) {
        Some(cell) => state(found, cell),
        None if unverified(column) => Cell::marked(Mark::NotVerified, "not verified here"),
        None if column.target.as_str() == NONE => Cell::words("needs a service"),
        None => Cell::words("not run there"),
    });
    Row { cells: cells.collect(), head }
}

fn state(found: &Found<'_>, cell: &Seen<'_>) -> Cell {
    let Some(trace) = cell.passing else {
        return match &cell.state {
            State::Skipped(_) => Cell::marked(Mark::Skipped, cell.state.why()),
            state => Cell::marked(Mark::NotVerified, format!("not verified here: {}", state.why())),
        };
    };
    let (mark, words) = match found.recipe.diverges_on(&cell.id.target) {
        true => (Mark::Diverges, "diverges as written, "),
        false => (Mark::Verified, "verified "),
    };
    let cell_words = Cell::marked(mark, words).and([Run::Day(trace.recorded.clone())]);
    match cell.state {
        State::Shown => cell_words.and([Run::words("; target or toolbox changed since then and not verified yet")]),
        _ => cell_words,
    }
}
