//! Ctrl-C, SIGTERM, and the end of the terminal: the first signal asks for an orderly end, the second ends at once. Touches signal handlers.
//!
//! Ending at once loses nothing: traces are renamed into place whole, and every supervisor kills its processes when the pipe from here
//! closes.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use dogfood_run::sys;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU};

use crate::exit::{Exit, Trouble};

/// The signals that ask for an end. SIGXCPU comes at the soft limit of processor time, before the hard one kills.
const ALWAYS: [i32; 3] = [SIGINT, SIGTERM, SIGXCPU];
/// Those that whoever started this program may have had it ignore: `nohup`, or a script that put it into the background.
const UNLESS_IGNORED: [i32; 2] = [SIGHUP, SIGQUIT];

/// A flag that is set by the first signal; by the second the program is gone.
pub(crate) fn flag() -> Result<Arc<AtomicBool>, Trouble> {
    let stop = Arc::new(AtomicBool::new(false));
    let wanted = UNLESS_IGNORED.into_iter().filter(|signal| !sys::is_ignored(*signal));
    for signal in ALWAYS.into_iter().chain(wanted) {
        // In this order: the shutdown is armed by the flag, so it must look at it before the same signal sets it.
        signal_hook::flag::register_conditional_shutdown(
            signal,
            i32::from(Exit::Interrupted.code()),
            Arc::clone(&stop),
        )
        .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&stop)))
        .map_err(|error| Trouble::machine(format!("signals cannot be handled: {error}"), ""))?;
    }
    Ok(stop)
}
