//! What a toolbox is: its file, its lock entry by entry, and the digests made of them. Pure; touches nothing.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::name::Id;
use crate::place::RelPath;

/// A toolbox, read.
#[derive(Clone, Debug)]
pub struct Toolbox {
    /// Its name: the folder's.
    pub id: Id,
    /// The folder's `toolbox.yaml`.
    pub path: RelPath,
    /// What `toolbox.yaml` says.
    pub spec: ToolboxSpec,
    /// The folder's `requirements.lock`.
    pub lock_path: RelPath,
    /// The lock, entry by entry, in the order of the file.
    pub lock: Vec<LockEntry>,
    /// The lock's text as it stands, for the installer.
    pub lock_text: String,
}

/// What `toolbox.yaml` says. Unknown keys are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ToolboxSpec {
    /// For people; in no digest.
    pub description: String,
    /// The interpreter range, for example `>=3.11,<3.15`.
    pub python: String,
    /// The install line as a reader types it: what a `given=toolbox` fence must hold.
    pub install: String,
}

/// One entry of a lock: a package at a version, under a marker, with its hashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LockEntry {
    /// Normalised name (PEP 503: lower case, runs of `-`, `_` and `.` as one `-`).
    pub name: String,
    /// Version.
    pub version: String,
    /// Environment marker, `""` if there is none.
    pub marker: String,
    /// `sha256:…`, sorted.
    pub hashes: Vec<String>,
}

impl Toolbox {
    /// The digest of the whole lock: names the environment that is made from it.
    pub fn lock_digest(&self) -> Digest {
        entries_digest(self.lock.iter())
    }

    /// The pin of a recipe that used the packages `used` (normalised names): the digest of just their entries.
    pub fn pin(&self, used: &[String]) -> Digest {
        entries_digest(self.lock.iter().filter(|entry| used.contains(&entry.name)))
    }

    /// The version of `package` in the lock, the first if markers split it.
    pub fn version(&self, package: &str) -> Option<&str> {
        self.lock.iter().find(|entry| entry.name == package).map(|entry| entry.version.as_str())
    }
}

/// The digest of lock entries, whatever their order.
pub fn entries_digest<'a>(entries: impl Iterator<Item = &'a LockEntry>) -> Digest {
    let mut entries: Vec<&LockEntry> = entries.collect();
    entries.sort();
    Digest::of_json(&serde_json::json!(entries))
}
