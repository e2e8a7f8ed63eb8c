//! The record of a run, as a file. Reads and writes below `.dogfood/runs`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::owner::Owner;

/// Who runs, and what it made. Pid, start time and boot id together name a process for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) run: String,
    pub(super) pid: i32,
    pub(super) started: u64,
    pub(super) boot: String,
    pub(super) namespace: String,
    pub(super) folder: PathBuf,
    #[serde(default)]
    pub(super) kept: bool,
    /// Sockets outside the folder.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) sockets: Vec<PathBuf>,
    /// Whether it has, or had, anything in the Docker engine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) containers: bool,
}

/// What a run's folder says of itself: whose it is, should the record be lost (`git clean`, a checkout that was deleted).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Sign {
    pid: i32,
    started: u64,
    boot: String,
    namespace: String,
    /// Where the record of the run is.
    record: PathBuf,
}

/// The extension of a record before it takes its name.
const NEW: &str = "new";
/// The file in a run's folder that holds its [`Sign`].
const SIGN: &str = "owner.json";
/// No record and no sign is longer, in bytes.
const MOST: u64 = 64 << 10;

/// Writes down in a run's `folder` whose it is: this process's, with this `record`.
pub(super) fn sign(folder: &Path, record: &Path) -> io::Result<()> {
    let Owner { pid, started, boot, namespace } = Owner::this()?;
    // A record is found by its whole path, whatever folder somebody cleans up from.
    let record = match record.parent().map(Path::canonicalize).transpose()?.zip(record.file_name()) {
        Some((folder, name)) => folder.join(name),
        None => record.to_owned(),
    };
    fs::write(folder.join(SIGN), serde_json::to_string(&Sign { pid, started, boot, namespace, record })?)
}

impl Sign {
    /// The sign in a run's `folder`.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        short_json(&folder.join(SIGN))
    }

    /// Whether nobody else will ever remove the folder: its run is dead, and its record is gone.
    pub(super) fn is_forgotten(&self) -> bool {
        let Self { pid, started, boot, namespace, record } = self.clone();
        !Owner { pid, started, boot, namespace }.may_live()
            && matches!(fs::symlink_metadata(record), Err(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Reads a plain file of JSON that is not long.
fn short_json<T: serde::de::DeserializeOwned>(file: &Path) -> Option<T> {
    let short = fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= MOST);
    if !short {
        return None;
    }
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}

/// The folder of the records.
pub(super) fn folder(root: &Path) -> PathBuf {
    root.join(".dogfood").join("runs")
}

/// Refuses a folder of records that a link leads to: a checkout must not choose where we write and remove files.
pub(super) fn refuse_links(root: &Path) -> io::Result<()> {
    let folders = [root.join(".dogfood"), folder(root)];
    let linked = folders.iter().find(|folder| fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_symlink()));
    linked.map_or(Ok(()), |linked| Err(io::Error::other(format!("{} is a symbolic link; remove it", linked.display()))))
}

/// The file of the run `id`.
pub(super) fn path(root: &Path, id: &str) -> PathBuf {
    folder(root).join(format!("{id}.json"))
}

/// The run that a file of the records' folder is about; none for what is no record.
pub(super) fn run_of(file: &Path) -> Option<&str> {
    let id = file.file_name()?.to_str()?.strip_suffix(".json")?;
    is_id(id).then_some(id)
}

/// The run that a record was written for that never took its name: whoever wrote it was killed. `None` for what is no such file.
pub(super) fn unfinished(file: &Path) -> Option<&str> {
    let id = file.file_name()?.to_str()?.strip_suffix(NEW)?.strip_suffix('.')?;
    is_id(id).then_some(id)
}

/// Whether `text` can be a run's id.
pub(super) fn is_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

impl Record {
    pub(super) fn of_this_process(id: &str, folder: &Path) -> io::Result<Self> {
        let Owner { pid, started, boot, namespace } = Owner::this()?;
        Ok(Self {
            run: id.to_owned(),
            pid,
            started,
            boot,
            namespace,
            folder: folder.to_owned(),
            kept: false,
            sockets: Vec::new(),
            containers: false,
        })
    }

    /// Writes the record whole or not at all.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        let new = file.with_extension(NEW);
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(&new, text).and_then(|()| fs::rename(&new, file)).inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })
    }

    /// Reads a record; one that is none counts as left by a run that died while it began.
    pub(super) fn read(file: &Path) -> Option<Self> {
        short_json(file)
    }

    /// The process that runs it.
    pub(super) fn owner(&self) -> Owner {
        Owner { pid: self.pid, started: self.started, boot: self.boot.clone(), namespace: self.namespace.clone() }
    }

    /// Whether the owner may still be alive.
    pub(super) fn is_owned(&self) -> bool {
        self.owner().may_live()
    }
}
