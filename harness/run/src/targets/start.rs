//! Starting a target: fill its file, start the server, wait until a round trip comes through, hold its version against the file.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dogfood_core::infra::target::{ProcessSpec, Target};
use dogfood_core::infra::template::{Slot, Template};
use dogfood_core::name::Id;
use dogfood_core::redact::{Known, Redacted, Redactor};

use super::error::TargetError;
use super::protocols;
use super::protocols::protocol::{Client, run};
use super::serve::Job;
use super::server::Server;
use super::values::{Values, word};
use super::version;
use crate::lease::remove_folder;
use crate::toolboxes::Environment;

/// Somebody else may take a port between our choice and the server's: so often it is tried with others.
const STARTS: u32 = 3;
/// How long one round trip may take.
const ROUND_TRIP: Duration = Duration::from_secs(10);
/// Characters of a recipe's own word, after `dogfood-`.
const FRESH: usize = 12;

/// What starting a target takes from the run.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// This program, for `PROGRAM __serve`.
    pub program: &'a Path,
    /// The run's folder, which exists: the server's own lies in it.
    pub run_dir: &'a Path,
    /// Variables that name the run, by which a later one finds what a killed one left.
    pub marks: &'a [(&'a str, &'a str)],
    /// Becomes true when the run is to end.
    pub stop: &'a AtomicBool,
}

/// A target that runs. [`Running::stop`] ends it; dropping it does too, without a word about what went wrong.
pub struct Running {
    target: Target,
    values: Values,
    client: Box<dyn Client>,
    redactor: Redactor,
    server: Mutex<Server>,
    version: String,
}

/// What one recipe gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handed {
    /// Its variables, in the order of the target's file.
    pub variables: Vec<Known>,
}

/// Starts `target` with the programs of `environment` and waits until it is ready. `progress` gets lines for people.
///
/// # Errors
///
/// See [`TargetError`]. Nothing is left running then.
pub fn start(
    target: &Target,
    environment: &Environment,
    launch: &Launch<'_>,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Running, TargetError> {
    let process = match (&target.spec.process, target.not_runnable()) {
        (Some(process), None) => process,
        (_, why) => {
            return Err(TargetError::NotRunnable(
                why.unwrap_or_else(|| format!("target {} has no process", target.id)),
            ));
        }
    };
    let program = environment.bin.join(&process.program);
    if !program.is_file() {
        return Err(TargetError::NoProgram {
            target: target.id.clone(),
            toolbox: process.toolbox.clone(),
            program: process.program.clone(),
            bin: environment.bin.clone(),
            file: target.path.clone(),
        });
    }
    let mut tries = 0;
    loop {
        tries += 1;
        let starting = Starting { target, process, program: &program, environment, launch, taken: Cell::new(false) };
        match starting.start(progress) {
            Err(TargetError::Died { .. }) if starting.taken.get() && tries < STARTS => {}
            ended => return ended,
        }
    }
}

struct Starting<'a> {
    target: &'a Target,
    process: &'a ProcessSpec,
    program: &'a Path,
    environment: &'a Environment,
    launch: &'a Launch<'a>,
    /// Whether the server complained about a port: another try may go well.
    taken: Cell<bool>,
}

