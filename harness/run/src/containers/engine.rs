//! The Docker engine: where it is, whether it can be talked to, and calls that end. Opens its socket.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crate::causes::short;
use bollard::Docker;
use bollard::errors::Error;
use testcontainers::core::client::docker_client_instance;
use tokio::runtime::Runtime;

use super::pulse::Pulse;

/// The oldest API that this version is tested with: Docker 20.10's.
pub const LEAST_API: (u32, u32) = (1, 41);
/// How long an engine may take to say who it is.
const HELLO: Duration = Duration::from_secs(8);
/// No call waits for an engine that has answered nothing for as long.
const GONE: Duration = Duration::from_secs(30);
/// The same once the run is to end, when a person waits for it.
const GONE_AT_THE_END: Duration = Duration::from_secs(3);
/// How long a call may still take from then on, of an engine that answers.
const LAST_CALL: Duration = Duration::from_secs(10);
/// How often is looked whether the run is to end, and whether the engine still answers.
const LOOK: Duration = Duration::from_millis(50);

/// Where an engine would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this socket.
    Socket(PathBuf),
    /// At this address, which `DOCKER_HOST` names.
    Address(String),
}

/// An engine that answers, or did when it was found.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) docker: Docker,
    facts: EngineFacts,
    pulse: Arc<Pulse>,
    /// Whether the run that uses it is to end: then nobody waits long.
    ending: Arc<AtomicBool>,
}

/// What an engine says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineFacts {
    /// Where it was found.
    pub place: Place,
    /// Its version.
    pub version: String,
    /// The newest API that it speaks.
    pub api: String,
}

/// Why there is no engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEngine {
    /// No socket where one could be.
    #[error("no Docker engine: there is no socket at {}; `dogfood doctor` has the line that installs one", tried.join(", "))]
    NoSocket {
        /// Where was looked.
        tried: Vec<String>,
    },
    /// Nobody answers there.
    #[error(
        "no Docker engine: {place} does not answer: {why}; `dogfood doctor` says what is there, and what is missing"
    )]
    Silent {
        /// Where was asked.
        place: Place,
        /// What happened.
        why: String,
    },
    /// It is older than what this version can talk to.
    #[error("no Docker engine: {place} is Docker {version}, which speaks API {api}; at least {}.{} is needed, which Docker 20.10 speaks", LEAST_API.0, LEAST_API.1)]
    TooOld {
        /// Where it is.
        place: Place,
        /// Its version.
        version: String,
        /// The newest API that it speaks.
        api: String,
    },
}

/// Why a call to the engine brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The engine refused.
    #[error("{message}")]
    Refused {
        /// The status of its answer: 404 for what is not there, 409 for what is in use.
        status: u16,
        /// What it said.
        message: String,
    },
    /// It is gone, or talks nonsense.
    #[error("the Docker engine does not answer any more: {0}")]
    Gone(String),
    /// It takes calls and answers none.
    #[error("the Docker engine at {place} has not answered for {} s; is it stopped or overloaded?", silent.as_secs())]
    Silent {
        /// Where it is.
        place: Place,
        /// For how long.
        silent: Duration,
    },
    /// It took too long for one thing, and answers otherwise.
    #[error("the Docker engine did not do it within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The run is to end.
    #[error("stopped")]
    Stopped,
}

impl Engine {
    /// The engine of this machine.
    ///
    /// # Errors
    /// If there is none that this version can talk to.
    pub fn find() -> Result<Self, NoEngine> {
        let place = find_place().map_err(|tried| NoEngine::NoSocket { tried })?;
        let silent = |why: String| NoEngine::Silent { place: place.clone(), why };
        let runtime = runtime().map_err(|error| silent(error.to_string()))?;
        let asked = runtime.block_on(async {
            let hello = async {
                let docker = docker_client_instance().await.map_err(|error| error.to_string())?;
                // Today bollard's requests name no version, whatever it is set to. That is luck, not a promise.
                let docker = docker.negotiate_version().await.map_err(|error| short(&error))?;
                let version = docker.version().await.map_err(|error| short(&error))?;
                Ok((docker, version))
            };
            let late = || format!("no answer for {} s", HELLO.as_secs());
            tokio::time::timeout(HELLO, hello).await.unwrap_or_else(|_| Err(late()))
        });
        let (docker, said) = asked.map_err(silent)?;
        let facts = EngineFacts {
            place: place.clone(),
            version: said.version.unwrap_or_default(),
            api: said.api_version.unwrap_or_default(),
        };
        if number(&facts.api).is_none_or(|api| api < LEAST_API) {
            return Err(NoEngine::TooOld { place, version: facts.version, api: facts.api });
        }
        let (pulse, work) = Pulse::feel(docker.clone());
        runtime.spawn(work);
        Ok(Self { docker, facts, pulse, ending: Arc::default() })
    }

