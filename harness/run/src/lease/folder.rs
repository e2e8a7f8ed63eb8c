//! The temporary folder of a run: made so that nobody else can see into it, removed whatever a recipe did to it. Writes and removes
//! below the system's temporary folder.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::sys;

/// The name of the run's folder: short, because recipes make sockets in it, whose paths may have 107 bytes.
pub(super) fn of_run(temporary: &Path, id: &str) -> PathBuf {
    temporary.join(format!("df-{id}"))
}

/// The run whose folder is called `name`, if it can be one's.
pub(super) fn run_of(name: &str) -> Option<&str> {
    name.strip_prefix("df-")
}

/// Whether `folder` is the folder that the run `id` made: only such a one may be removed on the word of a file.
pub(super) fn is_of_run(folder: &Path, id: &str) -> bool {
    let named = folder.file_name().is_some_and(|name| name.to_str() == Some(&format!("df-{id}")));
    named && folder.is_absolute() && fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir())
}

/// Makes a folder that only its owner can enter.
pub fn make(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().mode(0o700).create(folder)
}

/// Removes `folder` and everything in it, also folders that a recipe made read-only, and files that it made immutable. Follows no symbolic
/// link. One that is not there is no error.
///
/// # Errors
/// If anything stays: then everything else is gone all the same, and the error names the first place that is not.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(_) => {}
        Ok(()) => return Ok(()),
    }
    open_up(folder);
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => remove_what_goes(folder),
        _ => Ok(()),
    }
}

/// Says of a folder that could not be removed what to do.
pub(super) fn stays(folder: &Path, error: &io::Error) -> String {
    let folder = folder.display();
    format!("cannot remove {folder}: {error}; remove it yourself (`sudo rm -rf {folder}`), then call `dogfood clean`")
}

/// Gives the owner every right on `folder` and what is below it, as far as that goes.
fn open_up(folder: &Path) {
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        sys::make_mutable(&folder);
        let _ = fs::set_permissions(&folder, fs::Permissions::from_mode(0o700));
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => todo.push(entry.path()),
                Ok(kind) if kind.is_file() => sys::make_mutable(&entry.path()),
                _ => {}
            }
        }
    }
}

/// Removes what can be removed, one by one, and returns the first error with its place.
fn remove_what_goes(folder: &Path) -> io::Result<()> {
    let mut first = None;
    let mut folders = vec![folder.to_owned()];
    let mut at = 0;
    while at < folders.len() {
        for entry in fs::read_dir(&folders[at]).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if let Err(error) = fs::remove_file(&path) {
                first.get_or_insert((path, error));
            }
        }
        at += 1;
    }
    for place in folders.into_iter().rev() {
        if let Err(error) = fs::remove_dir(&place) {
            first.get_or_insert((place, error));
        }
    }
    match first {
        Some((place, error)) if place == folder => Err(error),
        Some((place, error)) => Err(io::Error::new(error.kind(), format!("{}: {error}", place.display()))),
        None => Ok(()),
    }
}
