//! A change under review: the checkout, held against the commits that `--base` and `--policy-from` name. Starts git's plumbing; runs nothing of
//! the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use dogfood_core::checkout::{self, Files as _, Inputs, LoadError};
use dogfood_core::criterion::RecordFile;
use dogfood_core::date::Date;
use dogfood_core::event::CellId;
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::{CellState, Report};
use dogfood_core::place::RelPath;
use dogfood_core::review::{self, Judge, Recorded, States};
use dogfood_core::trace;
use dogfood_core::yaml::FileKind;
use mdbook_dogfood::terminal::Shown;

use super::Context;
use crate::cli::JudgeArgs;
use crate::exit::Trouble;
use crate::history::{self, Commit};
use crate::output::{Head, count};

/// The folder of images: a target's pin holds every byte of its image.
const IMAGES: &str = "infra/images";

/// Pending cells, and changes that no rule judges, that are named; the rest is counted.
const NAMED: usize = 20;

/// What the checkout is held against.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Against<'a> {
    /// The commit that the change starts from: what it touches needs no evidence yet.
    pub(crate) base: Option<&'a str>,
    /// The commit that judges.
    pub(crate) policy_from: Option<&'a str>,
    /// The commit whose evidence is believed besides.
    pub(crate) evidence_from: Option<&'a str>,
}

impl<'a> Against<'a> {
    /// The commits as the command line names them.
    pub(crate) fn typed(base: Option<&'a str>, judge: &'a JudgeArgs) -> Self {
        Self { base, policy_from: judge.policy_from.as_deref(), evidence_from: judge.evidence_from.as_deref() }
    }

    /// Loads the checkout around `root`, held against those commits.
    pub(crate) fn load(self, context: &Context, root: &Path, today: Date) -> Result<Inputs, Trouble> {
        let mut inputs = context.load(root, today)?;
        let base = self.base.map(|name| Before::open(root, name, today)).transpose()?;
        if let Some(base) = &base {
            inputs.changed = match &base.book {
                Ok(before) => review::changed(&inputs, before),
                // The change brings the book itself.
                Err(LoadError::NoBook) => every_cell(&inputs),
                Err(error) => return Err(unusable(base.name, error)),
            };
        }
        let Some(name) = self.policy_from else {
            if let Some(base) = &base {
                list_unjudged(&mut inputs, base, root, &base.traces())?;
            }
            return Ok(inputs);
        };
        // Most often it is the same commit, and reading it once is most of the work.
        let before = match base.filter(|base| base.name == name) {
            Some(base) => base,
            None => Before::open(root, name, today)?,
        };
        let base = before.book.as_ref().map_err(|error| unusable(name, error))?;
        let traces = before.traces();
        let evidence = self.evidence_from.map(|name| Evidence::read(root, name, today)).transpose()?;
        let recorded = evidence.as_ref().map(Evidence::recorded);
        review::judge(&mut inputs, &Judge { name, base, traces: &traces, recorded });
        list_unjudged(&mut inputs, &before, root, &traces)?;
        Ok(inputs)
    }
}

/// The book at another commit.
struct Before<'a> {
    name: &'a str,
    commit: Commit,
    book: Result<Inputs, LoadError>,
}

impl<'a> Before<'a> {
    fn open(root: &Path, name: &'a str, today: Date) -> Result<Self, Trouble> {
        let commit = Commit::open(root, name)?;
        Ok(Self { book: checkout::load_book(&commit, today), name, commit })
    }

    /// The texts of its traces.
    fn traces(&self) -> BTreeMap<RelPath, String> {
        let read = |path: RelPath| Some((self.commit.read(&path, FileKind::Trace.max_bytes()).ok()?, path));
        checkout::trace_paths(&self.commit).into_iter().filter_map(read).map(|(text, path)| (path, text)).collect()
    }
}

/// Lists what `inputs` change and no rule judges, against `before`. A change that brings the book itself is new as a whole.
fn list_unjudged(
    inputs: &mut Inputs,
    before: &Before<'_>,
    root: &Path,
    traces: &BTreeMap<RelPath, String>,
) -> Result<(), Trouble> {
    let Ok(base) = &before.book else { return Ok(()) };
    let others = others(root, before, inputs, base)?;
    let states = States { now: inputs, base, name: before.name, traces, others: &others };
    inputs.unjudged = review::unjudged(&states);
    Ok(())
}

