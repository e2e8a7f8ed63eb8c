//! A container: reached at its own address where that leads anywhere, followed to its end. Talks to the engine.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerInspectResponse, ContainerState};
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, InspectContainerOptions, LogsOptionsBuilder, RemoveContainerOptionsBuilder,
    StartContainerOptions, WaitContainerOptions,
};
use futures_util::StreamExt;

use super::engine::{Engine, EngineError, runtime, told};
use super::network::Network;
use super::order::{Order, Sink};
use crate::plain::plain;

/// How long the engine may take to make and start a container whose image it has.
const START: Duration = Duration::from_secs(60);
/// How long it may take for anything else.
const LIMIT: Duration = Duration::from_secs(30);
/// How long an address may take to answer, before it counts as one that leads nowhere.
const REACH: Duration = Duration::from_secs(1);
/// How long its end is waited for: as long as the engine answers.
const FOREVER: Duration = Duration::MAX;
/// How soon the engine is asked again.
const AGAIN: Duration = Duration::from_millis(100);
/// How long after a container's end its last words may take.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What is taken of the output of a program inside, in bytes.
const SAID: usize = 64 << 10;
/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// By itself, or killed.
    Code {
        /// Its exit code; 128 + n for signal n.
        code: i64,
        /// Whether it was killed for want of memory.
        starved: bool,
    },
    /// Somebody removed it.
    Removed,
    /// Nobody knows: the engine is gone, and says no more of it.
    Lost(String),
}

/// Why a container does not serve as it did when it was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hindered {
    /// It ended.
    Ended(Ended),
    /// Somebody did something to it: what it is now, a sentence fragment.
    Changed(&'static str),
    /// The engine does not say.
    Unknown(EngineError),
}

/// A container that was started. [`Container::remove`] ends it.
pub struct Container {
    engine: Engine,
    id: String,
    network: Network,
    address: Ipv4Addr,
    port: u16,
    route: Route,
    published: Mutex<Option<u16>>,
    /// When its process was started, as the engine says it.
    started: Option<String>,
    ended: Arc<OnceLock<Ended>>,
    /// Ends when the log has been heard out.
    log: Mutex<Option<tokio::task::JoinHandle<()>>>,
    removed: Mutex<bool>,
}

/// How clients of this machine reach a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// At its own address.
    Own,
    /// At the port on loopback under which it is published.
    Published,
}

impl Container {
    /// Starts one in `network`. What could not be started is removed, the network is left.
    ///
    /// # Errors
    /// If the engine starts none.
    pub fn start(engine: &Engine, network: Network, order: &Order<'_>, stop: &AtomicBool) -> Result<Self, EngineError> {
        let docker = &engine.docker;
        let started = engine.call(START, Some(stop), async {
            let options = CreateContainerOptionsBuilder::new().name(order.name).build();
            let made = docker.create_container(Some(options), order.body(&network.name)).await?;
            docker.start_container(&made.id, None::<StartContainerOptions>).await?;
            let found = docker.inspect_container(&made.id, None::<InspectContainerOptions>).await?;
            Ok((made.id, found))
        });
        let (id, found) = started.inspect_err(|_| {
            // One that was made and could not be started, or was started too late, is still there.
            let _ = remove(engine, order.name);
        })?;
        let address = address(&found, &network.name).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let ended = Arc::new(OnceLock::new());
        let log = runtime()?.spawn(follow(docker.clone(), id.clone(), Arc::clone(&order.log)));
        runtime()?.spawn(watch(engine.clone(), id.clone(), Arc::clone(&ended)));
        Ok(Self {
            engine: engine.clone(),
            id,
            network,
            address,
            port: order.port,
            route: route(address, order.port),
            published: Mutex::new(published(&found, &order.inner_port())),
            started: found.state.and_then(|state| state.started_at),
            ended,
            log: Mutex::new(Some(log)),
            removed: Mutex::new(false),
        })
    }

    /// Where clients of this machine reach it now.
    pub fn address(&self) -> SocketAddr {
        match self.route {
            Route::Own => SocketAddr::from((self.address, self.port)),
            Route::Published => SocketAddr::from((Ipv4Addr::LOCALHOST, lock(&self.published).unwrap_or_default())),
        }
    }

