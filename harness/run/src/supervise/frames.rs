//! What parent and supervisor say to each other: one job as a line of JSON, then frames, each a line of JSON and the raw bytes that
//! it announces. The parent answers two of them, [`Frame::Before`] and [`Frame::After`], with [`GO`]. Pure; touches nothing.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::sessions::capture::{Raw, Sizes};
use crate::sessions::process::Environment;
use crate::sessions::unit::{Ended, Exception, Report, Unit};

/// Everything that a supervisor is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The bash program.
    pub bash: PathBuf,
    /// The interpreter.
    pub python: Interpreter,
    /// The `env` program, for handing exports from bash to Python.
    pub env: PathBuf,
    /// The whole environment of the sessions.
    pub environment: Environment,
    /// The recipe's folder.
    pub work: PathBuf,
    /// A private folder for step files.
    pub scripts: PathBuf,
    /// What runs, each act in sessions of its own. The first one's failure does not keep the next from running.
    pub acts: Vec<Vec<Unit>>,
    /// The limit of each act, in milliseconds.
    pub limit: u64,
    /// How long sessions may take to end by themselves, exit traps included, in milliseconds.
    pub grace: u64,
}

/// Which interpreter runs Python steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interpreter {
    /// No step needs one.
    None,
    /// This one.
    At(PathBuf),
    /// The `python` or `python3` that the shell would find when the first Python step starts: a reader's, who has activated an
    /// environment.
    OnPath,
}

/// What a parent answers to a frame that waits for it.
pub const GO: &[u8] = b"\n";

/// What a supervisor says.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A gated step comes next: its first unit does not start before the parent says [`GO`].
    Before {
        /// Its act.
        act: usize,
        /// The number of its first unit in the act, from 0.
        unit: usize,
    },
    /// A gated step is over, however it ended: nothing further happens before the parent says [`GO`].
    After {
        /// Its act.
        act: usize,
        /// The number of the last unit of it that ran.
        unit: usize,
    },
    /// A unit is starting.
    Started {
        /// Its act.
        act: usize,
        /// Its number in the act, from 0.
        unit: usize,
    },
    /// A unit has ended.
    Ended {
        /// Its act.
        act: usize,
        /// Its number in the act, from 0.
        unit: usize,
        /// Wall time in microseconds.
        micros: u64,
        /// What was seen.
        report: Report,
    },
    /// An act is over and nothing of it runs any more; what came after its last unit.
    ActOver {
        /// The act.
        act: usize,
        /// Late output, in order of streams.
        after: Raw,
    },
    /// The supervisor could not do its work.
    Broken {
        /// Why; holds nothing that a recipe said.
        why: String,
    },
}

/// The line of a frame.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Head {
    Before { act: usize, unit: usize },
    After { act: usize, unit: usize },
    Started { act: usize, unit: usize },
    Ended { act: usize, unit: usize, micros: u64, ended: Ended, error: Option<Exception>, stdout: Sizes, stderr: Sizes },
    ActOver { act: usize, after: Sizes },
    Broken { why: String },
}

/// A frame that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the supervisor said something that is no frame: {0}")]
pub struct FrameProblem(String);

impl Frame {
    /// The bytes of the frame.
    pub fn encode(&self) -> Vec<u8> {
        let (head, streams): (Head, Vec<&Raw>) = match self {
            Self::Before { act, unit } => (Head::Before { act: *act, unit: *unit }, Vec::new()),
            Self::After { act, unit } => (Head::After { act: *act, unit: *unit }, Vec::new()),
            Self::Started { act, unit } => (Head::Started { act: *act, unit: *unit }, Vec::new()),
            Self::Ended { act, unit, micros, report } => {
                let (stdout, stderr) = (report.stdout.sizes(), report.stderr.sizes());
                let (ended, error) = (report.ended, report.error.clone());
                let head = Head::Ended { act: *act, unit: *unit, micros: *micros, ended, error, stdout, stderr };
                (head, vec![&report.stdout, &report.stderr])
            }
            Self::ActOver { act, after } => (Head::ActOver { act: *act, after: after.sizes() }, vec![after]),
            Self::Broken { why } => (Head::Broken { why: why.clone() }, Vec::new()),
        };
        let mut bytes = serde_json::to_vec(&head).expect("a head holds nothing that JSON cannot");
        bytes.push(b'\n');
        for raw in streams {
            bytes.extend_from_slice(&raw.head);
            bytes.extend_from_slice(&raw.tail);
        }
        bytes
    }
}

