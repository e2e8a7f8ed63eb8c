//! The gate on a changed book without a process and without the disk: what makes tens of thousands of mutations affordable. That the real
//! program says the same is asked of a sample of them.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use dogfood_core::checkout::{self, Files as Look, Inputs, TraceFile, names_in};
use dogfood_core::criterion;
use dogfood_core::date::Date;
use dogfood_core::gate;
use dogfood_core::infra::image::{ImageFile, ImageProblem};
use dogfood_core::markup::IncludeProblem;
use dogfood_core::place::RelPath;

use crate::{Files, Mutation};

/// The committed files with their execute bits, and perhaps one that is changed.
pub(crate) struct Memory<'a> {
    files: &'a Files,
    executable: &'a BTreeSet<RelPath>,
    changed: Option<(&'a RelPath, Option<&'a str>)>,
    traces: bool,
}

impl<'a> Memory<'a> {
    /// The files as they are committed.
    pub(crate) fn new(files: &'a Files, executable: &'a BTreeSet<RelPath>) -> Self {
        Self { files, executable, changed: None, traces: true }
    }

    /// With one file changed.
    pub(crate) fn with(&self, mutation: &'a Mutation) -> Self {
        Self { changed: Some((&mutation.file, mutation.text.as_deref())), ..*self }
    }

    /// Without any trace.
    fn without_traces(self) -> Self {
        Self { traces: false, ..self }
    }

    fn text(&self, path: &RelPath) -> Option<&str> {
        match self.changed {
            Some((changed, text)) if changed == path => text,
            _ if is_trace(path) && !self.traces => None,
            _ => self.files.get(path).map(String::as_str),
        }
    }
}

impl Look for Memory<'_> {
    fn read(&self, path: &RelPath, limit: usize) -> Result<String, IncludeProblem> {
        let text = self.text(path).ok_or(IncludeProblem::Missing)?;
        if text.len() > limit { Err(IncludeProblem::TooLarge) } else { Ok(text.to_owned()) }
    }

    fn list(&self, folder: &str) -> Vec<RelPath> {
        self.files.keys().filter(|path| path.is_under(folder) && self.text(path).is_some()).cloned().collect()
    }

    fn beside(&self, folder: &str) -> Vec<String> {
        names_in(folder, self.files.keys().filter(|path| self.text(path).is_some()))
    }

    fn image(&self, folder: &RelPath) -> Result<Vec<ImageFile>, ImageProblem> {
        let paths = self.list(folder.as_str()).into_iter();
        let file = |path: RelPath| {
            let below = path.as_str().strip_prefix(folder.as_str())?.strip_prefix('/')?.to_owned();
            let executable = self.executable.contains(&path);
            Some(ImageFile { path: below, executable, bytes: self.text(&path)?.as_bytes().to_vec() })
        };
        Ok(paths.filter_map(file).collect())
    }
}

/// Whether a file is read with the traces: what criterion measured lies among them and is not.
fn is_trace(path: &RelPath) -> bool {
    path.is_under("traces") && !criterion::is_record(path)
}

/// Which of `files` are executable below `root`.
pub(crate) fn executable(root: &Path, files: &Files) -> BTreeSet<RelPath> {
    let is_executable = |path: &&RelPath| {
        let meta = fs::metadata(root.join(path.as_str())).expect("a file of the checkout");
        meta.permissions().mode() & 0o111 != 0
    };
    files.keys().filter(is_executable).cloned().collect()
}

/// Judges mutations of one book, one after another.
pub(crate) struct Judge<'a> {
    clean: Memory<'a>,
    day: Date,
    inputs: Inputs,
}

impl<'a> Judge<'a> {
    /// Of the committed book.
    pub(crate) fn new(clean: Memory<'a>, day: Date) -> Self {
        let inputs = checkout::load(&clean, day).expect("the committed book loads");
        Self { clean, day, inputs }
    }

    /// Whether `check --deny warnings` would end with anything but 0.
    pub(crate) fn catches(&mut self, mutation: &'a Mutation) -> bool {
        let stops = |inputs: &Inputs| {
            let report = gate::check(inputs);
            report.stops(true) || report.counts.recipes == 0
        };
        // A trace stands by itself: the rest of the book need not be read again.
        if is_trace(&mutation.file) {
            let old = match &mutation.text {
                Some(text) => self.inputs.traces.insert(mutation.file.clone(), TraceFile::new(text.clone())),
                None => self.inputs.traces.remove(&mutation.file),
            };
            let caught = stops(&self.inputs);
            self.inputs.traces.insert(mutation.file.clone(), old.expect("a committed trace"));
            return caught;
        }
        // And the traces are the same whatever else is changed.
        let Ok(mut inputs) = checkout::load(&self.clean.with(mutation).without_traces(), self.day) else { return true };
        std::mem::swap(&mut inputs.traces, &mut self.inputs.traces);
        let caught = stops(&inputs);
        std::mem::swap(&mut inputs.traces, &mut self.inputs.traces);
        caught
    }
}
