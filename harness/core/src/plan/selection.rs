//! Which cells a person means: the words of a command line. Pure; touches nothing.

use std::fmt;

use crate::event::CellId;
use crate::markup::model::Guide;
use crate::markup::spelling;
use crate::name::{Id, IdProblem};
use crate::place::{PathProblem, RelPath};

use super::cells::cell_ids;

/// Which cells are meant: nothing but what it names, or all of them if it names nothing.
///
/// Guides and recipes add up; `@target` narrows whatever else is named, so that `guide @target` is that guide on that target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    selectors: Vec<Selector>,
}

/// One word of a selection: `guides/x.md`, `guide`, `guide/recipe` or `@target`, or one of the first three with `@target` behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Selector {
    text: String,
    what: What,
    target: Option<Id>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Anything,
    Path(RelPath),
    Guide(Id),
    Recipe(Id, Id),
}

/// Why a selection means nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionProblem {
    /// A part is no id.
    #[error("`{selector}` selects nothing: {problem}")]
    Id {
        /// The selector.
        selector: String,
        /// What is wrong with it.
        problem: IdProblem,
    },
    /// The path is none of this checkout.
    #[error("`{selector}` selects nothing: {problem}")]
    Path {
        /// The selector.
        selector: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// No cell of the book fits.
    #[error("`{selector}` matches nothing{hint}")]
    NoMatch {
        /// The selector.
        selector: String,
        /// `; did you mean ...?`, or empty.
        hint: String,
    },
}

impl Selection {
    /// Reads selectors as a person types them. An empty list selects everything.
    pub fn parse<S: AsRef<str>>(selectors: &[S]) -> Result<Self, SelectionProblem> {
        let selectors = selectors.iter().map(|text| Selector::parse(text.as_ref())).collect::<Result<_, _>>()?;
        Ok(Self { selectors })
    }

    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.selectors.is_empty()
    }

    /// Whether the cell is meant; `guide` is the guide's file.
    pub fn matches(&self, guide: &RelPath, cell: &CellId) -> bool {
        let (narrow, named): (Vec<&Selector>, Vec<&Selector>) =
            self.selectors.iter().partition(|selector| selector.what == What::Anything);
        let fits = |selector: &&Selector| selector.matches(guide, cell);
        (named.is_empty() || named.iter().any(fits)) && (narrow.is_empty() || narrow.iter().any(fits))
    }

    /// Sees that every selector fits a cell of these guides by itself, and that together they leave one.
    pub fn check(&self, guides: &[(&RelPath, &Guide)]) -> Result<(), SelectionProblem> {
        let cells: Vec<(&RelPath, CellId)> = guides
            .iter()
            .flat_map(|(path, guide)| {
                let cells = guide.recipes.iter().flat_map(|recipe| cell_ids(guide, recipe));
                cells.map(|(id, _)| (*path, id))
            })
            .collect();
        for selector in &self.selectors {
            if !cells.iter().any(|(path, cell)| selector.matches(path, cell)) {
                let hint = hint(selector, &cells);
                return Err(SelectionProblem::NoMatch { selector: selector.text.clone(), hint });
            }
        }
        if !self.is_everything() && !cells.iter().any(|(path, cell)| self.matches(path, cell)) {
            let selector = self.selectors.iter().map(|selector| selector.text.as_str()).collect::<Vec<_>>().join(" ");
            return Err(SelectionProblem::NoMatch { selector, hint: String::new() });
        }
        Ok(())
    }
}

impl Selector {
    fn parse(text: &str) -> Result<Self, SelectionProblem> {
        let id =
            |part: &str| Id::new(part).map_err(|problem| SelectionProblem::Id { selector: text.to_owned(), problem });
        let (what, target) = text.rsplit_once('@').map_or((text, None), |(what, target)| (what, Some(target)));
        let target = target.map(id).transpose()?;
        let what = match what.split_once('/') {
            _ if what.is_empty() && target.is_some() => What::Anything,
            _ if what.ends_with(".md") => What::Path(
                RelPath::new(what).map_err(|problem| SelectionProblem::Path { selector: text.to_owned(), problem })?,
            ),
            Some((guide, recipe)) => What::Recipe(id(guide)?, id(recipe)?),
            None => What::Guide(id(what)?),
        };
        Ok(Self { text: text.to_owned(), what, target })
    }

    fn matches(&self, path: &RelPath, cell: &CellId) -> bool {
        let what = match &self.what {
            What::Anything => true,
            What::Path(wanted) => wanted == path,
            What::Guide(guide) => *guide == cell.guide,
            What::Recipe(guide, recipe) => *guide == cell.guide && *recipe == cell.recipe,
        };
        what && self.target.as_ref().is_none_or(|target| *target == cell.target)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.selectors.iter().map(|selector| selector.text.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

/// The nearest thing that there is to a selector that fits nothing.
fn hint(selector: &Selector, cells: &[(&RelPath, CellId)]) -> String {
    let bare = selector.text.rsplit_once('@').map_or(selector.text.as_str(), |(what, _)| what);
    if let Some((_, cell)) = cells.iter().find(|(_, cell)| cell.recipe.as_str() == bare) {
        return format!("; did you mean `{}/{bare}`?", cell.guide);
    }
    let mut known: Vec<String> = cells
        .iter()
        .flat_map(|(path, cell)| {
            let recipe = format!("{}/{}", cell.guide, cell.recipe);
            [path.to_string(), cell.guide.to_string(), recipe, format!("@{}", cell.target)]
        })
        .collect();
    known.sort();
    known.dedup();
    let what = spelling::did_you_mean(bare, known.iter().map(String::as_str));
    if !what.is_empty() {
        return what;
    }
    let target = selector.target.as_ref().map(|target| format!("@{target}")).unwrap_or_default();
    spelling::did_you_mean(&target, known.iter().map(String::as_str))
}
