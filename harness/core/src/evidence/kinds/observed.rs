//! What recipes printed as `name: value` on each target, for the kinds that make tables of it. Pure.

use std::collections::BTreeMap;

use crate::compare::{self, Captures, Work};
use crate::evidence::answers::{Answers, answers, output};
use crate::evidence::book::{Book, Found};
use crate::evidence::columns::Column;
use crate::evidence::problem::Problem;
use crate::evidence::request::{Request, Word};
use crate::evidence::view::{Seen, State, View, lacking};
use crate::markup::model::{ExpectFormat, Step, Stream};

use super::kind::Reads;

/// The steps that the recipes of a piece answer in: `RECIPE... [step=N]`.
pub(super) fn reads<'a>(request: &Request<'a>, book: Book<'a>) -> Vec<Reads<'a>> {
    let step = request.number("step").ok().flatten();
    let found = request.plain.iter().filter_map(|word| book.recipe(request, *word).ok());
    found.map(|found| Reads { found, step }).collect()
}

/// What the recipes of a piece said, and what is wrong with them; without a single answer something is.
pub(super) fn observed<'a>(request: &Request<'a>, view: &View<'a>) -> (Vec<Observed<'a>>, Vec<Problem>) {
    let (mut recipes, mut problems) = (Vec::new(), Vec::new());
    for word in &request.plain {
        let found = view.book.recipe(request, *word).and_then(|found| Ok((found, found.check_step(request)?)));
        match found {
            Ok((found, step)) => recipes.push(Observed::read(*word, found, step, view, &mut problems)),
            Err(problem) => problems.push(problem),
        }
    }
    if recipes.iter().all(|recipe| recipe.answers.is_empty()) && problems.is_empty() {
        let title = "no recipe that the table names has any evidence";
        let help = "name a recipe that runs, or take the piece out";
        problems.push(Problem::new(request.piece.range.clone(), title, help));
    }
    (recipes, problems)
}

/// What one recipe said.
pub(super) struct Observed<'a> {
    pub(super) found: Found<'a>,
    pub(super) cells: Vec<Seen<'a>>,
    /// By column name; only cells that pass.
    pub(super) answers: BTreeMap<String, Answers>,
    /// What the page expects where it says nothing else of a target.
    pub(super) expected: Answers,
}

impl<'a> Observed<'a> {
    /// Reads what `found` printed in `step`; what cannot be read becomes a problem of `word`.
    fn read(
        word: Word<'a>,
        found: Found<'a>,
        step: Option<usize>,
        view: &View<'a>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let cells = view.cells(&found);
        let mut answered = BTreeMap::new();
        let without = cells.iter().filter(|cell| cell.passing.is_none());
        let without: Vec<&Seen<'a>> = without.filter(|cell| !matches!(cell.state, State::Skipped(_))).collect();
        problems.extend(lacking(&word.range(), &without));
        for cell in &cells {
            let Some(trace) = cell.passing else { continue };
            // A step for other targets alone has nothing to say here.
            let Some(step) = found.step(step, &cell.id.target) else { continue };
            match output(trace, step).and_then(|text| answers(&text)) {
                Ok(answers) if answers.is_empty() => {
                    let title = format!("`{}` printed nothing in step {}", cell.id, step.number);
                    problems.push(unreadable(word, title, cell));
                }
                Ok(answers) => drop(answered.insert(cell.variant(), answers)),
                Err(why) => {
                    problems.push(unreadable(word, format!("`{}` cannot be read as a table: {why}", cell.id), cell))
                }
            }
        }
        let last = cells.iter().find_map(|cell| found.step(step, &cell.id.target));
        let expected = last.map(expected).unwrap_or_default();
        Self { found, cells, answers: answered, expected }
    }

    /// What the page expects for `name` in general.
    pub(super) fn expected(&self, name: &str) -> Option<&str> {
        self.expected.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Whether `said` is something else than the page expects in general.
    pub(super) fn differs(&self, name: &str, said: Option<&str>) -> bool {
        let (Some(expected), Some(said)) = (self.expected(name), said) else { return false };
        let outcome = compare::compare(expected, ExpectFormat::Text, said, &mut Captures::default(), &mut Work::new());
        !outcome.is_ok_and(|outcome| outcome.matches)
    }

    /// Every name, in the order in which the targets said it first.
    pub(super) fn names(&self, columns: &[Column]) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for answers in columns.iter().filter_map(|column| self.answers.get(&column.name())) {
            for (name, _) in answers {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// What was said to `name`: outer nothing where no evidence is, inner nothing where the evidence does not say it.
    pub(super) fn said(&self, column: &Column, name: &str) -> Option<Option<&str>> {
        let answers = self.answers.get(&column.name())?;
        Some(answers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()))
    }
}

/// The general expectation of a step, if it is one of lines `name: value`.
fn expected(step: &Step) -> Answers {
    let general = step.expectations.iter().find(|expectation| {
        let text = expectation.stream == Stream::Stdout && expectation.format == ExpectFormat::Text;
        text && expectation.targets.is_empty()
    });
    general.and_then(|general| answers(&general.text).ok()).unwrap_or_default()
}

fn unreadable(word: Word<'_>, title: String, cell: &Seen<'_>) -> Problem {
    let help = "let the step print lines `name: value` and nothing else, or name one that does with `step=N`";
    Problem::new(word.range(), title, help).subject(&cell.id)
}