    /// Which way leads there, for people.
    pub fn route(&self) -> &'static str {
        match self.route {
            Route::Own => "container address",
            Route::Published => "published port",
        }
    }

    /// How it ended, if it has.
    pub fn ended(&self) -> Option<Ended> {
        self.ended.get().cloned()
    }

    /// Why it does not serve as it did when it was started, if it does not. Asks the engine.
    pub fn hindered(&self) -> Option<Hindered> {
        if let Some(ended) = self.ended() {
            return Some(Hindered::Ended(ended));
        }
        let found = match self.inspect() {
            Ok(found) => found,
            Err(error) if error.is_missing() => return Some(Hindered::Ended(Ended::Removed)),
            Err(error) => return Some(Hindered::Unknown(error)),
        };
        let networks = found.network_settings.and_then(|settings| settings.networks).unwrap_or_default();
        let state = found.state.unwrap_or_default();
        if state.running != Some(true) {
            return Some(Hindered::Ended(code(&state)));
        }
        if state.paused == Some(true) {
            return Some(Hindered::Changed("its container is paused"));
        }
        if state.started_at != self.started {
            return Some(Hindered::Changed("its container was started anew by somebody else"));
        }
        let on_its_network = networks.contains_key(&self.network.name);
        (!on_its_network).then_some(Hindered::Changed("its container was taken off its network"))
    }

    /// How long the engine had stopped since `moment`, in words, if it had.
    pub fn engine_stopped_since(&self, moment: Instant) -> Option<String> {
        self.engine.stopped_since(moment)
    }

    /// Waits until all that an ended container logged has been heard, a moment at most.
    pub fn hear_out(&self) {
        if let Some(log) = lock(&self.log).take() {
            let _ = self.engine.wait(LAST_WORDS, None, async {
                let _ = log.await;
                Ok(())
            });
        }
    }

    /// Runs a program inside, and returns what it said on its standard output.
    ///
    /// # Errors
    /// If it does not run, or ends with another code than 0: the beginning of what it said.
    pub fn execute(&self, words: &[String], limit: Duration, stop: Option<&AtomicBool>) -> Result<Vec<u8>, String> {
        let docker = &self.engine.docker;
        let options = CreateExecOptions {
            cmd: Some(words.to_vec()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let program = words.first().map(String::as_str).unwrap_or_default();
        let ran = self.engine.call(limit, stop, async {
            let made = docker.create_exec(&self.id, options).await?;
            let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
            if let StartExecResults::Attached { mut output, .. } = docker.start_exec(&made.id, None).await? {
                while let Some(said) = output.next().await {
                    match said? {
                        LogOutput::StdErr { message } => take(&mut stderr, &message),
                        said => take(&mut stdout, &said.into_bytes()),
                    }
                }
            }
            Ok((docker.inspect_exec(&made.id).await?.exit_code, stdout, stderr))
        });
        match ran {
            Ok((Some(0), stdout, _)) => Ok(stdout),
            Ok((code, stdout, stderr)) => {
                let said = if stderr.is_empty() { stdout } else { stderr };
                let said: String = plain(&String::from_utf8_lossy(&said)).trim().chars().take(300).collect();
                let code = code.map_or_else(|| "no code".to_owned(), |code| format!("code {code}"));
                Err(format!("`{program}` inside the container ended with {code}: {said}"))
            }
            Err(error) => Err(format!("`{program}` cannot be run inside the container: {error}")),
        }
    }

    /// Stops every process inside where it is.
    ///
    /// # Errors
    /// If the engine does not.
    pub fn pause(&self) -> Result<(), EngineError> {
        self.engine.call(LIMIT, None, self.engine.docker.pause_container(&self.id))
    }

    /// Takes it off its network.
    ///
    /// # Errors
    /// If the engine does not.
    pub fn disconnect(&self) -> Result<(), EngineError> {
        self.network.disconnect(&self.id)
    }

    /// Undoes [`Container::pause`] and [`Container::disconnect`], whichever it was, and looks anew where it is reached.
    ///
    /// # Errors
    /// If it is not running on its network afterwards.
    pub fn restore(&self) -> Result<(), EngineError> {
        let docker = &self.engine.docker;
        let found = self.inspect()?;
        let state = found.state.unwrap_or_default();
        if state.paused == Some(true) {
            self.engine.call(LIMIT, None, docker.unpause_container(&self.id))?;
        }
        let networks = found.network_settings.and_then(|settings| settings.networks).unwrap_or_default();
        if !networks.contains_key(&self.network.name) {
            self.network.connect(&self.id, self.address)?;
        }
        let found = self.inspect()?;
        *lock(&self.published) = published(&found, &format!("{}/tcp", self.port));
        if address(&found, &self.network.name) == Some(self.address) || self.ended().is_some() {
            return Ok(());
        }
        Err(EngineError::Gone("the container did not come back to its address".to_owned()))
    }

    fn inspect(&self) -> Result<ContainerInspectResponse, EngineError> {
        self.engine.call(LIMIT, None, self.engine.docker.inspect_container(&self.id, None::<InspectContainerOptions>))
    }

    /// Kills it and removes it with its volumes and its network. The second time does nothing.
    ///
    /// # Errors
    /// If the engine does not remove them.
    pub fn remove(&self) -> Result<(), EngineError> {
        if std::mem::replace(&mut *lock(&self.removed), true) {
            return Ok(());
        }
        remove(&self.engine, &self.id).and_then(|()| self.network.remove())
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        let _ = self.remove();
    }
}

impl std::fmt::Debug for Container {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Container").field("id", &self.id).field("route", &self.route).finish_non_exhaustive()
    }
}

