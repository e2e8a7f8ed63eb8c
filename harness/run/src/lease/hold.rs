//! A run's hold on what it started and made. Writes below `.dogfood` and the system's temporary folder, kills processes.

use std::io;
use std::path::{Path, PathBuf};

use super::folder;
use super::mark::{PATIENCE, VARIABLE, of_run};
use super::record::{self, Record};
use crate::sys;

/// A run's hold on processes and folders. Give it back with [`Lease::release`].
#[derive(Debug)]
pub struct Lease {
    id: String,
    folder: PathBuf,
    file: PathBuf,
}

/// Why a run could not be written down.
#[derive(Debug, thiserror::Error)]
#[error("cannot {what} {}: {source}", path.display())]
pub struct LeaseError {
    /// What was tried.
    what: &'static str,
    /// Where.
    path: PathBuf,
    /// What the system said.
    #[source]
    source: io::Error,
}

impl Lease {
    /// Writes down a new run of this process in the checkout `root`, and makes its folder below the system's temporary one.
    pub fn take(root: &Path) -> Result<Self, LeaseError> {
        let at = |what, path: &Path| {
            let path = path.to_owned();
            move |source| LeaseError { what, path, source }
        };
        let id = sys::random_hex(6).map_err(at("read random numbers for a run in", root))?;
        let temporary = std::env::temp_dir();
        // Resolved, so that what a recipe prints of its folder is what we know it by.
        let temporary = temporary.canonicalize().map_err(at("find the temporary folder", &temporary))?;
        let folder = folder::of_run(&temporary, &id);
        let file = record::path(root, &id);
        record::refuse_links(root)
            .and_then(|()| Record::of_this_process(&id, &folder))
            .and_then(|record| record.write(&file))
            .map_err(at("write down the run in", &file))?;
        folder::make(&folder).map_err(at("make the run's folder", &folder))?;
        Ok(Self { id, folder, file })
    }

    /// The run's id: twelve hex digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The run's folder: 0700, short, and gone after the run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The value of [`VARIABLE`] for the processes of one part of the run.
    pub fn mark(&self, part: &str) -> String {
        format!("{}.{part}", self.id)
    }

    /// Kills whatever processes of this part of the run are left. Returns whether none is.
    pub fn kill_part(&self, part: &str) -> bool {
        let mark = self.mark(part);
        sys::kill_marked(VARIABLE, |value| value == mark, PATIENCE).is_some()
    }

    /// Gives everything back: kills what is left of the run, removes its folder and its record. With `keep`, the folder stays until
    /// [`clean`](super::clean).
    pub fn release(self, keep: bool) -> Result<(), LeaseError> {
        sys::kill_marked(VARIABLE, |value| of_run(value, &self.id), PATIENCE);
        if keep {
            let record = Record::of_this_process(&self.id, &self.folder).map(|record| Record { kept: true, ..record });
            let written = record.and_then(|record| record.write(&self.file));
            return written.map_err(|source| LeaseError {
                what: "write down the kept folder in",
                path: self.file,
                source,
            });
        }
        folder::remove(&self.folder).map_err(|source| LeaseError {
            what: "remove the run's folder",
            path: self.folder.clone(),
            source,
        })?;
        std::fs::remove_file(&self.file).map_err(|source| LeaseError {
            what: "remove the record",
            path: self.file.clone(),
            source,
        })
    }
}
