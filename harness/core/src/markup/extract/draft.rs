//! A guide while its fences are being read: what its steps, files and expectations have come to so far. Pure; touches nothing.

use std::collections::HashMap;
use std::ops::Range;

use crate::finding::{Finding, RuleName};
use crate::name::Id;

use super::super::attribute::Attributes;
use super::super::fence::Block;
use super::super::hide::HideLines;
use super::super::include::Expanded;
use super::super::model::{FrontMatter, Given, Recipe, RecipeFile, Step};

/// The rule for lines that a reader does not see.
pub(super) const HIDDEN: RuleName = "hidden-line";

/// A recipe while its steps are being read.
pub(super) struct Draft {
    /// What is known so far.
    pub(super) recipe: Recipe,
    /// The words of each step.
    pub(super) words: Vec<Attributes>,
}

/// The step that an expectation would belong to.
#[derive(Clone, Copy)]
pub(super) enum Nearest {
    /// None stands above.
    None,
    /// A recipe's step: indices of the draft and of the step.
    Step(usize, usize),
    /// A step of the setup or teardown.
    Around,
    /// A fence that does not run, because it is skipped or because a finding says so: nothing can be said of its output.
    Silent(usize),
}

/// The guide while its fences are being read.
pub(super) struct Assembly<'a> {
    /// The chapter's text.
    pub(super) expanded: &'a Expanded,
    /// Its blocks of code.
    pub(super) blocks: &'a [Block],
    /// Its front matter, if it could be read.
    pub(super) front: Option<&'a FrontMatter>,
    /// What the book hides.
    pub(super) hidelines: &'a HideLines,
    /// What is wrong so far.
    pub(super) findings: Vec<Finding>,
    /// Recipes in the order of their first step.
    pub(super) drafts: Vec<Draft>,
    /// Where each recipe stands in `drafts`.
    pub(super) by_id: HashMap<Id, usize>,
    /// The cells of all recipes so far.
    pub(super) cells: usize,
    /// Whether a finding says that the guide is past a bound.
    pub(super) over: bool,
    /// Setup steps with their words.
    pub(super) setup: Vec<(Step, Attributes)>,
    /// Teardown steps with their words.
    pub(super) teardown: Vec<(Step, Attributes)>,
    /// Files, the recipe that each names, and where its path stands.
    pub(super) files: Vec<(RecipeFile, Option<Id>, Range<usize>)>,
    /// What the harness supplies.
    pub(super) given: Vec<Given>,
    /// The step that an expectation here would belong to.
    pub(super) nearest: Nearest,
    /// The recipe of the last step.
    pub(super) latest: Option<usize>,
}

impl<'a> Assembly<'a> {
    /// A guide of which nothing has been read.
    pub(super) fn new(
        expanded: &'a Expanded,
        blocks: &'a [Block],
        front: Option<&'a FrontMatter>,
        hidelines: &'a HideLines,
    ) -> Self {
        Self {
            expanded,
            blocks,
            front,
            hidelines,
            findings: Vec::new(),
            drafts: Vec::new(),
            by_id: HashMap::new(),
            cells: 0,
            over: false,
            setup: Vec::new(),
            teardown: Vec::new(),
            files: Vec::new(),
            given: Vec::new(),
            nearest: Nearest::None,
            latest: None,
        }
    }

    /// Adds a finding about the bytes `range` of the chapter's text.
    pub(super) fn report(
        &mut self,
        rule: RuleName,
        range: Range<usize>,
        title: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding::error(rule, self.expanded.span(range), title, help));
    }
}
