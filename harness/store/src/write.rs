//! Atomic writes: a file is the old one or the new one, whatever happens in between. The new text goes to a file beside it, to the disk,
//! and only then takes the name.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dogfood_core::blame::Blame;
use dogfood_core::place::RelPath;
use tempfile::NamedTempFile;

use crate::hold::{self, Maker};

/// How the files beside begin. The gate passes over names with a dot, and `dogfood init` has git ignore them.
const PREFIX: &str = ".dogfood-";
/// Where the file system has no locks, files beside that are older than this belong to no write that is still going on.
const ABANDONED: Duration = Duration::from_secs(600);

/// Writes `bytes` to the file at `path` of the checkout at `root`, with its folders.
///
/// # Errors
/// If anything fails, the old file is as it was: no room, no rights, a folder on the way that a link leads out of the checkout.
pub fn atomic(root: &Path, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
    atomic_if(root, path, bytes, |_| Ok(()))
}

/// [`atomic`], with a look at the bytes as they came back from the disk before they take the name.
///
/// # Errors
/// As [`atomic`], and if `accept` refuses.
pub fn atomic_if(
    root: &Path,
    path: &RelPath,
    bytes: &[u8],
    accept: impl FnOnce(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let (beside, target) = beside(root, path, bytes)?;
    let mut written = Vec::with_capacity(bytes.len());
    File::open(beside.path())?.read_to_end(&mut written)?;
    if written != bytes {
        return Err(io::Error::other("the disk gave back other bytes than were written"));
    }
    accept(&written)?;
    beside.persist(&target).map_err(|error| error.error)?;
    settle(&target)
}

/// [`atomic`] for a file that must not be there yet.
///
/// # Errors
/// As [`atomic`], and of the kind [`io::ErrorKind::AlreadyExists`] if anything has the name; that stays as it is.
pub fn create(root: &Path, path: &RelPath, bytes: &[u8]) -> io::Result<()> {
    let (beside, target) = beside(root, path, bytes)?;
    beside.persist_noclobber(&target).map_err(|error| error.error)?;
    settle(&target)
}

/// A file that holds `bytes`, on the disk, beside the place of `path`; and that place.
fn beside(root: &Path, path: &RelPath, bytes: &[u8]) -> io::Result<(NamedTempFile, PathBuf)> {
    let folder = folder(root, path)?;
    let target = folder.join(path.file_name());
    let mut beside = held(&folder)?;
    beside.write_all(bytes)?;
    beside.as_file().set_permissions(permissions(&target))?;
    beside.as_file().sync_all()?;
    Ok((beside, target))
}

/// A new file in `folder` that nobody takes for an abandoned one.
fn held(folder: &Path) -> io::Result<NamedTempFile> {
    /// Somebody who cleans up is that often faster than we are, and no more.
    const TRIES: usize = 16;
    for _ in 0..TRIES {
        let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(folder)?;
        if hold::take(file.as_file())? {
            return Ok(file);
        }
    }
    Err(io::Error::other(format!("somebody removes the files that are made in {}", folder.display())))
}

/// Brings the folder's list of names to the disk.
fn settle(target: &Path) -> io::Result<()> {
    File::open(target.parent().unwrap_or(target))?.sync_all()
}

/// Whose fault it is that a file of the checkout cannot be written: the checkout's own, where a file or a link stands in the way, else this
/// machine's.
pub fn blame(error: &io::Error) -> Blame {
    match error.kind() {
        io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::InvalidFilename
        | io::ErrorKind::InvalidInput => Blame::Book,
        _ => Blame::Machine,
    }
}

/// What was found of writes that were killed.
#[derive(Debug, Default)]
pub struct Swept {
    /// How many files were removed.
    pub removed: usize,
    /// What stays against our will, in words.
    pub problems: Vec<String>,
}

impl Swept {
    /// Both together.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.removed += other.removed;
        self.problems.extend(other.problems);
        self
    }
}

/// Removes what writes that were killed left beside the files of `folder`.
pub fn sweep(folder: &Path) -> Swept {
    let mut swept = Swept::default();
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // Held until it is gone: whoever makes one of this name makes another then.
        let (maker, _held) = hold::maker(&entry.path());
        if maker == Maker::AtWork || (maker == Maker::Unknown && !is_old(&entry)) {
            continue;
        }
        match fs::remove_file(entry.path()) {
            Ok(()) => swept.removed += 1,
            // Another one who cleans up was faster.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let path = entry.path();
                let path = path.display();
                swept.problems.push(format!(
                    "cannot remove {path}: {error}; it is a half-written file: remove it yourself (`sudo rm -f {path}`)"
                ));
            }
        }
    }
    swept
}

fn is_old(entry: &fs::DirEntry) -> bool {
    let changed = entry.metadata().and_then(|data| data.modified());
    changed.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > ABANDONED))
}

