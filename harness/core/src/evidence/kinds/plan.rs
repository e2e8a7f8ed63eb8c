//! `plan`: which guides there are to be, by phase, with verdict, cost and what each still waits for, as the `plan:` entries of front matter
//! say it and evidence completes it. Pure.

use serde_json::{Map, Value};

use crate::evidence::anchor;
use crate::evidence::content::{Block, Cell, Content, Group, Mark, Row, Run, Table};
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};
use crate::markup::model::{Chapter, Guide};

use super::guides::spoken;
use super::kind::{Kind, Layout, Meta};
use super::matrix::of_guide;

/// The kind.
pub(super) struct Plan;

/// The key of a `plan:` entry that lists guides which nobody has written yet.
const PLANNED: &str = "planned";

impl Kind for Plan {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "plan", form: "plan", layout: Layout::Block, words: 0..=0, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let mut rows: Vec<(String, Row)> = Vec::new();
        let mut problems = Vec::new();
        for (chapter, guide) in view.book.guides() {
            let name = guide.front.guide.as_str();
            let plan = match &guide.front.plan {
                Value::Null => continue,
                Value::Object(plan) => plan,
                _ => {
                    problems.push(unreadable(request, chapter, name, "is no mapping"));
                    continue;
                }
            };
            if !plan.contains_key("phase") && !plan.contains_key(PLANNED) {
                problems.push(unreadable(request, chapter, name, "has neither `phase` nor `planned`"));
            }
            if plan.contains_key("phase") {
                let link = anchor::place(request.chapter, chapter, None, name);
                let cells: Vec<Seen<'a>> = of_guide(chapter, guide).flat_map(|found| view.cells(&found)).collect();
                rows.push(row(Cell { mark: None, runs: vec![link] }, plan, written(guide, &cells)));
            }
            let planned = plan.get(PLANNED);
            if planned.is_some_and(|planned| !planned.is_array()) {
                problems.push(unreadable(request, chapter, name, "has a `planned` that is no list"));
            }
            for planned in planned.and_then(Value::as_array).into_iter().flatten() {
                match planned.as_object().and_then(|plan| Some((plan, plan.get("guide")?.as_str()?))) {
                    Some((plan, name)) => {
                        let state = (Cell::marked(Mark::NotVerified, "not written"), Vec::new());
                        rows.push(row(Cell::words(name), plan, state));
                    }
                    None => {
                        problems.push(unreadable(request, chapter, name, "plans a guide without `guide: NAME`"));
                    }
                }
            }
        }
        if rows.is_empty() && problems.is_empty() {
            let title = "no front matter says `plan:` with a phase";
            let help =
                "write `plan: {phase: 1, verdict: ..., cost: ...}` in a guide's front matter, or take the piece out";
            problems.push(Problem::new(request.piece.range.clone(), title, help));
        }
        if problems.is_empty() { Ok(Content::Block(block(rows))).into() } else { problems.into() }
    }
}

fn unreadable(request: &Request<'_>, chapter: &Chapter, guide: &str, why: &str) -> Problem {
    let help = "write `plan: {phase: 1, verdict: ..., cost: ..., waits: ...}`, or `plan: {planned: [{guide: NAME, phase: 1}]}`";
    let front = chapter.text.text.get(chapter.front_matter.clone()).unwrap_or_default();
    let line = front.lines().position(|line| line.starts_with("plan")).map_or(1, |at| at + 1);
    let title = format!("the `plan:` of `{guide}` {why} ({}:{line})", chapter.path);
    Problem::new(request.piece.range.clone(), title, help)
}

/// How far a guide is, and what it waits for besides what its `plan:` says.
fn written(guide: &Guide, cells: &[Seen<'_>]) -> (Cell, Vec<String>) {
    let verified = cells.iter().filter(|cell| cell.state.passes()).count();
    let words = format!("{verified} of {} verified", cells.len());
    let told = match cells.len() {
        0 => Cell::words("holds no recipe"),
        all if all == verified => Cell::marked(Mark::Verified, words),
        _ => Cell::marked(Mark::NotVerified, words),
    };
    let skipped = guide.recipes.iter().filter_map(|recipe| recipe.skip.as_ref()).map(|(reason, _)| spoken(reason));
    let targets = guide.front.unverified.iter().map(|(target, _)| format!("a run on {target}"));
    let mut waits: Vec<String> = Vec::new();
    for wait in skipped.chain(targets) {
        if !waits.contains(&wait) {
            waits.push(wait);
        }
    }
    (told, waits)
}

fn row(head: Cell, plan: &Map<String, Value>, (state, more): (Cell, Vec<String>)) -> (String, Row) {
    let text = |key: &str| plan.get(key).map(said).unwrap_or_default();
    let own = match plan.get("waits") {
        Some(Value::Array(list)) => list.iter().map(said).collect(),
        Some(value) => vec![said(value)],
        None => Vec::new(),
    };
    let mut waits = Cell::default();
    for (at, wait) in own.into_iter().chain(more).enumerate() {
        waits.runs.extend((at > 0).then_some(Run::Break).into_iter().chain([Run::Words(wait)]));
    }
    if waits.runs.is_empty() {
        waits = Cell::words("nothing");
    }
    (text("phase"), Row { head, cells: vec![state, Cell::words(text("verdict")), Cell::words(text("cost")), waits] })
}

/// A value as it was typed.
fn said(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn block(rows: Vec<(String, Row)>) -> Block {
    let mut phases: Vec<&String> = rows.iter().map(|(phase, _)| phase).collect();
    phases.sort();
    phases.dedup();
    let group = |phase: &&String| {
        let rows = rows.iter().filter(|(of, _)| of == *phase).map(|(_, row)| row.clone()).collect();
        Group { title: vec![Run::Words(format!("Phase {phase}"))], rows }
    };
    let groups: Vec<Group> = phases.iter().map(group).collect();
    let head = ["Guide", "Evidence", "Verdict", "Cost", "Waits for"].map(Cell::words).into();
    let caption = vec![Run::Words(format!("Planned guides: {}", rows.len()))];
    Block { kind: "plan", open: vec![Table { caption, head, groups }], folded: None, notes: Vec::new() }
}
