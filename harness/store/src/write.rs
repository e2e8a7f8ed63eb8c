//! Atomic writes: a file is the old one or the new one, whatever happens in between. The new text goes to a file beside it, to the disk,
//! and only then takes the name.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dogfood_core::place::RelPath;

/// How the files beside begin. The gate passes over names with a dot.
const PREFIX: &str = ".dogfood-";
/// Files beside that are older than this belong to no write that is still going on.
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
    let folder = folder(root, path)?;
    let target = folder.join(path.file_name());
    let mut beside = tempfile::Builder::new().prefix(PREFIX).tempfile_in(&folder)?;
    beside.write_all(bytes)?;
    beside.as_file().set_permissions(permissions(&target))?;
    beside.as_file().sync_all()?;
    let mut written = Vec::with_capacity(bytes.len());
    File::open(beside.path())?.read_to_end(&mut written)?;
    if written != bytes {
        return Err(io::Error::other("the disk gave back other bytes than were written"));
    }
    accept(&written)?;
    beside.persist(&target).map_err(|error| error.error)?;
    File::open(&folder)?.sync_all()
}

/// Removes what writes that were killed left beside the files of `folder`; gives how many.
pub fn sweep(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let abandoned = |entry: &fs::DirEntry| {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let old = entry
            .metadata()
            .and_then(|data| data.modified())
            .is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > ABANDONED));
        ours && old
    };
    entries.filter(abandoned).filter(|entry| fs::remove_file(entry.path()).is_ok()).count()
}

/// [`sweep`] in `folder` and all below it. Links are not followed.
pub fn sweep_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    sweep(folder) + folders.map(|below| sweep_below(&below.path())).sum::<usize>()
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
            return Err(io::Error::other(format!("`{path}` leads out of the checkout through a symbolic link")));
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
    fn only_abandoned_files_are_swept() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("below")).unwrap();
        for name in [".dogfood-old", ".dogfood-new", "old", "below/.dogfood-old"] {
            fs::write(root.path().join(name), "x").unwrap();
        }
        for name in [".dogfood-old", "old", "below/.dogfood-old"] {
            let hour = SystemTime::now() - Duration::from_secs(3600);
            File::options().write(true).open(root.path().join(name)).unwrap().set_modified(hour).unwrap();
        }
        assert_eq!(sweep(root.path()), 1);
        assert_eq!(names(root.path()), [".dogfood-new", "below", "old"]);
        assert_eq!(sweep(&root.path().join("none")), 0);
        assert_eq!(sweep_below(root.path()), 1, "and one in the folder below");
    }
}
