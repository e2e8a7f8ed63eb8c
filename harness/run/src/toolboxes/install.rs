//! Runs the installers: uv where it is on the search path, else `venv` and pip. Both get the same rules: what the lock says, by hash,
//! from wheels only, and nothing else. Reaches the package index; writes into the environment's folder.

use std::collections::VecDeque;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use dogfood_core::infra::toolbox::Toolbox;
use dogfood_core::redact::{Redactor, show_controls};

use super::error::ToolboxError;
use super::host::HostEnv;
use super::interpreter::{self, Interpreter};
use crate::plain::plain;
use crate::sys::{self, Interest};

/// How long one try of an installer may take.
const LONGEST_TRY: Duration = Duration::from_secs(900);
/// A download that fails is tried again after these pauses; recipes never are.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// Lines of an installer that an error repeats.
const TAIL: usize = 12;
/// A line longer than this is cut.
const LONGEST_LINE: usize = 400;

/// Makes an empty environment in `dir` and installs the lock, which stands in the file `requirements`, into it.
pub(super) fn install(
    toolbox: &Toolbox,
    interpreter: &Interpreter,
    dir: &Path,
    requirements: &Path,
    host: &HostEnv,
    progress: &mut dyn FnMut(String),
) -> Result<(), ToolboxError> {
    let installer = Installer::choose(interpreter, host)?;
    let run = Run { toolbox, host, installer: installer.name() };
    for command in installer.make(interpreter, dir, host) {
        run.once(command, 1, progress)?;
    }
    let mut tries = 1;
    loop {
        let error = match run.once(installer.fill(dir, requirements, host), tries, progress) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let pause = PAUSES.get(tries as usize - 1).filter(|_| may_pass(&error));
        let Some(pause) = pause else { return Err(error) };
        progress(format!("{} failed; trying again in {} s", run.installer, pause.as_secs()));
        let until = Instant::now() + *pause;
        while Instant::now() < until && !host.stopped() {
            std::thread::sleep(Duration::from_millis(50));
        }
        tries += 1;
    }
}

/// Whether a second try may end otherwise: only what the network or the index did can pass.
fn may_pass(error: &ToolboxError) -> bool {
    let ToolboxError::Install { tail, .. } = error else { return false };
    let tail = tail.to_ascii_lowercase();
    let permanent = ["no space left", "permission denied", "disk quota", "read-only file system"];
    // pip says that no version matches also when it reached no index; then it has seen no versions at all.
    let absent = tail.contains("no matching distribution") && !tail.contains("(from versions: none)");
    !absent && !permanent.iter().any(|words| tail.contains(words))
}

enum Installer {
    Uv(PathBuf),
    Pip,
}

impl Installer {
    fn choose(interpreter: &Interpreter, host: &HostEnv) -> Result<Self, ToolboxError> {
        match sys::find_program("uv", host.path()) {
            Some(uv) => Ok(Self::Uv(uv)),
            None if interpreter::makes_environments(&interpreter.program, host) => Ok(Self::Pip),
            None => Err(ToolboxError::NoVenv { python: interpreter.program.clone() }),
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Uv(_) => "uv",
            Self::Pip => "pip",
        }
    }

    fn make(&self, interpreter: &Interpreter, dir: &Path, host: &HostEnv) -> Vec<Command> {
        match self {
            Self::Uv(uv) => {
                let mut command = host.command(uv);
                command.args(["venv", "--no-project", "--no-python-downloads", "--python"]);
                command.arg(&interpreter.program).arg(dir);
                vec![command]
            }
            Self::Pip => {
                let mut command = host.command(&interpreter.program);
                command.args(["-I", "-m", "venv", "--without-pip"]).arg(dir);
                // Apart, because venv keeps to itself what ensurepip says, a full disk for example.
                let mut pip = host.command(&dir.join("bin/python"));
                pip.args(["-I", "-m", "ensurepip", "--upgrade", "--default-pip"]);
                vec![command, pip]
            }
        }
    }

