//! `capability RECIPE...`: what each target can do, by what recipes printed as `name: yes` or `name: no` there. Pure.

use crate::evidence::anchor;
use crate::evidence::book::Book;
use crate::evidence::columns::{Column, columns};
use crate::evidence::content::{Block, Cell, Content, Group, Mark, Row, Run, Table};
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};

use super::kind::{Kind, Layout, Meta, Reads};
use super::observed::{self, Observed};

/// The kind.
pub(super) struct Capability;

impl Kind for Capability {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "capability",
            form: "capability RECIPE... [step=N]",
            layout: Layout::Block,
            words: 1..=32,
            keys: &["step"],
        }
    }

    fn reads<'a>(&self, request: &Request<'a>, book: Book<'a>) -> Vec<Reads<'a>> {
        observed::reads(request, book)
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let (recipes, problems) = observed::observed(request, view);
        if !problems.is_empty() {
            return problems.into();
        }
        Ok(Content::Block(block(request, &recipes, view))).into()
    }
}

fn block<'a>(request: &Request<'a>, recipes: &[Observed<'a>], view: &View<'a>) -> Block {
    let found: Vec<_> = recipes.iter().map(|recipe| recipe.found).collect();
    let columns = columns(&found, view);
    let seen: Vec<Seen<'a>> = recipes.iter().flat_map(|recipe| recipe.cells.clone()).collect();
    let head = std::iter::once(Cell::words("Can it")).chain(columns.iter().map(|column| column.dated(&seen)));
    let groups = recipes.iter().map(|recipe| {
        let rows = recipe.names(&columns).into_iter().map(|name| Row {
            head: Cell::words(name),
            cells: columns.iter().map(|column| answer(recipe, column, name)).collect(),
        });
        let title = match recipes.len() {
            0 | 1 => Vec::new(),
            _ => vec![anchor::link(request.chapter, &recipe.found, recipe.found.recipe.id.as_str())],
        };
        Group { title, rows: rows.collect() }
    });
    let caption = vec![Run::words("What was seen to work on each target")];
    let table = Table { caption, head: head.collect(), groups: groups.collect() };
    Block { kind: "capability", open: vec![table], folded: None, notes: Vec::new() }
}

fn answer(recipe: &Observed<'_>, column: &Column, name: &str) -> Cell {
    match recipe.said(column, name) {
        Some(Some(value)) => match value.to_ascii_lowercase().as_str() {
            "yes" | "true" => Cell::marked(Mark::Verified, "yes"),
            "no" | "false" => Cell::marked(Mark::Skipped, "no"),
            _ => Cell::code(value),
        },
        Some(None) => Cell::words("not said"),
        None if column.of(&recipe.cells).is_none() && !column.unverified => Cell::words("not run there"),
        None => Cell::marked(Mark::NotVerified, "not verified here"),
    }
}
