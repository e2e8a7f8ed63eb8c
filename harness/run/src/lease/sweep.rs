//! Removes what runs without an owner left behind. Kills processes, removes folders and records.

use std::fs;
use std::path::Path;

use super::folder;
use super::mark::{PATIENCE, VARIABLE, of_run};
use super::record::{self, Record};
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
    /// What could not be removed, in words; tried again next time.
    pub problems: Vec<String>,
}

/// Removes what runs of this checkout left that were killed. Runs whose owner lives, and folders that were kept on purpose, stay.
pub fn sweep(root: &Path) -> Swept {
    sweep_records(root, false)
}

/// As [`sweep`], and folders that `--keep` kept go too.
pub fn clean(root: &Path) -> Swept {
    sweep_records(root, true)
}

fn sweep_records(root: &Path, kept_too: bool) -> Swept {
    let mut swept = Swept::default();
    if let Err(error) = record::refuse_links(root) {
        swept.problems.push(error.to_string());
        return swept;
    }
    let Ok(entries) = fs::read_dir(record::folder(root)) else { return swept };
    for file in entries.flatten().map(|entry| entry.path()) {
        let Some(run) = record::run_of(&file) else { continue };
        let record = Record::read(&file).filter(|record| record.run == run);
        if record.as_ref().is_some_and(|record| if record.kept { !kept_too } else { record.is_owned() }) {
            continue;
        }
        sweep_run(run, record.as_ref(), &mut swept);
        if let Err(error) = fs::remove_file(&file) {
            swept.problems.push(format!("cannot remove {}: {error}", file.display()));
        }
    }
    swept
}

/// Processes first: they might write into the folder.
fn sweep_run(run: &str, record: Option<&Record>, swept: &mut Swept) {
    swept.runs += 1;
    match sys::kill_marked(VARIABLE, |value| of_run(value, run), PATIENCE) {
        Some(killed) => swept.processes += killed,
        None => swept.problems.push(format!("processes of run {run} do not die")),
    }
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
