//! The faults of one world: the relay before its server, where a step asks for one of the relay's, and what the server does to itself.
//! Starts a relay, a thread for a fault that comes after a time, and interferes with servers.

use std::net::SocketAddr;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dogfood_core::event::NotRun;
use dogfood_core::fault::{Fault, FaultSeen, Limit};
use dogfood_core::infra::target::Target;
use dogfood_core::markup::model::Step;

use super::infrastructure::Service;
use crate::relay::Relay;

/// What can be armed in one world. Whatever stands is cleared when it goes.
#[derive(Default)]
pub(super) struct Faults {
    service: Option<Arc<dyn Service>>,
    relay: Option<Relay>,
    standing: Option<Standing>,
}

struct Standing {
    fault: Fault,
    since: Instant,
    armed: Duration,
    later: Option<Later>,
}

/// A fault of the server's that comes after a time.
struct Later {
    cancel: mpsc::Sender<()>,
    thread: JoinHandle<Option<Result<Instant, String>>>,
}

/// What the steps of a world ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// Whether one of them needs the relay.
    pub(super) relay: bool,
    /// Whether one of them does something to the server itself: then no other recipe may use that server.
    pub(super) server: bool,
}

impl Asked {
    /// By `steps`, which all run on `target`. A fault that nobody can make would let a recipe pass for the wrong reason.
    pub(super) fn by<'a>(steps: impl Iterator<Item = &'a Step>, target: Option<&Target>) -> Result<Self, NotRun> {
        let mut asked = Self::default();
        for fault in steps.filter_map(|step| step.options.fault) {
            let supports = target.is_some_and(|target| target.supports(fault.kind()));
            if !supports {
                let name = target.map_or("`none`".to_owned(), |target| target.id.to_string());
                return Err(NotRun::Faulty(format!(
                    "target {name} does not support `fault={fault}` (unsupported-fault)"
                )));
            }
            asked.relay |= fault.kind().is_of_the_relay();
            asked.server |= !fault.kind().is_of_the_relay();
        }
        Ok(asked)
    }
}

impl Faults {
    /// For a world with `service`: with a relay before it, if that is `asked` for.
    pub(super) fn new(service: Option<Arc<dyn Service>>, asked: Asked) -> Result<Self, NotRun> {
        let relay = match &service {
            Some(service) if asked.relay => {
                let server = Arc::clone(service);
                let relay = Relay::start(Arc::new(move || server.address()));
                Some(relay.map_err(|error| NotRun::Broken(format!("cannot start the fault relay: {error}")))?)
            }
            _ => None,
        };
        Ok(Self { service, relay, standing: None })
    }

    /// Where the recipe reaches its server, if not directly.
    pub(super) fn through(&self) -> Option<SocketAddr> {
        self.relay.as_ref().map(Relay::address)
    }

    /// Arms `fault`; it stands when this returns. Returns how long that took.
    pub(super) fn arm(&mut self, fault: Fault) -> Result<Duration, NotRun> {
        let broken = |why: String| NotRun::Broken(format!("cannot arm `fault={fault}`: {why}"));
        let since = Instant::now();
        let later = match (&self.relay, &self.service, fault.trigger()) {
            (Some(relay), _, _) if fault.kind().is_of_the_relay() => {
                relay.arm(fault).map_err(|gone| broken(gone.to_string()))?;
                None
            }
            (_, Some(service), Some(Limit::Time(time))) => {
                Some(Later::start(Arc::clone(service), fault, time).map_err(broken)?)
            }
            (_, Some(service), _) => {
                if let Err(why) = service.interfere(&fault) {
                    // It may have got half-way.
                    let _ = service.restore();
                    return Err(NotRun::NotAvailable(format!("cannot arm `fault={fault}`: {why}")));
                }
                None
            }
            _ => return Err(broken("there is nothing to do it to".to_owned())),
        };
        let armed = since.elapsed();
        self.standing = Some(Standing { fault, since, armed, later });
        Ok(armed)
    }

    /// Takes away what stands, if anything does, and says when what happened.
    pub(super) fn clear(&mut self) -> Result<Option<FaultSeen>, NotRun> {
        let Some(Standing { fault, since, armed, later }) = self.standing.take() else { return Ok(None) };
        let broken = |why: String| NotRun::Broken(format!("cannot clear `fault={fault}`: {why}"));
        let tripped = match (&self.relay, &self.service) {
            (Some(relay), _) if fault.kind().is_of_the_relay() => {
                relay.clear().map_err(|gone| broken(gone.to_string()))?
            }
            (_, Some(service)) => {
                let (at_once, came) = (later.is_none(), later.and_then(Later::end));
                if at_once || came.is_some() {
                    let failed = |why| NotRun::NotAvailable(format!("cannot clear `fault={fault}`: {why}"));
                    service.restore().map_err(failed)?;
                }
                came.transpose().map_err(|why| NotRun::NotAvailable(format!("cannot arm `fault={fault}`: {why}")))?
            }
            _ => None,
        };
        let tripped = tripped.map(|tripped| tripped.saturating_duration_since(since));
        Ok(Some(FaultSeen { fault, armed, tripped, cleared: since.elapsed() }))
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        // A net: whoever arms clears. What fails here was a server on its way out.
        let _ = self.clear();
    }
}

impl Later {
    fn start(service: Arc<dyn Service>, fault: Fault, time: Duration) -> Result<Self, String> {
        let (cancel, cancelled) = mpsc::channel();
        let wait = move || match cancelled.recv_timeout(time) {
            Err(mpsc::RecvTimeoutError::Timeout) => Some(service.interfere(&fault).map(|()| Instant::now())),
            _ => None,
        };
        let thread = std::thread::Builder::new().name("fault".to_owned()).spawn(wait);
        thread.map(|thread| Self { cancel, thread }).map_err(|error| error.to_string())
    }

    /// Waits for it no more. Returns what came of it, if its time had come.
    fn end(self) -> Option<Result<Instant, String>> {
        // It may be at work already; then this is heard by nobody.
        let _ = self.cancel.send(());
        self.thread.join().unwrap_or_else(|_| Some(Err("its thread panicked".to_owned())))
    }
}
