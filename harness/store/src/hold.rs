//! Who is at work on a file: its maker holds a lock on it, which the system gives back however that process ends. So what a dead process
//! left is known at once, from any container, and what a living one makes is left alone.

use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What is known of a file's maker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// It is at work on it.
    AtWork,
    /// It is gone.
    Gone,
    /// The file system has no locks, or the file cannot be opened.
    Unknown,
}

/// Holds a `file` that was just made. Returns whether it is still there: somebody who cleaned up may have come in between.
///
/// # Errors
/// If the file cannot be looked at.
pub fn take(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Ok(false),
        // Without locks its age decides: see `Maker::Unknown`.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file.metadata()?.nlink() > 0),
    }
}

/// What is known of the maker of the file at `path`; if it is gone, the file that is returned with it keeps others from taking it up while the
/// caller removes it.
pub fn maker(path: &Path) -> (Maker, Option<File>) {
    let Ok(file) = File::open(path) else { return (Maker::Unknown, None) };
    match file.try_lock() {
        Ok(()) => (Maker::Gone, Some(file)),
        Err(TryLockError::WouldBlock) => (Maker::AtWork, None),
        Err(TryLockError::Error(_)) => (Maker::Unknown, None),
    }
}
