//! The counts: how many books, what became of them, and whether every ingredient did what it is there for. Pure; prints.

use std::collections::{BTreeMap, BTreeSet};

use crate::ingredients::{self, Must};
use crate::say;
use crate::trial::{End, Trial};

/// The share of books that the gate must let pass, in percent: a test of refused books alone would prove nothing.
const LEAST_PASSED: usize = 33;

/// How many of the books that hold one ingredient ended how.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    passed: usize,
    refused: usize,
    unbuildable: usize,
    differed: usize,
}

/// What was counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    all: Ends,
    alone: usize,
    chapters: usize,
    rules: BTreeMap<String, usize>,
    ingredients: BTreeMap<&'static str, Ends>,
    different: BTreeMap<BTreeSet<&'static str>, Vec<String>>,
    unbuildable: BTreeMap<String, usize>,
}

impl Counts {
    /// Counts one more book.
    pub(crate) fn add(&mut self, trial: Trial) {
        let Trial { book, end } = trial;
        let names: BTreeSet<&'static str> =
            if book.ingredients.is_empty() { BTreeSet::from(["nothing of these"]) } else { book.ingredients.clone() };
        let mut all = std::mem::take(&mut self.all);
        let count = |ends: &mut Ends| match &end {
            End::Refused(_) => ends.refused += 1,
            End::Unbuildable(_) => ends.unbuildable += 1,
            End::Passed(found) => {
                ends.passed += 1;
                ends.differed += usize::from(!found.is_empty());
            }
        };
        count(&mut all);
        self.all = all;
        names.iter().for_each(|name| count(self.ingredients.entry(name).or_default()));
        match end {
            End::Refused(rules) => rules.into_iter().for_each(|rule| *self.rules.entry(rule).or_default() += 1),
            End::Unbuildable(why) => *self.unbuildable.entry(first_words(&why)).or_default() += 1,
            End::Passed(found) => {
                self.chapters += book.chapters.len();
                self.alone += usize::from(book.alone);
                if let Some(first) = found.first() {
                    let line = format!("seed {}: {first}", book.seed);
                    self.different.entry(names).or_default().push(line);
                }
            }
        }
    }

    /// Prints everything.
    pub(crate) fn report(&self) {
        for (name, ends) in &self.ingredients {
            let Ends { passed, refused, unbuildable, differed } = ends;
            say(&format!(
                "{passed:>6} passed {refused:>5} refused {unbuildable:>4} not built {differed:>4} differ   {name}"
            ));
        }
        for (rule, times) in &self.rules {
            say(&format!("{times:>6} books refused by {rule}"));
        }
        for (why, times) in &self.unbuildable {
            say(&format!("{times:>6} not built: {why}"));
        }
        self.differences().iter().for_each(|line| say(line));
        let all = self.all.passed + self.all.refused + self.all.unbuildable;
        say(&format!(
            "books that a reader might see otherwise than the gate: {all} generated, {} passed the gate ({} chapters; {} books rendered whole), \
             {} were refused, {} not built by mdBook; {} differ",
            self.all.passed, self.chapters, self.alone, self.all.refused, self.all.unbuildable, self.all.differed
        ));
    }

    /// Some differences of each combination of ingredients, those of one ingredient first.
    fn differences(&self) -> Vec<String> {
        let mut sets: Vec<_> = self.different.iter().collect();
        sets.sort_by_key(|(names, _)| names.len());
        let lines = sets.into_iter().flat_map(|(names, lines)| {
            lines.iter().take(3).map(move |line| format!("differs, with {names:?}: {line}"))
        });
        lines.take(100).collect()
    }

    /// Fails unless none differs, enough passed, and each ingredient did what it is there for.
    pub(crate) fn holds(&self) {
        assert!(self.different.is_empty(), "books differ:\n{}", self.differences().join("\n"));
        let all = self.all.passed + self.all.refused + self.all.unbuildable;
        assert!(self.all.passed * 100 >= all * LEAST_PASSED, "only {} of {all} books passed the gate", self.all.passed);
        let mut wrong = Vec::new();
        for ingredient in ingredients::all() {
            let ends = self.ingredients.get(ingredient.name).copied().unwrap_or_default();
            let right = match ingredient.must {
                Must::Pass => ends.passed > 0,
                Must::Stop => ends.passed == 0 && ends.refused > 0,
                Must::Occur => ends.passed + ends.refused > 0,
            };
            if !right {
                wrong.push(format!("{}: {:?}, but {ends:?}", ingredient.name, ingredient.must));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn first_words(why: &str) -> String {
    let line = why.lines().next().unwrap_or_default();
    line.split(['`', '"', '/']).next().unwrap_or_default().trim().to_owned()
}