/// The files that differ in git between a commit and what is checked out, from the repository's top, but for those of the book that are
/// judged.
fn others(root: &Path, before: &Before<'_>, now: &Inputs, base: &Inputs) -> Result<Vec<String>, Trouble> {
    let (below, changed) = history::changed_files(root, before.name)?;
    let is_read = |inputs: &Inputs, path: &RelPath| inputs.sources.contains_key(path) || path.is_under(trace::FOLDER);
    let is_judged = |file: &&String| {
        let path = file.strip_prefix(&below).and_then(|path| RelPath::new(path).ok());
        path.is_some_and(|path| is_read(now, &path) || is_read(base, &path) || path.is_under(IMAGES))
    };
    Ok(changed.iter().filter(|file| !is_judged(file)).cloned().collect())
}

/// The evidence of a commit that only people who may record evidence can push.
struct Evidence {
    traces: BTreeMap<RelPath, String>,
    criterion: BTreeMap<RelPath, RecordFile>,
}

impl Evidence {
    fn read(root: &Path, name: &str, today: Date) -> Result<Self, Trouble> {
        let commit = Before::open(root, name, today)?;
        let book = commit.book.as_ref().map_err(|error| unusable(name, error))?;
        Ok(Self { traces: commit.traces(), criterion: book.criterion.clone() })
    }

    fn recorded(&self) -> Recorded<'_> {
        Recorded { traces: &self.traces, criterion: &self.criterion }
    }
}

/// The errors for which nothing is recorded of a change: all but those that recording removes.
pub(crate) fn refusals(report: &Report) -> Vec<Finding> {
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.filter(|finding| finding.rule != review::OWN_EVIDENCE).cloned().collect()
}

/// The text of the file at `path`, of at most `limit` bytes, in the commit that `name` names; nothing for a path outside the checkout at `root`.
pub(crate) fn file_of(
    root: &Path,
    name: &str,
    path: &Path,
    limit: usize,
) -> Result<Option<io::Result<String>>, Trouble> {
    let inside = |path: &Path| Some(path.canonicalize().ok()?.strip_prefix(root.canonicalize().ok()?).ok()?.to_owned());
    let below = inside(path).or_else(|| path.strip_prefix(root).ok().map(Path::to_owned));
    let Some(path) = below.and_then(|below| RelPath::new(below.to_str()?).ok()) else { return Ok(None) };
    let read = Commit::open(root, name)?.read(&path, limit);
    Ok(Some(read.map_err(|problem| io::Error::other(format!("in `{name}`: {problem}")))))
}

fn every_cell(inputs: &Inputs) -> BTreeSet<CellId> {
    let recipes = inputs.guides().flat_map(|(_, guide)| guide.recipes.iter().map(move |recipe| (guide, recipe)));
    recipes.flat_map(|(guide, recipe)| dogfood_core::plan::cell_ids(guide, recipe)).map(|(id, _)| id).collect()
}

fn unusable(name: &str, error: &LoadError) -> Trouble {
    Trouble::usage(format!("the book of `{name}` cannot be used: {error}"), "name a commit whose book can be checked")
}

/// The cells that the change touches and that nothing was recorded of since, in a line each.
pub(crate) fn tell_pending(context: &mut Context, report: &Report, base: &str) {
    for cell in pending(report).take(NAMED) {
        context.output.say(Shown(&format!("pending: {cell} changed here, not verified yet")));
    }
    let all = report.counts.pending;
    if all > NAMED {
        context.output.say(format_args!("pending: and {} more", all - NAMED));
    }
    if all > 0 {
        let line = format!("`dogfood run --pending --base {base}` records {}", count(all, "pending cell"));
        context.output.headed(Head::Help, Shown(&line));
    }
}

/// What a change does that no rule judges, in a line each.
pub(crate) fn tell_unjudged(context: &mut Context, inputs: &Inputs) {
    for change in inputs.unjudged.iter().take(NAMED) {
        let line = change.line.map(|line| format!(":{line}")).unwrap_or_default();
        context.output.say(Shown(&format!("not judged: {}{line}: {}", change.file, change.text)));
    }
    if inputs.unjudged.len() > NAMED {
        let more = inputs.unjudged.len() - NAMED;
        context.output.say(format_args!("not judged: and {more} more; the summary of the job and SARIF list them"));
    }
}

/// The same for the summary of a job, as a list of Markdown. Ids hold no character that Markdown knows.
pub(crate) fn pending_list(report: &Report) -> String {
    let lines: Vec<String> =
        pending(report).map(|cell| format!("- `{cell}` changed here, not verified yet\n")).collect();
    if lines.is_empty() { String::new() } else { format!("\n{}", lines.concat()) }
}

fn pending(report: &Report) -> impl Iterator<Item = &CellId> {
    report.cells.iter().filter(|status| status.state == CellState::Pending).map(|status| &status.cell)
}
