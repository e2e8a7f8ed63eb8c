//! Our own mutation test: takes the committed book, changes one thing at a time, and asks the gate. Every change that matters must be
//! caught, and none that does not. Prints both counts. The gate is asked in memory; of the first mutation of each sort, and of every
//! hundredth, the real `dogfood check` is asked too, and must say the same.
//!
//! Of a sort with many mutations some are tried, spread over all of them; `DOGFOOD_MUTATIONS=all` tries every one.

#![expect(clippy::panic, reason = "a test stops where its own set-up is wrong")]

mod book;
mod guide;
mod memory;
mod pieces;
mod stored;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dogfood_core::date::Date;
use dogfood_core::place::RelPath;

use self::memory::{Judge, Memory};

/// So many mutations of one sort are tried, where there are more.
const OF_A_SORT: usize = 400;

/// The committed files that a mutation may touch: path to text.
pub(crate) type Files = BTreeMap<RelPath, String>;

/// One change of one file.
#[derive(Clone, Debug)]
pub(crate) struct Mutation {
    /// The file.
    pub file: RelPath,
    /// What it holds then; `None` when it is deleted.
    pub text: Option<String>,
    /// What was changed, for the report: `recipe line`, `attribute`, …
    pub sort: &'static str,
    /// Where and how, for the report.
    pub what: String,
    /// Whether the gate must catch it.
    pub matters: bool,
}

impl Mutation {
    /// Replaces the bytes `range` of `file` by `replacement`.
    pub(crate) fn splice(
        files: &Files,
        file: &RelPath,
        range: std::ops::Range<usize>,
        replacement: &str,
        sort: &'static str,
        matters: bool,
    ) -> Self {
        let text = &files[file];
        let line = text[..range.start].matches('\n').count() + 1;
        let what = format!("{file}:{line}: {:?} becomes {replacement:?}", &text[range.clone()]);
        let text = format!("{}{replacement}{}", &text[..range.start], &text[range.end..]);
        Self { file: file.clone(), text: Some(text), sort, what, matters }
    }
}

#[test]
fn the_gate_catches_every_change_that_matters_and_none_that_does_not() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout");
    let files = committed(&root);
    let mut mutations = Vec::new();
    mutations.extend(guide::mutations(&root, &files));
    mutations.extend(book::mutations(&files));
    mutations.extend(stored::mutations(&files));
    let made = mutations.len();
    if std::env::var_os("DOGFOOD_MUTATIONS").is_none_or(|which| which != "all") {
        mutations = spread(mutations);
    }
    say(&format!("{made} mutations made, {} of them tried", mutations.len()));
    assert!(mutations.iter().filter(|mutation| mutation.matters).count() > 100, "too few mutations to mean anything");
    assert!(mutations.iter().any(|mutation| !mutation.matters), "no harmless change is tried");

    let today = today(&files);
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let clean = check(&copy(&files, &scratch.path().join("clean")), &today);
    assert_eq!(clean, Verdict::Clean, "the committed book must pass before mutations mean anything");

    let sampled = sample(&mutations);
    let executable = memory::executable(&root, &files);
    let day: Date = today.parse().expect("a day");
    let wrong = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (files, mutations, wrong, next, today, scratch) =
                (&files, &mutations, &wrong, &next, &today, scratch.path());
            let (sampled, executable) = (&sampled, &executable);
            scope.spawn(move || {
                let folder = copy(files, &scratch.join(format!("worker-{worker}")));
                let mut judge = Judge::new(Memory::new(files, executable), day);
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(mutation) = mutations.get(at) else { break };
                    if at % 500 == 0 {
                        say(&format!("mutation {at} of {}", mutations.len()));
                    }
                    let mut verdict = if judge.catches(mutation) { Verdict::Caught } else { Verdict::Clean };
                    if sampled.contains(&at) {
                        let said = check_changed(&folder, files, mutation, today);
                        if said != verdict {
                            verdict = Verdict::Other(format!("{verdict:?} in memory and {said:?} by the program"));
                        }
                    }
                    let right = match verdict {
                        Verdict::Caught => mutation.matters,
                        Verdict::Clean => !mutation.matters,
                        Verdict::Other(_) => false,
                    };
                    if !right {
                        say(&format!("wrong: {verdict:?} for {}: {}", mutation.sort, mutation.what));
                        wrong.lock().expect("no worker panicked").push((mutation.clone(), verdict));
                    }
                }
            });
        }
    });
    report(&mutations, &wrong.into_inner().expect("no worker panicked"));
}

/// Of every sort at most [`OF_A_SORT`], spread evenly over all of them.
fn spread(mutations: Vec<Mutation>) -> Vec<Mutation> {
    let mut sizes: BTreeMap<(&str, bool), (usize, usize)> = BTreeMap::new();
    for mutation in &mutations {
        sizes.entry((mutation.sort, mutation.matters)).or_default().0 += 1;
    }
    let mut is_tried = |mutation: &Mutation| {
        let (size, at) = sizes.get_mut(&(mutation.sort, mutation.matters)).expect("each was counted");
        let tried = |at: usize| at * OF_A_SORT.min(*size) / *size;
        *at += 1;
        tried(*at) > tried(*at - 1)
    };
    mutations.into_iter().filter(|mutation| is_tried(mutation)).collect()
}

