//! The files: YAML with a seal, as traces are, in a folder of their own among them.

use crate::digest::Digest;
use crate::place::RelPath;
use crate::trace::{self, Seal, sealed, unsealed};
use crate::yaml::{self, FileKind, YamlProblem};

use super::model::{Record, SCHEMA};

/// The folder below that of the traces.
const FOLDER: &str = "criterion";

/// A record's file, read once.
#[derive(Clone, Debug)]
pub struct RecordFile {
    /// The record in it, and whether its seal holds.
    pub read: Result<(Record, Seal), RecordProblem>,
    /// The digest of the bench's source as it is now; nothing if there is none.
    pub source: Option<Digest>,
}

/// Why a text is no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordProblem {
    /// The file itself.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// The end is missing.
    #[error("it is cut short: its last line is not `sealed:`")]
    Truncated,
    /// No YAML, or not of a record's shape.
    #[error("it cannot be read: {0}")]
    Yaml(YamlProblem),
    /// Another schema.
    #[error("its schema is {0}, this program reads {SCHEMA}")]
    Schema(u32),
}

/// The folder of all records.
pub fn folder() -> String {
    format!("{}/{FOLDER}", trace::FOLDER)
}

/// Where the record of a group lies: its name in small letters and digits, whatever else is in it a `-`. Nothing for a name without any.
pub fn path(group: &str) -> Option<RelPath> {
    let words = group.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    if name.is_empty() { None } else { RelPath::new(&format!("{}/{name}.yaml", folder())).ok() }
}

/// Whether a file among the traces is a record: a trace's name has an `@`.
pub fn is_record(path: &RelPath) -> bool {
    path.parent() == folder() && path.as_str().ends_with(".yaml") && !path.file_name().contains('@')
}

/// The file of `record`, sealed.
///
/// # Panics
/// Never: a record holds only texts, numbers and lists.
pub fn write(record: &Record) -> String {
    sealed(yaml::write(record).expect("a record holds nothing that YAML cannot"))
}

/// Reads a record's file.
///
/// # Errors
/// If it is none, or none of this schema.
pub fn read(text: &str) -> Result<(Record, Seal), RecordProblem> {
    let (above, seal) = unsealed(text).ok_or(RecordProblem::Truncated)?;
    let record: Record = yaml::read(FileKind::Trace, above).map_err(RecordProblem::Yaml)?;
    if record.schema != SCHEMA {
        return Err(RecordProblem::Schema(record.schema));
    }
    Ok((record, seal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criterion::{Benchmark, Estimate};
    use crate::trace::{Machine, Recorder};

    fn record() -> Record {
        let estimate = Estimate { ns: 1234.567, low: 1200.0, high: 1300.25, level: 0.95 };
        Record {
            schema: SCHEMA,
            group: "redact 1 MiB".to_owned(),
            recorded: "2026-11-20T06:07:08Z".to_owned(),
            recorder: Recorder::Local,
            machine: Machine {
                arch: "x86_64".to_owned(),
                cpus: 2,
                memory: "32 GiB".to_owned(),
                kernel: "6.1".to_owned(),
            },
            source: RelPath::new("benches/stages.rs").unwrap(),
            digest: Digest::of_bytes(b"fn main() {}\n"),
            benchmarks: vec![Benchmark { name: "floor: x".to_owned(), samples: 100, median: estimate, mean: estimate }],
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written_and_an_edit_shows() {
        let text = write(&record());
        assert_eq!(read(&text).unwrap(), (record(), Seal::Intact));
        assert_eq!(read(&text.replace("1234.567", "1.5")).unwrap().1, Seal::Broken);
        assert_eq!(read(text.rsplit_once("sealed").unwrap().0), Err(RecordProblem::Truncated));
        assert_eq!(read(&text.replace("schema: 1", "schema: 9")), Err(RecordProblem::Schema(9)));
        assert!(matches!(read(&text.replace("cpus: 2", "cpus: many")), Err(RecordProblem::Yaml(_))));
    }

    #[test]
    fn a_group_s_file_has_a_plain_name() {
        assert_eq!(path("redact 1 MiB").unwrap().as_str(), "traces/criterion/redact-1-mib.yaml");
        assert_eq!(path("../../x").unwrap().as_str(), "traces/criterion/x.yaml");
        assert_eq!(path(" / "), None);
        assert!(is_record(&path("a").unwrap()));
        assert!(!is_record(&RelPath::new("traces/criterion/a@none.yaml").unwrap()));
        assert!(!is_record(&RelPath::new("traces/a/b@none.yaml").unwrap()));
    }
}
