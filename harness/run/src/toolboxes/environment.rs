//! An environment that stands: where its programs are, and which distribution an imported module belongs to. Reads the environment.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use dogfood_core::infra::toolbox::normalised;
use serde::{Deserialize, Serialize};

/// A toolbox's environment, ready to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Its folder.
    pub dir: PathBuf,
    /// Where its programs are: what `PATH` starts with.
    pub bin: PathBuf,
    /// Its interpreter.
    pub python: PathBuf,
    /// The interpreter's version, for example `3.11.2`.
    pub python_version: String,
    pub(super) packages: Packages,
}

impl Environment {
    /// An environment in `dir` that somebody else made: its programs are known, its packages are not.
    pub fn of_folder(dir: &Path, python_version: &str) -> Self {
        let (dir, bin) = (dir.to_owned(), dir.join("bin"));
        let python = bin.join("python");
        Self { dir, bin, python, python_version: python_version.to_owned(), packages: Packages::default() }
    }

    /// The normalised name of the distribution that `module` (dotted) belongs to; none for the standard library, for what is not
    /// installed, and for a name that several distributions share (`azure`).
    pub fn distribution_of(&self, module: &str) -> Option<&str> {
        let mut name = module;
        loop {
            if let Some(distribution) = self.packages.modules.get(name) {
                return Some(distribution);
            }
            name = name.rsplit_once('.')?.0;
        }
    }

    /// The installed version of a distribution (normalised name).
    pub fn version_of(&self, distribution: &str) -> Option<&str> {
        self.packages.versions.get(distribution).map(String::as_str)
    }
}

/// What is installed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Packages {
    /// Distribution (normalised) to version.
    pub(super) versions: BTreeMap<String, String>,
    /// The shortest dotted name that belongs to one distribution alone, to that distribution.
    pub(super) modules: BTreeMap<String, String>,
}

/// `lib/python3.x/site-packages` of the environment in `dir`.
pub(super) fn site_packages(dir: &Path) -> io::Result<PathBuf> {
    for entry in fs::read_dir(dir.join("lib"))? {
        let folder = entry?.path().join("site-packages");
        if folder.is_dir() {
            return Ok(folder);
        }
    }
    Err(io::Error::new(io::ErrorKind::NotFound, "the environment has no site-packages"))
}

/// The `*.dist-info` folders of a site-packages folder, sorted.
pub(super) fn dist_infos(site: &Path) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(site)? {
        names.extend(entry?.file_name().into_string().ok().filter(|name| name.ends_with(".dist-info")));
    }
    names.sort();
    Ok(names)
}

impl Packages {
    /// Reads what is installed in a site-packages folder.
    pub(super) fn read(site: &Path) -> io::Result<Self> {
        let mut versions = BTreeMap::new();
        let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for info in dist_infos(site)? {
            let (name, version) = name_and_version(&info);
            let folder = site.join(&info);
            let record = fs::read_to_string(folder.join("RECORD")).unwrap_or_default();
            let top_level = fs::read_to_string(folder.join("top_level.txt")).unwrap_or_default();
            let recorded: Vec<Vec<&str>> = record.lines().filter_map(module).collect();
            let named = top_level
                .lines()
                .map(str::trim)
                .filter(|line| recorded.is_empty() && !line.is_empty())
                .map(|line| vec![line]);
            for parts in recorded.iter().cloned().chain(named) {
                for depth in 1..=parts.len() {
                    owners.entry(parts[..depth].join(".")).or_default().insert(name.clone());
                }
            }
            versions.insert(name, version);
        }
        Ok(Self { versions, modules: shortest(&owners) })
    }
}

