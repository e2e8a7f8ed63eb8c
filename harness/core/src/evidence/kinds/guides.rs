//! `guides [GUIDE...]`: how much of every guide is verified on every target, and everything that is not run, with its reason. Pure.

use crate::evidence::anchor;
use crate::evidence::book::Found;
use crate::evidence::columns::{Column, columns};
use crate::evidence::content::{Block, Cell, Content, Group, Mark, Row, Run, Table};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};
use crate::infra::target::Target;
use crate::markup::model::FenceClass;

use super::kind::{Kind, Layout, Meta};
use super::matrix::{Named, named, of_guide};

/// The kind.
pub(super) struct Guides;

impl Kind for Guides {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "guides", form: "guides [GUIDE...]", layout: Layout::Block, words: 0..=64, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let guides = match named(request, view) {
            Ok(guides) => guides,
            Err(problems) => return problems.into(),
        };
        let guides: Vec<Named<'a>> = guides.into_iter().filter(|(_, guide)| !guide.recipes.is_empty()).collect();
        if guides.is_empty() {
            let help = "name a guide with recipes, or take the piece out";
            return vec![Problem::new(request.piece.range.clone(), "no guide with recipes is left to list", help)]
                .into();
        }
        let open = [Some(totals(request, &guides, view)), not_run(request, &guides, view)];
        let open = open.into_iter().flatten().collect();
        Ok(Content::Block(Block { kind: "guides", open, folded: None, notes: Vec::new() })).into()
    }
}

fn totals<'a>(request: &Request<'a>, guides: &[Named<'a>], view: &View<'a>) -> Table {
    let recipes: Vec<Found<'a>> = guides.iter().flat_map(|(chapter, guide)| of_guide(chapter, guide)).collect();
    let columns = columns(&recipes, view);
    let all: Vec<Seen<'a>> = recipes.iter().flat_map(|found| view.cells(found)).collect();
    let rows = guides.iter().map(|(chapter, guide)| {
        let name = guide.front.guide.as_str();
        let head = Cell { mark: None, runs: vec![anchor::place(request.chapter, chapter, None, name)] };
        let seen: Vec<Seen<'a>> = of_guide(chapter, guide).flat_map(|found| view.cells(&found)).collect();
        let general = |column: &Column| guide.front.unverified.iter().any(|(id, _)| *id == column.target);
        let cells = columns.iter().map(|column| {
            let of = |cell: &&Seen<'a>| cell.id.target == column.target && cell.id.toolbox == column.toolbox;
            let here: Vec<&Seen<'a>> = seen.iter().filter(of).collect();
            match share(&here) {
                Some(cell) => cell,
                None if general(column) => Cell::marked(Mark::NotVerified, "not verified here"),
                None => Cell::words("not run"),
            }
        });
        let sum = share(&seen.iter().collect::<Vec<_>>()).unwrap_or_default();
        Row { head, cells: cells.chain([sum]).collect() }
    });
    let rows = rows.collect();
    let verified = all.iter().filter(|cell| cell.state.passes()).count();
    let days: Vec<&str> = all.iter().filter_map(|cell| cell.passing).map(|trace| trace.recorded.as_str()).collect();
    let mut caption = vec![Run::Words(format!("Guides by target: {verified} of {} runs verified", all.len()))];
    if let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) {
        let day = |moment: &str| Run::Day(moment.to_owned());
        caption.extend([Run::words(", the oldest of "), day(first), Run::words(", the newest of "), day(last)]);
    }
    let head = std::iter::once(Cell::words("Guide")).chain(columns.iter().map(|column| column.head(&all)));
    let head = head.chain([Cell::words("All")]).collect();
    Table { caption, head, groups: vec![Group { title: Vec::new(), rows }] }
}

/// How many of the cells are verified; nothing for none.
fn share(cells: &[&Seen<'_>]) -> Option<Cell> {
    let verified = cells.iter().filter(|cell| cell.state.passes()).count();
    let words = format!("{verified} of {} verified", cells.len());
    match cells.len() {
        0 => None,
        all if all == verified => Some(Cell::marked(Mark::Verified, words)),
        _ => Some(Cell::marked(Mark::NotVerified, words)),
    }
}

/// What stands in the guides and is not run: recipes that wait, fences for illustration, targets that nothing starts.
fn not_run<'a>(request: &Request<'a>, guides: &[Named<'a>], view: &View<'a>) -> Option<Table> {
    let mut rows = Vec::new();
    for (chapter, guide) in guides {
        let name = &guide.front.guide;
        for found in of_guide(chapter, guide) {
            if let Some((reason, until)) = &found.recipe.skip {
                let until = until.as_ref().map(|day| format!(", until {day}")).unwrap_or_default();
                let why = format!("{}{until}", spoken(reason));
                rows.push(row(
                    anchor::link(request.chapter, &found, found.name()),
                    Mark::Skipped,
                    "skipped recipe",
                    why,
                ));
            }
        }
        for fence in &chapter.fences {
            if let FenceClass::Illustrative(reason) = &fence.class {
                let link =
                    anchor::place(request.chapter, chapter, Some(fence), format!("{name}, `{}`", fence.language));
                rows.push(row(link, Mark::Skipped, "shown, never run", spoken(reason)));
            }
        }
        for (target, _) in &guide.front.unverified {
            let why = view.targets.get(target).map(why_not).unwrap_or_default();
            let link = anchor::place(request.chapter, chapter, None, format!("{name} on {target}"));
            rows.push(row(link, Mark::NotVerified, "documented, not verified here", why));
        }
    }
    let head = ["Where", "What", "Why"].map(Cell::words).into();
    let caption = vec![Run::Words(format!("Not run: {}", rows.len()))];
    (!rows.is_empty()).then(|| Table { caption, head, groups: vec![Group { title: Vec::new(), rows }] })
}

/// Why nothing was run on a target that a guide lists as unverified.
fn why_not(target: &Target) -> String {
    let pulled = target.spec.container.as_ref().and_then(|container| container.image.pull.as_ref());
    match (target.not_runnable(), pulled) {
        (Some(why), _) => why,
        (None, Some(image)) => format!("needs the public image {image}"),
        (None, None) => "no recipe of this guide was run on it".to_owned(),
    }
}

fn row(link: Run, mark: Mark, what: &str, why: String) -> Row {
    Row { head: Cell { mark: None, runs: vec![link] }, cells: vec![Cell::marked(mark, what), Cell::words(why)] }
}

/// A reason as words: attributes hold no spaces.
pub(super) fn spoken(reason: &str) -> String {
    reason.replace(['-', '_'], " ")
}
