//! The parent's handle on a supervisor. Starts a process, reads and writes its pipes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::frames::{Frame, FrameProblem, FrameReader, GO, Job};
use crate::sys::{self, Interest};

/// The hidden subcommand that is a supervisor.
pub const SUBCOMMAND: &str = "__supervise";

/// How often a parent that waits for frames looks whether it was asked to stop.
const LOOK: Duration = Duration::from_millis(100);
/// How long a supervisor may take to end after its last frame, or after its parent hung up.
const END: Duration = Duration::from_secs(15);

/// How much longer than its units may take a supervisor may say nothing: it has to kill what is below it, on a busy machine.
const SLACK: Duration = Duration::from_secs(20);

/// A running supervisor.
#[derive(Debug)]
pub struct Supervisor {
    child: Child,
    /// Kept open for as long as the job may run: closing it ends everything.
    parent: Option<File>,
    frames: File,
    reader: FrameReader,
    buffer: Vec<u8>,
    /// How long it may say nothing.
    patience: Duration,
}

/// Why no further frame comes.
#[derive(Debug, thiserror::Error)]
pub enum NoFrame {
    /// The job is done.
    #[error("the job is done")]
    Over,
    /// The caller was asked to stop.
    #[error("interrupted")]
    Stopped,
    /// It said something that is no frame.
    #[error(transparent)]
    Garbled(#[from] FrameProblem),
    /// It says nothing for longer than any unit may take: something stopped it. It is killed.
    #[error("the recipe's supervisor says nothing any more and was killed; does a step stop its parent?")]
    Silent,
    /// Its pipe cannot be read.
    #[error("cannot hear the supervisor: {0}")]
    Deaf(io::Error),
}

impl Supervisor {
    /// Starts `program __supervise` with the environment `marks` and hands it `job`.
    pub fn start(program: &Path, job: &Job, marks: &[(&str, &str)]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(SUBCOMMAND).env_clear().envs(marks.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = sys::spawn(command, Vec::new())?;
        let mut parent = child.stdin.take().expect("stdin is piped");
        let frames = OwnedFd::from(child.stdout.take().expect("stdout is piped"));
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        let said = parent.write_all(&line);
        let mut supervisor = Self {
            child,
            parent: Some(File::from(OwnedFd::from(parent))),
            frames: File::from(frames),
            reader: FrameReader::default(),
            buffer: vec![0; 64 << 10],
            patience: patience(job),
        };
        if let Err(error) = said {
            supervisor.end();
            return Err(error);
        }
        Ok(supervisor)
    }

    /// The next frame. Waits, and looks at `stop` while it does.
    pub fn next_frame(&mut self, stop: &AtomicBool) -> Result<Frame, NoFrame> {
        let deadline = Instant::now() + self.patience;
        loop {
            if let Some(frame) = self.reader.next_frame()? {
                return Ok(frame);
            }
            if stop.load(Ordering::Relaxed) {
                return Err(NoFrame::Stopped);
            }
            let fds = [(self.frames.as_fd(), Interest::Read)];
            if !sys::poll(&fds, Some(Instant::now() + LOOK)).map_err(NoFrame::Deaf)?[0] {
                if Instant::now() >= deadline {
                    let _ = self.child.kill();
                    return Err(NoFrame::Silent);
                }
                continue;
            }
            match self.frames.read(&mut self.buffer) {
                Ok(0) => return Err(NoFrame::Over),
                Ok(count) => self.reader.push(&self.buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(NoFrame::Deaf(error)),
            }
        }
    }

    /// Allows what [`Frame::Before`] or [`Frame::After`] waits for. That nobody hears it is told by the next frame, which does not come.
    pub fn go(&mut self) {
        if let Some(parent) = &mut self.parent {
            let _ = parent.write_all(GO);
        }
    }

    /// Ends it: hangs up, gives it time to kill what is below it, and kills it if it hangs itself. Returns whether it ended well.
    pub fn end(&mut self) -> bool {
        self.parent = None;
        let deadline = Instant::now() + END;
        // Its standard output is closed by its end and by nothing else: no session has it.
        while Instant::now() < deadline {
            let fds = [(self.frames.as_fd(), Interest::Read)];
            match sys::poll(&fds, Some(deadline)) {
                Ok(ready) if ready[0] => match self.frames.read(&mut self.buffer) {
                    Ok(0) | Err(_) => return self.child.wait().is_ok_and(|status| status.success()),
                    Ok(_) => {}
                },
                _ => break,
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        false
    }
}

/// The longest that a supervisor of `job` can have nothing to say.
fn patience(job: &Job) -> Duration {
    let longest = job.acts.iter().flatten().map(|unit| unit.limit).max().unwrap_or_default();
    Duration::from_millis(longest.min(job.limit).saturating_add(job.grace)) + SLACK
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if self.parent.is_some() {
            self.end();
        }
    }
}
