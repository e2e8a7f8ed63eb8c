//! What a caller brings to a run. Memory only; touches nothing.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use dogfood_core::event::CellId;
use dogfood_core::redact::Known;

use crate::lease::LeaseError;
use crate::toolboxes::HostEnv;

/// What a caller brings to a run.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The checkout.
    pub root: PathBuf,
    /// This program: `PROGRAM __supervise` is a supervisor.
    pub program: PathBuf,
    /// Where toolboxes are made.
    pub cache: PathBuf,
    /// How many cells run at once; 0 counts as 1.
    pub jobs: usize,
    /// How long cells took when they were last recorded: what took longest starts first.
    pub expected: BTreeMap<CellId, Duration>,
    /// Whether recipes' folders stay.
    pub keep: bool,
    /// The caller's search path.
    pub path: OsString,
    /// What installers may see of the caller's environment.
    pub host: HostEnv,
    /// Variables that a walk as reader keeps from the caller: where `pip` downloads from, through which proxy.
    pub reader: Vec<(String, String)>,
    /// Secrets of the caller's environment: redacted wherever they show.
    pub secrets: Vec<Known>,
    /// What the run knew about each cell's values, for the second scan before a trace is written.
    pub known: Arc<KnownValues>,
    /// Becomes true when the run is to end.
    pub stop: Arc<AtomicBool>,
}

impl Deps {
    /// Whether the run is to end.
    pub(super) fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// The values that were handed to each cell, and those that its steps made secret: complete when the cell's end is told.
#[derive(Debug, Default)]
pub struct KnownValues(Mutex<BTreeMap<CellId, Vec<Known>>>);

impl KnownValues {
    /// What was known in `cell`; nothing if it did not run.
    pub fn of(&self, cell: &CellId) -> Vec<Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(cell).cloned().unwrap_or_default()
    }

    pub(super) fn set(&self, cell: &CellId, known: Vec<Known>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(cell.clone(), known);
    }
}

/// Why a run could not begin. This machine is to blame, whatever it is.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A limit of this process is too low.
    #[error("{0}")]
    Limit(String),
    /// What the run holds cannot be written down.
    #[error(transparent)]
    Lease(#[from] LeaseError),
}
