//! Toolboxes made for real, from a lock of one small package. These tests reach the package index.

use std::ffi::OsString;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dogfood_core::blame::Blame;
use dogfood_core::infra::toolbox::read;
use dogfood_core::place::RelPath;

use super::*;

/// six 1.17.0: the wheel's hash as PyPI publishes it.
const SIX: &str = "six==1.17.0 --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274\n";

/// A toolbox with this interpreter range and lock (`six` if empty), and its lock's path.
pub(in crate::toolboxes) fn toolbox(python: &str, lock: &str) -> (Toolbox, RelPath) {
    let path = RelPath::new("infra/toolboxes/tools/toolbox.yaml").unwrap();
    let lock_path = path.sibling("requirements.lock").unwrap();
    let text = format!("description: For tests.\npython: \"{python}\"\ninstall: pip install six\n");
    let lock = if lock.is_empty() { SIX } else { lock };
    (read(&path, &text, &lock_path, lock).unwrap(), lock_path)
}

fn host() -> HostEnv {
    HostEnv::new(std::env::vars_os(), Arc::default())
}

/// The host without uv: what a fresh machine has.
fn host_without_uv() -> HostEnv {
    let path = std::env::split_paths(host().path()).filter(|folder| !folder.join("uv").exists()).collect::<Vec<_>>();
    let path = std::env::join_paths(path).unwrap();
    let others = std::env::vars_os().filter(|(name, _)| name != "PATH");
    HostEnv::new(others.chain([(OsString::from("PATH"), path)]), Arc::default())
}

