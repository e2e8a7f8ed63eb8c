//! Where toolboxes and targets come from, as a run sees it: real ones, or a test's. Touches nothing itself.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use dogfood_core::blame::Blame;
use dogfood_core::event::NotRun;
use dogfood_core::fault::Fault;
use dogfood_core::infra::target::Target;
use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::redact::{Known, Redacted};

use crate::lease::Lease;
use crate::targets::Unwell;
use crate::toolboxes::Environment;

/// Makes toolboxes and starts targets. Called from several threads, but never twice at once for one toolbox or one shared target.
pub trait Infrastructure: Sync {
    /// The environment of `toolbox`, made now unless it is there.
    fn toolbox(&self, toolbox: &Toolbox, progress: &mut dyn FnMut(String)) -> Result<Tools, Unavailable>;

    /// Starts `target`.
    fn start(
        &self,
        target: &Target,
        place: &Place<'_>,
        progress: &mut dyn FnMut(Redacted),
    ) -> Result<Arc<dyn Service>, Unavailable>;
}

/// Where a target runs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The toolbox that its program comes from, if it is a process.
    pub tools: Option<&'a Tools>,
    /// A fresh folder, its own alone.
    pub folder: &'a Path,
    /// The value of [`crate::lease::VARIABLE`] for its processes.
    pub mark: &'a str,
    /// The run that it belongs to.
    pub lease: &'a Lease,
}

/// A target that runs.
pub trait Service: Send + Sync {
    /// What the server says of its version.
    fn version(&self) -> String;

    /// Where clients of this machine reach the server now; another place after a restart, perhaps. Nothing if it has no address, or none
    /// any more. Quick: the relay asks for every connection.
    fn address(&self) -> Option<SocketAddr> {
        None
    }

    /// A fresh bucket or base path, made for the recipe that `name` names, and every variable that the recipe gets with it. With `through`,
    /// the variables lead there (to the relay) instead of to the server itself.
    fn hand_over(&self, name: &str, through: Option<SocketAddr>) -> Result<Vec<Known>, String>;

    /// Does to the server what no relay can: pauses its container, takes it off its network. Stands when this returns. Never called a
    /// second time before [`Service::restore`].
    fn interfere(&self, fault: &Fault) -> Result<(), String> {
        Err(format!("the target does not support `fault={fault}`"))
    }

    /// Undoes [`Service::interfere`]. Called after every call of it, also of one that failed.
    fn restore(&self) -> Result<(), String> {
        Ok(())
    }

    /// Facts about where the server runs, by name: image id, digest, which route leads to it. They make nothing stale.
    fn facts(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// Every secret of the server, handed over or not.
    fn secrets(&self) -> Vec<Known> {
        Vec::new()
    }

    /// How it ended, if it did. Quick.
    fn dead(&self) -> Option<String> {
        None
    }

    /// Why it is not what a recipe counts on that began at `moment`, if it is not: then what the recipe did says nothing of the recipe.
    /// Slower than [`Service::dead`], and sees more: a server that somebody paused, an engine that had stopped meanwhile.
    fn unwell(&self, moment: Instant) -> Option<Unwell> {
        let _ = moment;
        self.dead().map(Unwell::Gone)
    }

    /// Stops it and removes its data.
    fn stop(&self);
}

/// Which distribution (normalised name) a module (dotted) belongs to.
pub type Owner = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A toolbox that stands.
#[derive(Clone)]
pub struct Tools {
    /// Its folder.
    pub dir: PathBuf,
    /// Where its programs are.
    pub bin: PathBuf,
    /// Its interpreter.
    pub python: PathBuf,
    /// The interpreter's version.
    pub python_version: String,
    /// Whose its modules are.
    pub owner: Owner,
    /// The whole of it, if it is a real one.
    pub environment: Option<Arc<Environment>>,
}

impl fmt::Debug for Tools {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tools")
            .field("dir", &self.dir)
            .field("python_version", &self.python_version)
            .finish_non_exhaustive()
    }
}

/// Why a toolbox or a target is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// This machine does not have it.
    Missing(String),
    /// This machine did not let it be made: a full disk, no process left.
    Broken(String),
    /// A file of the book is wrong: a hash that does not match.
    Faulty(String),
    /// The run is to end.
    Interrupted,
    /// The server says another version than its file.
    WrongVersion {
        /// What the file declares.
        declared: String,
        /// What the server says.
        says: String,
    },
}

impl Unavailable {
    /// What an error is about that is to `blame` so.
    pub(super) fn blamed(blame: Blame, why: String) -> Self {
        match blame {
            Blame::Book | Blame::CommandLine => Self::Faulty(why),
            Blame::Missing => Self::Missing(why),
            Blame::Machine => Self::Broken(why),
        }
    }
}

impl From<Unavailable> for NotRun {
    fn from(unavailable: Unavailable) -> Self {
        match unavailable {
            Unavailable::Missing(why) => Self::NotAvailable(why),
            Unavailable::Broken(why) => Self::Broken(why),
            Unavailable::Faulty(why) => Self::Faulty(why),
            Unavailable::Interrupted => Self::Interrupted,
            Unavailable::WrongVersion { declared, says } => Self::WrongServerVersion { declared, says },
        }
    }
}