    /// The same for a run that is to end when `ending` becomes true: from then on no call waits long.
    #[must_use]
    pub fn for_run(self, ending: &Arc<AtomicBool>) -> Self {
        Self { ending: Arc::clone(ending), ..self }
    }

    /// Waits while the engine does not answer, if it did not just now: a restart takes it some seconds.
    ///
    /// # Errors
    /// If it does not come back, or the run is to end.
    pub fn wait_for_answer(&self, stop: &AtomicBool) -> Result<(), EngineError> {
        self.wait(GONE, Some(stop), async {
            while self.docker.ping().await.is_err() {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        })
    }

    /// How long the engine had stopped since `moment`, in words, if it had.
    pub fn stopped_since(&self, moment: Instant) -> Option<String> {
        let stopped = self.pulse.stopped_since(moment)?;
        Some(format!("the Docker engine at {} did not answer for {} s", self.facts.place, stopped.as_secs()))
    }

    /// What it says of itself.
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// The driver that stores its layers, for people.
    ///
    /// # Errors
    /// As every call.
    pub fn storage_driver(&self) -> Result<String, EngineError> {
        let info = self.call(HELLO, None, self.docker.info())?;
        Ok(info.driver.unwrap_or_default())
    }

    /// Waits for a call to the engine, `limit` at most, while it answers at all, or until `stop` says that nobody waits any more.
    pub(super) fn call<T>(
        &self,
        limit: Duration,
        stop: Option<&AtomicBool>,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, EngineError> {
        self.wait(limit, stop, async { work.await.map_err(|error| told(&error)) })
    }

    /// As [`Engine::call`], for work that tells its errors itself.
    pub(super) fn wait<T>(
        &self,
        limit: Duration,
        stop: Option<&AtomicBool>,
        work: impl Future<Output = Result<T, EngineError>>,
    ) -> Result<T, EngineError> {
        runtime()?.block_on(async {
            tokio::select! {
                // In this order: what is done is done, whatever else is the case.
                biased;
                done = work => done,
                why = self.given_up(limit, stop) => Err(why),
            }
        })
    }

    /// Comes back when nobody should wait for a call any more, and says why.
    pub(super) async fn given_up(&self, limit: Duration, stop: Option<&AtomicBool>) -> EngineError {
        let begun = Instant::now();
        let mut ending: Option<Instant> = None;
        loop {
            if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
                return EngineError::Stopped;
            }
            if self.ending.load(Ordering::Relaxed) {
                ending.get_or_insert_with(Instant::now);
            }
            let silent = self.pulse.silent();
            if silent >= if ending.is_some() { GONE_AT_THE_END } else { GONE } {
                return EngineError::Silent { place: self.facts.place.clone(), silent };
            }
            let late = ending.is_some_and(|ending| ending.elapsed() >= LAST_CALL);
            if late || begun.elapsed() >= limit {
                return EngineError::TooSlow(begun.elapsed());
            }
            tokio::time::sleep(LOOK.min(limit)).await;
        }
    }
}

/// Where an engine is, as testcontainers and Docker's own client look for it; otherwise the places where none is.
///
/// # Errors
/// The places, if there is no socket.
pub fn find_place() -> Result<Place, Vec<String>> {
    // testcontainers reads these variables itself: whoever reads others talks to another engine.
    if let Some(host) = std::env::var("DOCKER_HOST").ok().filter(|host| !host.is_empty()) {
        return match host.strip_prefix("unix://") {
            Some(path) if !std::path::Path::new(path).exists() => Err(vec![format!("{path} (DOCKER_HOST)")]),
            Some(path) => Ok(Place::Socket(path.into())),
            None => Ok(Place::Address(host)),
        };
    }
    let below = |variable: &str, rest: &str| Some(PathBuf::from(std::env::var_os(variable)?).join(rest));
    let places = [
        Some(PathBuf::from("/var/run/docker.sock")),
        below("XDG_RUNTIME_DIR", ".docker/run/docker.sock"),
        below("HOME", ".docker/run/docker.sock"),
        below("HOME", ".docker/desktop/docker.sock"),
    ];
    let places: Vec<PathBuf> = places.into_iter().flatten().collect();
    let found = places.iter().find(|place| place.exists()).cloned();
    found.map(Place::Socket).ok_or_else(|| places.iter().map(|place| place.display().to_string()).collect())
}

/// The one runtime of this process. It lives as long: testcontainers keeps one client for all, whose connections would die with it.
pub(super) fn runtime() -> Result<&'static Runtime, EngineError> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let made = RUNTIME.get_or_init(|| {
        // It panics where it can start no thread.
        crate::sys::try_thread().map_err(|error| error.to_string())?;
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).enable_all().build().map_err(|error| error.to_string())
    });
    made.as_ref().map_err(|why| EngineError::Gone(format!("cannot start the runtime of its client: {why}")))
}