fn says(environment: &Environment, script: &str) -> String {
    let output = Command::new(&environment.python).args(["-c", script]).env_clear().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn an_environment_is_made_once_and_again_when_it_is_half_made() {
    let cache = tempfile::tempdir().unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let host = host_without_uv();
    let made = |expected: Option<&str>| {
        let mut lines = Vec::new();
        let environment = prepare(&toolbox, cache.path(), &host, &mut |line| lines.push(line)).unwrap();
        assert_eq!(says(&environment, "import six; print(six.__version__)"), "1.17.0");
        match expected {
            None => assert_eq!(lines, Vec::<String>::new(), "it was there"),
            Some(expected) => assert!(lines[0].contains(expected), "{lines:?}"),
        }
        environment
    };
    let environment = made(Some("installing 1 packages"));
    assert_eq!(environment.distribution_of("six.moves"), Some("six"));
    assert_eq!(environment.version_of("six"), Some("1.17.0"));
    assert_eq!(environment.bin, environment.dir.join("bin"));
    assert_eq!(made(None), environment);

    // As a killed run leaves it.
    fs::remove_file(environment.dir.join(MARKER)).unwrap();
    fs::remove_dir_all(site_packages(&environment.dir).unwrap().join("six-1.17.0.dist-info")).unwrap();
    assert_eq!(made(Some("was not made to its end")), environment);

    // The hook of an older dogfood is replaced without a new installation.
    let hook = site_packages(&environment.dir).unwrap().join("_dogfood_imports.py");
    fs::write(&hook, "pass").unwrap();
    made(None);
    assert_eq!(fs::read_to_string(hook).unwrap(), IMPORTS);
    let left: Vec<_> = fs::read_dir(cache.path().join("toolboxes")).unwrap().collect();
    assert_eq!(left.len(), 2, "the environment and its lock file: {left:?}");

    the_ways_in_which_it_can_be_broken(&environment, &Maker::new(&toolbox, cache.path(), &host).unwrap());
}

fn the_ways_in_which_it_can_be_broken(environment: &Environment, maker: &Maker<'_>) {
    let extra = site_packages(&environment.dir).unwrap().join("extra-1.0.dist-info");
    fs::create_dir(&extra).unwrap();
    assert_eq!(maker.whole().unwrap_err(), "was changed since it was made");
    fs::remove_dir(&extra).unwrap();
    assert_eq!(maker.whole().as_ref(), Ok(environment));
    let marker = environment.dir.join(MARKER);
    let text = fs::read_to_string(&marker).unwrap();
    for other in ["{}".to_owned(), text.replace("\"format\":1", "\"format\":0"), text.replace("sha256:", "sha256:0")] {
        fs::write(&marker, other).unwrap();
        assert_eq!(maker.whole().unwrap_err(), "was made by another dogfood");
    }
    fs::write(&marker, text).unwrap();
    fs::remove_file(&environment.python).unwrap();
    std::os::unix::fs::symlink("/bin/false", &environment.python).unwrap();
    assert_eq!(maker.whole().unwrap_err(), "does not start: exit status: 1");
}

#[test]
fn imports_are_recorded_where_the_variable_says_and_nowhere_else() {
    let cache = tempfile::tempdir().unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let environment = prepare(&toolbox, cache.path(), &host(), &mut |_| {}).unwrap();
    let record = cache.path().join("imports");
    let status = Command::new(&environment.python)
        .args(["-c", "import json, six.moves, os"])
        .env_clear()
        .env("DOGFOOD_IMPORTS", &record)
        .status()
        .unwrap();
    assert!(status.success());
    let text = fs::read_to_string(&record).unwrap();
    assert!(text.lines().any(|line| line == "six"), "{text}");
    assert!(!text.lines().any(|line| line == "json"), "{text}");
    fs::remove_file(&record).unwrap();
    assert_eq!(says(&environment, "import six"), "");
    assert!(!record.exists());
}

#[test]
fn two_that_start_at_once_make_it_once() {
    let cache = tempfile::tempdir().unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let host = host();
    let run = || {
        let mut lines = Vec::new();
        prepare(&toolbox, cache.path(), &host, &mut |line| lines.push(line)).map(|environment| (environment, lines))
    };
    let (one, two) = std::thread::scope(|scope| {
        let (one, two) = (scope.spawn(run), scope.spawn(run));
        (one.join().unwrap().unwrap(), two.join().unwrap().unwrap())
    });
    assert_eq!(one.0, two.0);
    let installed = |lines: &[String]| lines.iter().any(|line| line.starts_with("installing"));
    assert_ne!(installed(&one.1), installed(&two.1), "{:?} {:?}", one.1, two.1);
    assert_eq!(says(&one.0, "import six; print(six.__version__)"), "1.17.0");
}

#[test]
fn a_wrong_hash_names_the_package_and_the_lock_and_leaves_nothing() {
    let wrong = SIX.replace("4721f391", "00000000");
    for host in [host(), host_without_uv()] {
        let cache = tempfile::tempdir().unwrap();
        let (toolbox, lock) = toolbox(">=3.8", &wrong);
        let mut lines = Vec::new();
        let error = prepare(&toolbox, cache.path(), &host, &mut |line| lines.push(line)).unwrap_err();
        let ToolboxError::HashMismatch { package, lock: named, .. } = &error else { panic!("{error}: {lines:?}") };
        assert_eq!((package.as_str(), named), ("six==1.17.0", &lock));
        assert_eq!(error.blame(), Blame::Book);
        assert!(!lines.iter().any(|line| line.contains("trying again")), "{lines:?}");
        let left: Vec<_> = fs::read_dir(cache.path().join("toolboxes")).unwrap().collect();
        assert_eq!(left.len(), 1, "only the lock file: {left:?}");
    }
}

#[test]
fn an_index_that_is_not_there_is_tried_three_times() {
    let cache = tempfile::tempdir().unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let variables = [
        ("PATH", host_without_uv().path().to_owned()),
        ("PIP_INDEX_URL", "http://127.0.0.1:9/simple".into()),
        ("PIP_DEFAULT_TIMEOUT", "1".into()),
        ("PIP_CONFIG_FILE", "/dev/null".into()),
        ("HOME", cache.path().into()),
    ];
    let host = HostEnv::new(variables.map(|(name, value)| (name.into(), value)), Arc::default());
    let mut lines = Vec::new();
    let error = prepare(&toolbox, cache.path(), &host, &mut |line| lines.push(line)).unwrap_err();
    let shown = error.to_string();
    // pip ends with "no matching distribution" when it reached no index at all: that is told apart from a version that is not there.
    assert!(
        shown.starts_with("toolbox tools: pip failed 3 times on infra/toolboxes/tools/requirements.lock"),
        "{shown}"
    );
    assert_eq!(lines.iter().filter(|line| line.contains("trying again")).count(), 2, "{lines:?}");
    assert_ne!(error.blame(), Blame::Book);
}

#[test]
fn a_run_that_is_to_end_does_not_install() {
    let cache = tempfile::tempdir().unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let stop = Arc::new(AtomicBool::new(false));
    let host = HostEnv::new(std::env::vars_os(), Arc::clone(&stop));
    let stopping = &mut |line: String| {
        assert!(line.starts_with("installing") || stop.load(Ordering::Relaxed), "{line}");
        stop.store(true, Ordering::Relaxed);
    };
    let error = prepare(&toolbox, cache.path(), &host, stopping).unwrap_err();
    assert!(matches!(error, ToolboxError::Stopped(_)), "{error}");
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("file");
    fs::write(&cache, "").unwrap();
    let (toolbox, _) = toolbox(">=3.8", "");
    let error = prepare(&toolbox, &cache, &host(), &mut |_| {}).unwrap_err().to_string();
    assert!(error.starts_with(&format!("toolbox tools: cannot make {}/toolboxes: ", cache.display())), "{error}");
}
