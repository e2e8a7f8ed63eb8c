//! This process's hold on a server: its supervisor, whose standard input we keep open, and its log. Starts a process, reads its pipe.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::log::Log;
use super::serve::{Job, SUBCOMMAND};
use crate::lease::remove_folder;
use crate::sys;

/// How long a supervisor may take to kill its server and to remove its folder.
const END: Duration = Duration::from_secs(20);

/// A server under its supervisor.
#[derive(Debug)]
pub(super) struct Server {
    supervisor: Child,
    /// Kept open for as long as the server may run: closing it ends everything.
    parent: Option<ChildStdin>,
    reader: Option<JoinHandle<()>>,
    folder: PathBuf,
    ended: Option<ExitStatus>,
    pub(super) log: Log,
}

impl Server {
    /// Starts `program __serve` with the environment `marks` and hands it `job`.
    pub(super) fn start(program: &Path, job: &Job, marks: &[(&str, &str)]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.arg(SUBCOMMAND).env_clear().envs(marks.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut supervisor = sys::spawn(command, Vec::new())?;
        let mut parent = supervisor.stdin.take().expect("stdin is piped");
        let mut stream = supervisor.stdout.take().expect("stdout is piped");
        let log = Log::default();
        let kept = log.clone();
        let read = move || {
            let mut buffer = vec![0; 16 << 10];
            while let Ok(count) = stream.read(&mut buffer) {
                if count == 0 {
                    break;
                }
                kept.push(&buffer[..count]);
            }
        };
        let reader = match std::thread::Builder::new().spawn(read) {
            Ok(reader) => reader,
            Err(error) => {
                // It was handed no job yet: nothing is below it.
                let _ = supervisor.kill();
                let _ = supervisor.wait();
                return Err(error);
            }
        };
        let mut line = serde_json::to_vec(job)?;
        line.push(b'\n');
        let said = parent.write_all(&line);
        let mut server = Self {
            supervisor,
            parent: Some(parent),
            reader: Some(reader),
            folder: job.folder.clone(),
            ended: None,
            log,
        };
        match said {
            Ok(()) => Ok(server),
            Err(error) => {
                let _ = server.stop();
                Err(error)
            }
        }
    }

    /// How it ended, if it has: with the server's own code, 128 + n for signal n.
    pub(super) fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.supervisor.try_wait().ok().flatten();
            if self.ended.is_some() {
                self.hear_out();
            }
        }
        self.ended
    }

    /// Waits until all that was logged is in the log: the pipe ends with the last process that holds it.
    fn hear_out(&mut self) {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }

    /// Ends the server and sees to it that nothing is left: no process, no folder. Says what is.
    pub(super) fn stop(&mut self) -> io::Result<()> {
        self.parent = None;
        let deadline = Instant::now() + END;
        let mut pause = Duration::from_millis(1);
        while self.ended().is_none() {
            if Instant::now() > deadline {
                sys::kill_tree(sys::pid_of(&self.supervisor), END);
                self.ended = self.supervisor.wait().ok();
                break;
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        remove_folder(&self.folder)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.parent.is_some() {
            let _ = self.stop();
        }
    }
}
