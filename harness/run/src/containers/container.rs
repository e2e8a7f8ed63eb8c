//! A container: started by testcontainers, reached at its own address where that leads anywhere, followed to its end. Talks to the engine.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use bollard::Docker;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::{ContainerInspectResponse, HostConfig, HostConfigLogConfig, PortBinding};
use bollard::query_parameters::{
    InspectContainerOptions, LogsOptionsBuilder, RemoveContainerOptionsBuilder, WaitContainerOptions,
};
use futures_util::StreamExt;
use testcontainers::core::{ContainerPort, IntoContainerPort};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt, TestcontainersError};

use super::engine::{Engine, EngineError, call, runtime, told, wait};
use super::labels::Labels;
use super::network::Network;
use crate::causes::short;

/// How long the engine may take to make and start a container whose image it has.
const START: Duration = Duration::from_secs(60);
/// How long it may take for anything else.
const LIMIT: Duration = Duration::from_secs(30);
/// How long an address may take to answer, before it counts as one that leads nowhere.
const REACH: Duration = Duration::from_secs(1);
/// How long after a container's end its last words may take.
const LAST_WORDS: Duration = Duration::from_secs(2);
/// What is taken of the output of a program inside, in bytes.
const SAID: usize = 64 << 10;
/// How many processes a container may have.
const PROCESSES: i64 = 2048;

/// Takes what a container logs.
pub type Sink = Arc<dyn Fn(&[u8]) + Send + Sync>;

