//! What the gate works on: the whole book and its evidence as values.

use std::collections::{BTreeMap, BTreeSet};

use super::unjudged::Unjudged;
use crate::book::config::BookToml;
use crate::book::summary::Summary;
use crate::criterion::RecordFile;
use crate::date::Date;
use crate::event::CellId;
use crate::finding::Finding;
use crate::infra::target::Target;
use crate::infra::toolbox::Toolbox;
use crate::markup::model::{Chapter, Guide};
use crate::name::Id;
use crate::place::RelPath;
use crate::redact::Known;
use crate::redact::scan::{self, Leak};
use crate::trace::{self, Seal, Trace, TraceProblem};
use crate::yaml::YamlProblem;

/// Everything that a verdict depends on. Equal inputs, equal findings.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// book.toml.
    pub book: BookToml,
    /// SUMMARY.md.
    pub summary: Summary,
    /// The chapters that could be read, in the order of SUMMARY.md.
    pub chapters: Vec<Chapter>,
    /// What loading and extraction found.
    pub found: Vec<Finding>,
    /// The target files that could be read.
    pub targets: BTreeMap<Id, Target>,
    /// The toolboxes that could be read.
    pub toolboxes: BTreeMap<Id, Toolbox>,
    /// Every file under `traces/` that may be a trace.
    pub traces: BTreeMap<RelPath, TraceFile>,
    /// What criterion measured of the project's own benches.
    pub criterion: BTreeMap<RelPath, RecordFile>,
    /// Guides that lie in the source folder but that SUMMARY.md does not name.
    pub unlisted: Vec<RelPath>,
    /// Files of the source that are no chapters, and that book.toml lists as plain because they take the place of a page of mdBook's own.
    pub own_pages: Vec<RelPath>,
    /// The texts of all other files that a finding may point into, without byte order marks.
    pub sources: BTreeMap<RelPath, String>,
    /// What looks like a secret in those of `sources` that hold any, and is none that a target documents. Looked for while the traces are
    /// read, on another core.
    pub leaks: BTreeMap<RelPath, Vec<Leak>>,
    /// The cells that a change under review touches: see [`crate::review`]. Nobody may hold their lack of evidence against that change.
    pub changed: BTreeSet<CellId>,
    /// What a change under review does that no rule judges: see [`crate::review`].
    pub unjudged: Vec<Unjudged>,
    /// Today, UTC.
    pub today: Date,
}

/// What target files document: values that a page or a trace may show.
pub fn documented(targets: &BTreeMap<Id, Target>) -> Vec<Known> {
    let handed = targets.values().flat_map(|target| &target.spec.environment);
    handed
        .filter(|handed| handed.documented)
        .flat_map(|handed| [&handed.value, &handed.shown].map(|value| Known::plain(&handed.name, value)))
        .collect()
}

/// A file under `traces/`, read once.
#[derive(Clone, Debug)]
pub struct TraceFile {
    /// Its text.
    pub text: String,
    /// The trace in it, and whether its seal holds.
    pub read: Result<(Trace, Seal), TraceProblem>,
    /// Whether something in it looks like a secret, whatever targets document.
    pub suspicious: bool,
}

impl TraceFile {
    /// Reads `text`.
    pub fn new(text: String) -> Self {
        Self { read: trace::read(&text), suspicious: !scan::leaks(&text, &[]).is_empty(), text }
    }

    /// A file that cannot be had as text, for the reason.
    pub fn unreadable(why: &str) -> Self {
        let problem = YamlProblem { message: why.to_owned(), line: None, column: None };
        Self { text: String::new(), read: Err(TraceProblem::Yaml(problem)), suspicious: false }
    }

    /// The trace, if it can be read and nobody edited it.
    pub fn sound(&self) -> Option<&Trace> {
        match &self.read {
            Ok((trace, Seal::Intact)) => Some(trace),
            _ => None,
        }
    }
}

impl Inputs {
    /// The text of a file that a finding points into.
    pub fn source(&self, path: &RelPath) -> Option<&str> {
        self.sources.get(path).map(String::as_str).or_else(|| self.traces.get(path).map(|file| file.text.as_str()))
    }

    /// Every chapter that is a guide, in the order of SUMMARY.md.
    pub fn guides(&self) -> impl Iterator<Item = (&Chapter, &Guide)> {
        self.chapters.iter().filter_map(|chapter| chapter.guide.as_ref().map(|guide| (chapter, guide)))
    }
}
