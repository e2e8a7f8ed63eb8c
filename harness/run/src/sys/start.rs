//! Starting a child with descriptors at fixed numbers. Whatever fails between fork and exec is an error of the start: it never looks like the
//! end of the program that was to be started.

use std::io;
use std::mem::ManuallyDrop;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use rustix::fs::Mode;

/// How many descriptors std and this process may open while a child starts: they get the lowest numbers that are free.
const ROOM: i32 = 8;

/// A file descriptor that a child gets under a fixed number.
#[derive(Debug)]
pub struct FdAt {
    /// What it gets; this process's copy is closed once the child runs.
    pub fd: OwnedFd,
    /// The number under which it gets it.
    pub number: i32,
}

/// Starts `command` as the leader of a new session (and process group) without a terminal, with `umask 022` and with `fds` in place.
/// The child's pid is also the id of its session and of its process group.
///
/// # Errors
/// If the child cannot be started. Then it has run nothing.
pub fn spawn(mut command: Command, fds: Vec<FdAt>) -> io::Result<Child> {
    refuse_clashes(&fds)?;
    let prepare = move || {
        fds.iter().try_for_each(put)?;
        rustix::process::setsid()?;
        rustix::process::umask(Mode::WGRP | Mode::WOTH);
        Ok(())
    };
    #[expect(
        unsafe_code,
        reason = "std has no stable way to place descriptors or to call setsid and umask between fork and exec"
    )]
    // SAFETY: the closure runs between fork and exec: it allocates nothing, takes no lock, does not panic, and makes system calls only.
    unsafe {
        command.pre_exec(prepare);
    }
    command.spawn()
}

/// Refuses numbers that this process or std may use itself while the child starts, and two descriptors under one number: one of them would
/// be overwritten.
fn refuse_clashes(fds: &[FdAt]) -> io::Result<()> {
    if let Some(twice) =
        fds.iter().enumerate().find(|(i, at)| fds[..*i].iter().any(|before| before.number == at.number))
    {
        let why = format!("two descriptors are to have the number {}", twice.1.number);
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    let highest = fds.iter().map(|at| at.fd.as_raw_fd()).max();
    let lowest = fds.iter().map(|at| at.number).min();
    match highest.zip(lowest) {
        Some((highest, lowest)) if highest + ROOM >= lowest => Err(io::Error::other(format!(
            "too few descriptors are free below {lowest}: raise the limit of open files, for example with `ulimit -n 1024`"
        ))),
        _ => Ok(()),
    }
}

/// Puts a descriptor at its number, open across exec.
fn put(at: &FdAt) -> io::Result<()> {
    #[expect(unsafe_code, reason = "a descriptor that is to be is known by its number alone")]
    // SAFETY: nothing of this process has the number (see `refuse_clashes`), and it is not closed here, whatever `dup2` says.
    let mut place = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(at.number) });
    Ok(rustix::io::dup2(&at.fd, &mut place)?)
}