/// The mutations that the real program is asked about, too.
fn sample(mutations: &[Mutation]) -> BTreeSet<usize> {
    let mut sorts = BTreeSet::new();
    let numbered = mutations.iter().enumerate();
    let first_or_hundredth = |(at, mutation): (usize, &Mutation)| {
        (sorts.insert((mutation.sort, mutation.matters)) || at % 100 == 0).then_some(at)
    };
    numbered.filter_map(first_or_hundredth).collect()
}

/// What `dogfood check` says of the copy in `folder` with one file changed; afterwards the copy is as it was.
fn check_changed(folder: &Path, files: &Files, mutation: &Mutation, today: &str) -> Verdict {
    let place = folder.join(mutation.file.as_str());
    let mode = fs::metadata(&place).expect("a file of the copy").permissions();
    match &mutation.text {
        Some(text) => fs::write(&place, text).expect("a writable copy"),
        None => fs::remove_file(&place).expect("a writable copy"),
    }
    let verdict = check(folder, today);
    fs::write(&place, &files[&mutation.file]).expect("a writable copy");
    fs::set_permissions(&place, mode).expect("a writable copy");
    verdict
}

/// Says a line past the capture of the test runner: the counts are the point of this test, also when it passes.
pub(crate) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn report(mutations: &[Mutation], wrong: &[(Mutation, Verdict)]) {
    let mut sorts: BTreeMap<(bool, &str), (usize, usize)> = BTreeMap::new();
    for mutation in mutations {
        sorts.entry((!mutation.matters, mutation.sort)).or_default().0 += 1;
    }
    for (mutation, _) in wrong {
        sorts.entry((!mutation.matters, mutation.sort)).or_default().1 += 1;
    }
    let mut totals = [(0, 0); 2];
    for ((harmless, sort), (tried, failed)) in &sorts {
        let word = if *harmless { "left alone" } else { "caught" };
        say(&format!("{:>6} of {tried:<6} {word:<11} {sort}", tried - failed));
        totals[usize::from(*harmless)].0 += tried - failed;
        totals[usize::from(*harmless)].1 += tried;
    }
    say(&format!("changes that matter: {} of {} caught", totals[0].0, totals[0].1));
    say(&format!("changes that do not: {} of {} left alone", totals[1].0, totals[1].1));
    let shown: Vec<_> = wrong
        .iter()
        .take(40)
        .map(|(mutation, verdict)| format!("{verdict:?} for {}: {}", mutation.sort, mutation.what))
        .collect();
    assert!(wrong.is_empty(), "{} mutations were judged wrongly:\n{}", wrong.len(), shown.join("\n"));
}

/// What `dogfood check --deny warnings` said.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    Caught,
    Other(String),
}

fn check(folder: &Path, today: &str) -> Verdict {
    let done = Command::new(env!("CARGO_BIN_EXE_dogfood"))
        .args(["check", "--deny", "warnings", "--format", "json", "--today", today])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .stdin(Stdio::null())
        .output()
        .expect("dogfood starts");
    match done.status.code() {
        Some(0) => Verdict::Clean,
        // 2: a book.toml that cannot be read; 4: the book lost its last guide. Both stop a build as a finding does.
        Some(1 | 2 | 4) => Verdict::Caught,
        other => Verdict::Other(format!("{other:?}: {}", String::from_utf8_lossy(&done.stderr))),
    }
}

/// The files of the book, as they are committed (or about to be).
pub(crate) fn committed(root: &Path) -> Files {
    let mut files = Files::new();
    let mut folders: Vec<PathBuf> = ["guides", "traces", "infra"].iter().map(|name| root.join(name)).collect();
    let mut paths = vec![root.join("book.toml")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder").map(|entry| entry.expect("an entry")) {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { paths.push(path) }
        }
    }
    // And the benches that criterion's records are of.
    let record = |path: &PathBuf| path.parent().is_some_and(|folder| folder.ends_with("traces/criterion"));
    let sources = paths.iter().filter(|path| record(path)).flat_map(|path| {
        let text = fs::read_to_string(path).expect("a record");
        text.lines().filter_map(|line| Some(root.join(line.strip_prefix("source: ")?))).collect::<Vec<_>>()
    });
    let sources: BTreeSet<PathBuf> = sources.collect();
    for path in paths.into_iter().chain(sources) {
        let relative = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{relative}: {error}"));
        files.insert(RelPath::new(&relative).expect("a path of the checkout"), text);
    }
    files
}

fn copy(files: &Files, folder: &Path) -> PathBuf {
    for (path, text) in files {
        let place = folder.join(path.as_str());
        fs::create_dir_all(place.parent().expect("a folder")).expect("a writable folder");
        fs::write(&place, text).expect("a writable folder");
        // The execute bit is part of an image.
        let original = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path.as_str());
        let mode = fs::metadata(original).expect("a file of the checkout").permissions();
        fs::set_permissions(place, mode).expect("a writable folder");
    }
    folder.to_owned()
}

/// The day of the newest trace: on that day no evidence is old, whenever the test runs.
pub(crate) fn today(files: &Files) -> String {
    let dates = files.values().flat_map(|text| text.lines()).filter_map(|line| line.strip_prefix("recorded: "));
    dates.map(|date| date.trim_matches(['"', '\'']).chars().take(10).collect()).max().expect("the book has traces")
}
