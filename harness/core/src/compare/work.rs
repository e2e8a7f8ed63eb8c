//! What comparisons may cost together: their steps, and the regular expressions that they compile. Pure; touches nothing.

use std::collections::HashMap;
use std::rc::Rc;

use crate::budget::{CHECK_REGEXES, COMPARISON_REGEXES, Cost, Steps};

use super::ProblemKind;
use super::regular::Regular;

/// The work that is left for one comparison and for all those after it. One is made for a whole check.
#[derive(Debug)]
pub struct Work {
    /// Steps.
    pub(super) steps: Steps,
    /// Bytes of compiled expressions that this comparison may still use.
    one: usize,
    /// Bytes of expressions that may still be compiled.
    all: usize,
    /// What is compiled, by its text.
    compiled: HashMap<String, Rc<Regular>>,
    /// The bytes in it.
    kept: usize,
}

impl Default for Work {
    fn default() -> Self {
        let (one, all) = (COMPARISON_REGEXES, CHECK_REGEXES);
        Self { steps: Steps::default(), one, all, compiled: HashMap::new(), kept: 0 }
    }
}

impl Work {
    /// Nothing done yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The steps that were taken so far: the same number for the same inputs on every machine.
    pub fn taken(&self) -> u64 {
        self.steps.taken()
    }

    /// Counts judging one step of one cell, and says whether there was a step of work left for it.
    pub fn unit(&mut self) -> Result<(), Cost> {
        self.steps.next();
        if self.steps.take(1) { Ok(()) } else { Err(self.steps.over().unwrap_or(Cost::AllSteps)) }
    }

    /// Begins another comparison.
    pub(super) fn next(&mut self) {
        self.steps.next();
        self.one = COMPARISON_REGEXES;
    }

    /// The regular expression `pattern`, compiled now or before.
    pub(super) fn regular(&mut self, pattern: &str) -> Result<Rc<Regular>, ProblemKind> {
        // Not one more is compiled past a bound, however many lines there are.
        if let Some(cost) = self.steps.over() {
            return Err(ProblemKind::Costly(cost));
        }
        if let Some(known) = self.compiled.get(pattern).map(Rc::clone) {
            self.admit(known.size(), 0)?;
            return Ok(known);
        }
        let new = Rc::new(Regular::new(pattern)?);
        self.admit(new.size(), new.size())?;
        if self.kept + new.size() > 2 * COMPARISON_REGEXES {
            self.compiled.clear();
            self.kept = 0;
        }
        self.kept += new.size();
        self.compiled.insert(pattern.to_owned(), Rc::clone(&new));
        Ok(new)
    }

    fn admit(&mut self, of_comparison: usize, of_check: usize) -> Result<(), ProblemKind> {
        let cost = match (self.one.checked_sub(of_comparison), self.all.checked_sub(of_check)) {
            (Some(one), Some(all)) => {
                (self.one, self.all) = (one, all);
                return Ok(());
            }
            (None, _) => Cost::Regexes,
            (_, None) => Cost::AllRegexes,
        };
        self.steps.stop(cost);
        Err(ProblemKind::Costly(cost))
    }
}
