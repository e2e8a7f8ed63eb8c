//! Servers that went away under a run, and what ran again because of it. A reader of [`RunEvent`]s; touches nothing.

use std::collections::BTreeMap;

use dogfood_core::event::RunEvent;
use dogfood_core::name::Id;
use serde::Serialize;

/// The targets whose servers were lost, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Restarts(BTreeMap<Id, Restart>);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Restart {
    /// What became of the server.
    why: String,
    /// Whether another one took its place for all recipes that were yet to come.
    started_again: bool,
    /// What ran on it and ran again, each on a server of its own.
    ran_again: Vec<String>,
}

impl Restarts {
    /// Notes a loss.
    pub(crate) fn event(&mut self, event: &RunEvent) {
        let RunEvent::ServerLost { target, why, cell } = event else { return };
        let restart = self.0.entry(target.clone()).or_default();
        if restart.why.is_empty() {
            let first = why.as_str().lines().next().unwrap_or_default();
            restart.why = first.trim_end_matches("; its last lines:").to_owned();
        }
        restart.started_again |= cell.is_none();
        restart.ran_again.extend(cell.iter().map(ToString::to_string));
    }

    /// Takes in what another part of the run noted.
    pub(crate) fn extend(&mut self, other: Self) {
        for (target, restart) in other.0 {
            let own = self.0.entry(target).or_insert_with(|| Restart { why: restart.why, ..Restart::default() });
            own.started_again |= restart.started_again;
            own.ran_again.extend(restart.ran_again);
        }
    }

    /// A line for each target.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |(target, restart): (&Id, &Restart)| {
            let mut parts = vec![format!("target {target}: {}", restart.why)];
            parts.extend(restart.started_again.then(|| "it was started again".to_owned()));
            if !restart.ran_again.is_empty() {
                let cells = restart.ran_again.join(", ");
                parts.push(format!("what ran meanwhile ran again, on a server of its own: {cells}"));
            }
            parts.join("; ")
        };
        self.0.iter().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use dogfood_core::event::CellId;
    use dogfood_core::redact::Redacted;

    use super::*;

    #[test]
    fn a_loss_is_told_once_with_what_ran_again() {
        let id = |text: &str| Id::new(text).unwrap();
        let lost = |cell: Option<&str>| RunEvent::ServerLost {
            target: id("box"),
            why: Redacted::literal("its server ended (killed, exit code 137); its last lines:\nno"),
            cell: cell.map(|recipe| CellId { guide: id("g"), recipe: id(recipe), target: id("box"), toolbox: None }),
        };
        let mut restarts = Restarts::default();
        assert_eq!(restarts.lines(), Vec::<String>::new());
        for cell in [None, Some("a")] {
            restarts.event(&lost(cell));
        }
        let mut other = Restarts::default();
        other.event(&lost(Some("b")));
        restarts.extend(other);
        assert_eq!(
            restarts.lines(),
            [
                "target box: its server ended (killed, exit code 137); it was started again; what ran meanwhile ran again, on a server of its own: g/a@box, g/b@box"
            ]
        );
    }
}
