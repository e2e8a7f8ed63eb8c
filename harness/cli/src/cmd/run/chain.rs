//! Which chain of a run took longest: a toolbox made or a target started, and the recipe that waited for it. However many jobs there are, no
//! run is shorter. A reader of [`RunEvent`]s; asks the clock.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use dogfood_core::event::{CellId, RunEvent};
use dogfood_core::name::Id;
use dogfood_core::plan::{Cell, Plan};
use serde::Serialize;

/// Listens to a run.
#[derive(Debug)]
pub(crate) struct Clock {
    began: Instant,
    cells: BTreeMap<CellId, (Instant, Instant)>,
}

/// The longest chain, and how long the whole took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Chain {
    /// Seconds of the whole run.
    took: f64,
    /// Seconds of the chain.
    seconds: f64,
    /// Its links in order: what, and seconds.
    links: Vec<(String, f64)>,
}

impl Clock {
    /// Starts now.
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), cells: BTreeMap::new() }
    }

    /// Notes when a cell's first step started and when it ended.
    pub(crate) fn event(&mut self, event: &RunEvent) {
        let now = Instant::now();
        match event {
            RunEvent::StepStarted { cell, .. } => {
                self.cells.entry(cell.clone()).or_insert((now, now));
            }
            RunEvent::CellEnded { cell, .. } => {
                self.cells.entry(cell.clone()).and_modify(|(_, ended)| *ended = now);
            }
            _ => {}
        }
    }

    /// The chain; none if fewer than two cells ran, for then there is nothing to tell. `started` says how long targets took to get ready.
    pub(crate) fn chain(&self, plan: &Plan, started: &BTreeMap<Id, Duration>) -> Option<Chain> {
        if self.cells.len() < 2 {
            return None;
        }
        let links = |cell: &CellId, own: Duration| {
            let shared =
                plan.cells.iter().find(|planned| planned.id == *cell).is_some_and(|planned| !planned.recipe.fresh);
            let target = started.get(&cell.target).filter(|_| shared);
            let target = target.map(|took| (format!("target {}", cell.target), took.as_secs_f64()));
            target.into_iter().chain([(cell.to_string(), own.as_secs_f64())]).collect::<Vec<_>>()
        };
        let chains = self.cells.iter().map(|(cell, (from, to))| links(cell, to.duration_since(*from)));
        let total = |links: &[(String, f64)]| links.iter().fold(0.0, |sum, (_, seconds)| sum + seconds);
        let links = chains.max_by(|a, b| total(a).total_cmp(&total(b)))?;
        Some(Chain { took: self.began.elapsed().as_secs_f64(), seconds: total(&links), links })
    }
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let links: Vec<String> = self.links.iter().map(|(what, seconds)| format!("{what} {seconds:.1} s")).collect();
        write!(f, "took {:.1} s; the longest chain {:.1} s: {}", self.took, self.seconds, links.join(", then "))
    }
}

/// Shorter runs are over before anybody has read what they say of themselves.
const WORTH_TELLING: Duration = Duration::from_secs(30);

/// How long the run will take at least, and which recipes make it so: those with benchmarks, which run one after the other where they are
/// timed, or the longest of the others. `expected` are the times of the last recording.
pub(crate) fn ahead(plan: &Plan, expected: &BTreeMap<CellId, Duration>) -> Option<String> {
    let took = |cell: &Cell| expected.get(&cell.id).copied().unwrap_or_default();
    let (alone, beside): (Vec<&Cell>, Vec<&Cell>) = plan.cells.iter().partition(|cell| cell.measures());
    let one_by_one: Duration = alone.iter().map(|cell| took(cell)).sum();
    let longest_beside = beside.iter().max_by_key(|cell| took(cell)).map(|cell| (cell, took(cell)));
    let (chain, line) = match longest_beside.filter(|(_, took)| *took > one_by_one) {
        Some((cell, took)) => (took, format!("`{}` takes that long", cell.id)),
        None => {
            let cell = alone.iter().max_by_key(|cell| took(cell))?;
            let seconds = took(cell).as_secs_f64();
            let more = match alone.len() {
                1 => String::new(),
                many => format!(", of {many} that are timed one after the other"),
            };
            (one_by_one, format!("`{}` takes {seconds:.0} s{more}", cell.id))
        }
    };
    (chain >= WORTH_TELLING).then(|| {
        format!("at least {:.0} s, as the recipes took when they were last recorded: {line}", chain.as_secs_f64())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_told_link_by_link() {
        let links = vec![("target openssh".to_owned(), 0.61), ("g/stall@openssh".to_owned(), 8.0)];
        let chain = Chain { took: 9.25, seconds: 8.61, links };
        assert_eq!(
            chain.to_string(),
            "took 9.2 s; the longest chain 8.6 s: target openssh 0.6 s, then g/stall@openssh 8.0 s"
        );
    }
}
