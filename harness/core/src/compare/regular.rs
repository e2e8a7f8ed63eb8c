//! A ` (re)` line: a regular expression that must match a whole line, with bounded work and memory, however it is written. Pure; touches
//! nothing.
//!
//! A lazy DFA goes through a line once. Where it gives up (a pattern that needs too many states, or `\b` before a letter that is not ASCII),
//! every state of the pattern is followed by itself, which costs the line's length times the pattern's: the budget counts what is done.

use std::cell::RefCell;

use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{Compiler, Config, NFA, WhichCaptures};
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use crate::budget::{REGEX_BYTES, REGEX_CACHE, REGEX_LEAST, Steps};

use super::ProblemKind;

/// A compiled regular expression.
#[derive(Debug)]
pub(crate) struct Regular {
    nfa: NFA,
    dfa: Option<DFA>,
    cache: RefCell<Option<dfa::Cache>>,
}

impl Regular {
    /// Compiles `pattern`.
    pub(super) fn new(pattern: &str) -> Result<Self, ProblemKind> {
        let broken = |error: &dyn std::fmt::Display| ProblemKind::Regex(one_line(&error.to_string()));
        // First by itself, so that `a)|(b` is refused instead of getting out of the brackets around it.
        syntax::parse(pattern).map_err(|error| broken(&error))?;
        let config = Config::new().nfa_size_limit(Some(REGEX_BYTES)).which_captures(WhichCaptures::None);
        let build = |whole: &str| {
            Compiler::new().configure(config.clone()).build(whole).map_err(|error| match error.size_limit() {
                Some(limit) => ProblemKind::RegexSize { limit },
                None => broken(&error),
            })
        };
        // A comment (`(?x)`) may end with the line.
        let nfa = build(&format!(r"\A(?:{pattern})\z")).or_else(|problem| match problem {
            ProblemKind::RegexSize { .. } => Err(problem),
            _ => build(&format!("\\A(?:{pattern}\n)\\z")),
        })?;
        // It gives up after a few times that its memory was full.
        let config = dfa::Config::new()
            .cache_capacity(REGEX_CACHE)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(8))
            .unicode_word_boundary(true);
        let dfa = dfa::Builder::new().configure(config).build_from_nfa(nfa.clone()).ok();
        Ok(Self { nfa, dfa, cache: RefCell::default() })
    }

    /// What it counts in the budget for compiled expressions.
    pub(crate) fn size(&self) -> usize {
        self.nfa.memory_usage() + REGEX_LEAST
    }

    /// Whether it matches the whole of `line`.
    pub(super) fn matches(&self, line: &str, steps: &mut Steps) -> bool {
        if !steps.read(line.len()) {
            return false;
        }
        if let Some(dfa) = &self.dfa {
            let mut cache = self.cache.borrow_mut();
            let cache = cache.get_or_insert_with(|| dfa.create_cache());
            let before = cache.clear_count();
            let input = Input::new(line).anchored(Anchored::Yes);
            let found = dfa.try_search_fwd(cache, &input);
            let filled = cache.clear_count().saturating_sub(before) * cache.memory_usage().max(REGEX_CACHE);
            if !steps.read(filled) {
                return false;
            }
            if let Ok(found) = found {
                return found.is_some();
            }
            dfa.reset_cache(cache);
        }
        let all_ways = (line.len() as u64).saturating_mul(self.nfa.states().len() as u64);
        if !steps.take(all_ways) {
            return false;
        }
        let Ok(machine) = PikeVM::new_from_nfa(self.nfa.clone()) else { return false };
        let mut cache = pikevm::Cache::new(&machine);
        machine.is_match(&mut cache, Input::new(line).anchored(Anchored::Yes))
    }
}

/// The crate's message without the picture of the pattern.
fn one_line(message: &str) -> String {
    let last = message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it does not parse");
    last.trim().trim_start_matches("error: ").to_owned()
}
