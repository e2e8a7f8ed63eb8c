//! Traces mean the same to other YAML readers: every committed trace, and one that holds what trips them, is read by PyYAML (YAML 1.1,
//! out of the toolbox `servers`) and by `serde_yaml`, and compared with our own reading.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use dogfood_core::date::Date;
use dogfood_core::yaml::{self, FileKind};
use dogfood_run::toolboxes::{self, HostEnv};
use serde_json::Value;

/// Reads the files named on its command line and prints their values as JSON, one a line.
const SCRIPT: &str = "
import json, sys, yaml
for name in sys.argv[1:]:
    with open(name, encoding='utf-8', newline='') as file:
        print(json.dumps(yaml.safe_load(file)))
";

/// Texts that one reader or another is known to take for something else.
const TRAPS: &[&str] = &[
    "no",
    "on",
    "y",
    "~",
    "null",
    "12:30:45",
    "1_000",
    "2026-11-20",
    "=",
    "<<",
    "1e21",
    "0x1f",
    "0o17",
    ".inf",
    "- a",
    "a: b",
    "# c",
    "'",
    "\"",
    "",
    " ",
    "  leading",
    "trailing ",
    "tab\tinside",
    "\ttab first",
    "two\nlines\n",
    "blank at the end \nof a line\n",
    "\n\nempty lines first",
    "no line break at the end\nof two",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "&a *a !t\n",
    "{{#include x}}\n",
    "bell \u{7}",
    "\u{1b}[31mred\u{1b}[0m",
    "cr\r\nlf",
    "nel \u{85} ls \u{2028} ps \u{2029}",
    "\u{feff}bom",
    "🦀 é",
    "${SECRET:hidden}",
    "|\n",
    ">-\n",
    "key: |\n  block\n",
];

#[test]
fn other_readers_read_what_we_wrote() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut files = traces(&root.join("traces"));
    assert!(!files.is_empty(), "no committed trace to read");
    let traps: Vec<_> = TRAPS.iter().map(|text| yaml::Text((*text).to_owned())).collect();
    let hostile = folder.path().join("traps.yaml");
    fs::write(&hostile, yaml::write(&traps).expect("it can be written")).expect("a file");
    files.push(hostile);

    let inputs = dogfood_store::checkout::load(&root, Date::from_unix(0)).expect("the checkout loads");
    let servers =
        inputs.toolboxes.values().find(|toolbox| toolbox.id.as_str() == "servers").expect("the toolbox is there");
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"))).expect("a cache folder");
    let host = HostEnv::new(std::env::vars_os(), Arc::default());
    let environment =
        toolboxes::prepare(servers, &home.join("dogfood"), &host, &mut |_| {}).expect("the toolbox can be made");
    let output = Command::new(&environment.python)
        .args(["-c", SCRIPT])
        .args(&files)
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let printed = String::from_utf8(output.stdout).expect("JSON");
    let theirs: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(theirs.len(), files.len());
    for (file, theirs) in files.iter().zip(theirs) {
        let text = fs::read_to_string(file).expect("a file");
        let ours: Value =
            yaml::read(FileKind::Trace, &text).unwrap_or_else(|problem| panic!("{}: {problem:?}", file.display()));
        assert_eq!(theirs, ours, "PyYAML reads {} otherwise", file.display());
        let second: Value =
            serde_yaml::from_str(&text).unwrap_or_else(|problem| panic!("{}: {problem}", file.display()));
        assert_eq!(second, ours, "serde_yaml reads {} otherwise", file.display());
    }
}

fn traces(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder").map(|entry| entry.expect("an entry")) {
        let path = entry.path();
        if path.is_dir() { found.extend(traces(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