    fn fill(&self, dir: &Path, requirements: &Path, host: &HostEnv) -> Command {
        let python = dir.join("bin/python");
        let mut command = match self {
            Self::Uv(uv) => {
                let mut command = host.command(uv);
                command.args(["pip", "install", "--no-python-downloads", "--python"]).arg(python);
                command
            }
            Self::Pip => {
                let mut command = host.command(&python);
                command.args(["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
                command.args(["--progress-bar", "off", "--retries", "2"]);
                command
            }
        };
        command.args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r"]).arg(requirements);
        command
    }
}

struct Run<'a> {
    toolbox: &'a Toolbox,
    host: &'a HostEnv,
    installer: &'static str,
}

impl Run<'_> {
    /// Runs `command` to its end; `tries` is how often it was tried, this time included.
    fn once(&self, mut command: Command, tries: u32, progress: &mut dyn FnMut(String)) -> Result<(), ToolboxError> {
        let mut lines = Lines::default();
        let ended = self.watch(&mut command, &mut |line| {
            let line = lines.take(line);
            if !line.is_empty() {
                progress(line);
            }
        });
        match ended {
            Ok(true) => Ok(()),
            Ok(false) if self.host.stopped() => Err(ToolboxError::Stopped(self.toolbox.id.clone())),
            Ok(false) => Err(self.failure(&lines, tries)),
            Err(error) => {
                lines.take(&format!("it does not start: {error}"));
                Err(self.failure(&lines, tries))
            }
        }
    }

    fn failure(&self, lines: &Lines, tries: u32) -> ToolboxError {
        let (toolbox, lock) = (self.toolbox.id.clone(), self.toolbox.lock_path.clone());
        match &lines.mismatch {
            Some(package) => ToolboxError::HashMismatch { toolbox, package: package.clone(), lock },
            None => ToolboxError::Install { toolbox, installer: self.installer, lock, tries, tail: lines.last() },
        }
    }

    /// Hands every line of both streams to `line`, in order, and says whether the end was a success.
    fn watch(&self, command: &mut Command, line: &mut dyn FnMut(&str)) -> std::io::Result<bool> {
        let (mut reader, writer) = std::io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        let mut child = command.spawn()?;
        // The command still holds the writing end; without this the reader would never see the end.
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let deadline = Instant::now() + LONGEST_TRY;
        let mut open: Vec<u8> = Vec::new();
        loop {
            let slice = Instant::now() + Duration::from_millis(100);
            let ready = sys::poll(&[(std::os::fd::AsFd::as_fd(&reader), Interest::Read)], Some(slice))?;
            if self.host.stopped() || Instant::now() > deadline {
                let _ = child.kill();
                let _ = child.wait();
                line("stopped: it took too long, or the run was ended");
                return Ok(false);
            }
            if !ready[0] {
                continue;
            }
            let mut bytes = [0; 8192];
            let count = reader.read(&mut bytes)?;
            open.extend_from_slice(&bytes[..count]);
            while let Some(end) = open.iter().position(|byte| *byte == b'\n') {
                let rest = open.split_off(end + 1);
                line(&String::from_utf8_lossy(&open));
                open = rest;
            }
            if count == 0 || open.len() > 1 << 20 {
                line(&String::from_utf8_lossy(&open));
                open.clear();
            }
            if count == 0 {
                return Ok(child.wait()?.success());
            }
        }
    }
}

/// What an installer says: its last lines, the first that names an error, and the package whose hash is wrong.
#[derive(Default)]
struct Lines {
    tail: VecDeque<String>,
    /// A traceback can push the one line that matters out of the tail.
    cause: Option<String>,
    mismatch: Option<String>,
    /// pip names the package on a line below its complaint.
    complaint: bool,
}

