//! `dogfood clean`: removes what killed runs left, folders that `--keep` kept, and on demand older builds of images.
//! Kills processes that carry a dead run's mark, removes their folders and records, and what is theirs in the Docker engine.

use std::path::Path;

use dogfood_run::containers::{self, Engine};
use dogfood_run::lease;
use dogfood_store::write;
use mdbook_dogfood::terminal::Shown;

use super::Context;
use crate::cli::{CleanArgs, Today};
use crate::exit::{Exit, Trouble, sentence};
use crate::output::{Head, count};

/// Cleans.
pub(crate) fn run(context: &mut Context, args: &CleanArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    // First: without a book or an engine it is not known what is old.
    let old_images = if args.images { old_images(context)? } else { 0 };
    let swept = lease::clean(&root);
    // What `run` and `accept` write.
    let folders = [dogfood_core::trace::FOLDER, &source(context, &root)];
    let half: usize = folders.iter().map(|folder| write::sweep_below(&root.join(folder))).sum();
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
        (old_images, "old image"),
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

/// The book's source, as far as book.toml can be read.
fn source(context: &Context, root: &Path) -> String {
    let today = context.today(&Today::default());
    let inputs = today.and_then(|today| context.load(root, today));
    inputs.map_or_else(|_| "guides".to_owned(), |inputs| inputs.book.src.clone())
}

/// Removes what this checkout built of the book's images before their folders changed; says how many.
fn old_images(context: &Context) -> Result<usize, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&Today::default())?)?;
    let unavailable =
        |error: &dyn std::error::Error| Trouble::not_available(sentence(error), "`dogfood doctor` says what is there");
    let engine = Engine::find().map_err(|error| unavailable(&error))?;
    let images = inputs.targets.values().filter_map(|target| target.image.as_ref());
    let removed = images.map(|image| containers::remove_older(&engine, image, &root)).sum::<Result<usize, _>>();
    removed.map_err(|error| unavailable(&error))
}

fn counted(number: usize, what: &str) -> String {
    match what.strip_prefix("process") {
        Some(rest) if number != 1 => format!("{number} processes{rest}"),
        _ => count(number, what),
    }
}
