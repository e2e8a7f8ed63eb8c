//! `environment TARGET`: the variables that a target hands to recipes, from its file. Pure.

use crate::evidence::content::{Block, Cell, Content, Group, Row, Run, Table};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::View;
use crate::infra::target::{HandedOver, NONE};
use crate::markup::spelling;
use crate::name::Id;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Environment;

impl Kind for Environment {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "environment", form: "environment TARGET", layout: Layout::Block, words: 1..=1, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let word = request.plain[0];
        let target = Id::new(word.text).ok().and_then(|id| view.targets.get(&id));
        let Some(target) = target else {
            let help = match spelling::nearest(word.text, view.targets.keys().map(Id::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None if word.text == NONE => "`none` hands out nothing: take the piece out".to_owned(),
                None => format!("write `infra/targets/{}.yaml`, or name a target that exists", word.text),
            };
            return vec![Problem::new(word.range(), format!("there is no target `{}`", word.text), help)].into();
        };
        let rows = target
            .spec
            .environment
            .iter()
            .map(|handed| Row { head: Cell::code(&handed.name), cells: vec![Cell::code(&handed.shown), what(handed)] });
        let table = Table {
            caption: vec![Run::words("Variables of the target "), Run::Code(target.id.to_string())],
            head: vec![Cell::words("Variable"), Cell::words("Value on this page"), Cell::words("When recorded")],
            groups: vec![Group { title: Vec::new(), rows: rows.collect() }],
        };
        Ok(Content::Block(Block { kind: "environment", open: vec![table], folded: None, notes: Vec::new() })).into()
    }
}

fn what(handed: &HandedOver) -> Cell {
    match (handed.documented, handed.value == handed.shown) {
        (false, _) => Cell::words("secret: another one in every run, and hidden in what is recorded"),
        (true, true) => Cell::words("the same"),
        (true, false) => Cell::words("chosen by every run, recorded by its name"),
    }
}
