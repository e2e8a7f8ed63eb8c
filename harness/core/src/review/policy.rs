//! Holds what judges a change against the state that it starts from, and puts that in its place: a pull request is not judged by what it
//! brings along. Each difference is a finding of the rule `changed-policy`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::book::config::{BookToml, FILE, Shown};
use crate::checkout::{Inputs, TraceFile};
use crate::criterion::RecordFile;
use crate::event::CellId;
use crate::finding::Finding;
use crate::infra::target::{Target, TargetKind};
use crate::markup::model::{Guide, Recipe};
use crate::place::{RelPath, Span};
use crate::trace;

use super::allows;
use super::changed::changed;
use super::commands::commands;

const RULE: &str = "changed-policy";
/// The rule that names evidence which a change brings for itself. Recording replaces that evidence, so it does not refuse because of it.
pub const OWN_EVIDENCE: &str = "own-evidence";

/// The state that judges.
#[derive(Debug)]
pub struct Judge<'a> {
    /// What people call it, for example `origin/main`.
    pub name: &'a str,
    /// The book in it; its traces need not be read.
    pub base: &'a Inputs,
    /// The texts of its traces.
    pub traces: &'a BTreeMap<RelPath, String>,
    /// Evidence besides that of the base which is believed.
    pub recorded: Option<Recorded<'a>>,
}

/// The evidence of a commit that only people who may record evidence can push.
#[derive(Clone, Copy, Debug)]
pub struct Recorded<'a> {
    /// The texts of its traces.
    pub traces: &'a BTreeMap<RelPath, String>,
    /// Its criterion records.
    pub criterion: &'a BTreeMap<RelPath, RecordFile>,
}

/// Has `judge` judge `now`: its policy, its allows and its traces hold, and what `now` has otherwise is found. A trace that `now` brings
/// of a cell that is listed as changed is `own-evidence`, and the cell stays pending.
pub fn judge(now: &mut Inputs, judge: &Judge<'_>) {
    let mut found = Vec::new();
    policy(now, judge, &mut found);
    plain(now, judge, &mut found);
    programs(now, judge, &mut found);
    targets(now, judge, &mut found);
    recipes(now, judge, &mut found);
    allows::keep_known(now, judge.base);
    traces(now, judge, &mut found);
    records(now, judge, &mut found);
    now.found.extend(found);
}

impl Judge<'_> {
    fn finding(&self, span: Span, title: String) -> Finding {
        let name = self.name;
        Finding::error(
            RULE,
            span,
            title,
            format!("take the change back, or have a maintainer make it on `{name}` first"),
        )
        .note(format!("what a pull request is judged by is taken from `{name}`"))
    }

    /// Whether the trace `text` at `path` is the base's, or one that somebody who may record it recorded.
    fn believes(&self, path: &RelPath, text: &str) -> bool {
        let is_recorded = |recorded: Recorded<'_>| recorded.traces.get(path).is_some_and(|believed| believed == text);
        self.traces.get(path).is_some_and(|before| before == text) || self.recorded.is_some_and(is_recorded)
    }

    fn base_recipe(&self, guide: &Guide, recipe: &Recipe) -> Option<&Recipe> {
        let guides = self.base.guides().map(|(_, guide)| guide);
        guides.filter(|other| other.front.guide == guide.front.guide).find_map(|other| other.recipe(&recipe.id))
    }
}

/// The place of `words` in book.toml; its first line if they do not stand there as they are.
fn in_book(now: &Inputs, words: &str) -> Span {
    let path = RelPath::new(FILE).expect("a file name makes a path");
    in_text(path, &now.book.text, words)
}

fn in_text(path: RelPath, text: &str, words: &str) -> Span {
    match text.find(words) {
        Some(at) => Span::new(path, at..at + words.len()),
        None => Span::top(path),
    }
}

