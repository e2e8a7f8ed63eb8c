//! What these tests share: a run's folder, a mark by which its processes are found, and what they listen on.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use dogfood_core::infra::target::Target;
use dogfood_run::lease::Lease;
use dogfood_run::sys::{self, Process};
use dogfood_run::targets::{Launch, Running, TargetError, start};
use dogfood_run::toolboxes::Environment;
use tempfile::TempDir;

use super::ours;

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_server-for-tests");
pub const MARK: &str = "DOGFOOD_TEST_MARK";

/// A run to be.
pub struct World {
    pub folder: TempDir,
    pub mark: String,
    pub stop: Arc<AtomicBool>,
    pub lines: Vec<String>,
    pub keep: bool,
    pub lease: Option<Lease>,
}

impl Drop for World {
    fn drop(&mut self) {
        let problems = self.lease.take().unwrap().release(false);
        assert!(problems.is_empty() || std::thread::panicking(), "{problems:?}");
    }
}

impl World {
    pub fn new() -> Self {
        let mark = sys::random_hex(8).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let lease = Some(Lease::take(folder.path()).unwrap());
        Self { folder, mark, stop: Arc::default(), lines: Vec::new(), keep: false, lease }
    }

    pub fn run_dir(&self) -> PathBuf {
        self.folder.path().join("run")
    }

    /// Starts a target of this repository, whatever its kind.
    pub fn up(&mut self, name: &str) -> Running {
        let target = ours::target(name);
        let environment = target.spec.process.is_some().then(ours::environment);
        self.start_with(&target, environment.as_ref()).unwrap()
    }

    pub fn start(&mut self, target: &Target, environment: &Environment) -> Result<Running, TargetError> {
        self.start_with(target, Some(environment))
    }

    pub fn start_with(&mut self, target: &Target, environment: Option<&Environment>) -> Result<Running, TargetError> {
        let run_dir = self.run_dir();
        fs::create_dir_all(&run_dir).unwrap();
        let marks = [(MARK, self.mark.as_str())];
        let (cache, host) = (ours::cache(), ours::host());
        let launch = Launch {
            program: Path::new(PROGRAM),
            run_dir: &run_dir,
            marks: &marks,
            lease: self.lease.as_ref().unwrap(),
            cache: &cache,
            host: &host,
            keep: self.keep,
            stop: &self.stop,
        };
        start(target, environment, &launch, &mut |line| self.lines.push(line.into_string()))
    }

    /// A toolbox with one program, a shell script.
    pub fn fake(&self, script: &str) -> Environment {
        let bin = self.folder.path().join("box/bin");
        fs::create_dir_all(&bin).unwrap();
        let program = bin.join("server");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        Environment::of_folder(&self.folder.path().join("box"), "3.11.2")
    }

    pub fn processes(&self) -> Vec<Process> {
        sys::marked(MARK, &self.mark)
    }

    /// What `docker` lists of the run's.
    pub fn objects(&self, list: &str, more: &[&str]) -> Vec<String> {
        let label = format!("label=dev.dogfood.run={}", self.lease.as_ref().unwrap().id());
        let mut command = Command::new("docker");
        command.args(list.split(' ').skip(1)).args(["--filter", &label]).args(more);
        let output = command.output().expect("Docker's client is installed; `scripts/engine` does it");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// Kills the server in its container, or its supervisor.
    pub fn kill_server(&self) {
        let containers = self.objects("docker ps", &["-q"]);
        for container in &containers {
            assert!(Command::new("docker").args(["kill", container]).output().unwrap().status.success());
        }
        if containers.is_empty() {
            let supervisor = self.processes().into_iter().min_by_key(|process| process.started).unwrap();
            sys::terminate_group(supervisor.pid);
        }
    }

    /// Nothing of the run is left: no process, no file, nothing in the Docker engine.
    #[track_caller]
    pub fn assert_nothing_left(&self) {
        assert_eq!(self.processes(), []);
        for list in
            ["docker ps -aq", "docker network ls -q", "docker volume ls -q", "docker images -q -f dangling=true"]
        {
            assert_eq!(self.objects(list, &[]), Vec::<String>::new(), "{list}");
        }
        let left: Vec<_> = fs::read_dir(self.run_dir()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[track_caller]
pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within a minute");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The addresses on which `processes` listen, as `/proc` has them: `0100007F:1F90` is 127.0.0.1:8080.
pub fn listening(processes: &[Process]) -> BTreeSet<String> {
    let own: BTreeSet<String> =
        processes.iter().flat_map(|process| sockets(process.pid.as_raw_nonzero().get())).collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    let lines = tables.iter().flat_map(|table| table.lines().skip(1));
    lines
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            (fields[3] == "0A" && own.contains(fields[9])).then(|| fields[1].to_owned())
        })
        .collect()
}

fn sockets(pid: i32) -> Vec<String> {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return Vec::new() };
    let links = entries.flatten().filter_map(|entry| fs::read_link(entry.path()).ok());
    links.filter_map(|link| Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())).collect()
}

/// Ports of addresses as [`listening`] has them.
pub fn ports(addresses: &BTreeSet<String>) -> Vec<u16> {
    addresses.iter().map(|address| u16::from_str_radix(address.rsplit(':').next().unwrap(), 16).unwrap()).collect()
}
