//! What the cells of a run share: toolboxes and targets, made once by the first who asks, and the lease. Starts what it is asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use dogfood_core::digest::Digest;
use dogfood_core::event::{NotRun, RunEvent};
use dogfood_core::infra::target::Target;
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::name::Id;
use dogfood_core::plan::Cell;
use dogfood_core::redact::Redactor;

use super::deps::{Deps, RunError};
use super::infrastructure::{Infrastructure, Place, Service, Tools};
use super::world::World;
use crate::lease::{self, Lease};
use crate::limits;
use crate::targets::Unwell;

type Once<T> = Arc<OnceLock<Result<T, NotRun>>>;

/// By name and content: between runs that share them a file may change.
type Shared<T> = Mutex<BTreeMap<(Id, Digest), T>>;

/// The server of a target that recipes share.
#[derive(Default)]
struct Slot {
    once: Once<Arc<dyn Service>>,
    /// Whether it stands in the place of one that went away: that happens once in a run, for the second time it is no accident.
    is_second: bool,
}

/// What the cells of a run share.
pub(super) struct Supplies<'a> {
    pub(super) deps: &'a Deps,
    pub(super) lease: Lease,
    infrastructure: &'a dyn Infrastructure,
    toolboxes: Shared<Once<Tools>>,
    targets: Shared<Slot>,
    /// Everything that was started, to be stopped at the end.
    started: Mutex<Vec<Arc<dyn Service>>>,
    /// How many starts were tried: the folder of each is a new one.
    starts: AtomicUsize,
    /// How long targets that recipes share took to get ready.
    took: Mutex<BTreeMap<Id, Duration>>,
    bash_version: OnceLock<Option<String>>,
}

impl<'a> Supplies<'a> {
    pub(super) fn begin(deps: &'a Deps, infrastructure: &'a dyn Infrastructure) -> Result<Self, RunError> {
        Ok(Self {
            deps,
            lease: Lease::take(&deps.root)?,
            infrastructure,
            toolboxes: Mutex::default(),
            targets: Mutex::default(),
            started: Mutex::default(),
            starts: AtomicUsize::new(0),
            took: Mutex::default(),
            bash_version: OnceLock::new(),
        })
    }

    /// Forgets what did not come to be, and stops what did not last or is planned with another content now: a run of `cells` tries it again.
    /// A target that none of them runs on stays for a later run.
    pub(super) fn renew(&self, cells: &[Cell]) {
        lock(&self.toolboxes).retain(|_, made| !matches!(made.get(), Some(Err(_))));
        let planned: Vec<&Target> = cells.iter().filter_map(|cell| cell.target.as_deref()).collect();
        let is_old = |id: &Id, digest: Digest| {
            let mut own = planned.iter().filter(|target| target.id == *id).peekable();
            own.peek().is_some() && own.all(|target| target.digest != digest)
        };
        lock(&self.targets).retain(|(id, digest), slot| {
            slot.is_second = false;
            match slot.once.get() {
                Some(Ok(service)) if service.dead().is_some() || is_old(id, *digest) => {
                    self.stop(service);
                    false
                }
                Some(Ok(_)) | None => true,
                Some(Err(_)) => false,
            }
        });
        self.lease.failures.forget();
        lock(&self.took).clear();
    }

    fn stop(&self, service: &Arc<dyn Service>) {
        service.stop();
        lock(&self.started).retain(|other| !Arc::ptr_eq(other, service));
    }

    /// Why one of the servers that run is not what a recipe counts on that began at `moment`.
    pub(super) fn unwell(&self, moment: Instant) -> Option<Unwell> {
        lock(&self.started).iter().find_map(|service| service.unwell(moment))
    }

    /// Stops what was started and gives everything back.
    /// Where kept folders are, and what could not be given back, in words.
    pub(super) fn end(self) -> (Option<PathBuf>, Vec<String>) {
        for service in lock(&self.started).drain(..) {
            service.stop();
        }
        let kept = self.deps.keep.then(|| self.lease.folder().to_owned());
        let left = self.lease.release(self.deps.keep);
        (kept, left)
    }

    /// The toolbox, made by the first who asks.
    pub(super) fn toolbox(&self, toolbox: &Toolbox, say: &dyn Fn(RunEvent)) -> Result<Tools, NotRun> {
        let once = Arc::clone(lock(&self.toolboxes).entry((toolbox.id.clone(), toolbox.lock_digest())).or_default());
        let made = once.get_or_init(|| {
            let redactor = Redactor::new(&self.deps.secrets);
            let mut progress = |line: String| {
                let progress = redactor.told(line.as_bytes());
                say(RunEvent::Toolbox { toolbox: toolbox.id.clone(), progress });
            };
            self.infrastructure.toolbox(toolbox, &mut progress).map_err(NotRun::from)
        });
        made.clone()
    }

