//! Who owns what a run makes: this process, named for good, and whether such a process still lives. Reads `/proc`.

use std::io;

use crate::sys;

/// A process, for good: a pid alone is given to another one sooner or later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its pid.
    pub pid: i32,
    /// When it started, in ticks since boot.
    pub started: u64,
    /// The boot that both count from.
    pub boot: String,
    /// The pid namespace in which the pid means something.
    pub namespace: String,
}

impl Owner {
    /// This process.
    ///
    /// # Errors
    /// If `/proc` does not say.
    pub fn this() -> io::Result<Self> {
        let pid = sys::own_pid().as_raw_nonzero().get();
        let own = sys::process(pid).ok_or_else(|| io::Error::other("/proc does not list this process"))?;
        Ok(Self { pid, started: own.started, boot: sys::boot_id()?, namespace: sys::pid_namespace() })
    }

    /// Whether it may still be alive: it is, or it is in a container whose processes we cannot see.
    pub fn may_live(&self) -> bool {
        if sys::boot_id().is_ok_and(|boot| boot != self.boot) {
            return false;
        }
        if sys::pid_namespace() != self.namespace {
            return true;
        }
        sys::process(self.pid).is_some_and(|process| process.started == self.started)
    }
}
