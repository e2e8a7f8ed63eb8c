//! A run's hold on what it started and made. Writes below `.dogfood` and the system's temporary folder, kills processes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::folder;
use super::mark::{PATIENCE, VARIABLE, of_run};
use super::record::{self, Record};
use crate::containers::{self, Engine, Failures, Labels, NoEngine};
use crate::sys;

/// An engine that was not there is looked for again after as long: who asks meanwhile need not wait for nothing.
const LOOK_AGAIN: Duration = Duration::from_secs(20);

/// A run's hold on processes and folders. Give it back with [`Lease::release`].
#[derive(Debug)]
pub struct Lease {
    id: String,
    folder: PathBuf,
    file: PathBuf,
    record: Mutex<Record>,
    checkout: String,
    engine: Mutex<Option<Found>>,
    /// The builds of images that failed in this run.
    pub(crate) failures: Failures,
}

/// What came of looking for the Docker engine.
#[derive(Debug)]
enum Found {
    Engine(Box<Engine>),
    None(NoEngine, Instant),
}

/// Why a run could not be written down. This machine is to blame, whatever it is.
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
        let record = record::refuse_links(root)
            .and_then(|()| Record::of_this_process(&id, &folder))
            .and_then(|record| record.write(&file).map(|()| record))
            .map_err(at("write down the run in", &file))?;
        let made = folder::make(&folder).and_then(|()| record::sign(&folder, &file));
        made.inspect_err(|_| {
            // Nothing is left of a run that could not begin.
            let _ = folder::remove(&folder);
            let _ = std::fs::remove_file(&file);
        })
        .map_err(at("make the run's folder", &folder))?;
        let (checkout, failures) = (containers::checkout(root), Failures::default());
        Ok(Self { id, folder, file, record: Mutex::new(record), checkout, engine: Mutex::default(), failures })
    }

    /// The run's id: twelve hex digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The run's folder: 0700, short, and gone after the run.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What everything in the Docker engine carries that is this run's.
    pub fn labels(&self) -> Labels {
        Labels { run: self.id.clone(), owner: self.record().owner(), checkout: self.checkout.clone() }
    }

    /// Writes down sockets that a server is about to make outside the run's folder.
    ///
    /// # Errors
    /// If the record cannot be written.
    pub fn note_sockets(&self, sockets: &[PathBuf]) -> Result<(), LeaseError> {
        if sockets.is_empty() {
            return Ok(());
        }
        self.note(|record| record.sockets.extend(sockets.iter().cloned()))
    }

    /// The Docker engine, found by the first who asks. From the moment on when `ending` becomes true, no call to it waits long.
    ///
    /// # Errors
    /// If there is none.
    pub fn engine(&self, ending: &Arc<AtomicBool>) -> Result<Engine, NoEngine> {
        let mut found = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        match &*found {
            Some(Found::Engine(engine)) => return Ok((**engine).clone()),
            Some(Found::None(why, since)) if since.elapsed() < LOOK_AGAIN => return Err(why.clone()),
            _ => {}
        }
        let engine = Engine::find().map(|engine| engine.for_run(ending));
        *found = Some(match &engine {
            Ok(engine) => Found::Engine(Box::new(engine.clone())),
            Err(why) => Found::None(why.clone(), Instant::now()),
        });
        engine
    }

    /// Writes down that the run is about to make something in the Docker engine. Whether this is the first time.
    ///
    /// # Errors
    /// If the record cannot be written.
    pub fn note_containers(&self) -> Result<bool, LeaseError> {
        if self.record().containers {
            return Ok(false);
        }
        self.note(|record| record.containers = true).map(|()| true)
    }

    fn note(&self, change: impl FnOnce(&mut Record)) -> Result<(), LeaseError> {
        let mut record = self.record();
        change(&mut record);
        let failed = |source| LeaseError { what: "write down in", path: self.file.clone(), source };
        record.write(&self.file).map_err(failed)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// [`clean`](super::clean). Returns in words what stays against our will; the record stays as long, for the next run to try again.
    pub fn release(self, keep: bool) -> Vec<String> {
        let mut problems = Vec::new();
        if sys::kill_marked(VARIABLE, |value| of_run(value, &self.id), PATIENCE).is_none() {
            problems.push(format!("processes of the run {} do not die", self.id));
        }
        if self.record().containers {
            problems.extend(self.leave_engine());
        }
        if keep {
            problems.extend(self.note(|record| record.kept = true).err().map(|error| error.to_string()));
            return problems;
        }
        problems.extend(folder::remove(&self.folder).err().map(|error| folder::stays(&self.folder, &error)));
        if problems.is_empty()
            && let Err(error) = std::fs::remove_file(&self.file)
            // Somebody who cleans up may have been here before.
            && error.kind() != io::ErrorKind::NotFound
        {
            problems.push(format!("cannot remove {}: {error}", self.file.display()));
        }
        problems
    }

    fn leave_engine(&self) -> Vec<String> {
        let found = self.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
        let engine = match found {
            Some(Found::Engine(engine)) => Ok(*engine),
            _ => Engine::find(),
        };
        match engine {
            Ok(engine) => {
                let still = |problem| {
                    format!("the run's containers may still be there, and the next run looks again: {problem}")
                };
                containers::remove_run(&engine, &self.id).problems.into_iter().map(still).collect()
            }
            Err(error) => vec![format!("the run's containers may still be there: {error}")],
        }
    }
}