/// Reads frames from bytes as they arrive.
#[derive(Debug, Default)]
pub struct FrameReader {
    bytes: Vec<u8>,
    searched: usize,
}

impl FrameReader {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, once it is there whole.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameProblem> {
        /// No frame is longer: each stream is kept to about a megabyte.
        const LONGEST: usize = 32 << 20;
        let Some(line) = self.bytes[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.bytes.len();
            return if self.searched > LONGEST { Err(FrameProblem("a line without end".to_owned())) } else { Ok(None) };
        };
        let line = self.searched + line;
        let head: Head =
            serde_json::from_slice(&self.bytes[..line]).map_err(|error| FrameProblem(error.to_string()))?;
        let sizes: Vec<Sizes> = match &head {
            Head::Ended { stdout, stderr, .. } => vec![*stdout, *stderr],
            Head::ActOver { after, .. } => vec![*after],
            Head::Before { .. } | Head::After { .. } | Head::Started { .. } | Head::Broken { .. } => Vec::new(),
        };
        let mut lengths = sizes.iter().flat_map(|sizes| [sizes.head, sizes.tail]);
        let length = lengths.try_fold(0_usize, usize::checked_add).filter(|length| *length <= LONGEST);
        let length = length.ok_or_else(|| FrameProblem("a stream that is too long".to_owned()))?;
        if self.bytes.len() < line + 1 + length {
            self.searched = line;
            return Ok(None);
        }
        let rest = self.bytes.split_off(line + 1 + length);
        let mut body = std::mem::replace(&mut self.bytes, rest).split_off(line + 1);
        self.searched = 0;
        let mut streams = sizes.into_iter().map(|sizes| {
            let after = body.split_off(sizes.head + sizes.tail);
            let mut head = std::mem::replace(&mut body, after);
            let tail = head.split_off(sizes.head);
            Raw { head, tail, dropped: sizes.dropped }
        });
        let mut stream = || streams.next().unwrap_or_default();
        Ok(Some(match head {
            Head::Before { act, unit } => Frame::Before { act, unit },
            Head::After { act, unit } => Frame::After { act, unit },
            Head::Started { act, unit } => Frame::Started { act, unit },
            Head::Ended { act, unit, micros, ended, error, .. } => {
                let (stdout, stderr) = (stream(), stream());
                Frame::Ended { act, unit, micros, report: Report { ended, stdout, stderr, error } }
            }
            Head::ActOver { act, .. } => Frame::ActOver { act, after: stream() },
            Head::Broken { why } => Frame::Broken { why },
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_come_back_wherever_reads_cut_them() {
        let report = Report {
            ended: Ended::Exit(1),
            stdout: Raw { head: b"{\n\n".to_vec(), tail: b"\xff\x00".to_vec(), dropped: 7 },
            stderr: Raw::whole("e\n"),
            error: Some(Exception { class: "E".into(), bases: vec!["E".into()], text: "E: \n\"".into() }),
        };
        let frames = [
            Frame::Before { act: 0, unit: 0 },
            Frame::Started { act: 0, unit: 0 },
            Frame::After { act: 0, unit: 3 },
            Frame::Ended { act: 0, unit: 0, micros: 12, report },
            Frame::ActOver { act: 0, after: Raw::whole("late") },
            Frame::ActOver { act: 1, after: Raw::default() },
            Frame::Broken { why: "a\nb".into() },
        ];
        let bytes: Vec<u8> = frames.iter().flat_map(Frame::encode).collect();
        for size in 1..=bytes.len() {
            let mut reader = FrameReader::default();
            let mut read = Vec::new();
            for piece in bytes.chunks(size) {
                reader.push(piece);
                while let Some(frame) = reader.next_frame().unwrap() {
                    read.push(frame);
                }
            }
            assert_eq!(read, frames, "pieces of {size}");
        }
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        let sizes = "{\"head\":18446744073709551615,\"tail\":1,\"dropped\":0}";
        let long = format!("{{\"act-over\":{{\"act\":0,\"after\":{sizes}}}}}\n");
        for text in ["\n", "hello\n", "{}\n", "{\"started\":{\"act\":-1,\"unit\":0}}\n", &long] {
            let mut reader = FrameReader::default();
            reader.push(text.as_bytes());
            assert!(reader.next_frame().is_err(), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes: Vec<u8>, size in 1_usize..9) {
            let mut reader = FrameReader::default();
            for piece in bytes.chunks(size) {
                reader.push(piece);
                if reader.next_frame().is_err() {
                    break;
                }
            }
        }
    }
}
