//! What the gate says: findings for those who mend, states of cells for those who read.

use std::collections::BTreeMap;

use crate::date::Date;
use crate::event::CellId;
use crate::evidence::Content;
use crate::finding::{Finding, Severity};
use crate::place::RelPath;
use crate::rules::Pin;
use crate::trace::Trace;

/// The verdict over a whole book.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What is wrong, by file and place.
    pub findings: Vec<Finding>,
    /// What is wrong and tolerated by an `allow` comment that still holds.
    pub allowed: Vec<Allowed>,
    /// Every cell of the book, in its order; those of skipped recipes after all others.
    pub cells: Vec<CellStatus>,
    /// What the page of a chapter shows in the place of each of its pieces, in order; nothing for one that cannot be shown.
    pub pieces: BTreeMap<RelPath, Vec<Option<Content>>>,
    /// How much was looked at.
    pub counts: Counts,
}

/// A tolerated finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The finding.
    pub finding: Finding,
    /// The last day on which it is tolerated.
    pub until: Date,
    /// Why.
    pub because: String,
}

/// How much a report is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Chapters.
    pub chapters: usize,
    /// Guides among them.
    pub guides: usize,
    /// Recipes, skipped ones among them.
    pub recipes: usize,
    /// Cells that should have evidence.
    pub cells: usize,
    /// Cells whose evidence holds.
    pub verified: usize,
    /// Cells that a change under review touches, and that have no evidence of today yet.
    pub pending: usize,
    /// Findings that stop the build.
    pub errors: usize,
    /// Findings that do not.
    pub warnings: usize,
    /// Tolerated findings.
    pub allowed: usize,
}

/// One cell as the page shows it.
#[derive(Clone, Debug)]
pub struct CellStatus {
    /// Its name.
    pub cell: CellId,
    /// The guide's file.
    pub guide: RelPath,
    /// How it stands.
    pub state: CellState,
    /// Its trace, where it can be read and nobody edited it.
    pub trace: Option<Trace>,
}

/// How a cell stands, worst first where several hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellState {
    /// Its recipe is skipped for now.
    Skipped {
        /// Why.
        reason: String,
        /// Until when.
        until: Option<String>,
    },
    /// There is no trace.
    Missing,
    /// There is one that cannot be used: edited, cut, in conflict, newer.
    Unreadable,
    /// It was recorded from something else than today's text, target or toolbox.
    Stale(Vec<Pin>),
    /// A change under review touches it, and nothing of it was recorded since.
    Pending,
    /// The recorded run failed.
    Failed,
    /// The recorded output is not what the guide says.
    Drifted,
    /// Target or toolbox moved, and policy still shows the evidence: "verified on 1.0, not yet on 1.1".
    Shown(Vec<Pin>),
    /// The evidence holds.
    Verified,
}

impl CellState {
    /// Whether the page may call the recipe verified (on what the trace says, where it is [`CellState::Shown`]).
    pub fn is_shown(&self) -> bool {
        matches!(self, Self::Verified | Self::Shown(_))
    }

    /// Whether a new run could mend it: what `run --stale` runs.
    pub fn wants_run(&self) -> bool {
        !matches!(self, Self::Verified | Self::Skipped { .. })
    }

    /// The state as one word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Skipped { .. } => "skipped",
            Self::Missing => "missing",
            Self::Unreadable => "unreadable",
            Self::Stale(_) => "stale",
            Self::Pending => "pending",
            Self::Failed => "failed",
            Self::Drifted => "drifted",
            Self::Shown(_) => "shown",
            Self::Verified => "verified",
        }
    }
}

impl Report {
    /// Whether the book holds anything that evidence could be for; if not, a clean report means nothing (exit code 4).
    pub fn has_recipes(&self) -> bool {
        self.counts.recipes > 0
    }

    /// Whether a finding stops the build.
    pub fn stops(&self, deny_warnings: bool) -> bool {
        self.findings.iter().any(|finding| finding.severity == Severity::Error || deny_warnings)
    }

    /// The cells that a run could mend, in the order of the book.
    pub fn stale_cells(&self) -> impl Iterator<Item = &CellId> {
        self.cells.iter().filter(|status| status.state.wants_run()).map(|status| &status.cell)
    }
}
