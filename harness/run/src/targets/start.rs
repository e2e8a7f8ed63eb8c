//! Starting a target: what that takes from the run, and which kind it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dogfood_core::infra::target::Target;
use dogfood_core::redact::Redacted;

use super::error::TargetError;
use super::running::Running;
use super::{container, process};
use crate::lease::Lease;
use crate::toolboxes::{Environment, HostEnv};

/// What starting a target takes from the run.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// This program, for `PROGRAM __serve`.
    pub program: &'a Path,
    /// The run's folder, which exists: the server's own lies in it.
    pub run_dir: &'a Path,
    /// Variables that name the run, by which a later one finds what a killed one left.
    pub marks: &'a [(&'a str, &'a str)],
    /// The run: what outlives its processes is written down there first.
    pub lease: &'a Lease,
    /// Where locks on images are.
    pub cache: &'a Path,
    /// What an image's build may know of this machine.
    pub host: &'a HostEnv,
    /// Whether the server's log stays beside its folder when it is gone.
    pub keep: bool,
    /// Becomes true when the run is to end.
    pub stop: &'a Arc<AtomicBool>,
}

impl Launch<'_> {
    /// Where the server's log goes in the end, if it is to be kept.
    pub(super) fn log_file(&self) -> Option<PathBuf> {
        self.keep.then(|| self.run_dir.join("server.log"))
    }
}

/// Starts `target` and waits until it is ready; a process with the programs of `environment`. `progress` gets lines for people.
///
/// # Errors
///
/// See [`TargetError`]. Nothing is left running then.
pub fn start(
    target: &Target,
    environment: Option<&Environment>,
    launch: &Launch<'_>,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Running, TargetError> {
    if let Some(why) = target.not_runnable() {
        return Err(TargetError::NotRunnable(why));
    }
    match (&target.spec.container, &target.spec.process, environment) {
        (Some(spec), _, _) => container::start(target, spec, launch, progress),
        (None, Some(spec), Some(environment)) => process::start(target, spec, environment, launch, progress),
        (None, Some(_), None) => Err(TargetError::NoToolbox(target.id.clone())),
        (None, None, _) => Err(TargetError::NotRunnable(format!("target {} starts nothing", target.id))),
    }
}

#[cfg(test)]
pub(super) mod tests;
