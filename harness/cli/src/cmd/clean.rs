//! `dogfood clean`: removes what killed runs left, and folders that `--keep` kept. Kills processes that carry a dead run's mark, removes
//! their folders and records, and what is theirs in the Docker engine.

use dogfood_run::lease;
use mdbook_dogfood::terminal::Shown;

use super::Context;
use crate::cli::CleanArgs;
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

/// Cleans.
pub(crate) fn run(context: &mut Context, _args: &CleanArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let swept = lease::clean(&root);
    let half = dogfood_store::write::sweep(&root.join(dogfood_core::trace::FOLDER));
    for problem in &swept.problems {
        context.output.headed(Head::Error, Shown(problem));
    }
    let found = [
        (swept.runs, "run"),
        (swept.processes, "process left behind"),
        (swept.folders, "folder"),
        (half, "half-written file"),
        (swept.remains.containers, "container"),
        (swept.remains.networks, "network"),
        (swept.remains.volumes, "volume"),
        (swept.remains.images, "unfinished image"),
    ];
    let found: Vec<String> =
        found.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| counted(number, what)).collect();
    context.output.say(if found.is_empty() {
        "nothing was left behind".to_owned()
    } else {
        format!("removed: {}", found.join(", "))
    });
    Ok(if swept.problems.is_empty() { Exit::Clean } else { Exit::Findings })
}

fn counted(number: usize, what: &str) -> String {
    match what.strip_prefix("process") {
        Some(rest) if number != 1 => format!("{number} processes{rest}"),
        _ => count(number, what),
    }
}
