//! What rules look at: the inputs, and what follows from them and is needed by more than one rule, worked out once.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::checkout::{Inputs, TraceFile};
use crate::compare::Work;
use crate::digest::Digest;
use crate::event::CellId;
use crate::infra::target::{NONE, Target};
use crate::infra::toolbox::Toolbox;
use crate::markup::model::{Chapter, Guide, Recipe};
use crate::name::Id;
use crate::place::{RelPath, Span};
use crate::plan::{self, Selection};
use crate::trace::{self, Script, Trace, TraceProblem, toolbox_pin};

use super::judgement::{self, Verdict};
use super::pieces::{self, PieceContext};

/// The inputs and what follows from them.
pub struct Context<'a> {
    /// The inputs.
    pub inputs: &'a Inputs,
    /// Every cell that should have evidence, in the order of the book.
    pub cells: Vec<CellContext<'a>>,
    /// Every cell of a recipe that is skipped for now: a trace of it is neither needed nor wrong.
    pub skipped: Vec<SkippedCell<'a>>,
    /// Every cell whose target or toolbox cannot be used; that is told where it is named.
    pub left_out: Vec<CellId>,
    /// Every `{{#evidence}}` of the book, and what became of it.
    pub pieces: Vec<PieceContext<'a>>,
}

/// One cell with its evidence.
pub struct CellContext<'a> {
    /// Its name.
    pub id: CellId,
    /// Where its trace stands.
    pub path: RelPath,
    /// The chapter.
    pub chapter: &'a Chapter,
    /// The guide in it.
    pub guide: &'a Guide,
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The target; absent for `none`.
    pub target: Option<Arc<Target>>,
    /// The toolbox; absent for the host's shell alone.
    pub toolbox: Option<Arc<Toolbox>>,
    /// The file of its trace.
    pub file: Option<&'a TraceFile>,
    /// Which pins of a sound trace are no longer those of today.
    pub moved: Vec<Moved>,
    /// Whether a change under review touches it, so that it has no evidence of today yet: that is told apart, not found.
    pub pending: bool,
    /// What a sound trace shows, held against the guide. Empty where the recipe's own text moved: then there is nothing to hold it against.
    pub verdicts: Vec<Verdict<'a>>,
}

/// A cell of a skipped recipe.
pub struct SkippedCell<'a> {
    /// Its name.
    pub id: CellId,
    /// The chapter.
    pub chapter: &'a Chapter,
    /// The recipe.
    pub recipe: &'a Recipe,
}

/// A pin that moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Which.
    pub pin: Pin,
    /// The digest in the trace.
    pub recorded: Option<Digest>,
    /// The digest of today.
    pub now: Option<Digest>,
}

/// The pins of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pin {
    /// The recipe's steps and files.
    Recipe,
    /// The guide's setup.
    Setup,
    /// The guide's teardown.
    Teardown,
    /// The target.
    Target,
    /// The toolbox.
    Toolbox,
}

impl Pin {
    /// What it pins, in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recipe => "recipe",
            Self::Setup => "setup",
            Self::Teardown => "teardown",
            Self::Target => "target",
            Self::Toolbox => "toolbox",
        }
    }

    /// Whether it pins text of the guide.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Recipe | Self::Setup | Self::Teardown)
    }
}

impl<'a> Context<'a> {
    /// Works out what rules share.
    pub fn new(inputs: &'a Inputs) -> Self {
        let chapters: BTreeMap<&RelPath, (&Chapter, &Guide)> =
            inputs.guides().map(|(chapter, guide)| (&chapter.path, (chapter, guide))).collect();
        let guides: Vec<(&RelPath, &Guide)> = inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect();
        let plan = plan::build(&guides, &inputs.targets, &inputs.toolboxes, &Selection::default());
        let mut pins = ToolboxPins::default();
        let mut work = Work::new();
        let recipes: HashMap<(&RelPath, &Id), &Recipe> = chapters
            .iter()
            .flat_map(|(path, (_, guide))| guide.recipes.iter().map(move |recipe| ((*path, &recipe.id), recipe)))
            .collect();
        let cells = plan.cells.into_iter().filter_map(|cell| {
            let (chapter, guide) = *chapters.get(&cell.guide)?;
            let recipe = *recipes.get(&(&cell.guide, &cell.id.recipe))?;
            let path = trace::path(&cell.id);
            let file = inputs.traces.get(&path);
            let mut context = CellContext {
                path,
                chapter,
                guide,
                recipe,
                target: cell.target.clone(),
                toolbox: cell.toolbox.clone(),
                file,
                moved: Vec::new(),
                pending: false,
                verdicts: Vec::new(),
                id: cell.id.clone(),
            };
            if let Some(trace) = context.trace() {
                context.moved = moved(&cell, trace, &mut pins);
                if !context.moved.iter().any(|moved| moved.pin.is_text()) {
                    let script = Script::of_recipe(guide, recipe);
                    context.verdicts = judgement::judge(chapter, &script, trace, &cell.id.target, &mut work);
                }
            }
            context.pending =
                inputs.changed.contains(&context.id) && (context.nothing_there() || !context.moved.is_empty());
            Some(context)
        });
        let cells = cells.collect();
        let skipped = plan.skipped.into_iter().filter_map(|skipped| {
            let (chapter, _) = *chapters.get(&skipped.guide)?;
            let recipe = *recipes.get(&(&skipped.guide, &skipped.id.recipe))?;
            Some(SkippedCell { recipe, chapter, id: skipped.id })
        });
        let skipped = skipped.collect();
        let left_out = plan.left_out.into_iter().map(|left_out| left_out.id).collect();
        let mut context = Self { inputs, cells, skipped, left_out, pieces: Vec::new() };
        context.pieces = pieces::resolve(&context);
        context
    }

