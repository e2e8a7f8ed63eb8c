//! `dogfood clean`: removes what killed runs left, folders that `--keep` kept, and on demand older builds of images. What stays against its
//! will is named each time.
//! Kills processes that carry a dead run's mark, removes their folders and records, and what is theirs in the Docker engine.

use std::collections::BTreeSet;
use std::path::Path;

use dogfood_run::containers::{self, Engine};
use dogfood_run::{lease, toolboxes};
use dogfood_store::write;
use mdbook_dogfood::terminal::Shown;

use super::Context;
use super::run::left_behind;
use super::serve::Previews;
use crate::cli::{CleanArgs, Today};
use crate::exit::{Exit, Trouble, sentence};
use crate::output::{Head, count};

/// Cleans.
pub(crate) fn run(context: &mut Context, args: &CleanArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    // First: without a book or an engine it is not known what is old.
    let old_images = if args.images { old_images(context)? } else { 0 };
    let swept = lease::clean(&root);
    let half = half_written(context, &root);
    let previews = Previews::sweep(&root);
    let toolboxes = context.environment.cache().map(|cache| toolboxes::sweep(&cache)).unwrap_or_default();
    let problems = [swept.problems, half.problems, previews.problems, toolboxes.problems].concat();
    for problem in &problems {
        context.output.headed(Head::Error, Shown(problem));
    }
    let found = [
        (swept.runs, "run"),
        (swept.processes, "process left behind"),
        (swept.folders, "folder"),
        (half.removed, "half-written file"),
        (previews.removed, "preview"),
        (toolboxes.removed, "unfinished toolbox"),
        (swept.remains.containers, "container"),
        (swept.remains.networks, "network"),
        (swept.remains.volumes, "volume"),
        (swept.remains.images, "unfinished image"),
        (old_images, "old image"),
    ];
    let found: Vec<String> =
        found.into_iter().filter(|(number, _)| *number > 0).map(|(number, what)| counted(number, what)).collect();
    context.output.say(match (found.is_empty(), problems.len()) {
        (true, 0) => "nothing was left behind".to_owned(),
        (true, stays) => format!("nothing was removed; {} cannot be", count(stays, "thing")),
        (false, 0) => format!("removed: {}", found.join(", ")),
        (false, stays) => format!("removed: {}; {} cannot be", found.join(", "), count(stays, "thing")),
    });
    Ok(left_behind(&problems))
}

/// Removes what writes that were killed left: of traces, of guides and what they include, and of what `init` writes.
pub(crate) fn half_written(context: &Context, root: &Path) -> write::Swept {
    let inputs = context.today(&Today::default()).and_then(|today| context.load(root, today)).ok();
    let source = inputs.as_ref().map_or("guides", |inputs| inputs.book.src.as_str());
    let mut swept = write::Swept::default();
    for folder in [dogfood_core::trace::FOLDER, source].into_iter().filter(|folder| !folder.is_empty()) {
        swept = swept.and(write::sweep_below(&root.join(folder)));
    }
    let included = inputs.iter().flat_map(|inputs| &inputs.chapters).flat_map(|chapter| &chapter.text.segments);
    let mut others: BTreeSet<&str> = included.map(|segment| segment.file.parent()).collect();
    others.extend(["", ".github/workflows"]);
    for folder in others {
        swept = swept.and(write::sweep(&root.join(folder)));
    }
    swept
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
