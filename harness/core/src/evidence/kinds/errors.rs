//! `errors [GUIDE...]`: every Python exception that recipes recorded, by class: what a reader searches for at night. Pure.

use std::collections::BTreeMap;

use crate::event::Part;
use crate::evidence::anchor;
use crate::evidence::book::Found;
use crate::evidence::content::{Block, Cell, Content, Group, Row, Run, Table};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};
use crate::fault::FaultSeen;
use crate::infra::target::NONE;

use super::kind::{Kind, Layout, Meta};
use super::matrix::{named, of_guide};

/// The kind.
pub(super) struct Errors;

impl Kind for Errors {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "errors", form: "errors [GUIDE...]", layout: Layout::Block, words: 0..=64, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let guides = match named(request, view) {
            Ok(guides) => guides,
            Err(problems) => return problems.into(),
        };
        let mut raised: Vec<Raised<'a>> = Vec::new();
        for found in guides.iter().flat_map(|(chapter, guide)| of_guide(chapter, guide)) {
            for cell in view.cells(&found) {
                collect(found, &cell, &mut raised);
            }
        }
        if raised.is_empty() {
            let title = "no trace that passes holds an exception";
            let help = "name guides whose recipes raise one, or take the piece out";
            return vec![Problem::new(request.piece.range.clone(), title, help)].into();
        }
        Ok(Content::Block(block(request, &raised))).into()
    }
}

/// One message of one recipe, on every target that gave it.
struct Raised<'a> {
    class: &'a str,
    message: String,
    /// What was made to go wrong meanwhile, in words.
    fault: Option<String>,
    found: Found<'a>,
    /// The number of the first step that raised it.
    step: usize,
    targets: Vec<(String, Option<&'a str>)>,
}

fn collect<'a>(found: Found<'a>, cell: &Seen<'a>, raised: &mut Vec<Raised<'a>>) {
    let Some(trace) = cell.passing else { return };
    for record in trace.steps.iter().filter(|record| record.at.part == Part::Recipe) {
        let Some(error) = &record.error else { continue };
        let fault = record.fault.as_deref().map(FaultSeen::words);
        let message = message(error.text.as_str(), &error.class);
        let target = (cell.variant(), trace.versions.get("server").map(String::as_str));
        let same = raised.iter_mut().find(|other| {
            other.class == error.class
                && other.message == message
                && other.fault == fault
                && std::ptr::eq(other.found.recipe, found.recipe)
        });
        match same {
            Some(same) if same.targets.contains(&target) => {}
            Some(same) => same.targets.push(target),
            None => {
                let step = record.at.step;
                raised.push(Raised { class: &error.class, message, fault, found, step, targets: vec![target] });
            }
        }
    }
}

/// `Type: message` without its type, which the group's head says.
fn message(text: &str, class: &str) -> String {
    let bare = text.strip_prefix(class).and_then(|rest| rest.strip_prefix(':').or(rest.is_empty().then_some(rest)));
    bare.unwrap_or(text).trim().to_owned()
}

fn block(request: &Request<'_>, raised: &[Raised<'_>]) -> Block {
    let mut classes: BTreeMap<&str, Vec<&Raised<'_>>> = BTreeMap::new();
    for error in raised {
        classes.entry(error.class).or_default().push(error);
    }
    let many = classes.len();
    let faults = raised.iter().any(|error| error.fault.is_some());
    let groups = classes.into_iter().map(|(class, mut errors)| {
        errors.sort_by(|one, other| one.message.cmp(&other.message));
        let rows = errors.into_iter().map(|error| row(request, error, faults)).collect();
        Group { title: vec![Run::Code(class.to_owned())], rows }
    });
    let classes = if many == 1 { "class" } else { "classes" };
    let messages = if raised.len() == 1 { "message" } else { "messages" };
    let caption = format!("Recorded exceptions: {} {messages} of {many} {classes}", raised.len());
    let fault = faults.then(|| Cell::words("Fault"));
    let head = [Cell::words("Message"), Cell::words("Recorded on")].into_iter().chain(fault);
    let head = head.chain([Cell::words("Read more")]);
    let table = Table { caption: vec![Run::Words(caption)], head: head.collect(), groups: groups.collect() };
    Block { kind: "errors", open: vec![table], folded: None, notes: Vec::new() }
}

fn row(request: &Request<'_>, error: &Raised<'_>, faults: bool) -> Row {
    let head = if error.message.is_empty() { Cell::words("no message") } else { Cell::code(&error.message) };
    let mut targets = Cell::default();
    for (at, (target, version)) in error.targets.iter().enumerate() {
        if at > 0 {
            targets.runs.push(Run::Break);
        }
        targets.runs.push(if target == NONE { Run::words("no service") } else { Run::Code(target.clone()) });
        if let Some(version) = version {
            targets.runs.extend([Run::words(" "), Run::Code((*version).to_owned())]);
        }
    }
    let fault = faults.then(|| Cell::words(error.fault.as_deref().unwrap_or("none")));
    let step = error.found.recipe.steps.iter().find(|step| step.number == error.step);
    let link = anchor::link_to(request.chapter, &error.found, step, error.found.name());
    let more = Cell { mark: None, runs: vec![link] };
    Row { head, cells: std::iter::once(targets).chain(fault).chain([more]).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_what_stands_behind_its_class() {
        for (text, class, expected) in [
            ("NotFound: no such file: x", "NotFound", "no such file: x"),
            ("NotFound", "NotFound", ""),
            ("NotFound: ", "NotFound", ""),
            ("NotFoundError: x", "NotFound", "NotFoundError: x"),
            ("something else", "NotFound", "something else"),
        ] {
            assert_eq!(message(text, class), expected);
        }
    }
}