    /// The target of a cell: the run's one server, started by the first who asks, or a server of the cell's `own`.
    pub(super) fn service(
        &self,
        cell: &Cell,
        part: &str,
        own: bool,
        say: &dyn Fn(RunEvent),
    ) -> Result<Option<Arc<dyn Service>>, NotRun> {
        let Some(target) = &cell.target else { return Ok(None) };
        let toolbox = cell.target_toolbox.as_deref();
        if own {
            return self.start(target, toolbox, &format!("{part}-{}", target.id), say).map(Some);
        }
        let once = Arc::clone(&lock(&self.targets).entry((target.id.clone(), target.digest)).or_default().once);
        let start = || {
            let began = Instant::now();
            let started = self.start(target, toolbox, target.id.as_str(), say);
            lock(&self.took).insert(target.id.clone(), began.elapsed());
            started
        };
        let service = once.get_or_init(start).clone()?;
        match service.dead() {
            Some(why) if self.retire(target, &service, &why, say) => self.service(cell, part, own, say),
            _ => Ok(Some(service)),
        }
    }

    /// Takes the shared server `service` of `target` out of service, because of `why`: the next who asks for one gets another. Returns whether
    /// there is to be another one.
    pub(super) fn retire(
        &self,
        target: &Target,
        service: &Arc<dyn Service>,
        why: &str,
        say: &dyn Fn(RunEvent),
    ) -> bool {
        {
            let mut targets = lock(&self.targets);
            let Some(slot) = targets.get_mut(&(target.id.clone(), target.digest)) else { return false };
            match slot.once.get() {
                Some(Ok(current)) if Arc::ptr_eq(current, service) && slot.is_second => return false,
                Some(Ok(current)) if Arc::ptr_eq(current, service) => {
                    *slot = Slot { once: Once::default(), is_second: true };
                }
                // Somebody else did it already.
                _ => return true,
            }
        }
        let why = Redactor::new(&self.deps.secrets).told(why.as_bytes());
        say(RunEvent::ServerLost { target: target.id.clone(), why, cell: None });
        self.stop(service);
        true
    }

    /// Starts the targets that `cells` share, in the order of the cells, until the run is to end.
    pub(super) fn start_ahead(&self, cells: &[&Cell], say: &dyn Fn(RunEvent)) {
        for cell in cells {
            if self.deps.stopped() {
                return;
            }
            // Whether it went well is told to each cell that needs it.
            let _ = self.service(cell, "", false, say);
        }
    }

    /// How long each target that recipes share took to get ready.
    pub(super) fn started_after(&self) -> BTreeMap<Id, Duration> {
        lock(&self.took).clone()
    }

    pub(super) fn start(
        &self,
        target: &Target,
        toolbox: Option<&Toolbox>,
        part: &str,
        say: &dyn Fn(RunEvent),
    ) -> Result<Arc<dyn Service>, NotRun> {
        if let Some(why) = target.not_runnable() {
            return Err(NotRun::NotAvailable(why));
        }
        let tools = toolbox.map(|toolbox| self.toolbox(toolbox, say)).transpose()?;
        // A target may be started again while the run lasts: what the start before has left is removed with the run's folder.
        let part = format!("t{}-{part}", self.starts.fetch_add(1, Ordering::Relaxed));
        let folder = self.lease.folder().join(&part);
        lease::make_folder(&folder)
            .map_err(|error| NotRun::Broken(format!("cannot make the target's folder: {}", limits::told(&error))))?;
        let mark = self.lease.mark(&part);
        let place = Place { tools: tools.as_ref(), folder: &folder, mark: &mark, lease: &self.lease };
        let mut progress = |progress| say(RunEvent::Target { target: target.id.clone(), progress });
        let service = self.infrastructure.start(target, &place, &mut progress)?;
        lock(&self.started).push(Arc::clone(&service));
        Ok(service)
    }

    /// The version of the bash that recipes get.
    pub(super) fn bash_version(&self, world: &World) -> Option<String> {
        let ask = || {
            let mut command = Command::new(world.program("bash").ok()?);
            let output = command.arg("--version").env("LC_ALL", "C").stdin(Stdio::null()).output().ok()?;
            let said = String::from_utf8(output.stdout).ok()?;
            let version = said.split_once("version ")?.1.split(['(', ' ', '-']).next()?;
            Some(version.to_owned())
        };
        self.bash_version.get_or_init(ask).clone()
    }
}

/// What is in `mutex`, whatever became of another thread that held it.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
