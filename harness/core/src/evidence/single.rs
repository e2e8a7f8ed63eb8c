//! One value out of the evidence of one recipe: the same on every target that is asked, or the piece has to say which. Pure; touches nothing.

use std::ops::Range;

use crate::infra::target::NONE;
use crate::markup::spelling;
use crate::trace::Trace;

use super::answers::excerpt;
use super::book::Found;
use super::content::{Content, Inline};
use super::problem::Problem;
use super::request::Request;
use super::view::{Seen, State, View, lacking};

/// The value of `piece` that all cells in `cells` give, with where it comes from.
///
/// # Errors
/// If a cell gives none, or two give different ones.
pub(super) fn agreed<'a>(
    kind: &'static str,
    range: Range<usize>,
    cells: &[Seen<'a>],
    value: impl Fn(&Seen<'a>, &'a Trace) -> Result<String, String>,
) -> Result<Content, Vec<Problem>> {
    let without: Vec<&Seen<'a>> = cells.iter().filter(|cell| cell.passing.is_none()).collect();
    let mut problems: Vec<Problem> = lacking(&range, &without).into_iter().collect();
    let mut values: Vec<(String, &Seen<'a>, &'a Trace)> = Vec::new();
    for cell in cells {
        let Some(trace) = cell.passing else { continue };
        match value(cell, trace) {
            Ok(value) if value.trim().is_empty() => {
                let title = format!("`{}` gives an empty value", cell.id);
                problems.push(Problem::new(range.clone(), title, "name what prints something").subject(&cell.id));
            }
            Ok(value) => values.push((value, cell, trace)),
            Err(why) => {
                let title = format!("`{}` gives no such value: {why}", cell.id);
                let help = "name what the recipe prints; its trace shows it".to_owned();
                problems.push(Problem::new(range.clone(), title, help).subject(&cell.id));
            }
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some((first, cell, trace)) = values.first() else {
        let title = "no recipe that the piece names has any evidence";
        return Err(vec![Problem::new(range, title, "name a recipe that runs, or take the piece out")]);
    };
    if let Some((other, another, _)) = values.iter().find(|(value, ..)| value != first) {
        let title = format!(
            "the value is not one: `{}` on `{}`, `{}` on `{}`",
            excerpt(first),
            cell.variant(),
            excerpt(other),
            another.variant()
        );
        let help = format!("say which, for example `target={}`", cell.id.target);
        return Err(vec![Problem::new(range, title, help)]);
    }
    let source = source(cell, trace, values.len() - 1);
    Ok(Content::Inline(Inline { kind, value: first.clone(), source }))
}

/// What a reader has to know of evidence that policy still shows.
const LATER: &str = "; target or toolbox changed since then and not verified yet";

/// `recorded by guide/recipe on openssh 9.2p1, 2026-11-20, and 2 more`.
fn source(cell: &Seen<'_>, trace: &Trace, more: usize) -> String {
    let target = if cell.id.target.as_str() == NONE {
        String::new()
    } else {
        let version = trace.versions.get("server").map(|version| format!(" {version}")).unwrap_or_default();
        format!(" on {}{version}", cell.variant())
    };
    let more = if more == 0 { String::new() } else { format!(", and {more} more with the same value") };
    let later = if cell.state == State::Shown { LATER } else { "" };
    format!("recorded by {}/{}{target}, {}{more}{later}", cell.id.guide, cell.id.recipe, trace.recorded_on())
}

/// The cells of a recipe, on the target that `target=` names if it does.
///
/// # Errors
/// If the recipe does not run there.
pub(super) fn cells<'a>(view: &View<'a>, request: &Request<'a>, found: &Found<'a>) -> Result<Vec<Seen<'a>>, Problem> {
    let mut cells = view.cells(found);
    let Some(word) = request.value("target") else { return Ok(cells) };
    let known: Vec<String> = cells.iter().map(|cell| cell.id.target.to_string()).collect();
    cells.retain(|cell| cell.id.target.as_str() == word.text);
    if !cells.is_empty() {
        return Ok(cells);
    }
    let title = format!("`{}` does not run on `{}`", found.recipe.id, word.text);
    let help = match spelling::nearest(word.text, known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("name one of {}", known.join(", ")),
    };
    Err(Problem::new(word.range(), title, help).subject(found.name()))
}
