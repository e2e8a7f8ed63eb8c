//! Finds an interpreter in a toolbox's range: `python3` first, because that is what a reader types, then `python3.14`, `python3.13`, and
//! so on, in every folder of the search path. An interpreter counts once it has said its version itself: version managers leave
//! programs on the search path that start nothing.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use dogfood_core::infra::toolbox::{PythonRange, PythonVersion, Toolbox};

use super::error::ToolboxError;
use super::host::HostEnv;
use crate::sys;

/// How long an interpreter may take to say its version, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

/// An interpreter that starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interpreter {
    pub(super) program: PathBuf,
    pub(super) version: PythonVersion,
}

/// The first interpreter that fits.
pub(super) fn find(toolbox: &Toolbox, host: &HostEnv) -> Result<Interpreter, ToolboxError> {
    let range = toolbox.range();
    let mut found = Vec::new();
    for program in candidates(range.as_ref(), host) {
        let version = match version(&program, host) {
            Ok(version) => version,
            Err(why) => {
                found.push(format!("{} ({why})", program.display()));
                continue;
            }
        };
        if range.as_ref().is_some_and(|range| range.contains(version)) {
            return Ok(Interpreter { program, version });
        }
        found.push(format!("{} ({version})", program.display()));
    }
    Err(ToolboxError::NoInterpreter { toolbox: toolbox.id.clone(), range: toolbox.spec.python.clone(), found })
}

/// Programs to ask, each file once.
fn candidates(range: Option<&PythonRange>, host: &HostEnv) -> Vec<PathBuf> {
    let minors = range.map(PythonRange::minors).unwrap_or_default();
    let names = std::iter::once("python3".to_owned()).chain(minors.iter().map(|minor| format!("python3.{minor}")));
    let mut seen = BTreeSet::new();
    let mut candidates = Vec::new();
    for name in names {
        for folder in std::env::split_paths(host.path()) {
            if let Some(program) = sys::find_program(&name, folder.as_os_str()) {
                let file = program.canonicalize().unwrap_or_else(|_| program.clone());
                // Two links to one program of a version manager are two interpreters: it looks at the name that it was called by.
                if seen.insert((file, name.clone())) {
                    candidates.push(program);
                }
            }
        }
    }
    candidates
}

/// The version that `program` says when it is started, or what happened instead.
pub(super) fn version(program: &Path, host: &HostEnv) -> Result<PythonVersion, String> {
    let script = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
    let said = ask(program, script, host)?;
    said.trim().parse().map_err(|_| "says no version".to_owned())
}

/// Whether `program` can make environments that have pip.
pub(super) fn makes_environments(program: &Path, host: &HostEnv) -> bool {
    ask(program, "import ensurepip, venv", host).is_ok()
}

/// Runs a line of Python and gives back what it prints.
fn ask(program: &Path, script: &str, host: &HostEnv) -> Result<String, String> {
    let mut command = host.command(program);
    command.args(["-I", "-c", script]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(|error| format!("does not start: {error}"))?;
    let mut stdout = child.stdout.take().expect("stdout is piped");
    let read = move || {
        let mut said = String::new();
        let _ = stdout.by_ref().take(4096).read_to_string(&mut said);
        said
    };
    let reader = std::thread::Builder::new().spawn(read).map_err(|error| {
        let _ = child.kill();
        let _ = child.wait();
        format!("cannot be heard: {error}")
    })?;
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < deadline && !host.stopped() => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("says nothing for {} seconds", PATIENCE.as_secs()));
            }
        }
    };
    if !status.success() {
        return Err(format!("does not start: {status}"));
    }
    reader.join().map_err(|_| "says no text".to_owned())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::toolboxes::prepare::tests::toolbox;

    fn folder(programs: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, script) in programs {
            let file = folder.path().join(name);
            std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        folder
    }

    fn host(folders: &[&Path]) -> HostEnv {
        let path = std::env::join_paths(folders).unwrap();
        HostEnv::new([(OsString::from("PATH"), path)], std::sync::Arc::default())
    }

    #[test]
    fn python3_comes_first_then_the_newest_and_what_does_not_start_is_passed_over() {
        let broken = folder(&[("python3", "exit 127"), ("python3.13", "echo nonsense")]);
        let old = folder(&[("python3", "echo 3.9.2"), ("python3.12", "echo 3.12.4"), ("python3.11", "echo 3.11.9")]);
        let host = host(&[broken.path(), old.path()]);
        let found = find(&toolbox(">=3.11", "").0, &host).unwrap();
        assert_eq!(found.version.to_string(), "3.12.4");
        assert!(found.program.starts_with(old.path()), "{found:?}");
        assert_eq!(find(&toolbox(">=3.8", "").0, &host).unwrap().version.to_string(), "3.9.2");
    }

    #[test]
    fn without_one_the_error_says_what_was_found_and_what_to_install() {
        let old = folder(&[("python3", "echo 3.9.2"), ("python3.12", "exit 3")]);
        let host = host(&[old.path()]);
        let error = find(&toolbox(">=3.11", "").0, &host).unwrap_err().to_string();
        let shown = error.replace(&old.path().display().to_string(), "");
        assert_eq!(
            shown,
            "toolbox tools needs Python >=3.11; found /python3 (3.9.2), /python3.12 (does not start: exit status: 3); install one and run again (Debian: `apt-get install python3 python3-venv`)"
        );
        let none = find(&toolbox(">=3.11", "").0, &self::host(&[Path::new("/nowhere")])).unwrap_err().to_string();
        assert!(none.contains("none was found on the search path"), "{none}");
    }
}
