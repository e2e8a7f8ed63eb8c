//! How processes are known as a run's. Pure; touches nothing.

use std::time::Duration;

/// The environment variable by which processes are known as a run's: the run's id, a dot, and a word for the part of the run.
pub const VARIABLE: &str = "DOGFOOD_RUN";

/// How long killed processes may take to be gone.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// Whether the value of [`VARIABLE`] marks a process of the run `id`.
pub(super) fn of_run(value: &str, id: &str) -> bool {
    value.strip_prefix(id).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