impl Lines {
    /// Takes one line in and gives it back as it may be shown.
    fn take(&mut self, line: &str) -> String {
        let text: String = line.trim_end().chars().take(LONGEST_LINE).collect();
        // An address of an index can hold a password; a line can hold anything.
        let redacted = Redactor::new(&[]).told(plain(&text).as_bytes());
        let text = show_controls(redacted.as_str()).to_string();
        self.look_for_a_mismatch(&text);
        if self.cause.is_none() && (text.contains("[Errno") || text.to_ascii_lowercase().contains("error:")) {
            self.cause = Some(text.clone());
        }
        if !text.trim().is_empty() {
            self.tail.push_back(text.clone());
            if self.tail.len() > TAIL {
                self.tail.pop_front();
            }
        }
        text
    }

    /// The last lines, after the cause if that is not among them.
    fn last(&self) -> String {
        let cause = self.cause.iter().filter(|cause| !self.tail.contains(cause));
        cause.chain(&self.tail).map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    fn look_for_a_mismatch(&mut self, text: &str) {
        if self.mismatch.is_some() {
            return;
        }
        if let Some((_, rest)) = text.split_once("Hash mismatch for `") {
            self.mismatch = rest.split('`').next().map(str::to_owned);
        } else if text.contains("DO NOT MATCH THE HASHES") {
            self.complaint = true;
        } else if self.complaint && text.contains("==") {
            self.mismatch = text.split_whitespace().find(|word| word.contains("==")).map(str::to_owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mismatch(lines: &str) -> Option<String> {
        let mut seen = Lines::default();
        lines.lines().for_each(|line| {
            seen.take(line);
        });
        seen.mismatch
    }

    #[test]
    fn both_installers_name_the_package_whose_hash_is_wrong() {
        let pip = "Collecting six==1.17.0\nERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated\n    six==1.17.0 from https://example.org/six.whl (from -r x (line 1)):\n        Expected sha256 aa\n";
        assert_eq!(mismatch(pip).as_deref(), Some("six==1.17.0"));
        let uv = "  × Failed to download `six==1.17.0`\n  ╰─▶ Hash mismatch for `six==1.17.0`\n";
        assert_eq!(mismatch(uv).as_deref(), Some("six==1.17.0"));
        assert_eq!(mismatch("Collecting six==1.17.0\nERROR: no space left on device\n"), None);
    }

    #[test]
    fn lines_are_shown_without_passwords_and_control_bytes_and_only_the_last_are_kept() {
        let mut lines = Lines::default();
        let shown = lines.take("Looking in indexes: https://me:hunter2hunter2@example.org/simple\u{1b}[31m\r\n");
        assert!(!shown.contains("hunter2") && !shown.contains('\u{1b}'), "{shown}");
        assert!(lines.take(&"x".repeat(10_000)).len() <= LONGEST_LINE);
        for number in 0..100 {
            lines.take(&format!("line {number}"));
            lines.take("  ");
        }
        assert_eq!((lines.tail.len(), lines.tail.back().unwrap().as_str()), (TAIL, "line 99"));
        assert!(lines.last().starts_with("line 88\n"));
        lines.take("OSError: [Errno 28] No space left on device");
        (0..TAIL).for_each(|_| {
            lines.take("  File \"x.py\", line 1");
        });
        assert!(lines.last().starts_with("OSError: [Errno 28] No space left on device\n  File"), "{}", lines.last());
    }

    #[test]
    fn only_what_the_network_did_is_tried_again() {
        let error = |tail: &str| ToolboxError::Install {
            toolbox: dogfood_core::name::Id::new("t").unwrap(),
            installer: "pip",
            lock: dogfood_core::place::RelPath::new("x").unwrap(),
            tries: 1,
            tail: tail.to_owned(),
        };
        assert!(may_pass(&error("ReadTimeoutError: HTTPSConnectionPool")));
        assert!(!may_pass(&error("OSError: [Errno 28] No space left on device")));
        assert!(!may_pass(&error("(from versions: 1.0, 1.1)\nERROR: No matching distribution found for six==99")));
        assert!(may_pass(&error("(from versions: none)\nERROR: No matching distribution found for six==99")));
        assert!(!may_pass(&ToolboxError::Stopped(dogfood_core::name::Id::new("t").unwrap())));
    }
}