impl Starting<'_> {
    fn start(&self, progress: &mut dyn FnMut(Redacted)) -> Result<Running, TargetError> {
        let folder = self.folder().map_err(self.system("make its folder"))?;
        let started = self.start_in(&folder, progress);
        if started.is_err() {
            // The supervisor removed it, if it came to that.
            let _ = remove_folder(&folder);
        }
        started
    }

    fn start_in(&self, folder: &Path, progress: &mut dyn FnMut(Redacted)) -> Result<Running, TargetError> {
        let spec = &self.target.spec;
        let values = Values::new(spec, &folder.join("data")).map_err(self.system("choose its values"))?;
        let word = word(FRESH).map_err(self.system("choose its values"))?;
        let Some(client) = protocols::client(spec.protocol, &values.handed(spec, &word, None), &word) else {
            let why = format!("target {} speaks what no client here does", self.target.id);
            return Err(TargetError::NotRunnable(why));
        };
        let redactor = Redactor::new(&values.secrets(spec));
        progress(redactor.redact(format!("starting {}", self.process.program).as_bytes()));
        let begun = Instant::now();
        let server = Server::start(self.launch.program, &self.job(folder, &values), self.launch.marks);
        let server = Mutex::new(server.map_err(self.system("start its supervisor"))?);
        let mut running =
            Running { target: self.target.clone(), values, client, redactor, server, version: String::new() };
        if let Err(error) = self.until_ready(&running, begun).and_then(|()| self.check_version(&mut running)) {
            self.taken.set(running.says("address already in use"));
            let _ = running.end();
            return Err(error);
        }
        let seconds = begun.elapsed().as_secs_f32();
        let ready = format!("{} {} is ready after {seconds:.1} s", self.process.program, running.version);
        progress(running.redactor.redact(ready.as_bytes()));
        Ok(running)
    }

    fn system(&self, what: &'static str) -> impl FnOnce(std::io::Error) -> TargetError + use<> {
        let target = self.target.id.clone();
        move |source| TargetError::System { target, what, source }
    }

    /// The server's own folder, with its HOME and its data folder, for nobody else to look into.
    fn folder(&self) -> std::io::Result<PathBuf> {
        let folder = self.launch.run_dir.join(format!("{}-{}", self.target.id, word(8)?));
        for part in [folder.clone(), folder.join("home"), folder.join("data"), folder.join("tmp")] {
            fs::DirBuilder::new().mode(0o700).create(part)?;
        }
        Ok(folder)
    }

    fn job(&self, folder: &Path, values: &Values) -> Job {
        let mut path = self.environment.bin.clone().into_os_string();
        path.push(":/usr/local/bin:/usr/bin:/bin");
        let mut environment = BTreeMap::from(
            [
                ("PATH", path.to_string_lossy().into_owned()),
                ("HOME", folder.join("home").display().to_string()),
                ("TMPDIR", folder.join("tmp").display().to_string()),
                ("LANG", "C.UTF-8".to_owned()),
                ("TZ", "UTC".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        environment.extend(self.launch.marks.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        environment.extend(self.process.environment.iter().map(|(name, value)| (name.clone(), values.fill(value, ""))));
        Job {
            program: self.program.to_owned(),
            arguments: self.process.arguments.iter().map(|text| values.fill(text, "")).collect(),
            environment,
            work: folder.join("data"),
            folder: folder.to_owned(),
            sockets: self.process.sockets.iter().map(|text| PathBuf::from(values.fill(text, ""))).collect(),
        }
    }

    fn until_ready(&self, running: &Running, started: Instant) -> Result<(), TargetError> {
        let seconds = self.target.spec.ready_within;
        let deadline = started + Duration::from_secs(u64::from(seconds));
        let abandoned = || self.launch.stop.load(Ordering::Relaxed) || running.ended().is_some();
        let mut pause = Duration::from_millis(10);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let tried = run(ROUND_TRIP.min(left), &abandoned, running.client.round_trip());
            if self.launch.stop.load(Ordering::Relaxed) {
                return Err(TargetError::Stopped(self.target.id.clone()));
            }
            if let Some(status) = running.ended() {
                return Err(TargetError::Died {
                    target: self.target.id.clone(),
                    code: status.code().unwrap_or(-1),
                    log: running.last_lines(),
                });
            }
            let Err(why) = tried else { return Ok(()) };
            if Instant::now() >= deadline {
                return Err(TargetError::NeverReady {
                    target: self.target.id.clone(),
                    seconds,
                    file: self.target.path.clone(),
                    why: running.redactor.redact(why.as_bytes()),
                    log: running.last_lines(),
                });
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(200));
        }
    }

    fn check_version(&self, running: &mut Running) -> Result<(), TargetError> {
        let (target, file) = (self.target.id.clone(), self.target.path.clone());
        let says = version::read(&self.target.spec.version, &running.values).map_err(|why| TargetError::NoVersion {
            target: target.clone(),
            file: file.clone(),
            why: running.redactor.redact(why.as_bytes()),
        })?;
        let declared = &self.target.spec.version.expect;
        if says != *declared {
            let says = running.redactor.redact(says.as_bytes());
            return Err(TargetError::WrongServerVersion { target, file, declared: declared.clone(), says });
        }
        running.version = says;
        Ok(())
    }
}

impl Running {
    /// Which target it is.
    pub fn id(&self) -> &Id {
        &self.target.id
    }

    /// The version that the running server says.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.values.port()))
    }

    /// Makes a bucket or folder of its own for `recipe`, and says under which variables it and the server are found; with `through`, they
    /// lead there instead, to a relay on the same loopback.
    ///
    /// # Errors
    ///
    /// [`TargetError::NotFresh`], or [`TargetError::Died`] if the server is gone.
    pub fn fresh(&self, recipe: &str, through: Option<SocketAddr>) -> Result<Handed, TargetError> {
        let random = word(FRESH).map_err(|source| TargetError::System {
            target: self.target.id.clone(),
            what: "choose a name",
            source,
        })?;
        let variables = self.values.handed(&self.target.spec, &format!("dogfood-{random}"), through);
        let Some(place) = self.place(&variables) else { return Ok(Handed { variables }) };
        let made = run(ROUND_TRIP, &|| self.ended().is_some(), self.client.make(&place));
        match (made, self.ended()) {
            (Ok(()), _) => Ok(Handed { variables }),
            (Err(_), Some(status)) => Err(TargetError::Died {
                target: self.target.id.clone(),
                code: status.code().unwrap_or(-1),
                log: self.last_lines(),
            }),
            (Err(why), None) => Err(TargetError::NotFresh {
                target: self.target.id.clone(),
                place: format!("{place} for {recipe}"),
                why: self.redactor.redact(why.as_bytes()),
                log: self.last_lines(),
            }),
        }
    }

    /// The bucket or folder: the value of the first variable that holds `{fresh}`.
    fn place(&self, variables: &[Known]) -> Option<String> {
        let holds =
            |text: &str| Template::new(text).is_ok_and(|template| template.slots().any(|slot| *slot == Slot::Fresh));
        let at = self.target.spec.environment.iter().position(|variable| holds(&variable.value))?;
        variables.get(at).map(|known| known.value.clone())
    }

    /// Every secret of the server, for whoever shows text that may hold one.
    pub fn secrets(&self) -> Vec<Known> {
        self.values.secrets(&self.target.spec)
    }

    /// What the server logged, as far as it is kept; redacted.
    pub fn log(&self) -> Redacted {
        self.with(|server| server.log.whole(&self.redactor))
    }

    /// How the server ended, if it has.
    pub fn ended(&self) -> Option<ExitStatus> {
        self.with(Server::ended)
    }

    /// Ends the server, kills whatever it started, and removes its data.
    ///
    /// # Errors
    ///
    /// If its folder cannot be removed.
    pub fn stop(self) -> Result<(), TargetError> {
        self.end().map_err(|source| TargetError::System {
            target: self.target.id.clone(),
            what: "remove its folder",
            source,
        })
    }

    fn end(&self) -> std::io::Result<()> {
        self.with(Server::stop)
    }

    fn last_lines(&self) -> Redacted {
        self.with(|server| server.log.last_lines(&self.redactor))
    }

    fn says(&self, words: &str) -> bool {
        self.with(|server| server.log.says(words))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Server) -> T) -> T {
        work(&mut self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Never shows a value.
impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("target", &self.target.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(super) mod tests;
