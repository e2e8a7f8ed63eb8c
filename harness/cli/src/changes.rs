//! What a writer saves: waits until a file that a book is made of changes. Touches the system's own notice of changes (inotify), through
//! `notify`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use dogfood_core::checkout::Inputs;
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

/// An editor saves in several steps: so long nothing must change any more.
const QUIET: Duration = Duration::from_millis(30);
/// How often is looked whether the program is to end.
const TURN: Duration = Duration::from_millis(100);
/// Where something is written all the time it is never quiet: so long is waited for it at most.
const LONGEST: Duration = Duration::from_secs(2);

/// Changes of a checkout, as they come.
pub(crate) struct Changes {
    heard: Receiver<()>,
    ours: Arc<Mutex<Ours>>,
    watcher: RecommendedWatcher,
}

impl Changes {
    /// Listens to the folder `root` itself, until [`Self::follow`] says what else the book is made of.
    pub(crate) fn listen(root: &Path) -> notify::Result<Self> {
        let (say, heard) = mpsc::channel();
        let ours = Arc::new(Mutex::new(Ours { root: root.to_owned(), source: String::new(), files: BTreeSet::new() }));
        let known = Arc::clone(&ours);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let concerns = |event: Event| known.lock().unwrap_or_else(PoisonError::into_inner).concerns(&event);
            // An error says that notices were lost: better once too often.
            if event.map_or(true, concerns) {
                // Nobody listens any more at the end.
                let _ = say.send(());
            }
        })?;
        watcher.watch(root, RecursiveMode::NonRecursive)?;
        Ok(Self { heard, ours, watcher })
    }

    /// Listens to what `inputs` were loaded from: everything below the book's source and `infra`, and every included file wherever it is.
    /// Again and again, for folders come and go.
    pub(crate) fn follow(&mut self, inputs: &Inputs) -> notify::Result<()> {
        let folders = {
            let mut ours = self.ours.lock().unwrap_or_else(PoisonError::into_inner);
            ours.source.clone_from(&inputs.book.src);
            ours.files = inputs.sources.keys().map(|path| PathBuf::from(path.as_str())).collect();
            ours.folders()
        };
        let watched = folders.into_iter().filter(|(folder, _)| folder.is_dir());
        watched.map(|(folder, mode)| self.watcher.watch(&folder, mode)).fold(Ok(()), Result::and)
    }

    /// Waits until something has changed and all is quiet again; `false` if `stop` came first.
    pub(crate) fn wait(&self, stop: &AtomicBool) -> bool {
        settled(&self.heard, stop)
    }
}

