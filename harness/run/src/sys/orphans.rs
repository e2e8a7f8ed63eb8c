//! Orphans that come to this process: what a recipe left below a supervisor that it killed. Nobody else would end it.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, WaitOptions};

use super::{become_subreaper, kill, kill_tree, own_pid, processes};

/// Whether orphans come to this process: without that, a child that is not known is somebody else's.
static ADOPTS: AtomicBool = AtomicBool::new(false);

/// Has orphans below this process handed to it from now on, instead of to init; [`end_adopted`] ends them.
///
/// # Errors
/// If the system refuses.
pub fn adopt_orphans() -> std::io::Result<()> {
    become_subreaper()?;
    ADOPTS.store(true, Ordering::SeqCst);
    Ok(())
}

/// Ends every child of this process that is not this program again with one of the words `helpers`, and all below it. To be called where
/// this process has started nothing else that still runs. Does nothing before [`adopt_orphans`]. Returns whether none is left.
pub fn end_adopted(helpers: &[&str], patience: Duration) -> bool {
    if !ADOPTS.load(Ordering::SeqCst) {
        return true;
    }
    let deadline = Instant::now() + patience;
    loop {
        let adopted = adopted(helpers);
        if adopted.is_empty() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        for pid in adopted {
            // One at a time, and what is below it: that comes to us too once it is gone.
            kill_tree(pid, Duration::from_millis(200));
            kill(pid);
            let _ = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
        }
    }
}

/// The living children of this process that it did not start itself.
fn adopted(helpers: &[&str]) -> Vec<Pid> {
    let own = own_pid();
    let program = program(own);
    let is_helper = |pid: Pid| {
        let line = fs::read(format!("/proc/{}/cmdline", pid.as_raw_nonzero())).unwrap_or_default();
        let word = line.split(|byte| *byte == 0).nth(1).unwrap_or_default();
        self::program(pid) == program && helpers.iter().any(|helper| helper.as_bytes() == word)
    };
    let children = processes().into_iter().filter(|process| process.parent == Some(own)).map(|process| process.pid);
    children.filter(|pid| !is_helper(*pid)).collect()
}

fn program(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{}/exe", pid.as_raw_nonzero())).ok()
}
