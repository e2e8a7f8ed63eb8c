//! `divergence RECIPE...`: what conformance recipes printed as `name: value` on each target, where targets disagree first. Pure.

use crate::evidence::anchor;
use crate::evidence::book::{Book, Found};
use crate::evidence::columns::{Column, columns};
use crate::evidence::content::{Block, Cell, Content, Fold, Group, Mark, Row, Run, Table};
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};

use super::kind::{Kind, Layout, Meta, Reads};
use super::observed::{self, Observed};

/// The kind.
pub(super) struct Divergence;

impl Kind for Divergence {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "divergence",
            form: "divergence RECIPE... [step=N]",
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
        let shows = recipes.iter().any(|recipe| !recipe.answers.is_empty());
        let content = shows.then(|| Content::Block(Tables::of(request, &recipes, view).block()));
        Resolved { content, problems }
    }
}

struct Tables<'t, 'a> {
    request: &'t Request<'a>,
    recipes: &'t [Observed<'a>],
    columns: Vec<Column>,
}

impl<'t, 'a> Tables<'t, 'a> {
    fn of(request: &'t Request<'a>, recipes: &'t [Observed<'a>], view: &View<'a>) -> Self {
        let found: Vec<Found<'a>> = recipes.iter().map(|recipe| recipe.found).collect();
        Self { request, recipes, columns: columns(&found, view) }
    }

    fn block(&self) -> Block {
        let kind = "divergence";
        let differing = self.groups(true, |recipe, name| self.row(recipe, name, true));
        let differs = differing.iter().map(|group| group.rows.len()).sum::<usize>();
        let verified = self.columns.iter().filter(|column| self.is_verified(column)).count();
        if differs == 0 {
            let words = if verified < 2 { "only one target is verified" } else { "no difference was observed" };
            let groups = self.groups(false, |recipe, name| self.row(recipe, name, false));
            let open = vec![Table { caption: self.caption(words), head: self.head(), groups }];
            return Block { kind, open, folded: None, notes: Vec::new() };
        }
        let words = format!("{differs} {} observed", if differs == 1 { "difference" } else { "differences" });
        let open = vec![Table { caption: self.caption(&words), head: self.head(), groups: differing }];
        let same = self.groups(false, |recipe, name| self.same(recipe, name));
        let many = same.iter().map(|group| group.rows.len()).sum::<usize>();
        let folded = (many > 0).then(|| Fold {
            summary: match self.expects() {
                true => format!("The same on every verified target, and as expected: {many}"),
                false => format!("The same on every verified target: {many}"),
            },
            table: Table {
                caption: vec![Run::words("What every verified target answers alike")],
                head: vec![Cell::words("Observed"), Cell::words("On every verified target")],
                groups: same,
            },
        });
        Block { kind, open, folded, notes: Vec::new() }
    }

    fn is_verified(&self, column: &Column) -> bool {
        self.recipes.iter().any(|recipe| recipe.answers.contains_key(&column.name()))
    }

    /// The rows of each recipe for which a verified target `differs` from another or from what is expected, or for which none does.
    fn groups(&self, differs: bool, row: impl Fn(&Observed<'a>, &str) -> Row) -> Vec<Group> {
        let groups = self.recipes.iter().map(|recipe| {
            let names = recipe.names(&self.columns).into_iter().filter(|name| {
                let values: Vec<Option<&str>> =
                    self.columns.iter().filter_map(|column| recipe.said(column, name)).collect();
                let differ = !alike(&values) || values.iter().any(|value| recipe.differs(name, *value));
                differ == differs
            });
            let rows: Vec<Row> = names.map(|name| row(recipe, name)).collect();
            let title = if self.recipes.len() > 1 { vec![self.link(recipe)] } else { Vec::new() };
            Group { title, rows }
        });
        groups.filter(|group| !group.rows.is_empty()).collect()
    }

    fn row(&self, recipe: &Observed<'a>, name: &str, differs: bool) -> Row {
        let mut head = Cell::code(name);
        let expected = recipe.expected(name);
        // Where nothing is expected in general, nobody can say which of two targets is the odd one.
        if differs && expected.is_none() {
            head.mark = Some(Mark::Differs);
            head = head.and([Run::words(" differs")]);
        }
        let cells = self.columns.iter().map(|column| match recipe.said(column, name) {
            Some(Some(value)) if recipe.differs(name, Some(value)) => {
                let cell = shown(value).and([Run::words(" differs")]);
                Cell { mark: Some(Mark::Differs), ..cell }
            }
            Some(Some(value)) => shown(value),
            Some(None) => Cell::words("not said"),
            None if column.of(&recipe.cells).is_none() && !column.unverified => Cell::words("not run there"),
            None => Cell::words("not verified here"),
        });
        let expected = self.expects().then(|| expected.map_or_else(|| Cell::words("not said"), shown));
        Row { cells: expected.into_iter().chain(cells).collect(), head }
    }

    /// Whether the page expects anything in general: then the table has a column for it.
    fn expects(&self) -> bool {
        self.recipes.iter().any(|recipe| !recipe.expected.is_empty())
    }

    fn same(&self, recipe: &Observed<'a>, name: &str) -> Row {
        let value = self.columns.iter().find_map(|column| recipe.said(column, name)?);
        Row { head: Cell::code(name), cells: vec![shown(value.unwrap_or_default())] }
    }

    fn head(&self) -> Vec<Cell> {
        let all: Vec<Seen<'a>> = self.recipes.iter().flat_map(|recipe| recipe.cells.clone()).collect();
        let columns = self.columns.iter().map(|column| {
            if self.is_verified(column) {
                return column.dated(&all);
            }
            let mut head = column.head(&all);
            head.mark = Some(Mark::NotVerified);
            let why = column.of(&all).map(|cell| format!(": {}", cell.state.why())).unwrap_or_default();
            head.and([Run::Break, Run::words(format!("not verified here{why}"))])
        });
        let expected = self.expects().then(|| Cell::words("Expected in general"));
        std::iter::once(Cell::words("Observed")).chain(expected).chain(columns).collect()
    }

    fn caption(&self, words: &str) -> Vec<Run> {
        let mut caption = vec![Run::words("What ")];
        for (at, recipe) in self.recipes.iter().enumerate() {
            if at > 0 {
                caption.push(Run::words(if at + 1 == self.recipes.len() { " and " } else { ", " }));
            }
            caption.push(self.link(recipe));
        }
        caption.push(Run::words(format!(" observed on each target: {words}")));
        caption
    }

    fn link(&self, recipe: &Observed<'a>) -> Run {
        anchor::link(self.request.chapter, &recipe.found, recipe.found.recipe.id.as_str())
    }
}

/// A recorded or expected value.
fn shown(value: &str) -> Cell {
    if value.is_empty() { Cell::words("nothing") } else { Cell::code(value) }
}

/// Whether all values are one.
fn alike(values: &[Option<&str>]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}
