//! What a page says about its recipes, as values. Touches nothing.

use std::collections::BTreeMap;

/// What is known about one recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecipeEvidence {
    /// The recipe's id.
    pub recipe: String,
    /// One entry per target (and toolbox), in the recipe's order.
    pub cells: Vec<CellEvidence>,
}

/// What is known about one recipe on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellEvidence {
    /// The target; `none` for no service.
    pub target: String,
    /// The toolbox, if the recipe asks for another than its guide's.
    pub toolbox: Option<String>,
    /// Verified, or not and why.
    pub standing: Standing,
    /// What was made to go wrong meanwhile, step by step.
    pub faults: Vec<Hindrance>,
    /// What it printed that does not stand on the page already.
    pub observed: Vec<Observed>,
}

/// Whether a cell's trace vouches for its recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A passing trace of exactly this text.
    Verified(Record),
    /// Anything else, with the reason as a fragment.
    NotVerified(String),
}

/// What a passing trace tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// When, as in the trace: `YYYY-MM-DDTHH:MM:SSZ`.
    pub recorded: String,
    /// What readers install: name and version, in the order of the install line.
    pub libraries: Vec<(String, String)>,
    /// The server's version.
    pub server: Option<String>,
    /// What it is not verified on yet, as fragments: `remote-store 0.34.0`. Empty for evidence that holds.
    pub not_yet: Vec<String>,
    /// Everything else that it ran with.
    pub tools: BTreeMap<String, String>,
    /// The machine, and who recorded it.
    pub machine: String,
    /// How long each step took, in seconds.
    pub took: Vec<String>,
    /// The trace's path in the repository.
    pub trace: String,
}

/// What stood in a step's way, as the trace tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hindrance {
    /// The recipe's step, counted from 1.
    pub step: usize,
    /// The rest of the sentence.
    pub words: String,
}

/// A stream that was recorded and that the page does not show word by word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Which, for people: `step 2, standard error`.
    pub place: String,
    /// Whether an expectation judges it, and holds.
    pub asserted: bool,
    /// What it said; redacted, as all of a trace is.
    pub text: String,
    /// Bytes that the trace itself left out.
    pub dropped: u64,
}

impl Standing {
    /// What the trace tells, if it vouches for the recipe.
    pub fn record(&self) -> Option<&Record> {
        match self {
            Self::Verified(record) => Some(record),
            Self::NotVerified(_) => None,
        }
    }
}

impl CellEvidence {
    /// Target with the server's version, and toolbox, where they are not a matter of course.
    pub fn place(&self) -> Option<String> {
        let server = self.standing.record().and_then(|record| record.server.as_deref());
        let target = (self.target != "none").then(|| match server {
            Some(version) => format!("{} {version}", self.target),
            None => self.target.clone(),
        });
        let toolbox = self.toolbox.as_ref().map(|toolbox| format!("toolbox {toolbox}"));
        match (target, toolbox) {
            (Some(target), Some(toolbox)) => Some(format!("{target} with {toolbox}")),
            (target, toolbox) => target.or(toolbox),
        }
    }
}
