//! The habits of this repository, held by tests: what a reviewer would otherwise have to remember. Reads the checkout, runs nothing.

#![expect(clippy::panic, reason = "a test stops where its own set-up is wrong")]

mod modules;
mod repository;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

/// The checkout's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout exists")
}

/// Every file below `folder` (relative to the root) that `wanted` accepts, sorted.
pub(crate) fn files(folder: &str, wanted: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for entry in entries.map(|entry| entry.expect("a readable folder")) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if wanted(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "nothing found below {folder}: the test would check nothing");
    found
}

/// The Rust files of the crates' `src` folders, as paths relative to the root.
pub(crate) fn sources() -> Vec<(String, String)> {
    let all = files("harness", &|path| path.extension().is_some_and(|end| end == "rs"));
    let root = root();
    let relative = |path: &Path| path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
    let sources: Vec<_> = all
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).expect("UTF-8 source")))
        .filter(|(path, _)| path.split('/').nth(2) == Some("src"))
        .collect();
    assert!(sources.len() > 20, "only {} source files found", sources.len());
    sources
}
