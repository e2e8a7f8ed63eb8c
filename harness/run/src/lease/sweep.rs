//! Removes what runs without an owner left behind. Kills processes, removes folders, sockets and records, and what is in the Docker
//! engine.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::folder;
use super::mark::{PATIENCE, VARIABLE, of_run};
use super::record::{self, Record, Sign};
use crate::containers::{self, Engine, NoEngine, Remains};
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

/// As [`sweep`], and folders that `--keep` kept go too, and those in the system's temporary folder whose records are gone; and the Docker
/// engine is asked if there is one.
pub fn clean(root: &Path) -> Swept {
    let mut swept = sweep_records(root, Thorough::Wholly);
    sweep_forgotten(&std::env::temp_dir(), &mut swept);
    swept
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
    let mut over: Vec<(PathBuf, bool, Done)> = Vec::new();
    for file in fs::read_dir(record::folder(root)).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Some(run) = record::run_of(&file) else {
            sweep_unfinished(&file, &mut swept);
            continue;
        };
        let record = Record::read(&file).filter(|record| record.run == run);
        let stays = |record: &Record| match record.kept {
            true => thorough == Thorough::AsNeeded,
            false => record.is_owned(),
        };
        if record.as_ref().is_some_and(stays) {
            continue;
        }
        let done = sweep_run(run, record.as_ref(), &mut swept);
        // Nobody knows what a broken record would have said.
        let containers = record.is_none_or(|record| record.containers);
        over.push((file, containers, done));
    }
    let remains = over.iter().any(|(_, containers, _)| *containers);
    let engine = if thorough == Thorough::Wholly || remains { sweep_engine(remains, &mut swept) } else { true };
    let unfinished = !swept.remains.problems.is_empty() || !engine;
    // The record stays as long as anything that it names.
    let over = over.into_iter().filter(|(_, containers, done)| *done == Done::Wholly && !(unfinished && *containers));
    for (file, ..) in over {
        match fs::remove_file(&file) {
            Ok(()) => swept.runs += 1,
            // Another one who cleans up was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => swept.problems.push(format!("cannot remove {}: {error}", file.display())),
        }
    }
    swept
}

/// Whether everything of a run is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    Wholly,
    InPart,
}

/// Removes a record that never took its name, once nobody can be about to give it one.
fn sweep_unfinished(file: &Path, swept: &mut Swept) {
    /// A record is written in less.
    const ABANDONED: Duration = Duration::from_secs(600);
    let Some(run) = record::unfinished(file) else { return };
    let old = || {
        fs::metadata(file)
            .and_then(|data| data.modified())
            .is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED))
    };
    let over = match Record::read(file).filter(|record| record.run == run) {
        Some(record) => !record.is_owned(),
        None => old(),
    };
    if over && let Err(error) = fs::remove_file(file) {
        swept.problems.push(format!("cannot remove {}: {error}", file.display()));
    }
}

/// Removes folders of dead runs whose records are gone: of checkouts that were deleted or cleaned by other means. A run that lives, and one
/// whose record still stands, in whatever checkout, stays.
fn sweep_forgotten(temporary: &Path, swept: &mut Swept) {
    for entry in fs::read_dir(temporary).into_iter().flatten().flatten() {
        let (folder, name) = (entry.path(), entry.file_name());
        let Some(run) = name.to_str().and_then(folder::run_of).filter(|run| record::is_id(run)) else { continue };
        let ours = entry.metadata().is_ok_and(|data| data.is_dir() && data.uid() == sys::own_user());
        if ours && Sign::of(&folder).is_some_and(|sign| sign.is_forgotten()) {
            sweep_processes(run, swept);
            sweep_folder(&folder, swept);
        }
    }
}

/// Returns whether the engine was asked, where there is one. One that does not answer may hold what a dead run's record names: that is
/// reported, and the record stays for the next run.
fn sweep_engine(remains: bool, swept: &mut Swept) -> bool {
    match Engine::find() {
        Ok(engine) => {
            swept.remains = containers::sweep(&engine);
            swept.problems.extend(swept.remains.problems.iter().cloned());
            true
        }
        Err(why @ NoEngine::Silent { .. }) => {
            if remains {
                let still = "a killed run's containers may still be there, and the next run looks again";
                swept.problems.push(format!("{still}: {why}"));
            }
            false
        }
        Err(NoEngine::NoSocket { .. } | NoEngine::TooOld { .. }) => true,
    }
}

/// Processes first: they might write into the folder.
fn sweep_run(run: &str, record: Option<&Record>, swept: &mut Swept) -> Done {
    let processes = sweep_processes(run, swept);
    record.iter().flat_map(|record| &record.sockets).for_each(|socket| remove_socket(socket));
    // The record of a run that died early may be broken; then its folder is where this process would have put it.
    let fallback = || folder::of_run(&std::env::temp_dir(), run);
    let folder = record.map_or_else(fallback, |record| record.folder.clone());
    let removed = match fs::symlink_metadata(&folder) {
        Ok(_) if folder::is_of_run(&folder, run) => sweep_folder(&folder, swept),
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            swept.problems.push(format!("cannot look at {}: {error}", folder.display()));
            Done::InPart
        }
        _ => Done::Wholly,
    };
    if processes == Done::Wholly { removed } else { processes }
}

fn sweep_processes(run: &str, swept: &mut Swept) -> Done {
    if let Some(killed) = sys::kill_marked(VARIABLE, |value| of_run(value, run), PATIENCE) {
        swept.processes += killed;
        return Done::Wholly;
    }
    swept.problems.push(format!("processes of the run {run} do not die"));
    Done::InPart
}

fn sweep_folder(folder: &Path, swept: &mut Swept) -> Done {
    if let Err(error) = folder::remove(folder) {
        swept.problems.push(folder::stays(folder, &error));
        return Done::InPart;
    }
    swept.folders += 1;
    Done::Wholly
}

/// Removes a socket that a dead server left. Under the same name another run's may stand by now: that one is bound.
fn remove_socket(path: &Path) {
    let plain = path.starts_with("/tmp") && path.components().all(|part| part != std::path::Component::ParentDir);
    let is_socket = || fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
    if plain && is_socket() && !sys::is_bound(path) {
        let _ = fs::remove_file(path);
    }
}
