//! The real toolboxes and targets of this machine. Starts installers and servers.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Instant;

use dogfood_core::fault::Fault;
use dogfood_core::infra::target::Target;
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::redact::{Known, Redacted};

use super::deps::Deps;
use super::infrastructure::{Infrastructure, Place, Service, Tools, Unavailable};
use crate::lease;
use crate::targets::{self, Launch, Running, TargetError, Unwell};
use crate::toolboxes::{self, Environment, HostEnv, ToolboxError};

/// The real toolboxes and targets.
#[derive(Clone, Copy, Debug)]
pub struct Host<'a> {
    program: &'a Path,
    cache: &'a Path,
    environment: &'a HostEnv,
    keep: bool,
    stop: &'a Arc<AtomicBool>,
}

impl<'a> Host<'a> {
    /// As the caller of a run has them.
    pub fn new(deps: &'a Deps) -> Self {
        Self { program: &deps.program, cache: &deps.cache, environment: &deps.host, keep: deps.keep, stop: &deps.stop }
    }
}

impl Infrastructure for Host<'_> {
    fn toolbox(&self, toolbox: &Toolbox, progress: &mut dyn FnMut(String)) -> Result<Tools, Unavailable> {
        toolboxes::prepare(toolbox, self.cache, self.environment, progress).map(tools).map_err(|error| match error {
            ToolboxError::Stopped(_) => Unavailable::Interrupted,
            error => Unavailable::blamed(error.blame(), error.to_string()),
        })
    }

    fn start(
        &self,
        target: &Target,
        place: &Place<'_>,
        progress: &mut dyn FnMut(Redacted),
    ) -> Result<Arc<dyn Service>, Unavailable> {
        let environment = place.tools.and_then(|tools| tools.environment.as_deref());
        let marks = [(lease::VARIABLE, place.mark)];
        let launch = Launch {
            program: self.program,
            run_dir: place.folder,
            marks: &marks,
            lease: place.lease,
            cache: self.cache,
            host: self.environment,
            keep: self.keep,
            stop: self.stop,
        };
        let running = targets::start(target, environment, &launch, progress).map_err(unavailable)?;
        let (version, secrets, facts) = (running.version().to_owned(), running.secrets(), running.facts());
        Ok(Arc::new(Server { version, secrets, facts, died: OnceLock::new(), running: RwLock::new(Some(running)) }))
    }
}

fn unavailable(error: TargetError) -> Unavailable {
    match error {
        TargetError::Stopped(_) => Unavailable::Interrupted,
        TargetError::WrongServerVersion { declared, says, .. } => {
            Unavailable::WrongVersion { declared, says: says.into_string() }
        }
        error => Unavailable::blamed(error.blame(), error.to_string()),
    }
}

/// A target that runs, until it is stopped.
struct Server {
    version: String,
    secrets: Vec<Known>,
    facts: BTreeMap<String, String>,
    died: OnceLock<String>,
    running: RwLock<Option<Running>>,
}

impl Server {
    fn with<T>(&self, work: impl FnOnce(&Running) -> Result<T, String>) -> Result<T, String> {
        match &*self.running.read().unwrap_or_else(PoisonError::into_inner) {
            Some(running) => work(running),
            None => Err("it was stopped".to_owned()),
        }
    }
}

impl Service for Server {
    fn version(&self) -> String {
        self.version.clone()
    }

    fn address(&self) -> Option<SocketAddr> {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().map(Running::address)
    }

    fn hand_over(&self, name: &str, through: Option<SocketAddr>) -> Result<Vec<Known>, String> {
        self.with(|running| {
            running.fresh(name, through).map(|handed| handed.variables).map_err(|error| error.to_string())
        })
    }

    fn interfere(&self, fault: &Fault) -> Result<(), String> {
        self.with(|running| running.interfere(fault))
    }

    fn restore(&self) -> Result<(), String> {
        self.with(Running::restore)
    }

    fn facts(&self) -> BTreeMap<String, String> {
        self.facts.clone()
    }

    fn secrets(&self) -> Vec<Known> {
        self.secrets.clone()
    }

    fn dead(&self) -> Option<String> {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        let Some(running) = running.as_ref() else { return self.died.get().cloned() };
        let ended = running.ended()?;
        Some(format!("its server ended ({ended}){}", running.last_words()))
    }

    fn unwell(&self, moment: Instant) -> Option<Unwell> {
        let running = self.running.read().unwrap_or_else(PoisonError::into_inner);
        match running.as_ref() {
            Some(running) => running.unwell(moment),
            // Somebody found it unwell, and stopped it.
            None => Some(Unwell::Gone(self.died.get().cloned().unwrap_or_else(|| "it was stopped".to_owned()))),
        }
    }

    fn stop(&self) {
        // Who asks afterwards wants to know whether it had lasted until now.
        if let Some(why) = self.dead() {
            let _ = self.died.set(why);
        }
        let running = self.running.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(running) = running {
            // What it could not remove is removed with the run's folder, or told then.
            let _ = running.stop();
        }
    }
}

fn tools(environment: Environment) -> Tools {
    let environment = Arc::new(environment);
    let packages = Arc::clone(&environment);
    Tools {
        dir: environment.dir.clone(),
        bin: environment.bin.clone(),
        python: environment.python.clone(),
        python_version: environment.python_version.clone(),
        owner: Arc::new(move |module| packages.distribution_of(module).map(str::to_owned)),
        environment: Some(environment),
    }
}
