//! Starting a target of kind `container`: its image, a network and a container of its own, in the Docker engine of this machine. Talks to
//! the engine.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dogfood_core::fault::{Fault, FaultKind};
use dogfood_core::infra::target::{ContainerSpec, Target};
use dogfood_core::redact::{Redacted, Redactor};

use super::body::{Body, Ended, Unwell};
use super::error::TargetError;
use super::log::Log;
use super::ready;
use super::running::{FRESH, Running};
use super::start::Launch;
use super::values::{Values, word};
use crate::containers::{
    self, BuildHost, Container, Engine, EngineError, Hindered, ImageError, ImageFacts, Network, Order, Remains, Site,
    Supply,
};

/// Somebody else may take a port between our choice and the engine's: so often it is tried with others.
const STARTS: u32 = 3;

/// Starts `spec`, the container of `target`.
pub(super) fn start(
    target: &Target,
    spec: &ContainerSpec,
    launch: &Launch<'_>,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Running, TargetError> {
    let id = || target.id.clone();
    let engine = launch.lease.engine(launch.stop).map_err(|why| TargetError::NoEngine { target: id(), why })?;
    engine.wait_for_answer(launch.stop).map_err(|why| match why {
        EngineError::Stopped => TargetError::Stopped(id()),
        why => TargetError::Engine { target: id(), why },
    })?;
    let noted = launch.lease.note_containers();
    let first = noted.map_err(|error| TargetError::System {
        target: id(),
        what: "write down that it uses the Docker engine",
        source: io::Error::other(error),
    })?;
    if first && let Some(swept) = told(&containers::sweep(&engine)) {
        progress(Redactor::new(&[]).told(swept.as_bytes()));
    }
    let starting = Starting { target, spec, launch, engine };
    let mut image = starting.image(progress)?;
    let mut tries = 0;
    loop {
        tries += 1;
        match starting.start(&image, progress) {
            Err(TargetError::Engine { why: EngineError::Refused { message, status }, .. }) if tries < STARTS => {
                if status == 404 {
                    // Somebody removed the image, or the network, since we looked.
                    image = starting.image(progress)?;
                } else if !is_about_a_port(&message) {
                    return Err(TargetError::Engine { target: id(), why: EngineError::Refused { message, status } });
                }
            }
            ended => return ended,
        }
    }
}

/// What an engine says when a port of this machine is taken.
fn is_about_a_port(message: &str) -> bool {
    let message = message.to_lowercase();
    message.contains("port is already allocated") || message.contains("address already in use")
}

fn told(remains: &Remains) -> Option<String> {
    let found = [
        (remains.containers, "container"),
        (remains.networks, "network"),
        (remains.volumes, "volume"),
        (remains.images, "unfinished image"),
    ];
    let found: Vec<String> = found
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
        .collect();
    (!found.is_empty()).then(|| format!("removed what killed runs left: {}", found.join(", ")))
}

struct Starting<'a> {
    target: &'a Target,
    spec: &'a ContainerSpec,
    launch: &'a Launch<'a>,
    engine: Engine,
}

