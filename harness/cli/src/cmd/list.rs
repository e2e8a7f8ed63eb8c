//! `dogfood list`: every fence with its place and what it is. Runs nothing.

use std::collections::BTreeMap;
use std::path::Path;

use dogfood_core::checkout::Inputs;
use dogfood_core::event::CellId;
use dogfood_core::finding::Finding;
use dogfood_core::gate;
use dogfood_core::markup::discover::{Dialect, DiscoveredFence, discover};
use dogfood_core::markup::model::{Chapter, Fence, FenceClass, Guide, Recipe};
use dogfood_core::name::Id;
use dogfood_core::place::RelPath;
use dogfood_core::plan::{Selection, cell_ids};
use dogfood_core::reports::Sources;
use mdbook_dogfood::terminal::Shown;
use serde::Serialize;
use serde_json::Value;

use super::tree::{self, Tree};
use super::{Context, findings, run as running, select};
use crate::cli::{Format, ListArgs, Today};
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

/// A fence as it is listed.
#[derive(Debug, Serialize)]
struct Row {
    file: String,
    line: usize,
    language: String,
    class: &'static str,
    recipe: Option<String>,
    attributes: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dialect: Option<Dialect>,
}

/// Lists.
pub(crate) fn run(context: &mut Context, args: &ListArgs) -> Result<Exit, Trouble> {
    if args.plan {
        let root = context.root()?;
        return running::show_plan(context, &root, &running::Request::listing(&args.selection, args.format));
    }
    let (rows, exit) = match &args.discover {
        Some(folder) => (discovered(context, folder)?, Exit::Clean),
        None => {
            let root = context.root()?;
            let inputs = context.load(&root, context.today(&Today::default())?)?;
            let selection = select::parse(&args.selection, &inputs)?;
            (book(&inputs, &selection), unread(context, &inputs, &selection)?)
        }
    };
    match args.format {
        Format::Json => context.output.json(&rows)?,
        Format::Human => people(context, &rows),
    }
    Ok(if rows.is_empty() { exit.and(Exit::Nothing) } else { exit })
}

/// Tells of pages that could not be read: their fences are in no list.
fn unread(context: &mut Context, inputs: &Inputs, selection: &Selection) -> Result<Exit, Trouble> {
    let report = gate::check(inputs);
    let found: Vec<Finding> = findings::unread(inputs, &report).cloned().collect();
    if !selection.is_everything() || found.is_empty() {
        return Ok(Exit::Clean);
    }
    findings::people(context, &found, &Sources::of(inputs))?;
    Ok(Exit::Findings)
}

fn people(context: &mut Context, rows: &[Row]) {
    let width = |of: fn(&Row) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let place = |row: &Row| format!("{}:{}", row.file, row.line);
    let places = rows.iter().map(|row| place(row).len()).max().unwrap_or(0);
    let (classes, languages) = (width(|row| row.class.len()), width(|row| row.language.len()));
    for row in rows {
        let recipe = row.recipe.as_deref().unwrap_or_default();
        let line = format!("{:places$}  {:classes$}  {:languages$}  {recipe}", place(row), row.class, row.language);
        context.output.say(Shown(line.trim_end()));
    }
    context.output.say(count(rows.len(), "fence"));
}

fn book(inputs: &Inputs, selection: &Selection) -> Vec<Row> {
    let sources = Sources::of(inputs);
    inputs.chapters.iter().flat_map(|chapter| chapter_rows(&sources, chapter, selection)).collect()
}

fn chapter_rows(sources: &Sources<'_>, chapter: &Chapter, selection: &Selection) -> Vec<Row> {
    let meant = |fence: &&Fence| is_meant(chapter, fence, selection);
    let rows = chapter.fences.iter().filter(meant).map(|fence| Row {
        file: fence.span.file.to_string(),
        line: sources.place(&fence.span).start.line,
        language: sources.safe_text(&fence.language),
        class: fence.class.word(),
        recipe: recipe(chapter, fence).map(Id::to_string),
        attributes: attributes(&sources.safe_text(&fence.info)),
        section: None,
        dialect: None,
    });
    rows.collect()
}

/// The recipe that a fence belongs to.
fn recipe<'a>(chapter: &'a Chapter, fence: &'a Fence) -> Option<&'a Id> {
    match &fence.class {
        FenceClass::Step(id) | FenceClass::File(Some(id)) => Some(id),
        FenceClass::Expect(of) => match &chapter.fences.get(*of)?.class {
            FenceClass::Step(id) => Some(id),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a selection means a fence: one of a recipe if it means the recipe, any other if it means the whole guide.
fn is_meant(chapter: &Chapter, fence: &Fence, selection: &Selection) -> bool {
    if selection.is_everything() {
        return true;
    }
    let Some(guide) = &chapter.guide else { return false };
    let of_recipe = recipe(chapter, fence).and_then(|id| guide.recipe(id));
    let meant = |cell: &CellId| selection.matches(&chapter.path, cell);
    match of_recipe {
        Some(recipe) => cells(guide, recipe).iter().any(meant),
        None => guide.recipes.iter().all(|recipe| cells(guide, recipe).iter().all(meant)),
    }
}

fn cells(guide: &Guide, recipe: &Recipe) -> Vec<CellId> {
    cell_ids(guide, recipe).into_iter().map(|(id, _)| id).collect()
}

/// The words behind the language; a flag is `true`.
fn attributes(info: &str) -> BTreeMap<String, Value> {
    let words = info.split_whitespace().skip(1);
    let pair = |word: &str| match word.split_once('=') {
        Some((key, value)) => (key.to_owned(), Value::from(value)),
        None => (word.to_owned(), Value::from(true)),
    };
    words.map(pair).collect()
}

fn discovered(context: &mut Context, folder: &Path) -> Result<Vec<Row>, Trouble> {
    let files = tree::markdown(&context.here.join(folder), folder)?;
    for (path, why) in files.left_out() {
        context.output.headed(Head::Warning, Shown(&format!("`{}` is left out: {why}", path.escape_debug())));
    }
    Ok(rows(&files, folder))
}

fn rows(files: &Tree, folder: &Path) -> Vec<Row> {
    let shown = folder.to_string_lossy();
    let shown = shown.trim_end_matches('/');
    let row = |path: &RelPath, fence: DiscoveredFence| Row {
        file: format!("{shown}/{path}"),
        line: fence.line,
        class: if fence.recipe.is_some() { "step" } else { "plain" },
        recipe: fence.recipe.as_ref().map(Id::to_string),
        language: fence.language,
        attributes: BTreeMap::new(),
        section: Some(fence.section),
        dialect: fence.dialect,
    };
    let fences = files.texts().flat_map(|(path, text)| {
        let fences = discover(path, text, files);
        fences.into_iter().map(move |fence| row(path, fence))
    });
    fences.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_pairs_and_flags() {
        let listed = attributes("sh recipe=a timeout=5s fresh x=y=z");
        assert_eq!(serde_json::to_string(&listed).unwrap(), r#"{"fresh":true,"recipe":"a","timeout":"5s","x":"y=z"}"#);
        assert!(attributes("").is_empty() && attributes("sh").is_empty());
    }
}
