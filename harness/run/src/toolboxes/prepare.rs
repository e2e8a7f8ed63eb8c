//! Makes a toolbox's environment, once per lock and interpreter, whoever asks and however often. Writes below the cache.
//!
//! A folder is an environment only with its marker in it, which is written last: whatever a killed run leaves is removed and made again.
//! A file beside the folder is locked meanwhile, so that two runs that start at once make it once.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dogfood_core::infra::toolbox::Toolbox;
use serde::{Deserialize, Serialize};

use super::environment::{Environment, Packages, dist_infos, site_packages};
use super::error::ToolboxError;
use super::host::HostEnv;
use super::install::install;
use super::interpreter::{self, Interpreter};

/// The recorder of imports; its owner is the sessions module, which says when it is on.
const IMPORTS: &str = include_str!("../sessions/imports.py");
/// Its name as a module, and the line by which every interpreter of the environment starts it.
const HOOK: &str = "_dogfood_imports";
/// The file that makes a folder an environment.
const MARKER: &str = "dogfood.json";
/// Raised when environments of an older dogfood are not to be used.
const FORMAT: u32 = 1;

/// What the marker says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Marker {
    format: u32,
    lock: String,
    python: String,
    /// The `*.dist-info` folders: a recipe that installs something into the environment makes it another one.
    installed: Vec<String>,
    packages: Packages,
}

/// The environment of `toolbox` below `cache`, made now unless it is there. `progress` gets lines for people.
///
/// # Errors
///
/// See [`ToolboxError`].
pub fn prepare(
    toolbox: &Toolbox,
    cache: &Path,
    host: &HostEnv,
    progress: &mut dyn FnMut(String),
) -> Result<Environment, ToolboxError> {
    let prepared = Maker::new(toolbox, cache, host).and_then(|maker| maker.prepare(progress));
    // Whatever went wrong when the run was ended went wrong because it was ended.
    prepared.map_err(|error| if host.stopped() { ToolboxError::Stopped(toolbox.id.clone()) } else { error })
}

/// How a toolbox stands on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The version of the interpreter that it has, or would have.
    pub python: String,
    /// Whether its environment has been made; the first run that needs it makes it otherwise.
    pub made: bool,
}

/// How `toolbox` stands. Makes nothing, and waits for nobody who makes it.
///
/// # Errors
///
/// If no interpreter here is in its range.
pub fn state(toolbox: &Toolbox, cache: &Path, host: &HostEnv) -> Result<State, ToolboxError> {
    let maker = Maker::new(toolbox, cache, host)?;
    Ok(State { python: maker.interpreter.version.to_string(), made: maker.dir.join(MARKER).is_file() })
}

/// What was found of environments that were never finished.
#[derive(Debug, Default)]
pub struct Swept {
    /// How many were removed.
    pub removed: usize,
    /// What stays against our will, in words.
    pub problems: Vec<String>,
}

/// Removes environments below `cache` that were never finished, and that nobody is making: their makers were killed.
pub fn sweep(cache: &Path) -> Swept {
    let mut swept = Swept::default();
    for entry in fs::read_dir(cache.join("toolboxes")).into_iter().flatten().flatten() {
        let dir = entry.path();
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) || fs::symlink_metadata(dir.join(MARKER)).is_ok() {
            continue;
        }
        let beside = |ending: &str| {
            let mut path = dir.clone().into_os_string();
            path.push(ending);
            PathBuf::from(path)
        };
        // Held until it is gone. Without its lock it is none of ours.
        let Ok(lock) = File::open(beside(".lock")) else { continue };
        if lock.try_lock().is_err() || fs::symlink_metadata(dir.join(MARKER)).is_ok() {
            continue;
        }
        let _ = fs::remove_file(beside(".requirements"));
        match fs::remove_dir_all(&dir) {
            Ok(()) => swept.removed += 1,
            Err(error) => swept.problems.push(format!("cannot remove {}: {error}", dir.display())),
        }
    }
    swept
}

struct Maker<'a> {
    toolbox: &'a Toolbox,
    host: &'a HostEnv,
    interpreter: Interpreter,
    dir: PathBuf,
}

impl<'a> Maker<'a> {
    fn new(toolbox: &'a Toolbox, cache: &Path, host: &'a HostEnv) -> Result<Self, ToolboxError> {
        let interpreter = interpreter::find(toolbox, host)?;
        let name = format!("{}-{}-py{}", toolbox.id, toolbox.lock_digest().short(), interpreter.version);
        Ok(Self { toolbox, host, interpreter, dir: cache.join("toolboxes").join(name) })
    }

    /// A path beside the environment: `ending` after its name.
    fn beside(&self, ending: &str) -> PathBuf {
        let mut path = self.dir.clone().into_os_string();
        path.push(ending);
        PathBuf::from(path)
    }