/// Of the names that belong to one distribution alone, those whose parent does not.
fn shortest(owners: &BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, String> {
    let alone = |name: &str| owners.get(name).is_some_and(|owners| owners.len() == 1);
    let shortest = owners
        .iter()
        .filter(|(name, _)| alone(name) && !name.rsplit_once('.').is_some_and(|(parent, _)| alone(parent)));
    shortest.filter_map(|(name, owners)| Some((name.clone(), owners.first()?.clone()))).collect()
}

/// `Six-1.17.0.dist-info` as name and version.
fn name_and_version(info: &str) -> (String, String) {
    let stem = info.strip_suffix(".dist-info").unwrap_or(info);
    let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
    (normalised(name), version.to_owned())
}

/// The module that a line of RECORD installs, as its first three parts; none for data, programs and caches.
fn module(line: &str) -> Option<Vec<&str>> {
    let path = line.rsplitn(3, ',').last()?.trim_matches('"');
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let name = file.split('.').next().filter(|name| !name.is_empty())?;
    let code = [".py", ".so", ".pyd"].iter().any(|ending| file.ends_with(ending));
    let mut parts: Vec<&str> = folders.split('/').filter(|part| !part.is_empty()).collect();
    let modular = parts.iter().all(|part| !part.contains(['.', '-']) && *part != "__pycache__");
    if !code || !modular {
        return None;
    }
    if name != "__init__" {
        parts.push(name);
    }
    parts.truncate(3);
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(packages: Packages) -> Environment {
        let dir = PathBuf::from("/env");
        Environment {
            bin: dir.join("bin"),
            python: dir.join("bin/python"),
            dir,
            python_version: "3.11.2".into(),
            packages,
        }
    }

    #[test]
    fn modules_lead_to_their_distributions_through_shared_namespaces() {
        let site = tempfile::tempdir().unwrap();
        for (info, record) in [
            ("azure_core-1.41.0", "azure/core/__init__.py,sha256=x,1\nazure/core/rest/_a.py,,\n"),
            ("azure_storage_blob-12.31.1", "azure/storage/blob/__init__.py,,\nazure/storage/blob/_x/y.py,,\n"),
            ("azure_storage_file_datalake-12.26.1", "azure/storage/filedatalake/__init__.py,,\n"),
            ("six-1.17.0", "six.py,,\n__pycache__/six.cpython-311.pyc,,\nsix-1.17.0.dist-info/RECORD,,\n"),
            (
                "cffi-2.1.1",
                "_cffi_backend.cpython-311-x86_64-linux-gnu.so,,\ncffi/__init__.py,,\n../../../bin/cffi-gen-src,,\n\"cffi/a,b.py\",,\n",
            ),
            ("Ruamel.Yaml-0.1", "ruamel/yaml/__init__.py,,\nruamel/py.typed,,\n"),
        ] {
            let folder = site.path().join(format!("{info}.dist-info"));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("RECORD"), record).unwrap();
        }
        let old = site.path().join("oldstyle-1.dist-info");
        fs::create_dir(&old).unwrap();
        fs::write(old.join("top_level.txt"), "old_style\n\n").unwrap();
        let environment = environment(Packages::read(site.path()).unwrap());
        for (module, expected) in [
            ("azure", None),
            ("azure.storage", None),
            ("azure.core", Some("azure-core")),
            ("azure.core.exceptions", Some("azure-core")),
            ("azure.storage.blob", Some("azure-storage-blob")),
            ("azure.storage.blob._serialize", Some("azure-storage-blob")),
            ("azure.storage.filedatalake", Some("azure-storage-file-datalake")),
            ("six", Some("six")),
            ("six.moves", Some("six")),
            ("_cffi_backend", Some("cffi")),
            ("cffi.api", Some("cffi")),
            ("ruamel.yaml", Some("ruamel-yaml")),
            ("old_style.x", Some("oldstyle")),
            ("os.path", None),
            ("", None),
        ] {
            assert_eq!(environment.distribution_of(module), expected, "{module}");
        }
        assert_eq!(environment.version_of("azure-core"), Some("1.41.0"));
        assert_eq!(environment.version_of("absent"), None);
        assert_eq!(
            environment.packages.modules.get("azure.core.rest"),
            None,
            "the index keeps the shortest names only"
        );
    }
}