    /// The cells of each recipe, in the order of the book: rules speak of a recipe once, whatever number of targets it has.
    pub fn recipes(&self) -> impl Iterator<Item = &[CellContext<'a>]> {
        self.cells.chunk_by(|a, b| std::ptr::eq(a.recipe, b.recipe))
    }

    /// The cells of each guide, in the order of the book.
    pub fn guides(&self) -> impl Iterator<Item = &[CellContext<'a>]> {
        self.cells.chunk_by(|a, b| std::ptr::eq(a.guide, b.guide))
    }

    /// Whether there is a file for the target `id`, even one that cannot be read: what is wrong with it is then said elsewhere.
    pub fn has_target_file(&self, id: &Id) -> bool {
        id.as_str() == NONE
            || self.inputs.targets.contains_key(id)
            || RelPath::new(&format!("infra/targets/{id}.yaml"))
                .is_ok_and(|path| self.inputs.sources.contains_key(&path))
    }

    /// Whether there is a file for the toolbox `id`, even one that cannot be read.
    pub fn has_toolbox_file(&self, id: &Id) -> bool {
        self.inputs.toolboxes.contains_key(id)
            || RelPath::new(&format!("infra/toolboxes/{id}/toolbox.yaml"))
                .is_ok_and(|path| self.inputs.sources.contains_key(&path))
    }
}

impl<'a> CellContext<'a> {
    /// Its trace, if it can be read, nobody edited it, and it is of this cell.
    pub fn trace(&self) -> Option<&'a Trace> {
        self.file.and_then(TraceFile::sound).filter(|trace| trace.cell == self.id)
    }

    /// Whether nothing was ever recorded.
    pub fn nothing_there(&self) -> bool {
        self.file.is_none_or(|file| matches!(file.read, Err(TraceProblem::Empty)))
    }

    /// The opening line of the recipe's first fence.
    pub fn place(&self) -> Span {
        self.chapter.recipe_span(self.recipe)
    }
}

/// Names in a row: `a`, `a and b`, `a, b and c`; after eight, how many more.
pub(super) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    const SHOWN: usize = 8;
    let names: Vec<S> = names.into_iter().collect();
    let more = names.len().saturating_sub(SHOWN);
    let mut words: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref())).collect();
    if more > 0 {
        words.push(format!("{more} more"));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => "none".to_owned(),
    }
}

/// Pins of toolboxes, each worked out once: most recipes of a book import the same packages.
#[derive(Default)]
struct ToolboxPins(BTreeMap<Id, BTreeMap<Vec<String>, Digest>>);

impl ToolboxPins {
    fn pin(&mut self, toolbox: &Toolbox, imported: &[String]) -> Digest {
        let known = self.0.entry(toolbox.id.clone()).or_default();
        match known.get(imported) {
            Some(pin) => *pin,
            None => *known.entry(imported.to_vec()).or_insert_with(|| toolbox_pin(toolbox, imported)),
        }
    }
}

fn moved(cell: &plan::Cell, trace: &Trace, known: &mut ToolboxPins) -> Vec<Moved> {
    let pins = &trace.pins;
    let toolbox = cell.toolbox.as_ref().map(|toolbox| known.pin(toolbox, &trace.imported));
    let pairs = [
        (Pin::Recipe, Some(pins.recipe), Some(cell.pins.recipe)),
        (Pin::Setup, pins.setup, cell.pins.setup),
        (Pin::Teardown, pins.teardown, cell.pins.teardown),
        (Pin::Target, pins.target, cell.pins.target),
        (Pin::Toolbox, pins.toolbox, toolbox),
    ];
    pairs
        .into_iter()
        .filter(|(_, recorded, now)| recorded != now)
        .map(|(pin, recorded, now)| Moved { pin, recorded, now })
        .collect()
}
