//! What a container is to be, and how the engine is told. Pure; touches nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bollard::models::{ContainerCreateBody, HostConfig, HostConfigLogConfig, PortBinding, ResourcesUlimits};

use super::labels::Labels;

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

impl Order<'_> {
    /// As the engine takes it, with the container on `network`.
    pub(super) fn body(&self, network: &str) -> ContainerCreateBody {
        let environment = self.environment.iter().map(|(name, value)| format!("{name}={value}"));
        ContainerCreateBody {
            image: Some(self.image.to_owned()),
            labels: Some(self.labels.map()),
            env: Some(environment.collect()),
            cmd: (!self.command.is_empty()).then(|| self.command.to_vec()),
            exposed_ports: Some(vec![self.inner_port()]),
            host_config: Some(self.limits(network)),
            ..ContainerCreateBody::default()
        }
    }

    /// The port inside, as the engine names it.
    pub(super) fn inner_port(&self) -> String {
        format!("{}/tcp", self.port)
    }

    fn limits(&self, network: &str) -> HostConfig {
        let memory = i64::from(self.memory) << 20;
        // The engine refuses more than there are.
        let most = std::thread::available_parallelism().map_or(1, usize::from);
        let cpus = self.cpus.map(|cpus| i64::from(cpus).min(i64::try_from(most).unwrap_or(1)) * 1_000_000_000);
        let published = self.published.to_string();
        let loopback = PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(published) };
        let size = HashMap::from([("max-size", "8m"), ("max-file", "2")]);
        HostConfig {
            network_mode: Some(network.to_owned()),
            port_bindings: Some(HashMap::from([(self.inner_port(), Some(vec![loopback]))])),
            memory: Some(memory),
            // No more than that by way of the disk, either.
            memory_swap: Some(memory),
            nano_cpus: cpus,
            pids_limit: Some(PROCESSES),
            security_opt: Some(vec!["no-new-privileges".to_owned()]),
            // No core dumps. Any limit that is higher than the engine's own needs a right that an engine in a container does not have.
            ulimits: Some(vec![ResourcesUlimits { name: Some("core".to_owned()), soft: Some(0), hard: Some(0) }]),
            log_config: Some(HostConfigLogConfig {
                typ: Some("json-file".to_owned()),
                config: Some(size.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()),
            }),
            ..HostConfig::default()
        }
    }
}
