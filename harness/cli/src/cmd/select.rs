//! Selectors, held against the book that they select from. Pure.

use dogfood_core::checkout::Inputs;
use dogfood_core::markup::model::Guide;
use dogfood_core::place::RelPath;
use dogfood_core::plan::{Selection, SelectionProblem};

use crate::cli::Selectors;
use crate::exit::Trouble;

/// Reads the selectors; one that fits nothing is an error that names what might have been meant.
pub(crate) fn parse(typed: &Selectors, inputs: &Inputs) -> Result<Selection, Trouble> {
    let selection = Selection::parse(&typed.selectors).map_err(trouble)?;
    selection.check(&guides(inputs)).map_err(trouble)?;
    Ok(selection)
}

/// The guides with their files, in the order of the book.
pub(crate) fn guides(inputs: &Inputs) -> Vec<(&RelPath, &Guide)> {
    inputs.guides().map(|(chapter, guide)| (&chapter.path, guide)).collect()
}

fn trouble(problem: SelectionProblem) -> Trouble {
    Trouble::usage(problem.to_string(), "`dogfood list` shows every guide and recipe")
}