    fn prepare(&self, progress: &mut dyn FnMut(String)) -> Result<Environment, ToolboxError> {
        let folder = self.dir.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder).map_err(self.disk("make", folder))?;
        let _held = self.hold(&self.beside(".lock"), progress)?;
        let environment = match self.standing(progress) {
            Some(environment) => environment,
            None => self.make(progress)?,
        };
        self.hook(&environment)?;
        Ok(environment)
    }

    fn disk(&self, what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ToolboxError + use<> {
        let (toolbox, path) = (self.toolbox.id.clone(), path.to_owned());
        move |source| ToolboxError::Disk { toolbox, what, path, source }
    }

    /// Waits for the lock and holds it as long as the file is open; the system gives it back however this process ends.
    fn hold(&self, path: &Path, progress: &mut dyn FnMut(String)) -> Result<File, ToolboxError> {
        let file =
            File::options().create(true).truncate(false).write(true).open(path).map_err(self.disk("open", path))?;
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => return Err(self.disk("lock", path)(error)),
                Err(TryLockError::WouldBlock) if self.host.stopped() => {
                    return Err(ToolboxError::Stopped(self.toolbox.id.clone()));
                }
                Err(TryLockError::WouldBlock) => {
                    if !told {
                        progress("another run makes this environment; waiting for it".to_owned());
                        told = true;
                    }
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
        }
    }

    /// The environment that is there, if it is whole and starts.
    fn standing(&self, progress: &mut dyn FnMut(String)) -> Option<Environment> {
        if fs::symlink_metadata(&self.dir).is_err() {
            return None;
        }
        match self.whole() {
            Ok(environment) => Some(environment),
            Err(why) => {
                progress(format!("the environment in the cache {why}; making it again"));
                None
            }
        }
    }

    fn whole(&self) -> Result<Environment, String> {
        let text = fs::read_to_string(self.dir.join(MARKER)).map_err(|_| "was not made to its end".to_owned())?;
        let marker: Marker = serde_json::from_str(&text).map_err(|_| "was made by another dogfood".to_owned())?;
        let installed = site_packages(&self.dir).and_then(|site| dist_infos(&site)).unwrap_or_default();
        if marker.format != FORMAT || marker.lock != self.toolbox.lock_digest().to_string() {
            return Err("was made by another dogfood".to_owned());
        }
        if marker.installed != installed {
            return Err("was changed since it was made".to_owned());
        }
        let environment = self.environment(marker.packages);
        self.starts(&environment)?;
        Ok(environment)
    }

    fn environment(&self, packages: Packages) -> Environment {
        Environment { packages, ..Environment::of_folder(&self.dir, &self.interpreter.version.to_string()) }
    }

    fn starts(&self, environment: &Environment) -> Result<(), String> {
        let version = interpreter::version(&environment.python, self.host)?;
        if version == self.interpreter.version { Ok(()) } else { Err(format!("has Python {version}")) }
    }

    fn make(&self, progress: &mut dyn FnMut(String)) -> Result<Environment, ToolboxError> {
        if self.dir.exists() {
            fs::remove_dir_all(&self.dir).map_err(self.disk("remove", &self.dir))?;
        }
        progress(format!("installing {} packages for Python {}", self.toolbox.lock.len(), self.interpreter.version));
        // Beside the folder: uv makes environments only where nothing is yet.
        let requirements = self.beside(".requirements");
        fs::write(&requirements, &self.toolbox.lock_text).map_err(self.disk("write", &requirements))?;
        let installed = install(self.toolbox, &self.interpreter, &self.dir, &requirements, self.host, progress);
        let _ = fs::remove_file(&requirements);
        if installed.is_err() {
            // A half-made environment would be found and removed by the next run; a disk that is full is not kept full till then.
            let _ = fs::remove_dir_all(&self.dir);
        }
        installed?;
        let broken =
            |why: String| ToolboxError::Broken { toolbox: self.toolbox.id.clone(), dir: self.dir.clone(), why };
        let site = site_packages(&self.dir).map_err(|error| broken(error.to_string()))?;
        let packages = Packages::read(&site).map_err(self.disk("read", &site))?;
        let environment = self.environment(packages);
        self.starts(&environment).map_err(broken)?;
        self.mark(&site, &environment)?;
        Ok(environment)
    }

    fn mark(&self, site: &Path, environment: &Environment) -> Result<(), ToolboxError> {
        let marker = Marker {
            format: FORMAT,
            lock: self.toolbox.lock_digest().to_string(),
            python: environment.python_version.clone(),
            installed: dist_infos(site).map_err(self.disk("read", site))?,
            packages: environment.packages.clone(),
        };
        let text = serde_json::to_string(&marker).map_err(|error| self.disk("write", site)(error.into()))?;
        self.put(&self.dir.join(MARKER), &text)
    }

    /// Puts the recorder of imports into the environment, unless this very one is there.
    fn hook(&self, environment: &Environment) -> Result<(), ToolboxError> {
        let site = site_packages(&environment.dir).map_err(self.disk("read", &environment.dir))?;
        for (name, text) in
            [(format!("{HOOK}.py"), IMPORTS.to_owned()), (format!("{HOOK}.pth"), format!("import {HOOK}\n"))]
        {
            let path = site.join(name);
            if fs::read_to_string(&path).ok().as_ref() != Some(&text) {
                self.put(&path, &text)?;
            }
        }
        Ok(())
    }

    /// Writes a file so that it is there whole or not at all.
    fn put(&self, path: &Path, text: &str) -> Result<(), ToolboxError> {
        let folder = path.parent().unwrap_or(path);
        let write = || -> io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            io::Write::write_all(&mut file, text.as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(path)?;
            Ok(())
        };
        write().map_err(self.disk("write", path))
    }
}

#[cfg(test)]
pub(super) mod tests;
