//! The steps behind a trace: a guide's setup and teardown around one recipe, found by the same names that records carry.

use crate::event::{Part, StepAt};
use crate::markup::model::{ExpectFormat, Expectation, Guide, Recipe, Step, Stream};
use crate::name::Id;
use crate::plan::Cell;

/// What runs for one cell, in the order in which it runs.
#[derive(Clone, Copy, Debug)]
pub struct Script<'a> {
    /// The guide's setup.
    pub setup: &'a [Step],
    /// The recipe.
    pub recipe: &'a Recipe,
    /// The guide's teardown.
    pub teardown: &'a [Step],
}

/// What one stream of one step (or command) is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged<'a> {
    /// The expected text.
    pub text: String,
    /// How it is compared.
    pub format: ExpectFormat,
    /// The `expect` fence; absent for console.
    pub expectation: Option<&'a Expectation>,
}

impl<'a> Script<'a> {
    /// What a planned cell runs.
    pub fn of_cell(cell: &'a Cell) -> Self {
        Self { setup: &cell.setup, recipe: &cell.recipe, teardown: &cell.teardown }
    }

    /// What `recipe` of `guide` runs.
    pub fn of_recipe(guide: &'a Guide, recipe: &'a Recipe) -> Self {
        Self { setup: &guide.setup, recipe, teardown: &guide.teardown }
    }

    /// The steps of a part.
    pub fn part(&self, part: Part) -> &'a [Step] {
        match part {
            Part::Setup => self.setup,
            Part::Recipe => &self.recipe.steps,
            Part::Teardown => self.teardown,
        }
    }

    /// The step that `at` names.
    pub fn step(&self, at: StepAt) -> Option<&'a Step> {
        // Steps are numbered from 1, in order.
        self.part(at.part).get(at.step.checked_sub(1)?).filter(|step| step.number == at.step)
    }

    /// Whether a page shows what `stream` of the step or command `at` says, by an `{{#evidence ...}}`.
    pub fn published(&self, at: StepAt, stream: Stream) -> bool {
        stream == Stream::Stdout && at.part == Part::Recipe && self.step(at).is_some_and(|step| step.published)
    }

    /// What `stream` of the step or command `at` is held against on `target`; nothing if it is only observed.
    pub fn judged(&self, at: StepAt, stream: Stream, target: &Id) -> Option<Judged<'a>> {
        let step = self.step(at)?;
        if let Some(command) = at.command {
            let command = step.commands.get(command.checked_sub(1)?)?;
            return (stream == Stream::Stdout && step.console_asserts()).then(|| Judged {
                text: command.expected.iter().flat_map(|(line, _)| [line.as_str(), "\n"]).collect(),
                format: ExpectFormat::Text,
                expectation: None,
            });
        }
        let expectation = step.expectation(stream, target)?;
        Some(Judged { text: expectation.text.clone(), format: expectation.format, expectation: Some(expectation) })
    }
}