/// What a container is to be.
pub struct Order<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its image, which the engine has.
    pub image: &'a str,
    /// Whose it is.
    pub labels: &'a Labels,
    /// The port inside that clients talk to.
    pub port: u16,
    /// The port on loopback under which it is published.
    pub published: u16,
    /// What follows the image's entrypoint.
    pub command: &'a [String],
    /// Its environment, besides the image's own.
    pub environment: &'a BTreeMap<String, String>,
    /// Its memory, in MiB.
    pub memory: u32,
    /// Its processors.
    pub cpus: Option<u32>,
    /// Takes what it logs.
    pub log: Sink,
}

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
    /// Nobody knows: the engine is gone, and says no more of it.
    Lost(String),
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
    ended: Arc<OnceLock<Ended>>,
    /// Ends when the log has been heard out.
    log: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// testcontainers removes the container when this is dropped, unless it is told that it is gone.
    held: Mutex<Option<ContainerAsync<GenericImage>>>,
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
        let started = wait(START, Some(stop), async {
            let held = request(order, &network.name).start().await.map_err(|error| refusal(&error))?;
            let found = engine.docker.inspect_container(held.id(), None::<InspectContainerOptions>).await;
            let found = found.map_err(|error| told(&error));
            Ok((found, held))
        });
        let (found, held) = match started {
            Ok((Ok(found), held)) => (found, held),
            other => {
                // One that was made and could not be started, or was started too late, is still there.
                let _ = remove(&engine.docker, order.name);
                return Err(match other {
                    Err(error) | Ok((Err(error), _)) => error,
                    Ok((Ok(_), _)) => EngineError::Stopped,
                });
            }
        };
        let id = held.id().to_owned();
        let address = address(&found, &network.name).unwrap_or(Ipv4Addr::UNSPECIFIED);
        let published = published(&found, order.port);
        let ended = Arc::new(OnceLock::new());
        let log = runtime()?.spawn(follow(engine.docker.clone(), id.clone(), Arc::clone(&order.log)));
        runtime()?.spawn(watch(engine.docker.clone(), id.clone(), Arc::clone(&ended)));
        let route = route(address, order.port);
        Ok(Self {
            engine: engine.clone(),
            id,
            network,
            address,
            port: order.port,
            route,
            published: Mutex::new(published),
            ended,
            log: Mutex::new(Some(log)),
            held: Mutex::new(Some(held)),
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

    /// Waits until all that an ended container logged has been heard, a moment at most.
    pub fn hear_out(&self) {
        if let Some(log) = lock(&self.log).take() {
            let _ = wait(LAST_WORDS, None, async {
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
        let ran = call(limit, stop, async {
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
                let said: String = String::from_utf8_lossy(&said).trim().chars().take(300).collect();
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
        call(LIMIT, None, self.engine.docker.pause_container(&self.id))
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
            call(LIMIT, None, docker.unpause_container(&self.id))?;
        }
        let networks = found.network_settings.and_then(|settings| settings.networks).unwrap_or_default();
        if !networks.contains_key(&self.network.name) {
            self.network.connect(&self.id, self.address)?;
        }
        let found = self.inspect()?;
        *lock(&self.published) = published(&found, self.port);
        if address(&found, &self.network.name) == Some(self.address) || self.ended().is_some() {
            return Ok(());
        }
        Err(EngineError::Gone("the container did not come back to its address".to_owned()))
    }

    fn inspect(&self) -> Result<ContainerInspectResponse, EngineError> {
        call(LIMIT, None, self.engine.docker.inspect_container(&self.id, None::<InspectContainerOptions>))
    }

    /// Kills it and removes it with its volumes and its network. The second time does nothing.
    ///
    /// # Errors
    /// If the engine does not remove them.
    pub fn remove(&self) -> Result<(), EngineError> {
        let Some(held) = lock(&self.held).take() else { return Ok(()) };
        let removed = remove(&self.engine.docker, &self.id);
        // Told that it is gone, or leaving it to the sweep: dropped it would be removed once more, and outside of the runtime that panics.
        let _ = wait(LIMIT, None, async {
            let _ = held.rm().await;
            Ok(())
        });
        removed.and_then(|()| self.network.remove())
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

/// What testcontainers is asked for.
fn request(order: &Order<'_>, network: &str) -> testcontainers::ContainerRequest<GenericImage> {
    let (name, tag) = parts(order.image);
    let port: ContainerPort = order.port.tcp();
    let (published, memory) = (order.published, i64::from(order.memory) << 20);
    // The engine refuses more than there are.
    let most = std::thread::available_parallelism().map_or(1, usize::from);
    let cpus = order.cpus.map(|cpus| i64::from(cpus).min(i64::try_from(most).unwrap_or(1)) * 1_000_000_000);
    let limits = move |host: &mut HostConfig| {
        let loopback = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(published.to_string()) };
        host.publish_all_ports = Some(false);
        host.port_bindings = Some(HashMap::from([(port.to_string(), Some(vec![loopback]))]));
        host.memory = Some(memory);
        // No more than that by way of the disk, either.
        host.memory_swap = Some(memory);
        host.nano_cpus = cpus;
        host.pids_limit = Some(PROCESSES);
        host.security_opt = Some(vec!["no-new-privileges".to_owned()]);
        let size = HashMap::from([("max-size", "8m"), ("max-file", "2")]);
        host.log_config = Some(HostConfigLogConfig {
            typ: Some("json-file".to_owned()),
            config: Some(size.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()),
        });
    };
    let request = GenericImage::new(name, tag)
        .with_exposed_port(port)
        .with_container_name(order.name)
        .with_network(network)
        .with_labels(order.labels.pairs())
        // No core dumps. Any limit that is higher than the engine's own needs a right that an engine in a container does not have.
        .with_ulimit("core", 0, Some(0))
        .with_startup_timeout(START)
        .with_host_config_modifier(limits)
        .with_cmd(order.command.iter().cloned());
    order.environment.iter().fold(request, |request, (name, value)| request.with_env_var(name, value))
}

/// An image's name and tag; a digest is one, too.
fn parts(reference: &str) -> (String, String) {
    let name = reference.rfind('/').map_or(0, |at| at + 1);
    match reference[name..].rfind(':') {
        Some(at) => (reference[..name + at].to_owned(), reference[name + at + 1..].to_owned()),
        None => (reference.to_owned(), "latest".to_owned()),
    }
}

/// What testcontainers' errors are to us: the engine's own, where there is one.
fn refusal(error: &TestcontainersError) -> EngineError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<Error>() {
            return told(error);
        }
        cause = error.source();
    }
    // Not every one of its errors names its cause as such.
    let text = short(error);
    match text.split_once("status code ").and_then(|(_, rest)| Some((rest.get(..3)?.parse().ok()?, rest.get(5..)?))) {
        Some((status, message)) => EngineError::Refused { status, message: message.trim().to_owned() },
        None => EngineError::Gone(text),
    }
}

fn remove(docker: &Docker, container: &str) -> Result<(), EngineError> {
    let options = RemoveContainerOptionsBuilder::new().force(true).v(true).build();
    match call(LIMIT, None, docker.remove_container(container, Some(options))) {
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

fn published(found: &ContainerInspectResponse, port: u16) -> Option<u16> {
    let ports = found.network_settings.as_ref()?.ports.as_ref()?;
    let bindings = ports.get(&format!("{port}/tcp"))?.as_ref()?;
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

/// Waits for a container's end, however often the engine lets go of the line.
async fn watch(docker: Docker, id: String, ended: Arc<OnceLock<Ended>>) {
    loop {
        let begun = Instant::now();
        let mut stream = docker.wait_container(&id, None::<WaitContainerOptions>);
        while let Some(Ok(_)) = stream.next().await {}
        match docker.inspect_container(&id, None::<InspectContainerOptions>).await {
            Ok(found) => {
                let state = found.state.unwrap_or_default();
                if state.running != Some(true) {
                    let code = state.exit_code.unwrap_or(-1);
                    let _ = ended.set(Ended::Code { code, starved: state.oom_killed == Some(true) });
                    return;
                }
            }
            Err(Error::DockerResponseServerError { status_code: 404, .. }) => {
                let _ = ended.set(Ended::Lost("the container was removed".to_owned()));
                return;
            }
            Err(error) => {
                let _ =
                    ended.set(Ended::Lost(format!("the Docker engine does not answer any more: {}", short(&error))));
                return;
            }
        }
        // An engine that ends every wait at once is not to be asked without end.
        if begun.elapsed() < Duration::from_millis(100) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code { starved: true, .. } => f.write_str("killed for want of memory"),
            Self::Code { code, .. } => write!(f, "exit code {code}"),
            Self::Lost(why) => f.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_taken_apart_as_testcontainers_puts_them_together() {
        for (reference, name, tag) in [
            ("dogfood/openssh:0123", "dogfood/openssh", "0123"),
            ("localhost:5000/a/b:1", "localhost:5000/a/b", "1"),
            ("minio@sha256:0f", "minio@sha256", "0f"),
            ("localhost:5000/a", "localhost:5000/a", "latest"),
        ] {
            assert_eq!(parts(reference), (name.to_owned(), tag.to_owned()));
        }
    }
}
