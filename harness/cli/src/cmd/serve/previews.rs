//! Where previews are built: each in a fresh folder, so that the one that is shown stays whole until the next one is. Makes and removes folders
//! below `.dogfood/preview`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use dogfood_store::hold::{self, Maker};
use dogfood_store::write::Swept;

use crate::exit::Trouble;

/// Below the checkout, and never where a build that passed lies. In it each server has a folder of its own, for as long as it holds [`LOCK`].
const FOLDER: &str = ".dogfood/preview";
/// The file in a server's folder that it holds.
const LOCK: &str = "lock";

/// The symbolic link that leads to the folder of previews, relative to `root`.
fn link(root: &Path) -> Option<PathBuf> {
    let parts = Path::new(FOLDER).ancestors().filter(|part| !part.as_os_str().is_empty());
    parts.map(Path::to_owned).find(|part| root.join(part).is_symlink())
}

/// The previews of one server. They are gone when it is.
pub(crate) struct Previews {
    folder: PathBuf,
    last: usize,
    _held: File,
}

impl Previews {
    /// None yet; what servers that are over left behind is removed.
    ///
    /// # Errors
    /// If its folder cannot be made.
    pub(super) fn of(root: &Path) -> io::Result<Self> {
        // What stays is told by `dogfood clean`, and tried again by the next server.
        let _ = Self::sweep(root);
        let all = root.join(FOLDER);
        fs::create_dir_all(&all)?;
        let folder = tempfile::Builder::new().prefix("").tempdir_in(&all)?.keep();
        let held = File::create(folder.join(LOCK))?;
        hold::take(&held)?;
        Ok(Self { folder, last: 0, _held: held })
    }

    /// Refuses a link that leads to the folder of previews: a checkout must not choose where files are written and removed.
    pub(super) fn refuse_link(root: &Path) -> Result<(), Trouble> {
        let refuse = |link: PathBuf| {
            let what = format!("`{}` is a symbolic link, and pages are built below it", link.display());
            Err(Trouble::usage(what, format!("remove it: `rm {}`", link.display())))
        };
        link(root).map_or(Ok(()), refuse)
    }

    /// Removes what servers that are over left behind.
    pub(crate) fn sweep(root: &Path) -> Swept {
        let mut swept = Swept::default();
        if let Some(link) = link(root) {
            swept.problems.push(format!("{} is a symbolic link: nothing below it is removed", link.display()));
            return swept;
        }
        for entry in fs::read_dir(root.join(FOLDER)).into_iter().flatten().flatten() {
            let path = entry.path();
            // A server that has made its folder and not held it yet is as good as over: it makes another.
            let (maker, _held) = hold::maker(&path.join(LOCK));
            if maker == Maker::AtWork {
                continue;
            }
            match fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path)) {
                Ok(()) => swept.removed += 1,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => swept.problems.push(format!("cannot remove {}: {error}", path.display())),
            }
        }
        swept
    }

    /// Where the next one is to be built.
    pub(super) fn next(&mut self) -> PathBuf {
        self.last += 1;
        self.folder.join(self.last.to_string())
    }

    /// Removes those from before the one that was shown until now: a page of that one may still be asked for.
    pub(super) fn forget(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let number: Option<usize> = entry.file_name().to_str().and_then(|name| name.parse().ok());
            if number.is_some_and(|number| number + 1 < self.last) {
                // What stays is removed with the server's folder.
                let _ = fs::remove_dir_all(entry.path());
            }
        }
    }
}

impl Drop for Previews {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_stay_and_nothing_of_servers_that_are_over() {
        let root = tempfile::tempdir().unwrap();
        let names = |folder: &Path| {
            let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            names.sort();
            names
        };
        let all = root.path().join(FOLDER);
        for left in ["4242-1", "css"] {
            fs::create_dir_all(all.join(left)).unwrap();
        }
        fs::write(all.join("index.html"), "").unwrap();
        let other = Previews::of(root.path()).unwrap();
        assert_eq!(names(&all).len(), 1);
        let mut previews = Previews::of(root.path()).unwrap();
        assert_eq!(names(&all).len(), 2, "another server is at work");
        for _ in 0..3 {
            fs::create_dir(previews.next()).unwrap();
            previews.forget();
        }
        assert_eq!(names(&previews.folder), ["2", "3", LOCK]);
        assert_eq!(Previews::sweep(root.path()).removed, 0);
        drop(previews);
        assert_eq!(names(&all).len(), 1);
        // A server that was killed holds nothing any more.
        let left = other.folder.clone();
        drop(other);
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        assert_eq!(Previews::sweep(root.path()).removed, 1);
    }
}
