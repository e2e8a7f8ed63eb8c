//! Traces on disk. A trace is written only if a second scan finds no secret in it and a second YAML reader reads the same out of it.

use std::io;
use std::path::Path;

use dogfood_core::blame::Blame;
use dogfood_core::checkout::Files;
use dogfood_core::place::RelPath;
use dogfood_core::redact::{Known, Withheld, scan};
use dogfood_core::trace::{self, Script, Seal, Trace};
use dogfood_core::yaml::FileKind;

use crate::checkout::Disk;
use crate::write;

/// What became of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// The file already says the same, and was left alone.
    Unchanged,
    /// The file was written.
    Written,
}

/// Why a trace was not written. The old file, if any, is as it was.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It holds a secret that redaction let pass. The message names it and does not show it.
    #[error("the trace `{path}` was not written: it holds {leaks}")]
    Leak {
        /// The file.
        path: RelPath,
        /// What was found, by name.
        leaks: Withheld,
    },
    /// It is larger than the gate reads.
    #[error(
        "the trace `{path}` was not written: it would hold {bytes} bytes, and {limit} is the most that is read back; let the recipe print less"
    )]
    TooLarge {
        /// The file.
        path: RelPath,
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A reader does not read back what was written: a fault of ours, or of a YAML library.
    #[error(
        "the trace `{path}` was not written: {reader} reads something else out of it than was recorded; please report this"
    )]
    ReadBack {
        /// The file.
        path: RelPath,
        /// Which reader.
        reader: &'static str,
    },
    /// The disk refused.
    #[error("the trace `{path}` was not written")]
    Io {
        /// The file.
        path: RelPath,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    /// Whose fault it is.
    pub fn blame(&self) -> Blame {
        match self {
            Self::Leak { .. } | Self::TooLarge { .. } | Self::ReadBack { .. } => Blame::Book,
            Self::Io { source, .. } => write::blame(source),
        }
    }
}

/// Writes `trace` to its place in the checkout at `root`. `known` are the values that the run knew, secret and not.
///
/// With `unless_same`, the script of its cell, a file that records the same run is left alone; without it (a refresh, or evidence that has
/// grown old) the file is written anyway.
///
/// # Errors
/// If it holds a secret, does not read back, or cannot be written.
pub fn store(
    root: &Path,
    trace: &Trace,
    known: &[Known],
    unless_same: Option<&Script<'_>>,
) -> Result<Stored, StoreError> {
    let path = trace::path(&trace.cell);
    if let Some(script) = unless_same
        && let Some(old) = existing(root, &path)
        && trace::difference(&old, trace, script).same()
    {
        return Ok(Stored::Unchanged);
    }
    let text = trace::write(trace);
    let leaks = scan::leaks(&text, known);
    if !leaks.is_empty() {
        return Err(StoreError::Leak { path, leaks: Withheld::new(leaks) });
    }
    let limit = FileKind::Trace.max_bytes();
    if text.len() > limit {
        return Err(StoreError::TooLarge { path, bytes: text.len(), limit });
    }
    let mut wrong = None;
    let written = write::atomic_if(root, &path, text.as_bytes(), |bytes| match readers(trace, bytes) {
        Ok(()) => Ok(()),
        Err(reader) => {
            wrong = Some(reader);
            Err(io::Error::other("read back differs"))
        }
    });
    write::sweep(&root.join(path.parent()));
    match (written, wrong) {
        (Ok(()), _) => Ok(Stored::Written),
        (Err(_), Some(reader)) => Err(StoreError::ReadBack { path, reader }),
        (Err(source), None) => Err(StoreError::Io { path, source }),
    }
}

/// The trace that is there now, if it is one and nobody edited it.
pub fn existing(root: &Path, path: &RelPath) -> Option<Trace> {
    let text = Disk::open(root).ok()?.read(path, FileKind::Trace.max_bytes()).ok()?;
    trace::read(&text).ok().filter(|(_, seal)| *seal == Seal::Intact).map(|(trace, _)| trace)
}

/// Reads the bytes with both readers, and names the one that does not read `trace` out of them.
fn readers(trace: &Trace, bytes: &[u8]) -> Result<(), &'static str> {
    let text = std::str::from_utf8(bytes).map_err(|_| "UTF-8")?;
    if !matches!(trace::read(text), Ok((read, Seal::Intact)) if read == *trace) {
        return Err("serde-saphyr");
    }
    let value: serde_json::Value = serde_yaml::from_str(text).map_err(|_| "serde_yaml")?;
    if value == trace::value(trace) { Ok(()) } else { Err("serde_yaml") }
}

#[cfg(test)]
mod tests;
