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
        let new = file.with_extension("new");
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(&new, text).and_then(|()| fs::rename(&new, file)).inspect_err(|_| {
            let _ = fs::remove_file(&new);
        })
    }

    /// Reads a record; one that is none counts as left by a run that died while it began.
    pub(super) fn read(file: &Path) -> Option<Self> {
        const MOST: u64 = 64 << 10;
        let short = fs::symlink_metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= MOST);
        if !short {
            return None;
        }
        serde_json::from_slice(&fs::read(file).ok()?).ok()
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
