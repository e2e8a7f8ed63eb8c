//! The temporary folder of a run: made so that nobody else can see into it, removed whatever a recipe did to it. Writes and removes
//! below the system's temporary folder.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The name of the run's folder: short, because recipes make sockets in it, whose paths may have 107 bytes.
pub(super) fn of_run(temporary: &Path, id: &str) -> PathBuf {
    temporary.join(format!("df-{id}"))
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

/// Removes `folder` and everything in it, also folders that a recipe made read-only. Follows no symbolic link. One that is not
/// there is no error.
pub fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            open_up(folder)?;
            fs::remove_dir_all(folder)
        }
        other => other,
    }
}

/// Gives the owner every right on `folder` and the folders below it.
fn open_up(folder: &Path) -> io::Result<()> {
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                todo.push(entry.path());
            }
        }
    }
    Ok(())
}