fn policy(now: &mut Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    let (theirs, ours) = (now.book.policy.clone(), judge.base.book.policy.clone());
    let days = [("old-evidence", theirs.old_evidence.to_string(), ours.old_evidence.to_string())];
    let shown = |shown: Shown| format!("process {}, container {}, live {}", shown.process, shown.container, shown.live);
    let shown = [("shown", shown(theirs.shown), shown(ours.shown))];
    let keys = days.into_iter().chain(shown).chain(read_as(&now.book, &judge.base.book));
    for (key, here, there) in keys.filter(|(_, here, there)| here != there) {
        let title = format!("`{key}` is `{here}` here and `{there}` in `{}`", judge.name);
        found.push(judge.finding(in_book(now, key), title).compared(here, there));
    }
    now.book.policy.old_evidence = ours.old_evidence;
    now.book.policy.shown = ours.shown;
}

/// Where the book is read and built, and how its Markdown is: what a page is could change with any of them, and no page would.
fn read_as(now: &BookToml, base: &BookToml) -> Vec<(&'static str, String, String)> {
    let (here, there) = (now.html.style().markdown, base.html.style().markdown);
    vec![
        ("src", now.src.clone(), base.src.clone()),
        ("build-dir", now.build_dir.0.clone(), base.build_dir.0.clone()),
        ("definition-lists", here.definition_lists.to_string(), there.definition_lists.to_string()),
        ("admonitions", here.admonitions.to_string(), there.admonitions.to_string()),
    ]
}

/// A chapter that was none may be plain: nothing was verified on it. One that was there may not become plain.
fn plain(now: &Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    let before = judge.base.book.plain();
    let there: BTreeSet<&RelPath> = judge.base.chapters.iter().map(|chapter| &chapter.path).collect();
    let listed: Vec<&(RelPath, Range<usize>)> = now.book.policy.plain.iter().collect();
    for (chapter, range) in listed.into_iter().filter(|(path, _)| !before.contains(path) && there.contains(path)) {
        let span = Span::new(RelPath::new(FILE).expect("a file name makes a path"), range.clone());
        let title = format!("`{chapter}` is listed as plain here, and is a guide in `{}`", judge.name);
        found.push(judge.finding(span, title));
    }
    for path in now.own_pages.iter().filter(|path| !before.contains(path)) {
        let listed = now.book.policy.plain.iter().find(|(listed, _)| listed == path).map(|(_, range)| range.clone());
        let span = Span::new(RelPath::new(FILE).expect("a file name makes a path"), listed.unwrap_or_default());
        let title = format!("`{path}` takes the place of a page, and is not listed as plain in `{}`", judge.name);
        found.push(judge.finding(span, title));
    }
}

fn programs(now: &Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    let before = commands(&judge.base.book.text);
    for ((section, name), command) in commands(&now.book.text) {
        let title = match before.get(&(section, name.clone())) {
            Some(known) if *known == command => continue,
            Some(known) => {
                format!("`[{section}.{name}]` starts `{command}` here and `{known}` in `{}`", judge.name)
            }
            None => format!("`[{section}.{name}]` starts `{command}`, and is not in `{}`", judge.name),
        };
        found.push(judge.finding(in_book(now, &format!("[{section}.{name}")), title));
    }
}

fn targets(now: &Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    for target in now.targets.values() {
        let before = judge.base.targets.get(&target.id);
        if target.spec.kind == TargetKind::Live && before.is_none_or(|before| before.digest != target.digest) {
            let title = format!("the live target `{}` is not the one of `{}`", target.id, judge.name);
            let span = Span::top(target.path.clone());
            found.push(judge.finding(span, title).note("credentials would go where this file says"));
        }
        for name in before.map(|before| disclosed(before, target)).unwrap_or_default() {
            let text = now.sources.get(&target.path).map_or("", String::as_str);
            let title =
                format!("`{name}` of the target `{}` is a secret in `{}`, and documented here", target.id, judge.name);
            found.push(judge.finding(in_text(target.path.clone(), text, name), title));
        }
    }
}

/// The variables that were secret and are no longer.
fn disclosed<'a>(before: &Target, now: &'a Target) -> Vec<&'a str> {
    let was_secret =
        |name: &str| before.spec.environment.iter().any(|handed| handed.name == name && !handed.documented);
    let documented = now.spec.environment.iter().filter(|handed| handed.documented);
    documented.map(|handed| handed.name.as_str()).filter(|name| was_secret(name)).collect()
}

