//! `fastest GROUP...`: which variant of each group is the fastest on each target: a table to decide by. Pure.

use crate::bench::{Line, Verdict};
use crate::evidence::columns::columns;
use crate::evidence::content::{Block, Cell, Content, Group, Mark, Row, Run, Table};
use crate::evidence::measurements::{FoundGroup, digits, group, machines, measured, said};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Fastest;

impl Kind for Fastest {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "fastest", form: "fastest GROUP...", layout: Layout::Block, words: 1..=32, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let (mut found, mut problems) = (Vec::new(), Vec::new());
        for word in &request.plain {
            match group(view.book, request, *word) {
                Ok(group) => found.push((*word, group)),
                Err(problem) => problems.push(problem),
            }
        }
        let recipes: Vec<_> = found.iter().map(|(_, group)| group.found).collect();
        let columns = columns(&recipes, view);
        let all: Vec<Seen<'a>> = recipes.iter().flat_map(|recipe| view.cells(recipe)).collect();
        let (mut rows, mut where_measured) = (Vec::new(), Vec::new());
        for (word, group) in &found {
            let cells = view.cells(&group.found);
            let (seen, wrong) = measured(*word, group, &cells);
            problems.extend::<Vec<Problem>>(wrong);
            where_measured.extend(seen.iter().map(|(_, trace, measured)| (&trace.machine, measured.load)));
            let told = columns.iter().map(|column| {
                let own = seen.iter().find(|(cell, ..)| column.of(std::slice::from_ref(cell)).is_some());
                match own {
                    Some((_, _, measured)) => best(&measured.lines, measured.min_effect),
                    None if column.of(&cells).is_none() && !column.unverified => Cell::words("not run there"),
                    None => Cell::marked(Mark::NotVerified, "not verified here"),
                }
            });
            let head = Cell { mark: None, runs: vec![group.link(request.chapter)] };
            rows.push(Row { cells: std::iter::once(against(group)).chain(told).collect(), head });
        }
        if !problems.is_empty() {
            return problems.into();
        }
        let heads = [Cell::words("Group"), Cell::words("Held against")];
        let told = columns.iter().map(|column| column.head(&all).and(column.later(&all)));
        let head = heads.into_iter().chain(told).collect();
        let caption = vec![Run::words("The fastest variant of each group, by its ratio to the base")];
        let table = Table { caption, head, groups: vec![Group { title: Vec::new(), rows }] };
        Ok(Content::Block(Block {
            kind: "fastest",
            open: vec![table],
            folded: None,
            notes: vec![vec![Run::Words(machines(&where_measured))]],
        }))
        .into()
    }
}

fn against(group: &FoundGroup<'_>) -> Cell {
    group.group.variants.first().map_or_else(Cell::default, |base| Cell::code(base.id.as_str()))
}

/// The variant with the smallest ratio among those that are faster, what cannot be told from it, and what nothing can be told of: that may be
/// faster still.
fn best(lines: &[Line], least: f64) -> Cell {
    let faster = lines.iter().filter_map(|line| match line.verdict {
        Some(Verdict::Faster(ratio)) => Some((line, ratio)),
        _ => None,
    });
    let faster: Vec<_> = faster.collect();
    let untold = untold(lines);
    let Some((line, ratio)) = faster.iter().min_by(|(_, one), (_, two)| one.value.total_cmp(&two.value)) else {
        return Cell::words(format!("none is faster by {} times", digits(least, 3))).and(untold);
    };
    let words = line.verdict.as_ref().map(|verdict| said(verdict, least)).unwrap_or_default();
    let mut cell = Cell::code(line.variant.as_str()).and([Run::words(format!(": {words}"))]);
    // Where intervals overlap, the order of two variants is not shown.
    for (other, beside) in faster.iter().filter(|(other, _)| other.variant != line.variant) {
        if beside.low <= ratio.high {
            cell = cell.and([Run::words("; or "), Run::Code(other.variant.to_string())]);
        }
    }
    cell.and(untold)
}

/// `; cannot be told: X, Y`, where there are such variants.
fn untold(lines: &[Line]) -> Vec<Run> {
    let mut runs = Vec::new();
    for line in lines.iter().filter(|line| line.verdict.is_some_and(|verdict| !verdict.is_result())) {
        runs.push(Run::words(if runs.is_empty() { "; cannot be told: " } else { ", " }));
        runs.push(Run::Code(line.variant.to_string()));
    }
    runs
}
