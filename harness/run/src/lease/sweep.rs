//! Removes what runs without an owner left behind. Kills processes, removes folders, sockets and records, and what is in the Docker
//! engine.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::folder;
use super::mark::{PATIENCE, VARIABLE, of_run};
use super::record::{self, Record};
use crate::containers::{self, Engine, Remains};
use crate::sys;

/// What was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Runs whose remains were removed.
    pub runs: usize,
    /// Processes that were killed.
    pub processes: usize,
    /// Folders that were removed.
    pub folders: usize,
    /// What was in the Docker engine.
    pub remains: Remains,
    /// What could not be removed, in words; tried again next time.
    pub problems: Vec<String>,
}

/// Removes what runs of this checkout left that were killed. Runs whose owner lives, and folders that were kept on purpose, stay. The
/// Docker engine is asked only where such a run had anything there; then for what dead runs of other checkouts left, too.
pub fn sweep(root: &Path) -> Swept {
    sweep_records(root, Thorough::AsNeeded)
}

/// As [`sweep`], and folders that `--keep` kept go too, and the Docker engine is asked if there is one.
pub fn clean(root: &Path) -> Swept {
    sweep_records(root, Thorough::Wholly)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thorough {
    AsNeeded,
    Wholly,
}

fn sweep_records(root: &Path, thorough: Thorough) -> Swept {
    let mut swept = Swept::default();
    if let Err(error) = record::refuse_links(root) {
        swept.problems.push(error.to_string());
        return swept;
    }
    let mut over: Vec<(PathBuf, bool)> = Vec::new();
    for file in fs::read_dir(record::folder(root)).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Some(run) = record::run_of(&file) else { continue };
        let record = Record::read(&file).filter(|record| record.run == run);
        let stays = |record: &Record| match record.kept {
            true => thorough == Thorough::AsNeeded,
            false => record.is_owned(),
        };
        if record.as_ref().is_some_and(stays) {
            continue;
        }
        sweep_run(run, record.as_ref(), &mut swept);
        // Nobody knows what a broken record would have said.
        let containers = record.is_none_or(|record| record.containers);
        over.push((file, containers));
    }
    if thorough == Thorough::Wholly || over.iter().any(|(_, containers)| *containers) {
        sweep_engine(&mut swept);
    }
    let unfinished = !swept.remains.problems.is_empty();
    for (file, _) in over.into_iter().filter(|(_, containers)| !(unfinished && *containers)) {
        if let Err(error) = fs::remove_file(&file) {
            swept.problems.push(format!("cannot remove {}: {error}", file.display()));
        }
    }
    swept
}

/// A machine without an engine that answers has nothing there that runs. The next run that uses one looks again.
fn sweep_engine(swept: &mut Swept) {
    if let Ok(engine) = Engine::find() {
        swept.remains = containers::sweep(&engine);
        swept.problems.extend(swept.remains.problems.iter().cloned());
    }
}

/// Processes first: they might write into the folder.
fn sweep_run(run: &str, record: Option<&Record>, swept: &mut Swept) {
    swept.runs += 1;
    match sys::kill_marked(VARIABLE, |value| of_run(value, run), PATIENCE) {
        Some(killed) => swept.processes += killed,
        None => swept.problems.push(format!("processes of run {run} do not die")),
    }
    record.iter().flat_map(|record| &record.sockets).for_each(|socket| remove_socket(socket));
    // The record of a run that died early may be broken; then its folder is where this process would have put it.
    let fallback = || folder::of_run(&std::env::temp_dir(), run);
    let folder = record.map_or_else(fallback, |record| record.folder.clone());
    if !folder::is_of_run(&folder, run) {
        return;
    }
    match folder::remove(&folder) {
        Ok(()) => swept.folders += 1,
        Err(error) => swept.problems.push(format!("cannot remove {}: {error}", folder.display())),
    }
}

/// Removes a socket that a dead server left. Under the same name another run's may stand by now: that one is bound.
fn remove_socket(path: &Path) {
    let plain = path.starts_with("/tmp") && path.components().all(|part| part != std::path::Component::ParentDir);
    let is_socket = || fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    if plain && is_socket() && !sys::is_bound(path) {
        let _ = fs::remove_file(path);
    }
}