/// [`sweep`] in `folder` and all below it. Links are not followed.
pub fn sweep_below(folder: &Path) -> Swept {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|below| sweep_below(&below.path())).fold(sweep(folder), Swept::and)
}

/// The folder of `path`, made if need be, and inside the checkout.
fn folder(root: &Path, path: &RelPath) -> io::Result<PathBuf> {
    let root = root.canonicalize()?;
    let mut folder = root.clone();
    for part in path.parent().split('/').filter(|part| !part.is_empty()) {
        folder.push(part);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        // Checked at each step: nothing is made outside, not even an empty folder.
        folder = folder.canonicalize()?;
        if !folder.starts_with(&root) {
            let why = format!("`{path}` leads out of the checkout through a symbolic link");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
    }
    Ok(folder)
}

/// Those of the file that is there, else what any new file gets: a temporary file would be the owner's alone.
fn permissions(target: &Path) -> Permissions {
    fs::metadata(target).map_or_else(|_| Permissions::from_mode(0o644), |data| data.permissions())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_replaced_and_readable() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("a/b/c.yaml");
        atomic(root.path(), &path("a/b/c.yaml"), b"one").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"one");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
        fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        atomic(root.path(), &path("a/b/c.yaml"), b"two").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(names(&root.path().join("a/b")), ["c.yaml"]);
        atomic(root.path(), &path("top.yaml"), b"x").unwrap();
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_beside_it() {
        let root = tempfile::tempdir().unwrap();
        atomic(root.path(), &path("a/x"), b"old").unwrap();
        atomic_if(root.path(), &path("a/x"), b"new", |_| Err(io::Error::other("no"))).unwrap_err();
        assert_eq!(fs::read(root.path().join("a/x")).unwrap(), b"old");
        assert_eq!(names(&root.path().join("a")), ["x"]);
        // A folder stands where the file should go.
        fs::create_dir_all(root.path().join("b/x/y")).unwrap();
        atomic(root.path(), &path("b/x"), b"new").unwrap_err();
        assert_eq!(names(&root.path().join("b")), ["x"]);
        // A file stands where a folder should be.
        atomic(root.path(), &path("a/x/y"), b"new").unwrap_err();
        assert_eq!(fs::read(root.path().join("a/x")).unwrap(), b"old");
    }

    #[test]
    fn nothing_is_written_outside() {
        let outside = tempfile::tempdir().unwrap();
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), root.path().join("out")).unwrap();
        atomic(root.path(), &path("out/deep/x"), b"new").unwrap_err();
        atomic(root.path(), &path("out/x"), b"new").unwrap_err();
        assert_eq!(names(outside.path()), [""; 0]);
    }

    #[test]
    fn what_nobody_is_at_work_on_is_swept_at_once_and_all_else_stays() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("below")).unwrap();
        for name in [".dogfood-left", ".dogfood-held", "old", "below/.dogfood-left"] {
            fs::write(root.path().join(name), "x").unwrap();
        }
        fs::create_dir(root.path().join(".dogfood-folder")).unwrap();
        let held = File::open(root.path().join(".dogfood-held")).unwrap();
        assert!(hold::take(&held).unwrap());
        assert_eq!(sweep(root.path()).removed, 1);
        assert_eq!(names(root.path()), [".dogfood-folder", ".dogfood-held", "below", "old"]);
        assert_eq!(sweep(&root.path().join("none")).removed, 0);
        assert_eq!(sweep_below(root.path()).removed, 1, "and one in the folder below");
        drop(held);
        assert_eq!(sweep(root.path()).removed, 1, "its maker is gone");
    }

    #[test]
    fn a_file_that_was_removed_before_it_was_held_is_made_again() {
        let root = tempfile::tempdir().unwrap();
        let file = tempfile::Builder::new().prefix(PREFIX).tempfile_in(root.path()).unwrap();
        assert_eq!(sweep(root.path()).removed, 1);
        assert!(!hold::take(file.as_file()).unwrap());
        // With somebody who sweeps all the time, writes still come through.
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !over.load(std::sync::atomic::Ordering::Relaxed) {
                    sweep(root.path());
                }
            });
            for number in 0..50 {
                atomic(root.path(), &path("x"), format!("{number}").as_bytes()).unwrap();
            }
            over.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(fs::read_to_string(root.path().join("x")).unwrap(), "49");
    }

    #[test]
    fn a_new_file_takes_nobody_s_place() {
        let root = tempfile::tempdir().unwrap();
        create(root.path(), &path("a/x"), b"one").unwrap();
        let error = create(root.path(), &path("a/x"), b"two").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(root.path().join("a/x")).unwrap(), b"one");
        assert_eq!(names(&root.path().join("a")), ["x"]);
    }
}