/// What a client's error is to us.
pub(super) fn told(error: &Error) -> EngineError {
    match error {
        Error::DockerResponseServerError { status_code, message } => {
            EngineError::Refused { status: *status_code, message: message.trim().to_owned() }
        }
        Error::DockerStreamError { error } => EngineError::Refused { status: 500, message: error.trim().to_owned() },
        other => EngineError::Gone(short(other)),
    }
}

fn number(api: &str) -> Option<(u32, u32)> {
    let (major, minor) = api.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl EngineError {
    /// Whether the engine says that what was asked for is not there.
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(path) => write!(f, "{}", path.display()),
            Self::Address(address) => write!(f, "{address} (DOCKER_HOST)"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbers() {
        assert_eq!(number("1.41"), Some((1, 41)));
        assert!(
            number("1.9") < Some(LEAST_API) && number("1.100") > Some(LEAST_API) && number("2.0") > Some(LEAST_API)
        );
        for text in ["", "1", "x.y", "1.4.1"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn a_call_ends_when_its_time_is_over_or_nobody_waits() {
        let docker = Docker::connect_with_http("tcp://127.0.0.1:9", 5, bollard::API_DEFAULT_VERSION).unwrap();
        let place = Place::Address("tcp://127.0.0.1:9".to_owned());
        let facts = EngineFacts { place, version: String::new(), api: String::new() };
        let engine = Engine { docker, facts, pulse: Arc::default(), ending: Arc::default() };
        let forever = || async { std::future::pending::<Result<(), EngineError>>().await };
        let short = Duration::from_millis(20);
        assert!(matches!(engine.wait(short, None, forever()), Err(EngineError::TooSlow(_))));
        let (stop, long) = (AtomicBool::new(true), Duration::from_secs(60));
        assert_eq!(engine.wait(long, Some(&stop), forever()), Err(EngineError::Stopped));
        assert_eq!(engine.wait(short, Some(&stop), async { Ok(7) }), Ok(7), "what is done is done");
        let silence = |time: Duration| (0..time.as_millis() / 250).for_each(|_| engine.pulse.tick());
        silence(GONE_AT_THE_END);
        assert!(matches!(engine.wait(short, None, forever()), Err(EngineError::TooSlow(_))), "it may answer yet");
        engine.ending.store(true, Ordering::Relaxed);
        let gone = engine.wait(long, None, forever()).unwrap_err();
        let why = "the Docker engine at tcp://127.0.0.1:9 (DOCKER_HOST) has not answered for 3 s; is it stopped or overloaded?";
        assert_eq!(gone.to_string(), why);
        engine.ending.store(false, Ordering::Relaxed);
        silence(GONE);
        assert!(matches!(engine.wait(long, None, forever()), Err(EngineError::Silent { .. })));
    }
}
