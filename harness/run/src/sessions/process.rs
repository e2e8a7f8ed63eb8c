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

/// The numbers of a session's private descriptors: out of the way of a reader's own, and below the limit of open files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// The descriptor from which a session reads what to run.
    pub input: i32,
    /// The session's first standard output, whatever a step does to descriptor 1.
    pub out: i32,
    /// The session's first standard error.
    pub err: i32,
    /// The pipe on the side: there a session says that it has started, a shell its exported variables, an interpreter its answers.
    pub side: i32,
}

impl Numbers {
    /// The highest number where the limit of open files allows it.
    const HIGHEST: i32 = 199;
    /// bash keeps its script open under the highest number that is free, and more than one while it starts.
    const LEFT: u64 = 4;

    /// Those of sessions that this process starts.
    pub fn here() -> Self {
        Self::below(sys::limit(sys::Limit::Files))
    }

    /// Those that a `limit` of open files allows.
    fn below(limit: Option<u64>) -> Self {
        let highest = limit.and_then(|limit| i32::try_from(limit.saturating_sub(Self::LEFT)).ok());
        let input = highest.unwrap_or(Self::HIGHEST).min(Self::HIGHEST);
        Self { input, out: input - 1, err: input - 2, side: input - 3 }
    }
}

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
    /// Its private descriptors.
    pub numbers: Numbers,
    /// Who makes [`Numbers::out`] and [`Numbers::err`].
    pub saved: Saved,
}

/// Who makes a session's copies of its first streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// We do.
    ByUs,
    /// The session itself, as its first command.
    ByItself,
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
    /// Whether it has said that it has started: the first byte on the side. One that ends before has run nothing of the recipe.
    pub started: bool,
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
    /// Starts `launch` in a session of its own, stdin empty, with its private descriptors.
    pub fn start(launch: &Launch<'_>) -> io::Result<Self> {
        let (input_end, input) = sys::pipe()?;
        let (out, out_end) = sys::pipe()?;
        let (err, err_end) = sys::pipe()?;
        let numbers = launch.numbers;
        let mut fds = vec![FdAt { fd: input_end, number: numbers.input }];
        if launch.saved == Saved::ByUs {
            fds.push(FdAt { fd: out_end.try_clone()?, number: numbers.out });
            fds.push(FdAt { fd: err_end.try_clone()?, number: numbers.err });
        }
        let side = side_pipe(numbers.side, &mut fds)?;
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
            started: false,
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
                let said = &buffer[usize::from(!self.started)..count];
                self.started = true;
                let room = MOST.saturating_sub(self.said_aside.len()).min(said.len());
                self.said_aside.extend_from_slice(&said[..room]);
                return room == said.len();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_descriptors_stay_below_the_limit_of_open_files() {
        for (limit, input) in [(None, 199), (Some(1_048_576), 199), (Some(203), 199), (Some(202), 198), (Some(64), 60)]
        {
            let numbers = Numbers::below(limit);
            assert_eq!((numbers.input, numbers.side), (input, input - 3), "{limit:?}");
        }
    }
}
