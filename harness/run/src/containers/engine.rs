//! The Docker engine: where it is, whether it can be talked to, and calls that end. Opens its socket.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::causes::short;
use bollard::Docker;
use bollard::errors::Error;
use testcontainers::core::client::docker_client_instance;
use tokio::runtime::Runtime;

/// The oldest API that this version is tested with: Docker 20.10's.
pub const LEAST_API: (u32, u32) = (1, 41);
/// How long an engine may take to say who it is.
const HELLO: Duration = Duration::from_secs(5);
/// How often is looked whether the run is to end.
const LOOK: Duration = Duration::from_millis(50);

/// Where an engine would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this socket.
    Socket(PathBuf),
    /// At this address, which `DOCKER_HOST` names.
    Address(String),
}

/// An engine that answers.
#[derive(Clone, Debug)]
pub struct Engine {
    pub(super) docker: Docker,
    facts: EngineFacts,
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
    /// It took too long.
    #[error("the Docker engine did not answer for {0:.0?}")]
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
        let asked = runtime().map_err(|error| silent(error.to_string()))?.block_on(async {
            let hello = async {
                let docker = docker_client_instance().await.map_err(|error| error.to_string())?;
                // Today bollard's requests name no version, whatever it is set to. That is luck, not a promise.
                let docker = docker.negotiate_version().await.map_err(|error| short(&error))?;
                let version = docker.version().await.map_err(|error| short(&error))?;
                Ok((docker, version))
            };
            tokio::time::timeout(HELLO, hello).await.unwrap_or_else(|_| Err(format!("no answer for {HELLO:.0?}")))
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
        Ok(Self { docker, facts })
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
        let info = call(HELLO, None, self.docker.info())?;
        Ok(info.driver.unwrap_or_default())
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

/// Waits for a call to the engine, `limit` at most, or until `stop` says that nobody waits any more.
pub(super) fn call<T>(
    limit: Duration,
    stop: Option<&AtomicBool>,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, EngineError> {
    wait(limit, stop, async { work.await.map_err(|error| told(&error)) })
}

/// As [`call`], for work that tells its errors itself.
pub(super) fn wait<T>(
    limit: Duration,
    stop: Option<&AtomicBool>,
    work: impl Future<Output = Result<T, EngineError>>,
) -> Result<T, EngineError> {
    runtime()?.block_on(async {
        let asked = async {
            match stop {
                Some(stop) => {
                    while !stop.load(Ordering::Relaxed) {
                        tokio::time::sleep(LOOK).await;
                    }
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // In this order: what is done is done, whatever else is the case.
            biased;
            done = work => done,
            () = asked => Err(EngineError::Stopped),
            () = tokio::time::sleep(limit) => Err(EngineError::TooSlow(limit)),
        }
    })
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
        let forever = || async { std::future::pending::<Result<(), EngineError>>().await };
        let short = Duration::from_millis(20);
        assert_eq!(wait(short, None, forever()), Err(EngineError::TooSlow(short)));
        let stop = AtomicBool::new(true);
        assert_eq!(wait(Duration::from_secs(60), Some(&stop), forever()), Err(EngineError::Stopped));
        assert_eq!(wait(short, Some(&stop), async { Ok(7) }), Ok(7), "what is done is done");
    }
}
