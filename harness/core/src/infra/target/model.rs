//! What a target is: the values of its file. Pure; touches nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::fault::FaultKind;
use crate::infra::image::Image;
use crate::name::Id;
use crate::place::RelPath;

/// The target that needs no service. It has no file.
pub const NONE: &str = "none";

/// A target file, read.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its name: the file's stem.
    pub id: Id,
    /// The file.
    pub path: RelPath,
    /// What it says.
    pub spec: TargetSpec,
    /// Its pin: the file's value without `description` (and, for containers, its images folder; for a process, its program's lock entries).
    pub digest: Digest,
    /// What its image is built from, if it is a container whose image is built.
    pub image: Option<Image>,
}

impl Target {
    /// Whether its file says that faults of this kind can be made.
    pub fn supports(&self, kind: FaultKind) -> bool {
        self.spec.faults.iter().any(|word| word == kind.word())
    }

    /// Why this version of dogfood cannot start it, if it cannot: its file is right all the same.
    pub fn not_runnable(&self) -> Option<String> {
        let (kind, protocol) = (self.spec.kind, self.spec.protocol);
        match (kind, protocol) {
            (TargetKind::Process, Protocol::S3 | Protocol::Sftp)
            | (TargetKind::Container, Protocol::S3 | Protocol::Sftp | Protocol::Azure) => None,
            (TargetKind::Process, _) => Some(format!(
                "target {} is a process that speaks {protocol}, which this version does not start",
                self.id
            )),
            (TargetKind::Container, Protocol::Sql) => {
                Some(format!("target {} is a container that speaks sql, which this version does not start", self.id))
            }
            (TargetKind::Live, _) => {
                Some(format!("target {} is of kind {kind}, which this version does not start", self.id))
            }
        }
    }
}

/// What a target file says. Unknown keys are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TargetSpec {
    /// For people; in no digest.
    pub description: String,
    /// What it speaks.
    pub protocol: Protocol,
    /// How it starts.
    pub kind: TargetKind,
    /// `process`: the program and its surroundings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<ProcessSpec>,
    /// `container`: the image, and what its container is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerSpec>,
    /// How the server's version is read and which one the evidence stands for.
    pub version: VersionSpec,
    /// What recipes get, in the order in which it is shown: name to template. Templates: see [`ProcessSpec::arguments`].
    pub environment: Vec<HandedOver>,
    /// The start line as a reader types it: what a `given=service target=NAME` fence must hold.
    pub start: String,
    /// Seconds until it must be ready.
    #[serde(default = "default_ready_seconds")]
    pub ready_within: u32,
    /// The kinds of fault that it supports (`fault=`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

fn default_ready_seconds() -> u32 {
    30
}

/// What a target speaks: decides the readiness round trip and what "fresh" means (a bucket, a base path).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// S3 over HTTP: a bucket per recipe.
    S3,
    /// SFTP: a base path per recipe.
    Sftp,
    /// Azure Blob: a container per recipe.
    Azure,
    /// SQL: a database per recipe.
    Sql,
}

impl Protocol {
    /// The variables that every target of this protocol hands out under these names, so that a recipe runs on each of them.
    pub fn variables(self) -> &'static [&'static str] {
        match self {
            Self::S3 => &["S3_ENDPOINT", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
            Self::Sftp => &["SFTP_HOST", "SFTP_PORT", "SFTP_USER", "SFTP_PASSWORD"],
            Self::Azure => &["AZURE_ACCOUNT_URL", "AZURE_ACCOUNT_NAME", "AZURE_ACCOUNT_KEY", "AZURE_CONTAINER"],
            Self::Sql => &[],
        }
    }
}

/// How a target starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    /// A program out of a toolbox's packages, on loopback.
    Process,
    /// A container.
    Container,
    /// An account; nothing starts.
    Live,
}

/// How a `process` target runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProcessSpec {
    /// The toolbox whose `bin` holds the program.
    pub toolbox: Id,
    /// The package that carries the program: its lock entries are part of the target's pin.
    pub package: String,
    /// The program's name in that `bin`; never a path, never a shell string.
    pub program: String,
    /// Its arguments. `{port}`, `{port:NAME}` (a further free port), `{data}` (its data folder), `{secret:NAME}` (20 or more
    /// characters, made per run), `{random:NAME}` (a random lower-case word, no secret) are replaced: see [`crate::infra::template`].
    pub arguments: Vec<String>,
    /// Its environment, besides a fresh HOME and a PATH: name to template.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// Unix sockets that it makes under `/tmp`, whatever its data folder: templates. They are removed when it is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sockets: Vec<String>,
}

/// How a `container` target runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ContainerSpec {
    /// Where its image comes from.
    pub image: ImageSource,
    /// The port inside the container that clients talk to.
    pub port: u16,
    /// What follows the image's entrypoint: templates, in which `{secret:NAME}` and `{random:NAME}` are replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub command: Vec<String>,
    /// Its environment, besides the image's own: name to template, as in `command`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub environment: BTreeMap<String, String>,
    /// The memory that it may have, in MiB.
    pub memory: u32,
    /// The processors that it may use; as many as there are, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// A program inside the container that says by its exit code 0 that the server serves; a round trip of our own, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready: Option<Vec<String>>,
    /// A program inside the container that makes the recipe's own place; its arguments hold `{fresh}`. Our own client, unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<Vec<String>>,
}

/// Where a container's image comes from: exactly one of the two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ImageSource {
    /// The folder below `infra/images` that it is built from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub build: Option<Id>,
    /// The public image that the engine pulls, with its tag or digest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull: Option<String>,
}

/// How the server's version is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct VersionSpec {
    /// The version that the evidence stands for; another one fails the run (wrong-server-version).
    pub expect: String,
    /// Where the running server says it.
    pub from: VersionSource,
    /// A regular expression whose first group is the version.
    pub pattern: String,
}

impl VersionSpec {
    /// The version in what the server says; none if the pattern does not match there.
    pub fn version_in(&self, said: &str) -> Option<String> {
        let pattern = regex::Regex::new(&self.pattern).ok()?;
        Some(pattern.captures(said)?.get(1)?.as_str().to_owned())
    }
}

/// Where a running server says its version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VersionSource {
    /// The body of this path (`/status`) behind its `{port}`, or of a whole address: `http://127.0.0.1:{port:NAME}/status`.
    HttpBody(String),
    /// This response header of the path `/` behind its `{port}`.
    HttpHeader(String),
    /// The SSH identification line.
    SshBanner,
    /// What this program inside the container says on its standard output.
    Exec(Vec<String>),
}

/// One variable that a target hands to recipes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HandedOver {
    /// Name of the variable.
    pub name: String,
    /// Its value: a template as in [`ProcessSpec::arguments`], and `{host}`: the address that goes with `{port}`, and `{fresh}`: the
    /// recipe's own bucket or base path.
    pub value: String,
    /// What the page shows for it in a `given=env` fence.
    pub shown: String,
    /// Whether the value may be seen: documented, loopback only. Everything else is secret.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub documented: bool,
}

impl std::fmt::Display for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::S3 => "s3",
            Self::Sftp => "sftp",
            Self::Azure => "azure",
            Self::Sql => "sql",
        })
    }
}

impl std::fmt::Display for TargetKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Process => "process",
            Self::Container => "container",
            Self::Live => "live",
        })
    }
}
