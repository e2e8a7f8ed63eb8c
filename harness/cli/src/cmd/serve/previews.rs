//! Where previews are built: each in a fresh folder, so that the one that is shown stays whole until the next one is. Makes and removes folders
//! below `.dogfood/preview`.

use std::fs;
use std::path::{Path, PathBuf};

/// Below the checkout, and never where a build that passed lies.
const FOLDER: &str = ".dogfood/preview";

/// The previews of one server. They are gone when it is.
pub(super) struct Previews {
    folder: PathBuf,
    process: u32,
    last: usize,
}

impl Previews {
    /// None yet; what servers that are over left behind is removed.
    pub(super) fn of(root: &Path) -> Self {
        let previews = Self { folder: root.join(FOLDER), process: std::process::id(), last: 0 };
        previews.remove(|process, _| process == previews.process || !is_alive(process));
        previews
    }

    /// Where the next one is to be built.
    pub(super) fn next(&mut self) -> PathBuf {
        self.last += 1;
        self.folder.join(format!("{}-{}", self.process, self.last))
    }

    /// Removes those from before the one that was shown until now: a page of that one may still be asked for.
    pub(super) fn forget(&self) {
        self.remove(|process, number| process == self.process && number + 1 < self.last);
    }

    /// Removes those of which `over` says so, and what is no preview.
    fn remove(&self, over: impl Fn(u32, usize) -> bool) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let parts = name.to_str().and_then(|name| name.split_once('-'));
            let of = parts.and_then(|(process, number)| Some((process.parse().ok()?, number.parse().ok()?)));
            if of.is_none_or(|(process, number)| over(process, number)) {
                // What stays is tried again by the next server.
                let _ = fs::remove_dir_all(entry.path()).or_else(|_| fs::remove_file(entry.path()));
            }
        }
    }
}

impl Drop for Previews {
    fn drop(&mut self) {
        self.remove(|process, _| process == self.process);
    }
}

fn is_alive(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_two_stay_and_nothing_of_servers_that_are_over() {
        let root = tempfile::tempdir().unwrap();
        let names = || {
            let entries = fs::read_dir(root.path().join(FOLDER)).unwrap();
            let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
            names.sort();
            names
        };
        // No process has this number: the kernel gives none beyond four millions. Process 1 lives.
        for left in ["4294967295-1", "1-7", "css"] {
            fs::create_dir_all(root.path().join(FOLDER).join(left)).unwrap();
        }
        fs::write(root.path().join(FOLDER).join("index.html"), "").unwrap();
        let mut previews = Previews::of(root.path());
        assert_eq!(names(), ["1-7"]);
        for _ in 0..3 {
            fs::create_dir(previews.next()).unwrap();
            previews.forget();
        }
        let own = std::process::id();
        let mut expected = ["1-7".to_owned(), format!("{own}-2"), format!("{own}-3")];
        expected.sort();
        assert_eq!(names(), expected);
        drop(previews);
        assert_eq!(names(), ["1-7"]);
    }
}
