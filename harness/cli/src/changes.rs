//! What a writer saves: waits until files below some folders change. Touches the system's own notice of changes (inotify), through `notify`.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// An editor saves in several steps: so long nothing must change any more.
const QUIET: Duration = Duration::from_millis(30);
/// How often is looked whether the program is to end.
const TURN: Duration = Duration::from_millis(100);

/// Changes below a checkout, as they come.
pub(crate) struct Changes {
    heard: Receiver<()>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Listens for changes of what a book is made of: the book's `source` folder, `infra` and book.toml, all below `root`.
    pub(crate) fn listen(root: &Path, source: &Path) -> notify::Result<Self> {
        let (say, heard) = mpsc::channel();
        let ours = Ours { root: root.to_owned() };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // An error says that notices were lost: better once too often.
            if event.map_or(true, |event| ours.concerns(&event)) {
                // Nobody listens any more at the end.
                let _ = say.send(());
            }
        })?;
        watcher.watch(root, RecursiveMode::NonRecursive)?;
        for folder in [root.join(source), root.join("infra")] {
            if folder != root && folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(Self { heard, _watcher: watcher })
    }

    /// Waits until something has changed and all is quiet again; `false` if `stop` came first.
    pub(crate) fn wait(&self, stop: &AtomicBool) -> bool {
        loop {
            if stop.load(Ordering::SeqCst) {
                return false;
            }
            match self.heard.recv_timeout(TURN) {
                Ok(()) => break,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
        while self.heard.recv_timeout(QUIET).is_ok() {}
        true
    }
}

/// Which changes concern a book.
struct Ours {
    root: PathBuf,
}

impl Ours {
    fn concerns(&self, event: &Event) -> bool {
        !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| self.is_of_the_book(path))
    }

    /// Not what runs and builds write, nor what editors keep beside the file.
    fn is_of_the_book(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.root) else { return true };
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        let hidden = parts.iter().any(|part| part.starts_with(['.', '#']) || part.ends_with('~') || *part == "4913");
        match &parts[..] {
            _ if hidden => false,
            [file] => file == "book.toml",
            [first, ..] => !matches!(&**first, "traces" | "book" | "target"),
            [] => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind};

    use super::*;

    #[test]
    fn what_runs_builds_and_editors_write_is_no_change() {
        let ours = Ours { root: "/b".into() };
        let concerns = |kind, path: &str| ours.concerns(&Event::new(kind).add_path(path.into()));
        for (path, expected) in [
            ("/b/guides/a.md", true),
            ("/b/guides/sub/data.csv", true),
            ("/b/infra/targets/x.yaml", true),
            ("/b/book.toml", true),
            ("/b/guides/.a.md.swp", false),
            ("/b/guides/a.md~", false),
            ("/b/guides/4913", false),
            ("/b/traces/a/r@none.yaml", false),
            ("/b/book/index.html", false),
            ("/b/.dogfood/runs/x.json", false),
            ("/b/README", false),
            ("/b", false),
        ] {
            assert_eq!(concerns(EventKind::Create(CreateKind::File), path), expected, "{path}");
        }
        assert!(!concerns(EventKind::Access(AccessKind::Read), "/b/guides/a.md"));
    }

    #[test]
    fn a_saved_file_is_heard_once_and_an_end_is_heard_too() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("guides")).unwrap();
        let changes = Changes::listen(dir.path(), Path::new("guides")).unwrap();
        let stop = AtomicBool::new(false);
        std::fs::write(dir.path().join("guides/a.md"), "a").unwrap();
        std::fs::rename(dir.path().join("guides/a.md"), dir.path().join("guides/b.md")).unwrap();
        assert!(changes.wait(&stop));
        assert!(changes.heard.try_recv().is_err(), "heard twice");
        stop.store(true, Ordering::SeqCst);
        assert!(!changes.wait(&stop));
    }
}