fn recipes(now: &Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    for (chapter, guide) in now.guides() {
        for recipe in &guide.recipes {
            let Some(before) = judge.base_recipe(guide, recipe) else { continue };
            let declared = secrets(recipe);
            for name in secrets(before).difference(&declared) {
                let title = format!("`{}` no longer declares `secret={name}`", recipe.id);
                let subject = format!("{}/{}", guide.front.guide, recipe.id);
                found.push(judge.finding(chapter.recipe_span(recipe), title).subject(subject));
            }
        }
    }
}

fn secrets(recipe: &Recipe) -> BTreeSet<&str> {
    recipe.steps.iter().flat_map(|step| &step.options.secrets).map(String::as_str).collect()
}

/// What criterion measured is nobody's to bring along: no recipe can be run to hold it against.
fn records(now: &Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    for (path, file) in &now.criterion {
        let is_recorded = judge
            .recorded
            .is_some_and(|recorded| recorded.criterion.get(path).is_some_and(|believed| believed.read == file.read));
        let title = match judge.base.criterion.get(path) {
            Some(before) if before.read == file.read => continue,
            _ if is_recorded => continue,
            Some(_) => format!("the record is not the one of `{}`", judge.name),
            None => format!("the record is not in `{}`", judge.name),
        };
        let finding = judge.finding(Span::top(path.clone()), title);
        found.push(Finding { help: taken_back(judge, path), ..finding });
    }
}

fn taken_back(judge: &Judge<'_>, path: &RelPath) -> String {
    format!("take it back with `git checkout {} -- {path}`, or remove it; a maintainer has it recorded", judge.name)
}

/// Evidence is what a maintainer recorded. A checksum does not say who did: whoever can write the trace can write its checksum.
fn traces(now: &mut Inputs, judge: &Judge<'_>, found: &mut Vec<Finding>) {
    let pending: BTreeMap<RelPath, &CellId> = now.changed.iter().map(|cell| (trace::path(cell), cell)).collect();
    let touched: BTreeSet<RelPath> = changed(now, judge.base).iter().map(trace::path).collect();
    let mut own = Vec::new();
    for (path, file) in now.traces.iter().filter(|(path, file)| !judge.believes(path, &file.text)) {
        if let Some(cell) = pending.get(path) {
            found.push(own_evidence(judge, path, file, cell));
            own.push(path.clone());
            continue;
        }
        let title = match (judge.traces.contains_key(path), touched.contains(path)) {
            (true, false) => {
                format!("the trace is not the one of `{}`, and nothing that it pins has changed", judge.name)
            }
            (true, true) => format!("the trace is not the one of `{}`", judge.name),
            (false, _) => format!("the trace is not in `{}`", judge.name),
        };
        let finding = judge.finding(Span::top(path.clone()), title);
        found.push(Finding { help: taken_back(judge, path), ..finding });
    }
    for path in own {
        // The finding shows a line of it; the cell waits for a trace of somebody else.
        if let Some(file) = now.traces.remove(&path) {
            now.sources.insert(path, file.text);
        }
    }
}

/// What a change recorded of its own recipe. After a merge it would be believed, so somebody else has to record it before.
fn own_evidence(judge: &Judge<'_>, path: &RelPath, file: &TraceFile, cell: &CellId) -> Finding {
    let name = judge.name;
    let claims = match file.sound() {
        Some(trace) => {
            format!(
                "it claims that `{}` recorded it at {}; anybody can write that",
                trace.recorder.word(),
                trace.recorded
            )
        }
        None => "it is not a complete trace".to_owned(),
    };
    let help = format!(
        "a maintainer records it with `dogfood run --pending --base {name} --policy-from {name}` (the workflow docs-record \
         does), and it is believed from then on with `--evidence-from`; until then take it back: `git checkout {name} -- {path}`, \
         or `git rm {path}` if `{name}` does not have it"
    );
    Finding::error(
        OWN_EVIDENCE,
        Span::top(path.clone()),
        format!("the change brings its own evidence of `{cell}`"),
        help,
    )
    .note(claims)
    .subject(cell.to_string())
}