impl Starting<'_> {
    fn image(&self, progress: &mut dyn FnMut(Redacted)) -> Result<ImageFacts, TargetError> {
        let supply = match (&self.target.image, &self.spec.image.pull) {
            (Some(image), _) => Supply::Folder(image),
            (None, Some(reference)) => Supply::Registry(reference),
            (None, None) => {
                return Err(TargetError::NotRunnable(format!("target {} has no image", self.target.id)));
            }
        };
        let host = || BuildHost::of(self.launch.host);
        let labels = self.launch.lease.labels();
        let Launch { cache, stop, lease, .. } = *self.launch;
        let site = Site { labels: &labels, host: &host, cache, failures: &lease.failures };
        containers::ensure(&self.engine, supply, &site, stop, progress).map_err(|why| match why {
            ImageError::Stopped => TargetError::Stopped(self.target.id.clone()),
            why => TargetError::NoImage { target: self.target.id.clone(), why: Box::new(why) },
        })
    }

    fn start(&self, image: &ImageFacts, progress: &mut dyn FnMut(Redacted)) -> Result<Running, TargetError> {
        let spec = &self.target.spec;
        let values = Values::new(spec, Path::new("/")).map_err(self.system("choose its values"))?;
        let word = word(FRESH).map_err(self.system("choose its values"))?;
        let redactor = Redactor::new(&values.secrets(spec));
        progress(redactor.told(format!("starting a container of {}", image.reference).as_bytes()));
        let begun = Instant::now();
        let log = Log::default();
        let container = self.container(image, &values, &word, &log)?;
        let facts = facts(image, &container);
        let body = Box::new(Contained { container, log, facts });
        let keep = self.launch.log_file();
        let running =
            Running { target: self.target.clone(), values, redactor, body, version: String::new(), word, keep };
        let what = format!("{}'s container with version", self.target.id);
        ready::wait(running, &what, begun, self.launch.stop, progress).map_err(|unready| unready.error)
    }

    fn container(&self, image: &ImageFacts, values: &Values, word: &str, log: &Log) -> Result<Container, TargetError> {
        let labels = self.launch.lease.labels();
        let name = format!("dogfood-{}-{}-{word}", labels.run, self.target.id);
        let failed = |why| match why {
            EngineError::Stopped => TargetError::Stopped(self.target.id.clone()),
            why => TargetError::Engine { target: self.target.id.clone(), why },
        };
        let network = Network::make(&self.engine, &name, &labels, self.launch.stop).map_err(failed)?;
        let kept = log.clone();
        let order = Order {
            name: &name,
            image: &image.reference,
            labels: &labels,
            port: self.spec.port,
            published: values.port(),
            command: &self.spec.command.iter().map(|text| values.fill(text, "")).collect::<Vec<_>>(),
            environment: &self
                .spec
                .environment
                .iter()
                .map(|(name, value)| (name.clone(), values.fill(value, "")))
                .collect::<BTreeMap<_, _>>(),
            memory: self.spec.memory,
            cpus: self.spec.cpus,
            log: Arc::new(move |bytes| kept.push(bytes)),
        };
        Container::start(&self.engine, network.clone(), &order, self.launch.stop).map_err(|why| {
            let _ = network.remove();
            failed(why)
        })
    }

    fn system(&self, what: &'static str) -> impl FnOnce(io::Error) -> TargetError + use<> {
        let target = self.target.id.clone();
        move |source| TargetError::System { target, what, source }
    }
}

fn facts(image: &ImageFacts, container: &Container) -> BTreeMap<String, String> {
    let mut facts = BTreeMap::from([
        ("image".to_owned(), image.reference.clone()),
        ("image-id".to_owned(), image.id.clone()),
        ("route".to_owned(), container.route().to_owned()),
    ]);
    facts.extend(image.digest.clone().map(|digest| ("image-digest".to_owned(), digest)));
    facts
}

/// A server in a container.
struct Contained {
    container: Container,
    log: Log,
    facts: BTreeMap<String, String>,
}

impl Body for Contained {
    fn address(&self) -> SocketAddr {
        self.container.address()
    }

    fn ended(&self) -> Option<Ended> {
        self.container.ended().map(Ended::Container)
    }

    fn unwell(&self, moment: Instant) -> Option<Unwell> {
        use containers::Ended;
        Some(match self.container.hindered() {
            Some(Hindered::Ended(Ended::Lost(why))) => Unwell::Hopeless(why),
            Some(Hindered::Ended(ended @ Ended::Code { starved: true, .. })) => {
                Unwell::Hopeless(format!("its server ended ({ended})"))
            }
            Some(Hindered::Ended(ended)) => Unwell::Gone(format!("its server ended ({ended})")),
            Some(Hindered::Changed(what)) => Unwell::Gone(what.to_owned()),
            Some(Hindered::Unknown(why)) => Unwell::Hopeless(why.to_string()),
            None => Unwell::Hopeless(self.container.engine_stopped_since(moment)?),
        })
    }

    fn log(&self) -> Log {
        if self.container.ended().is_some() {
            self.container.hear_out();
        }
        self.log.clone()
    }

    fn facts(&self) -> BTreeMap<String, String> {
        self.facts.clone()
    }

    fn stop(&self) -> Result<(), String> {
        self.container.remove().map_err(|error| format!("its container cannot be removed: {error}"))
    }

    fn execute(&self, words: &[String], limit: Duration, stop: Option<&AtomicBool>) -> Result<Vec<u8>, String> {
        self.container.execute(words, limit, stop)
    }

    fn interfere(&self, fault: &Fault) -> Result<(), String> {
        let done = match fault.kind() {
            FaultKind::Pause => self.container.pause(),
            FaultKind::Disconnect => self.container.disconnect(),
            _ => return Err(format!("`fault={fault}` is the relay's, not the container's")),
        };
        done.map_err(|error| error.to_string())
    }

    fn restore(&self) -> Result<(), String> {
        self.container.restore().map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_is_told_only_if_there_was_something() {
        assert_eq!(told(&Remains::default()), None);
        let remains = Remains { containers: 2, networks: 1, ..Remains::default() };
        assert_eq!(told(&remains).unwrap(), "removed what killed runs left: 2 containers, 1 network");
    }
}
