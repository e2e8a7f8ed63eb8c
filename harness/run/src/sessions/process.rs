//! What a shell and an interpreter have in common as processes of a session: a private pipe that feeds them, two streams that are cut
//! into steps, a pipe on the side. Starts processes, reads and writes pipes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::stream::Stream;
use crate::sys::{self, FdAt, Interest, Pid};

/// The descriptor from which a session reads what to run.
pub const INPUT: i32 = 199;
/// The session's first standard output, whatever a step does to descriptor 1.
pub const OUT: i32 = 198;
/// The session's first standard error.
pub const ERR: i32 = 197;
/// Where a shell puts its exported variables.
pub const EXPORTS: i32 = 196;
/// Where an interpreter answers.
pub const REPLY: i32 = 195;

/// The whole environment of a session.
pub type Environment = BTreeMap<String, String>;

/// Where sessions run.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The bash program.
    pub bash: PathBuf,
    /// The recipe's folder.
    pub work: PathBuf,
    /// A private folder for step files.
    pub scripts: PathBuf,
}

/// What [`Process::start`] starts.
#[derive(Clone, Copy, Debug)]
pub struct Launch<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its arguments.
    pub arguments: &'a [&'a str],
    /// Its whole environment.
    pub environment: &'a Environment,
    /// Its folder.
    pub work: &'a Path,
    /// What its markers hold.
    pub nonce: &'a str,
    /// The number under which it gets a pipe on the side.
    pub side: i32,
    /// Whether it gets [`OUT`] and [`ERR`] from us; bash makes them itself.
    pub saved: bool,
}

/// A running session.
#[derive(Debug)]
pub struct Process {
    /// Its pid.
    pub pid: Pid,
    /// Its exit code, once it has ended.
    pub ended: Option<i32>,
    /// Its standard output.
    pub stdout: Stream,
    /// Its standard error.
    pub stderr: Stream,
    input: Option<File>,
    unsent: Vec<u8>,
    side: Option<File>,
    said_aside: Vec<u8>,
}

/// One of a session's descriptors to poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The pipe on the side.
    Side,
    /// The pipe that feeds it, while there is something to send.
    Input,
}

impl Process {
    /// Starts `launch` in a session of its own, stdin empty, with its input under [`INPUT`].
    pub fn start(launch: &Launch<'_>) -> io::Result<Self> {
        let (input_end, input) = sys::pipe()?;
        let (out, out_end) = sys::pipe()?;
        let (err, err_end) = sys::pipe()?;
        let mut fds = vec![FdAt { fd: input_end, number: INPUT }];
        if launch.saved {
            fds.push(FdAt { fd: out_end.try_clone()?, number: OUT });
            fds.push(FdAt { fd: err_end.try_clone()?, number: ERR });
        }
        let side = side_pipe(launch.side, &mut fds)?;
        let mut command = Command::new(launch.program);
        command.args(launch.arguments).env_clear().envs(launch.environment).current_dir(launch.work);
        command.stdin(Stdio::null()).stdout(Stdio::from(out_end)).stderr(Stdio::from(err_end));
        sys::set_nonblocking(&input)?;
        let child = sys::spawn(command, fds)?;
        Ok(Self {
            pid: sys::pid_of(&child),
            ended: None,
            stdout: Stream::new(out, launch.nonce)?,
            stderr: Stream::new(err, launch.nonce)?,
            input: Some(File::from(input)),
            unsent: Vec::new(),
            side: Some(side),
            said_aside: Vec::new(),
        })
    }

    /// Sends `bytes` to it: as much as fits now, the rest as [`Port::Input`] becomes ready.
    pub fn send(&mut self, bytes: &[u8]) {
        self.unsent.extend_from_slice(bytes);
        self.send_more();
    }

    fn send_more(&mut self) {
        while let Some(input) = self.input.as_mut().filter(|_| !self.unsent.is_empty()) {
            match input.write(&self.unsent) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // It is gone; its exit code says so.
                Err(_) => self.close_input(),
            }
        }
    }

    /// Tells it that nothing more comes: it ends by itself, exit traps and handlers included.
    pub fn close_input(&mut self) {
        self.input = None;
        self.unsent.clear();
    }

    /// What to wait for.
    pub fn ports(&self) -> impl Iterator<Item = (Port, BorrowedFd<'_>, Interest)> {
        let read = |port, fd: Option<_>| fd.map(|fd| (port, fd, Interest::Read));
        let input = self.input.as_ref().filter(|_| !self.unsent.is_empty());
        [
            read(Port::Stdout, self.stdout.fd()),
            read(Port::Stderr, self.stderr.fd()),
            read(Port::Side, self.side.as_ref().map(AsFd::as_fd)),
            input.map(|input| (Port::Input, input.as_fd(), Interest::Write)),
        ]
        .into_iter()
        .flatten()
    }

    /// Does what `port` is ready for, once.
    pub fn advance(&mut self, port: Port, buffer: &mut [u8]) {
        match port {
            Port::Stdout => drop(self.stdout.read(buffer)),
            Port::Stderr => drop(self.stderr.read(buffer)),
            Port::Side => drop(self.read_aside(buffer)),
            Port::Input => self.send_more(),
        }
    }

    /// Reads everything that is there now.
    pub fn drain(&mut self, buffer: &mut [u8]) {
        self.stdout.drain(buffer);
        self.stderr.drain(buffer);
        while self.read_aside(buffer) {}
    }

    /// What it said on the side so far, as long as `complete` finds it whole.
    pub fn take_aside(&mut self, complete: impl Fn(&[u8]) -> bool) -> Option<Vec<u8>> {
        complete(&self.said_aside).then(|| std::mem::take(&mut self.said_aside))
    }

    /// Whether what it said on the side is whole, as `complete` sees it.
    pub fn aside_is(&self, complete: impl Fn(&[u8]) -> bool) -> bool {
        complete(&self.said_aside)
    }

    /// Reads everything that is on the side now.
    pub fn drain_aside(&mut self, buffer: &mut [u8]) {
        while self.read_aside(buffer) {}
    }

    fn read_aside(&mut self, buffer: &mut [u8]) -> bool {
        /// More than this says no environment and no exception; a process that floods the side pipe loses what is beyond.
        const MOST: usize = 8 << 20;
        let Some(side) = &mut self.side else { return false };
        match side.read(buffer) {
            Ok(0) => self.side = None,
            Ok(count) => {
                let room = MOST.saturating_sub(self.said_aside.len()).min(count);
                self.said_aside.extend_from_slice(&buffer[..room]);
                return room > 0;
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(_) => self.side = None,
        }
        false
    }
}

/// Says what was tried when an error came.
pub fn doing(what: &'static str) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("cannot {what}: {error}"))
}

fn side_pipe(number: i32, fds: &mut Vec<FdAt>) -> io::Result<File> {
    let (read, write): (OwnedFd, OwnedFd) = sys::pipe()?;
    sys::set_nonblocking(&read)?;
    fds.push(FdAt { fd: write, number });
    Ok(File::from(read))
}