/// Waits until something was said and nothing more is; `false` if `stop` came first.
fn settled(heard: &Receiver<()>, stop: &AtomicBool) -> bool {
    loop {
        if stop.load(Ordering::SeqCst) {
            return false;
        }
        match heard.recv_timeout(TURN) {
            Ok(()) => break,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
    }
    let began = Instant::now();
    while began.elapsed() < LONGEST && heard.recv_timeout(QUIET).is_ok() {
        if stop.load(Ordering::SeqCst) {
            return false;
        }
    }
    true
}

/// Which changes concern a book.
struct Ours {
    root: PathBuf,
    /// The folder of the source, `""` for the root.
    source: String,
    /// What was loaded, by its path below the root.
    files: BTreeSet<PathBuf>,
}

impl Ours {
    /// The folders to listen to, and whether to all that is below them.
    fn folders(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let whole = [self.source.as_str(), "infra"];
        let whole: Vec<&Path> = whole.into_iter().filter(|folder| !folder.is_empty()).map(Path::new).collect();
        // A source that is the root itself has folders beside the book's that nobody wants to listen to.
        let parents: BTreeSet<&Path> = self.files.iter().filter_map(|file| file.parent()).collect();
        let single = parents.into_iter().filter(|parent| !whole.iter().any(|whole| parent.starts_with(whole)));
        let single = single.map(|folder| (self.root.join(folder), RecursiveMode::NonRecursive));
        single.chain(whole.iter().map(|folder| (self.root.join(folder), RecursiveMode::Recursive))).collect()
    }

    fn concerns(&self, event: &Event) -> bool {
        !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| self.is_of_the_book(path))
    }

    /// Not what runs and builds write, nor what editors keep beside the file.
    fn is_of_the_book(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.root) else { return true };
        if self.files.contains(path) || path == Path::new("book.toml") {
            return true;
        }
        let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
        if parts.iter().any(|part| part.starts_with(['.', '#']) || part.ends_with('~') || *part == "4913") {
            return false;
        }
        match &parts[..] {
            [] => false,
            [first, ..] if self.source.is_empty() => !matches!(&**first, "traces" | "book" | "target"),
            _ => path.starts_with(&self.source) || path.starts_with("infra"),
        }
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind};

    use super::*;

    fn ours(source: &str) -> Ours {
        Ours { root: "/b".into(), source: source.to_owned(), files: BTreeSet::from(["shared/part.md".into()]) }
    }

    #[track_caller]
    fn check(ours: &Ours, cases: &[(&str, bool)]) {
        for (path, expected) in cases {
            let event = Event::new(EventKind::Create(CreateKind::File)).add_path(path.into());
            assert_eq!(ours.concerns(&event), *expected, "{path}");
        }
    }

    #[test]
    fn what_runs_builds_and_editors_write_is_no_change() {
        let guides = ours("guides");
        check(
            &guides,
            &[
                ("/b/guides/a.md", true),
                ("/b/guides/sub/data.csv", true),
                ("/b/guides/book/x.md", true),
                ("/b/infra/targets/x.yaml", true),
                ("/b/infra", true),
                ("/b/book.toml", true),
                ("/b/shared/part.md", true),
                ("/b/shared/other.md", false),
                ("/b/guides/.a.md.swp", false),
                ("/b/guides/a.md~", false),
                ("/b/guides/4913", false),
                ("/b/traces/a/r@none.yaml", false),
                ("/b/book/index.html", false),
                ("/b/.dogfood/runs/x.json", false),
                ("/b/README", false),
                ("/b", false),
            ],
        );
        let read = Event::new(EventKind::Access(AccessKind::Read)).add_path("/b/guides/a.md".into());
        assert!(!guides.concerns(&read));
    }

    #[test]
    fn a_source_may_be_the_root_or_called_as_a_build_is() {
        let root = [("/b/a.md", true), ("/b/sub/b.md", true), ("/b/traces/a/r@none.yaml", false), ("/b/book/x", false)];
        check(&ours(""), &root);
        check(&ours("book"), &[("/b/book/a.md", true), ("/b/traces/x", false), ("/b/a.md", false)]);
    }

    #[test]
    fn every_folder_that_holds_a_part_is_listened_to() {
        let folders = |source: &str| {
            let ours =
                Ours { files: ["a.md", "guides/x/a.md", "shared/part.md"].map(PathBuf::from).into(), ..ours(source) };
            let folders = ours.folders().into_iter();
            folders.map(|(folder, mode)| (folder, mode == RecursiveMode::Recursive)).collect::<Vec<_>>()
        };
        let folder = |path: &str, whole| (PathBuf::from(path), whole);
        let guides =
            [folder("/b/", false), folder("/b/shared", false), folder("/b/guides", true), folder("/b/infra", true)];
        assert_eq!(folders("guides"), guides);
        let root =
            [folder("/b/", false), folder("/b/guides/x", false), folder("/b/shared", false), folder("/b/infra", true)];
        assert_eq!(folders(""), root);
    }

    #[test]
    fn what_was_said_meanwhile_counts_once_and_an_end_is_heard_too() {
        let (say, heard) = mpsc::channel();
        let stop = AtomicBool::new(false);
        (0..3).for_each(|_| say.send(()).unwrap());
        assert!(settled(&heard, &stop));
        assert!(heard.try_recv().is_err(), "told twice");
        stop.store(true, Ordering::SeqCst);
        assert!(!settled(&heard, &stop));
        stop.store(false, Ordering::SeqCst);
        drop(say);
        assert!(!settled(&heard, &stop), "nobody speaks any more");
    }

    #[test]
    fn a_folder_that_is_never_quiet_is_not_waited_for_for_ever() {
        let (say, heard) = mpsc::channel();
        let over = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&over);
        let noise = std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) && say.send(()).is_ok() {
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        assert!(settled(&heard, &AtomicBool::new(false)));
        over.store(true, Ordering::SeqCst);
        noise.join().unwrap();
    }
}
