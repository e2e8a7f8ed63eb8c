//! The leak table: every way in which programs write a secret (`encodings.py`), through every channel of a report. What safety.md promises
//! is hidden or refused; what it does not promise, it lists. Prints the counts.
//!
//! The texts are looked for as they were printed: this test shares no code with either redactor. Channels that are pure are asked in
//! memory, each with every encoding by itself; then the real program runs a recipe for every encoding.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod book;
mod oracle;
#[path = "../it/project.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod project;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use dogfood_core::redact::{Known, Redactor};
use serde::Deserialize;

/// A secret as targets make them: 24 letters and digits.
const TARGETS: &str = "u2chSwME9GcMOOrE8EpyHdsg";
/// A secret that a step makes, with what every format has to escape.
const CAPTURED: &str = "p%ss&w<rd\"é\\x'4/z9Q";
/// Other values, each as long as its secret: what the encodings of both have in common gives nothing away.
const CONTROL: &str = "ZkT0vRbN5yLwXe1DqUi7PmJc";
const CAPTURED_CONTROL: &str = "a#tt*h+kr?üb/z:8|W0";

/// One encoding of one secret.
#[derive(Debug, Deserialize)]
pub(crate) struct Encoded {
    /// What it is called in `encodings.py`, and in safety.md if it is not promised.
    pub name: String,
    /// Whether safety.md promises that it is hidden or refused.
    pub promised: bool,
    /// What is printed.
    pub text: String,
}

/// Where the table is.
pub(crate) fn script() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/leaks/encodings.py")
}

/// Every encoding of `secret`, in the order of the table.
pub(crate) fn encodings(secret: &str) -> Vec<Encoded> {
    let done = Command::new("python3").arg(script()).env("LEAK", secret).output().expect("python3");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("the table")
}

/// Says a line past the capture of the test runner: the counts are the point of this test, also when it passes.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// How a text gets into what a recipe prints: the channel's name, and the whole output.
fn channels(text: &str) -> Vec<(&'static str, String)> {
    let lines: Vec<String> = text.lines().map(|line| format!("{line}\nnext\n")).collect();
    let traceback = "Traceback (most recent call last):\n  File \"step 1\", line 3, in <module>\nValueError: ";
    let traced = if text.contains(['\n', '\'', '\u{1b}', '\r']) {
        let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\r', "\\r");
        format!("$'{}'", escaped.replace('\u{1b}', "\\E"))
    } else {
        format!("'{text}'")
    };
    let mut found = vec![
        ("a stream of its own", format!("{text}\n")),
        ("in the middle of a stream", format!("one\ntwo words\n{text}\nthree\n")),
        ("an exception with its traceback", format!("{traceback}{text}\n")),
        ("a trace of the shell (set -x)", format!("+ curl -s {traced}\n+ true\n")),
    ];
    if lines.len() == 1 {
        found.push(("both streams interleaved", format!("out 1\n{text}\nerr 1\nout 2\n{text}\n")));
        found.push(("in a sentence", format!("the value is {text}, as it was\n")));
        found.push(("a name of a file", format!("-rw-r--r-- 1 a a 0 Nov 29 03:40 {text}.txt\n")));
    }
    found
}

#[test]
fn no_promised_encoding_passes_any_channel() {
    let mut wrong = Vec::new();
    let (mut promised, mut names, mut not) = (0, std::collections::BTreeSet::new(), 0);
    for (secret, control) in [(TARGETS, CONTROL), (CAPTURED, CAPTURED_CONTROL)] {
        let controls = encodings(control);
        let redactor = Redactor::new(&[Known::secret("LEAK", secret)]);
        for (encoded, control) in encodings(secret).iter().zip(&controls) {
            if !encoded.promised {
                not += usize::from(secret == TARGETS);
                continue;
            }
            promised += usize::from(secret == TARGETS);
            let telling = oracle::telling(&encoded.text, &control.text);
            assert!(!telling.is_empty(), "{}: nothing to look for", encoded.name);
            for (channel, text) in channels(&encoded.text) {
                names.insert(channel);
                let shown = redactor.redact(text.as_bytes()).map_or(String::new(), |shown| shown.into_string());
                if oracle::shows(&shown, &telling) {
                    wrong.push(format!("{} of {secret:?} through {channel}:\n{shown}", encoded.name));
                }
            }
        }
    }
    let failed = wrong.len();
    say(&format!(
        "leak table, in memory: {promised} promised encodings of 2 secrets hidden or refused in {} channels but for {failed}; {not} not promised",
        names.len()
    ));
    assert!(wrong.is_empty(), "{failed} leaks:\n{}", wrong.join("\n"));
}

/// safety.md lists what is not promised: these encodings, by name, and no other.
#[test]
fn the_manual_lists_what_is_not_promised() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guides/manual/safety.md");
    let manual = std::fs::read_to_string(manual).expect("the manual");
    let (_, listed) = manual.split_once("<!-- not promised -->\n").expect("a list");
    let (listed, _) = listed.split_once("<!-- end -->").expect("its end");
    let listed: Vec<String> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("- "))
        .map(|line| line.split_once(": ").map_or(line, |(name, _)| name).to_owned())
        .collect();
    let not: Vec<String> =
        encodings(TARGETS).into_iter().filter(|encoded| !encoded.promised).map(|encoded| encoded.name).collect();
    assert_eq!(listed, not);
}
