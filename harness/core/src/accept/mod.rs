//! Accepting a recorded output: what to change in a guide so that it expects what was recorded. Edits come out, no file is touched. Pure.
//!
//! `text` makes the new expectation: lines that still match stay as they are, with their patterns. `fence` turns it into edits of the
//! file where the lines stand, between the prefixes of lists and quotes. `targets` decides which expectation is for whom.

mod fence;
mod targets;
mod text;

use std::ops::Range;

use crate::compare::PatternProblem;
use crate::place::{RelPath, Span};

pub use targets::{Change, Recorded, plan_accept};
pub use text::accept_text;

/// Bytes of a file to replace. Offsets count from the first byte after a byte order mark, as everywhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// The file: the guide, or a file that it includes.
    pub file: RelPath,
    /// Which bytes.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Why an output cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptProblem {
    /// The expectation itself is at fault.
    #[error("{0}; mend the expectation first")]
    Pattern(#[from] PatternProblem),
    /// The recorded output is not of the expectation's format.
    #[error(
        "the recorded output is no {format}, and the fence expects {format}; make it a `text expect` fence to accept the output"
    )]
    NotData {
        /// `JSON` or `YAML`.
        format: &'static str,
    },
    /// Too long a line of bytes that are no text: nothing that could be written down would match it.
    #[error(
        "no expectation can hold the recorded output, which is hardly text; send it to a file, and print of it what a reader can compare"
    )]
    NoText,
    /// Cells differ that one expectation is for.
    #[error(
        "the recorded outputs differ: {}; one `expect` cannot hold them all: mend the recipe, or `--diverge` to write an `expect target=…` for each",
        .groups.join(" | ")
    )]
    Differ {
        /// Cells that agree, in one text each, for example `openssh, rclone-sftp`.
        groups: Vec<String>,
    },
    /// One target's cells differ: its toolboxes, or the recipes that share a setup. No expectation can say that.
    #[error(
        "the outputs on target `{target}` differ from one cell to another, and `expect` knows targets only; leave the differing lines open with `[..]` or `...`"
    )]
    SameTarget {
        /// The target.
        target: String,
    },
    /// A console fence holds its output inline, the same for every target.
    #[error("the recorded outputs differ: {}; a console fence shows one output for all targets: use an `sh` fence with `expect target=…` fences", .groups.join(" | "))]
    Console {
        /// Cells that agree, in one text each.
        groups: Vec<String>,
    },
    /// A line of the new text would end the fence.
    #[error(
        "a recorded line would close the fence; open and close the fence with more of its characters, then accept again"
    )]
    ClosesFence {
        /// The fence's opening line.
        fence: Span,
    },
    /// The lines to change do not stand in one piece in one file.
    #[error("the expected lines come from more than one file; accept cannot tell which to change: edit them by hand")]
    Scattered {
        /// The fence's opening line.
        fence: Span,
    },
    /// The recording has other commands than the fence.
    #[error(
        "the recording has {recorded} commands and the fence has {shown}: run the recipe again before accepting its output"
    )]
    OtherCommands {
        /// In the recording.
        recorded: usize,
        /// In the fence.
        shown: usize,
    },
    /// Two edits want the same bytes to be different things: one included file in two fences.
    #[error(
        "two recordings want different text at the same place of `{file}`, which is included twice: give each fence its own file"
    )]
    Conflict {
        /// The file.
        file: RelPath,
    },
}

/// `text`, the content of `file`, with the edits for that file made.
pub fn apply(file: &RelPath, text: &str, edits: &[Edit]) -> Result<String, AcceptProblem> {
    let conflict = || AcceptProblem::Conflict { file: file.clone() };
    let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.file == *file).collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    edits.dedup();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let mut last_start = None;
    for edit in edits {
        if edit.range.start < at || last_start == Some(edit.range.start) {
            return Err(conflict());
        }
        out.push_str(text.get(at..edit.range.start).ok_or_else(conflict)?);
        out.push_str(&edit.replacement);
        at = edit.range.end;
        last_start = Some(edit.range.start);
    }
    out.push_str(text.get(at..).ok_or_else(conflict)?);
    Ok(out)
}

#[cfg(test)]
mod tests;
