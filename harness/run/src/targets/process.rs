//! Starting a target of kind `process`: a program out of a toolbox, under its supervisor, on loopback. Starts a process, writes below the
//! run's folder.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use dogfood_core::fault::Fault;
use dogfood_core::infra::target::{ProcessSpec, Target};
use dogfood_core::redact::{Redacted, Redactor};

use super::body::{Body, Ended, Unwell};
use super::error::TargetError;
use super::log::Log;
use super::ready::{self, Unready};
use super::running::{FRESH, Running};
use super::serve::Job;
use super::server::Server;
use super::start::Launch;
use super::values::{Values, word};
use crate::lease::remove_folder;
use crate::toolboxes::Environment;

/// Somebody else may take a port between our choice and the server's: so often it is tried with others.
const STARTS: u32 = 3;

/// Starts `process`, the process of `target`, with the programs of `environment`.
pub(super) fn start(
    target: &Target,
    process: &ProcessSpec,
    environment: &Environment,
    launch: &Launch<'_>,
    progress: &mut dyn FnMut(Redacted),
) -> Result<Running, TargetError> {
    let program = environment.bin.join(&process.program);
    if !program.is_file() {
        return Err(TargetError::NoProgram {
            target: target.id.clone(),
            toolbox: process.toolbox.clone(),
            program: process.program.clone(),
            bin: environment.bin.clone(),
            file: target.path.clone(),
        });
    }
    let starting = Starting { target, process, program: &program, environment, launch };
    let mut tries = 0;
    loop {
        tries += 1;
        match starting.start(progress) {
            Err(unready) if unready.taken && matches!(unready.error, TargetError::Died { .. }) && tries < STARTS => {}
            ended => return ended.map_err(|unready| unready.error),
        }
    }
}

struct Starting<'a> {
    target: &'a Target,
    process: &'a ProcessSpec,
    program: &'a Path,
    environment: &'a Environment,
    launch: &'a Launch<'a>,
}

impl Starting<'_> {
    fn start(&self, progress: &mut dyn FnMut(Redacted)) -> Result<Running, Box<Unready>> {
        let folder = self.folder().map_err(self.system("make its folder"))?;
        let started = self.start_in(&folder, progress);
        if started.is_err() {
            // The supervisor removed it, if it came to that.
            let _ = remove_folder(&folder);
        }
        started
    }

    fn start_in(&self, folder: &Path, progress: &mut dyn FnMut(Redacted)) -> Result<Running, Box<Unready>> {
        let spec = &self.target.spec;
        let values = Values::new(spec, &folder.join("data")).map_err(self.system("choose its values"))?;
        let word = word(FRESH).map_err(self.system("choose its values"))?;
        let redactor = Redactor::new(&values.secrets(spec));
        progress(redactor.told(format!("starting {}", self.process.program).as_bytes()));
        let begun = Instant::now();
        let job = self.job(folder, &values);
        let noted = self.launch.lease.note_sockets(&job.sockets);
        noted.map_err(|error| self.system("write down its sockets")(io::Error::other(error)))?;
        let server = Server::start(self.launch.program, &job, self.launch.marks);
        let server = server.map_err(self.system("start its supervisor"))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, values.port()));
        let body = Box::new(Process { address, server: Mutex::new(server) });
        let keep = self.launch.log_file();
        let running =
            Running { target: self.target.clone(), values, redactor, body, version: String::new(), word, keep };
        ready::wait(running, &self.process.program, begun, self.launch.stop, progress)
    }

    fn system(&self, what: &'static str) -> impl FnOnce(io::Error) -> Box<Unready> + use<> {
        let target = self.target.id.clone();
        move |source| Box::new(Unready { error: TargetError::System { target, what, source }, taken: false })
    }

    /// The server's own folder, with its HOME and its data folder, for nobody else to look into.
    fn folder(&self) -> io::Result<PathBuf> {
        let folder = self.launch.run_dir.join(format!("{}-{}", self.target.id, word(8)?));
        for part in [folder.clone(), folder.join("home"), folder.join("data"), folder.join("tmp")] {
            fs::DirBuilder::new().mode(0o700).create(part)?;
        }
        Ok(folder)
    }

    fn job(&self, folder: &Path, values: &Values) -> Job {
        let mut path = self.environment.bin.clone().into_os_string();
        path.push(":/usr/local/bin:/usr/bin:/bin");
        let mut environment = BTreeMap::from(
            [
                ("PATH", path.to_string_lossy().into_owned()),
                ("HOME", folder.join("home").display().to_string()),
                ("TMPDIR", folder.join("tmp").display().to_string()),
                ("LANG", "C.UTF-8".to_owned()),
                ("TZ", "UTC".to_owned()),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        environment.extend(self.launch.marks.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        environment.extend(self.process.environment.iter().map(|(name, value)| (name.clone(), values.fill(value, ""))));
        Job {
            program: self.program.to_owned(),
            arguments: self.process.arguments.iter().map(|text| values.fill(text, "")).collect(),
            environment,
            work: folder.join("data"),
            folder: folder.to_owned(),
            sockets: self.process.sockets.iter().map(|text| PathBuf::from(values.fill(text, ""))).collect(),
        }
    }
}

/// A server that is a process on loopback.
struct Process {
    address: SocketAddr,
    server: Mutex<Server>,
}

impl Process {
    fn with<T>(&self, work: impl FnOnce(&mut Server) -> T) -> T {
        work(&mut self.server.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Body for Process {
    fn address(&self) -> SocketAddr {
        self.address
    }

    fn ended(&self) -> Option<Ended> {
        self.with(Server::ended).map(Ended::Process)
    }

    fn unwell(&self, _: Instant) -> Option<Unwell> {
        self.ended().map(|ended| Unwell::Gone(format!("its server ended ({ended})")))
    }

    fn log(&self) -> Log {
        self.with(|server| server.log.clone())
    }

    fn facts(&self) -> BTreeMap<String, String> {
        BTreeMap::from([("route".to_owned(), "loopback".to_owned())])
    }

    fn stop(&self) -> Result<(), String> {
        self.with(Server::stop).map_err(|error| format!("its folder cannot be removed: {error}"))
    }

    fn execute(&self, words: &[String], _: Duration, _: Option<&AtomicBool>) -> Result<Vec<u8>, String> {
        Err(format!("`{}` can be run in a container alone", words.join(" ")))
    }

    fn interfere(&self, fault: &Fault) -> Result<(), String> {
        Err(format!("`fault={fault}` is done to a container, and this server is a process"))
    }

    fn restore(&self) -> Result<(), String> {
        Ok(())
    }
}