fn remove(engine: &Engine, container: &str) -> Result<(), EngineError> {
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match engine.call(LIMIT, None, engine.docker.remove_container(container, Some(options))) {
        Err(error) if error.is_missing() || is_being_removed(&error) => Ok(()),
        other => other,
    }
}

/// Whether somebody else is at it already.
pub(super) fn is_being_removed(error: &EngineError) -> bool {
    matches!(error, EngineError::Refused { message, .. } if message.contains("already in progress"))
}

fn address(found: &ContainerInspectResponse, network: &str) -> Option<Ipv4Addr> {
    found.network_settings.as_ref()?.networks.as_ref()?.get(network)?.ip_address.as_ref()?.parse().ok()
}

fn published(found: &ContainerInspectResponse, port: &str) -> Option<u16> {
    let ports = found.network_settings.as_ref()?.ports.as_ref()?;
    let bindings = ports.get(port)?.as_ref()?;
    bindings.iter().find_map(|binding| binding.host_port.as_ref()?.parse().ok())
}

/// Whether a container's own address leads there. One that refuses a connection leads there, too: nobody listens yet.
fn route(address: Ipv4Addr, port: u16) -> Route {
    if address.is_unspecified() {
        return Route::Published;
    }
    match TcpStream::connect_timeout(&SocketAddr::from((IpAddr::V4(address), port)), REACH) {
        Ok(_) => Route::Own,
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Route::Own,
        Err(_) => Route::Published,
    }
}

fn take(out: &mut Vec<u8>, bytes: &[u8]) {
    let room = SAID.saturating_sub(out.len());
    out.extend_from_slice(&bytes[..bytes.len().min(room)]);
}

/// Hands on what a container logs, until it has ended.
async fn follow(docker: Docker, id: String, sink: Sink) {
    let options = LogsOptionsBuilder::new().follow(true).stdout(true).stderr(true).tail("all").build();
    let mut stream = docker.logs(&id, Some(options));
    while let Some(Ok(said)) = stream.next().await {
        sink(&said.into_bytes());
    }
}

/// Waits for a container's end, however often the engine lets go of the line. An engine that is restarted is asked again when it is back.
async fn watch(engine: Engine, id: String, ended: Arc<OnceLock<Ended>>) {
    loop {
        let mut stream = engine.docker.wait_container(&id, None::<WaitContainerOptions>);
        while let Some(Ok(_)) = stream.next().await {}
        let found = tokio::select! {
            biased;
            found = state(&engine.docker, &id) => found,
            why = engine.given_up(FOREVER, None) => Err(why),
        };
        match found {
            Ok(state) if state.running == Some(true) => {}
            Ok(state) => {
                let _ = ended.set(code(&state));
                return;
            }
            Err(error) if error.is_missing() => {
                let _ = ended.set(Ended::Removed);
                return;
            }
            Err(error) => {
                let _ = ended.set(Ended::Lost(error.to_string()));
                return;
            }
        }
        // An engine that ends every wait at once is not to be asked without end.
        tokio::time::sleep(AGAIN).await;
    }
}

/// The state of a container, from an engine that may have to come back first.
async fn state(docker: &Docker, id: &str) -> Result<ContainerState, EngineError> {
    loop {
        match docker.inspect_container(id, None::<InspectContainerOptions>).await.map_err(|error| told(&error)) {
            Ok(found) => return Ok(found.state.unwrap_or_default()),
            Err(EngineError::Gone(_)) => tokio::time::sleep(AGAIN).await,
            Err(error) => return Err(error),
        }
    }
}

fn code(state: &ContainerState) -> Ended {
    Ended::Code { code: state.exit_code.unwrap_or(-1), starved: state.oom_killed == Some(true) }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code { starved: true, .. } => f.write_str("killed for want of memory"),
            Self::Code { code: 137, .. } => f.write_str("killed, exit code 137"),
            Self::Code { code, .. } => write!(f, "exit code {code}"),
            Self::Removed => f.write_str("its container was removed"),
            Self::Lost(why) => f.write_str(why),
        }
    }
}
