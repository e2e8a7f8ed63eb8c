//! What a format is.

use crate::checkout::{ChangedFile, Unjudged};
use crate::finding::Finding;
use crate::gate::{CellState, Report};
use crate::place::RelPath;

use super::sources::{Safe, Sources};

/// A way to write findings.
pub trait Format: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;

    /// All findings in this format, in their order, with a line break at the end. Foreign text comes out with its control bytes shown or
    /// escaped.
    fn render(&self, told: &Told<'_, '_>, look: Look) -> String;
}

/// What there is to tell.
#[derive(Clone)]
pub struct Told<'a, 's> {
    /// All findings, in order, as they may be told.
    pub findings: Safe,
    /// The texts that they point into.
    pub sources: &'a Sources<'s>,
    /// Cells whose evidence holds, for formats that count what is right.
    pub verified: &'a [Named],
    /// Cells that the change under review touches and that nothing was recorded of since, for formats that tell what was not looked at.
    pub pending: &'a [Named],
    /// What the change under review does that no rule judges, for formats that have a place for what is no finding.
    pub unjudged: &'a [Unjudged],
    /// The book's folder below the repository's top, with a slash at its end, or nothing: who reads SARIF, JUnit or annotations looks for files
    /// from there.
    pub below: &'a str,
}

/// What is said of a pending cell.
pub(super) const PENDING: &str = "changed here, not verified yet";

/// A cell and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its guide's file.
    pub file: RelPath,
}

impl<'a, 's> Told<'a, 's> {
    /// Findings alone.
    pub fn new(findings: &[Finding], sources: &'a Sources<'s>) -> Self {
        Self { findings: sources.safe(findings), sources, verified: &[], pending: &[], unjudged: &[], below: "" }
    }

    /// The path of a file of the book from the repository's top.
    pub(super) fn path(&self, file: &RelPath) -> String {
        format!("{}{file}", self.below)
    }

    /// The path of a file that a change touches, from the repository's top: files outside of the book are named from there already.
    pub(super) fn unjudged_path(&self, change: &Unjudged) -> String {
        match &change.file {
            ChangedFile::InBook(path) => format!("{}{path}", self.below),
            ChangedFile::InRepository(path) => path.clone(),
        }
    }
}

impl Named {
    /// The cells of `report` that the page may call verified.
    pub fn verified(report: &Report) -> Vec<Self> {
        Self::of(report, CellState::is_shown)
    }

    /// Those that wait for evidence, and need none for now.
    pub fn pending(report: &Report) -> Vec<Self> {
        Self::of(report, |state| *state == CellState::Pending)
    }

    fn of(report: &Report, wanted: impl Fn(&CellState) -> bool) -> Vec<Self> {
        let cells = report.cells.iter().filter(|status| wanted(&status.state));
        cells.map(|status| Self { name: status.cell.to_string(), file: status.guide.clone() }).collect()
    }
}

/// How it looks, where the format leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// ANSI colours.
    pub colour: bool,
    /// The terminal's width.
    pub width: usize,
    /// Whether lines could start workflow commands (under GITHUB_ACTIONS): then no foreign one does.
    pub workflow: bool,
}

impl Look {
    /// For a log or a file.
    pub const PLAIN: Self = Self { colour: false, width: 140, workflow: false };
}
