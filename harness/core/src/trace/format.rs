//! Trace files: YAML with a seal. The last line holds the SHA-256 of the bytes above it (with LF line ends): it finds an edit or a bad
//! merge, not a forger.

use serde::Deserialize;

use crate::digest::Digest;
use crate::yaml::{self, FileKind, YamlProblem};

use super::model::{SCHEMA, Trace};
use super::stored::TraceV1;

const SEALED: &str = "sealed: ";

/// Whether a trace's last line still fits the text above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// The text is as it was written.
    Intact,
    /// Somebody or something edited it.
    Broken,
}

/// Why a text is no trace, each with the line where it shows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TraceProblem {
    /// Nothing there.
    #[error("the trace is empty")]
    Empty,
    /// A merge was not finished.
    #[error("the trace holds merge conflict markers")]
    Conflict {
        /// The first marker's line, from 1.
        line: usize,
    },
    /// A later schema.
    #[error("the trace was written by a newer dogfood: its schema is {schema}, this program reads up to {SCHEMA}")]
    Newer {
        /// What it says.
        schema: u32,
    },
    /// The end is missing.
    #[error("the trace is cut short: its last line is not `sealed:`")]
    Truncated {
        /// The last line's number, from 1.
        line: usize,
    },
    /// No YAML, or not of a trace's shape.
    #[error("the trace cannot be read: {0}")]
    Yaml(YamlProblem),
    /// Well-formed, but it makes no sense.
    #[error("the trace makes no sense: {message}")]
    Senseless {
        /// What does not go together.
        message: String,
    },
}

impl TraceProblem {
    /// The line and column, both from 1, where the problem shows.
    pub fn place(&self) -> (usize, usize) {
        match self {
            Self::Conflict { line } | Self::Truncated { line } => (*line, 1),
            Self::Yaml(problem) => (problem.line.unwrap_or(1), problem.column.unwrap_or(1)),
            Self::Empty | Self::Newer { .. } | Self::Senseless { .. } => (1, 1),
        }
    }
}

/// The file of `trace`, sealed.
///
/// # Panics
/// Never: a trace holds only texts, numbers, lists and maps with text keys.
pub fn write(trace: &Trace) -> String {
    sealed(yaml::write(&TraceV1::from(trace)).expect("a trace holds nothing that YAML cannot"))
}

/// `text` with its seal below it.
pub(crate) fn sealed(mut text: String) -> String {
    let seal = Digest::of_bytes(text.as_bytes());
    text.push_str(&format!("{SEALED}{seal}\n"));
    text
}

/// The text above the seal, and whether the seal fits it; nothing if the last line is none.
pub(crate) fn unsealed(text: &str) -> Option<(&str, Seal)> {
    let above = above_seal(text)?;
    let said = text[above.len()..].strip_prefix(SEALED)?.trim_end();
    Some((above, if said == seal(above).to_string() { Seal::Intact } else { Seal::Broken }))
}

/// The value that the file of `trace` holds, seal included: what any reader must read out of it.
///
/// # Panics
/// Never, as [`write`].
pub fn value(trace: &Trace) -> serde_json::Value {
    let mut stored = TraceV1::from(trace);
    stored.sealed =
        Some(Digest::of_bytes(yaml::write(&stored).expect("a trace holds nothing that YAML cannot").as_bytes()));
    serde_json::to_value(stored).expect("a trace holds nothing that JSON cannot")
}

/// Reads a trace file of this schema or an older one.
pub fn read(text: &str) -> Result<(Trace, Seal), TraceProblem> {
    if text.trim().is_empty() {
        return Err(TraceProblem::Empty);
    }
    if let Some(line) = conflict(text) {
        return Err(TraceProblem::Conflict { line });
    }
    match schema(text)? {
        1 => read_v1(text),
        0 => Err(TraceProblem::Senseless { message: "there is no schema 0".to_owned() }),
        newer => Err(TraceProblem::Newer { schema: newer }),
    }
}

fn read_v1(text: &str) -> Result<(Trace, Seal), TraceProblem> {
    let above = above_seal(text).ok_or_else(|| TraceProblem::Truncated { line: text.lines().count().max(1) })?;
    let stored: TraceV1 = yaml::read(FileKind::Trace, text).map_err(TraceProblem::Yaml)?;
    let seal = if stored.sealed == Some(seal(above)) { Seal::Intact } else { Seal::Broken };
    let trace = stored.into_trace().map_err(|message| TraceProblem::Senseless { message })?;
    Ok((trace, seal))
}

/// The schema that the text names: by its first line where dogfood wrote it, else wherever the key stands.
fn schema(text: &str) -> Result<u32, TraceProblem> {
    #[derive(Deserialize)]
    struct Head {
        schema: u32,
    }
    let line = text.lines().next().unwrap_or_default();
    match line.strip_prefix("schema: ").and_then(|number| number.trim_end().parse().ok()) {
        Some(schema) => Ok(schema),
        None => yaml::read::<Head>(FileKind::Trace, text).map(|head| head.schema).map_err(TraceProblem::Yaml),
    }
}

/// Texts inside a trace are indented, so a marker in the first column is git's.
fn conflict(text: &str) -> Option<usize> {
    let marker = |line: &str| ["<<<<<<<", "|||||||", "=======", ">>>>>>>"].iter().any(|mark| line.starts_with(mark));
    text.lines().position(marker).map(|at| at + 1)
}

/// The text above the seal's line, if the last line is one.
fn above_seal(text: &str) -> Option<&str> {
    let start = text.strip_suffix('\n')?.rfind('\n')? + 1;
    text[start..].starts_with(SEALED).then_some(&text[..start])
}

fn seal(above: &str) -> Digest {
    if above.contains('\r') {
        Digest::of_bytes(above.replace("\r\n", "\n").as_bytes())
    } else {
        Digest::of_bytes(above.as_bytes())
    }
}
