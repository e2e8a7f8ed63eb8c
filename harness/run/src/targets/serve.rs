//! The supervisor of one server: this program again, as `PROGRAM __serve`. It owns the server, is handed every orphan below it, and
//! kills them all, removes their folder and their sockets when it is asked to, when the server ends, or when its parent is gone: SIGKILL
//! of dogfood leaves no server. Starts and kills processes, removes files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::lease::remove_folder;
use crate::sys::{self, Interest, Pid};

/// The hidden subcommand whose body is [`serve`].
pub const SUBCOMMAND: &str = "__serve";

/// The exit code when the server cannot be started at all, as a shell has it.
const NOT_STARTED: u8 = 127;
/// How long killed processes may take to be gone.
const KILL_PATIENCE: Duration = Duration::from_secs(10);
/// The longest job that is read, in bytes.
const LONGEST_JOB: u64 = 4 << 20;

/// What a supervisor is told, as one line of JSON on its standard input: on a command line, every user could read the secrets.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// The server's whole environment.
    pub(super) environment: BTreeMap<String, String>,
    /// Where it works.
    pub(super) work: PathBuf,
    /// What is removed when it is gone.
    pub(super) folder: PathBuf,
    /// Unix sockets that it makes elsewhere; removed too.
    pub(super) sockets: Vec<PathBuf>,
}

/// The body of the hidden subcommand `__serve`: reads a job from standard input, runs the server with both of its streams on our standard
/// output, and exits with its code. Standard input stays open for as long as the parent lives.
pub fn serve() -> ExitCode {
    run().map_or(ExitCode::FAILURE, ExitCode::from)
}

fn run() -> io::Result<u8> {
    sys::close_inherited_on_exec()?;
    sys::become_subreaper()?;
    let mut stdin = BufReader::new(File::from(io::stdin().as_fd().try_clone_to_owned()?));
    let mut line = Vec::new();
    stdin.by_ref().take(LONGEST_JOB).read_until(b'\n', &mut line)?;
    let job: Job = serde_json::from_slice(&line)?;
    let children = sys::child_events()?;
    let signals = sys::end_signals()?;
    let code = match start(&job) {
        Ok(server) => watch(server, stdin.get_mut(), &children, &signals),
        Err(error) => {
            let _ = writeln!(io::stdout(), "cannot start {}: {error}", job.program.display());
            Ok(NOT_STARTED)
        }
    };
    sys::kill_everything_below(KILL_PATIENCE);
    clean(&job);
    code
}

fn start(job: &Job) -> io::Result<Pid> {
    let mut command = Command::new(&job.program);
    command.args(&job.arguments).env_clear().envs(&job.environment).current_dir(&job.work).stdin(Stdio::null());
    command.stdout(io::stdout().as_fd().try_clone_to_owned()?).stderr(io::stdout().as_fd().try_clone_to_owned()?);
    Ok(sys::pid_of(&sys::spawn(command, Vec::new())?))
}

/// Waits for the server's end (its code), the parent's end or a signal (0).
fn watch(server: Pid, parent: &mut File, children: &OwnedFd, signals: &OwnedFd) -> io::Result<u8> {
    let mut children = File::from(children.try_clone()?);
    loop {
        let fds = [parent.as_fd(), children.as_fd(), signals.as_fd()].map(|fd| (fd, Interest::Read));
        let ready = sys::poll(&fds, None)?;
        let mut buffer = [0; 512];
        if ready[1] {
            let _ = children.read(&mut buffer);
            let ended = sys::reap().ended.into_iter().find(|(pid, _)| *pid == server);
            if let Some((_, code)) = ended {
                return Ok(u8::try_from(code).unwrap_or(NOT_STARTED));
            }
        }
        // A parent that says anything further is still there; its silence is the end.
        if ready[2] || (ready[0] && parent.read(&mut buffer)? == 0) {
            return Ok(0);
        }
    }
}

fn clean(job: &Job) {
    // What cannot be removed stays below the run's folder, which the next run or `dogfood clean` removes.
    let _ = remove_folder(&job.folder);
    job.sockets.iter().for_each(|socket| remove_socket(socket));
}

fn remove_socket(path: &Path) {
    let is_socket = fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket());
    if is_socket {
        let _ = fs::remove_file(path);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn only_sockets_are_removed_as_sockets() {
        let folder = tempfile::tempdir().unwrap();
        let (socket, file) = (folder.path().join("a.sock"), folder.path().join("b.sock"));
        let _listener = UnixListener::bind(&socket).unwrap();
        fs::write(&file, "").unwrap();
        [&socket, &file, &folder.path().join("absent")].into_iter().for_each(|path| remove_socket(path));
        assert!(!socket.exists() && file.exists());
    }
}
