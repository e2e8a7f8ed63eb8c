//! What a recipe sees: a fresh folder, a home, a place for temporary files, and an environment of just the names that it gets. Writes
//! below the run's folder.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use dogfood_core::event::NotRun;
use dogfood_core::markup::model::RecipeFile;
use dogfood_core::redact::Known;

use super::infrastructure::Tools;
use crate::lease;
use crate::limits::Before;
use crate::sessions::IMPORTS_VARIABLE;
use crate::sessions::process::Environment;
use crate::sessions::unit::Unit;
use crate::supervise::frames::{Interpreter, Job};
use crate::sys;

/// How long sessions may take to end by themselves, in milliseconds.
const GRACE: u64 = 2_000;

/// A recipe's surroundings.
#[derive(Debug)]
pub(super) struct World {
    folder: PathBuf,
    path: OsString,
    mark: String,
    environment: Environment,
    /// What this machine had to give when it was made.
    pub(super) before: Before,
    /// Everything handed to the recipe, by name.
    pub(super) known: Vec<Known>,
}

/// What a world is made of.
pub(super) struct Materials<'a> {
    /// The world's own folder, made here.
    pub(super) folder: PathBuf,
    /// The caller's search path.
    pub(super) path: OsString,
    /// The value of [`lease::VARIABLE`].
    pub(super) mark: String,
    /// The toolbox.
    pub(super) tools: Option<&'a Tools>,
    /// The target's variables.
    pub(super) handed: &'a [Known],
    /// Secrets of the caller.
    pub(super) secrets: &'a [Known],
}

impl World {
    /// Makes the folders and settles the environment.
    pub(super) fn make(materials: Materials<'_>) -> io::Result<Self> {
        let Materials { folder, path, mark, tools, handed, secrets } = materials;
        for name in ["", "work", "home", "tmp", "s"] {
            fs::DirBuilder::new().mode(0o700).create(folder.join(name))?;
        }
        let path = match tools {
            Some(tools) => joined(&tools.bin, path)?,
            None => path,
        };
        let mut known = vec![
            Known::plain("WORK", text(&folder.join("work"))?),
            Known::plain("HOME", text(&folder.join("home"))?),
            Known::plain("TMPDIR", text(&folder.join("tmp"))?),
            Known::plain(lease::VARIABLE, mark.clone()),
        ];
        let mut environment: Environment = [
            ("PATH", path.to_str().ok_or_else(|| not_text("PATH"))?),
            ("LANG", "C.UTF-8"),
            ("TZ", "UTC"),
            ("COLUMNS", "80"),
            ("TERM", "dumb"),
            ("HOME", &known[1].value),
            ("TMPDIR", &known[2].value),
            (lease::VARIABLE, &mark),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        if let Some(tools) = tools {
            known.push(Known::plain("TOOLBOX", text(&tools.dir)?));
            // Tracebacks name the standard library's files, wherever this machine has them.
            known.extend(standard_library(tools).map(|folder| Known::plain("PYTHON_STDLIB", folder)));
            let imports = text(&folder.join("imports"))?;
            known.push(Known::plain(IMPORTS_VARIABLE, imports.clone()));
            environment.insert(IMPORTS_VARIABLE.to_owned(), imports);
        }
        for variable in handed {
            environment.insert(variable.name.clone(), variable.value.clone());
        }
        known.extend(handed.iter().chain(secrets).cloned());
        Ok(Self { before: Before::now(&folder), folder, path, mark, environment, known })
    }

    /// More variables, which the reader's own shell would have too.
    pub(super) fn with(mut self, variables: &[(String, String)]) -> Self {
        self.environment.extend(variables.iter().cloned());
        self
    }

    /// The value of [`lease::VARIABLE`] in this world.
    pub(super) fn mark(&self) -> &str {
        &self.mark
    }

    /// Writes the recipe's files.
    pub(super) fn write(&self, files: &[RecipeFile]) -> io::Result<()> {
        for file in files {
            // A path that stays inside by its text stays inside: the folder is fresh and holds no links.
            let path = self.folder.join("work").join(file.path.as_str());
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, &file.text)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(if file.executable { 0o755 } else { 0o644 }))?;
        }
        Ok(())
    }

    /// Holds that every program of `needs` is on the search path.
    pub(super) fn refuse_missing(&self, needs: &[String]) -> Result<(), NotRun> {
        let is_missing = |need: &&String| sys::find_program(need, &self.path).is_none();
        let missing: Vec<String> = needs.iter().filter(is_missing).map(|need| format!("`{need}`")).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let names = missing.join(", ");
        Err(NotRun::NotAvailable(format!("{names} is not on PATH, and the guide needs it; install it and run again")))
    }

    /// The program called `name`.
    pub(super) fn program(&self, name: &str) -> Result<PathBuf, NotRun> {
        let missing = || NotRun::NotAvailable(format!("`{name}` is not on PATH; install it and run again"));
        sys::find_program(name, &self.path).ok_or_else(missing)
    }

    /// The job of running `acts` here, for `limit` milliseconds at most.
    pub(super) fn job(&self, interpreter: Interpreter, acts: Vec<Vec<Unit>>, limit: u64) -> Result<Job, NotRun> {
        Ok(Job {
            bash: self.program("bash")?,
            python: interpreter,
            env: self.program("env")?,
            environment: self.environment.clone(),
            work: self.folder.join("work"),
            scripts: self.folder.join("s"),
            acts,
            limit,
            grace: GRACE,
        })
    }

    /// The distributions whose code the recipe's Python processes imported, sorted.
    pub(super) fn imported(&self, tools: &Tools) -> Vec<String> {
        let names = fs::read_to_string(self.folder.join("imports")).unwrap_or_default();
        let distributions: BTreeSet<String> = names.lines().filter_map(|name| (tools.owner)(name)).collect();
        distributions.into_iter().collect()
    }

    /// Removes the folder.
    pub(super) fn remove(&self) -> io::Result<()> {
        lease::remove_folder(&self.folder)
    }
}

/// Where the interpreter behind a toolbox's environment has its standard library, as the environment's `pyvenv.cfg` tells.
fn standard_library(tools: &Tools) -> Option<String> {
    let settings = fs::read_to_string(tools.dir.join("pyvenv.cfg")).ok()?;
    let home = settings.lines().find_map(|line| line.split_once('=').filter(|(key, _)| key.trim() == "home"))?.1.trim();
    let mut numbers = tools.python_version.split('.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    text(&Path::new(home).parent()?.join("lib").join(format!("python{major}.{minor}"))).ok()
}

fn joined(first: &Path, rest: OsString) -> io::Result<OsString> {
    let folders = std::iter::once(first.to_owned()).chain(std::env::split_paths(&rest));
    std::env::join_paths(folders).map_err(io::Error::other)
}

fn text(path: &Path) -> io::Result<String> {
    path.to_str().map(str::to_owned).ok_or_else(|| not_text("the temporary folder's path"))
}

fn not_text(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is no UTF-8"))
}
