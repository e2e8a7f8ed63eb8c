//! Ctrl-C and SIGTERM: the first asks for an orderly end, the second ends at once. Touches signal handlers.
//!
//! Ending at once loses nothing: traces are renamed into place whole, and every supervisor kills its processes when the pipe from here
//! closes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};

use crate::exit::{Exit, Trouble};

/// A flag that is set by the first signal; by the second the program is gone.
pub(crate) fn flag() -> Result<Arc<AtomicBool>, Trouble> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the shutdown is armed by the flag, so it must look at it before the same signal sets it.
        signal_hook::flag::register_conditional_shutdown(
            signal,
            i32::from(Exit::Interrupted.code()),
            Arc::clone(&stop),
        )
        .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
        .map_err(|error| Trouble::failed(format!("signals cannot be handled: {error}"), ""))?;
    }
    Ok(stop)
}
