//! `dogfood bench --criterion SOURCE`: keeps what criterion measured of the groups that a bench's source names, pinned to that source. Reads
//! criterion's folder, writes records beside the traces; runs nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use dogfood_core::blame::Blame;
use dogfood_core::criterion::{self, Benchmark, Record};
use dogfood_core::date::moment;
use dogfood_core::digest::Digest;
use dogfood_core::place::RelPath;
use dogfood_core::trace::Recorder;
use dogfood_store::write;
use mdbook_dogfood::terminal::Shown;

use super::Context;
use super::run::ROOM;
use crate::config;
use crate::exit::{Exit, Trouble, sentence};
use crate::machine;
use crate::output::count;

/// How deep criterion nests: group, function, value, and one more for what may come.
const DEPTH: usize = 4;

/// Runs the command. `folder` is criterion's, if it is not where cargo puts it.
pub(crate) fn run(context: &mut Context, source: &Path, folder: Option<&Path>) -> Result<Exit, Trouble> {
    if context.environment.ci {
        let help = "record benchmarks where a person commits them";
        return Err(Trouble::usage("CI is set: no record is written there", help));
    }
    let root = context.root()?;
    let place = fs::canonicalize(source).map_err(|error| unreadable(source, &error))?;
    let text = fs::read_to_string(&place).map_err(|error| unreadable(source, &error))?;
    let top = fs::canonicalize(&root).unwrap_or_else(|_| root.clone());
    let inside = place.strip_prefix(&top).ok().and_then(Path::to_str).and_then(|path| RelPath::new(path).ok());
    let Some(path) = inside else {
        let help = "name the bench by its path in the book's repository";
        return Err(Trouble::usage(
            format!("{} lies outside of the book's folder", Shown(&source.display().to_string())),
            help,
        ));
    };
    let changed = fs::metadata(&place).and_then(|data| data.modified()).map_err(|error| unreadable(source, &error))?;
    let folder = folder.map_or_else(|| target(&root).join("criterion"), Path::to_path_buf);
    let groups = groups(&folder, &text, changed)?;
    if groups.is_empty() {
        let (folder, source) = (folder.display().to_string(), source.display().to_string());
        context.output.say(format_args!(
            "nothing in {} is of a group that {} names: run `cargo bench` first",
            Shown(&folder),
            Shown(&source)
        ));
        return Ok(Exit::Nothing);
    }
    for (group, benchmarks) in groups {
        let file = criterion::path(&group).ok_or_else(|| {
            Trouble::usage(format!("the group `{group}` has no letter and no digit"), "give it a name")
        })?;
        let record = Record {
            schema: criterion::SCHEMA,
            recorded: moment(config::now()),
            recorder: Recorder::Local,
            machine: machine::this(),
            source: path.clone(),
            digest: Digest::of_bytes(text.as_bytes()),
            benchmarks,
            group,
        };
        refuse_another(&root, &file, &record)?;
        write::atomic(&root, &file, criterion::write(&record).as_bytes()).map_err(|error| {
            Trouble::of(write::blame(&error), format!("{file} cannot be written: {}", sentence(&error)), ROOM)
        })?;
        let benches = count(record.benchmarks.len(), "benchmark");
        context.output.say(format_args!("{file}: {} of `{}`", benches, Shown(&record.group)));
    }
    Ok(Exit::Clean)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Trouble {
    let what = format!("{} cannot be read: {}", Shown(&path.display().to_string()), sentence(error));
    Trouble::of(
        Blame::of(error, Blame::CommandLine),
        what,
        "name the file of the bench, for example `benches/speed.rs`",
    )
}

/// Where cargo builds.
fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// Two groups whose names differ in signs alone would share a file.
fn refuse_another(root: &Path, file: &RelPath, record: &Record) -> Result<(), Trouble> {
    let known = fs::read_to_string(root.join(file.as_str())).ok().and_then(|text| criterion::read(&text).ok());
    match known {
        Some((known, _)) if known.group != record.group => Err(Trouble::usage(
            format!("{file} holds the group `{}`, and `{}` would take its place", known.group, record.group),
            "rename one of the groups, or delete the file",
        )),
        _ => Ok(()),
    }
}

/// The benchmarks below `folder` of the groups whose names stand in `source` as texts.
fn groups(folder: &Path, source: &str, changed: SystemTime) -> Result<BTreeMap<String, Vec<Benchmark>>, Trouble> {
    let mut found = Vec::new();
    walk(folder, DEPTH, &mut found);
    found.sort();
    let mut groups: BTreeMap<String, Vec<Benchmark>> = BTreeMap::new();
    for new in found {
        let read =
            |name: &str| fs::read_to_string(new.join(name)).map_err(|error| not_criterion_s(&new, &sentence(&error)));
        let (group, benchmark) =
            criterion::measured(&read("benchmark.json")?, &read("estimates.json")?, &read("sample.json")?)
                .map_err(|why| not_criterion_s(&new, &why.to_string()))?;
        if !source.contains(&format!("{group:?}")) {
            continue;
        }
        let measured = fs::metadata(new.join("estimates.json")).and_then(|data| data.modified());
        if measured.is_ok_and(|measured| measured < changed) {
            let what = format!("`{group}/{}` was measured before the bench was changed", benchmark.name);
            let gone = Shown(&new.parent().unwrap_or(&new).display().to_string()).to_string();
            let help = format!("run `cargo bench` again, then this; if the bench is gone, delete {gone}");
            return Err(Trouble::book(what, &help));
        }
        groups.entry(group).or_default().push(benchmark);
    }
    // As the bench has them: the first is what the others are held against.
    for benchmarks in groups.values_mut() {
        benchmarks.sort_by_key(|benchmark| {
            let name = benchmark.name.split('/').next().unwrap_or_default();
            source.find(&format!("{name:?}")).unwrap_or(usize::MAX)
        });
    }
    Ok(groups)
}

fn not_criterion_s(folder: &Path, why: &str) -> Trouble {
    let what = format!("{} holds no measurement of criterion: {why}", Shown(&folder.display().to_string()));
    Trouble::book(what, "delete it, and run `cargo bench` again")
}

/// Every folder `new` in which criterion left a measurement.
fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        let path = path.path();
        if path.ends_with("new") && path.join("benchmark.json").is_file() {
            found.push(path);
        } else if depth > 0 {
            walk(&path, depth - 1, found);
        }
    }
}
