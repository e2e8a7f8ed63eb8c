//! The table through the real program: a recipe for every encoding, of a target's secret and of one that a step makes. Nothing that dogfood
//! prints or writes, in any mode, shows one.

use std::fmt::Write as _;
use std::path::Path;

use super::{CAPTURED, CAPTURED_CONTROL, CONTROL, Encoded, encodings, oracle, say, script};
use crate::project::{Project, Ran};

/// What was printed or written, and in which mode.
struct Produced(Vec<(String, String)>);

impl Produced {
    fn of(&mut self, mode: &str, ran: Ran) {
        assert!(matches!(ran.code, Some(0..=1)), "{mode}: {:?}\n{}\n{}", ran.code, ran.out, ran.err);
        self.0.push((mode.to_owned(), ran.out + &ran.err));
    }

    fn files(&mut self, project: &Project) {
        self.0.extend(project.files());
    }

    /// Holds every promised encoding of `encoded` against what was produced, and returns how many modes and files that are.
    fn hold(&self, encoded: &[Encoded], control: &[Encoded]) {
        let mut wrong = String::new();
        for (encoded, control) in encoded.iter().zip(control).filter(|(encoded, _)| encoded.promised) {
            let telling = oracle::telling(&encoded.text, &control.text);
            for (mode, _) in self.0.iter().filter(|(_, text)| oracle::shows(text, &telling)) {
                let _ = writeln!(wrong, "{}: in {mode}", encoded.name);
            }
        }
        assert!(wrong.is_empty(), "leaks:\n{wrong}");
    }
}

/// The reports of what was recorded, in every format.
fn reports(project: &Project, produced: &mut Produced) {
    for words in [
        "check",
        "check --format json",
        "check --format sarif",
        "check --format junit",
        "check --format github",
        "list",
    ] {
        produced.of(words, project.dogfood(words));
    }
    let summary = project.path(".home/summary").display().to_string();
    let ran = crate::project::ran(
        project
            .command(Path::new(env!("CARGO_BIN_EXE_dogfood")))
            .args(["check"])
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", &summary),
    );
    produced.of("check in a job", ran);
    produced.0.push(("the job's summary".to_owned(), std::fs::read_to_string(summary).unwrap_or_default()));
    project.dogfood("build");
    produced.files(project);
}

/// How many of the promised encodings of the cells `NAME` were hidden in a trace, and how many were refused: together all of them.
fn outcomes(
    run: &str,
    encoded: &[Encoded],
    trace: impl Fn(usize) -> Option<String>,
    cell: impl Fn(usize) -> String,
) -> (usize, usize) {
    let (mut hidden, mut refused) = (0, 0);
    for (at, encoded) in encoded.iter().enumerate().filter(|(_, encoded)| encoded.promised) {
        let is_hidden = trace(at).is_some_and(|trace| trace.contains(":hidden}"));
        let cell = format!("{}: failed: its output holds the secret", cell(at));
        let is_refused = run.contains(&cell);
        assert!(is_hidden != is_refused, "{}: hidden {is_hidden}, refused {is_refused}\n{run}", encoded.name);
        hidden += usize::from(is_hidden);
        refused += usize::from(is_refused);
    }
    (hidden, refused)
}

/// Prints the counts of `secret`.
fn count(secret: &str, encoded: &[Encoded], (hidden, refused): (usize, usize), produced: &Produced) {
    let promised = encoded.iter().filter(|encoded| encoded.promised).count();
    say(&format!(
        "leak table, {secret}: {promised} of {promised} promised encodings hidden ({hidden}) or refused ({refused}) in {} outputs and files; {} not promised",
        produced.0.len(),
        encoded.len() - promised
    ));
}

#[test]
fn no_promised_encoding_of_a_targets_secret_is_printed_or_written() {
    let spied = tempfile::tempdir().expect("a folder");
    let control = encodings(CONTROL);
    let mut recipes = String::new();
    for at in 0..control.len() {
        let (script, spy) = (script().display().to_string(), spied.path().join(at.to_string()).display().to_string());
        let _ = write!(
            recipes,
            "```sh recipe=e{at}\nLEAK=\"$SFTP_PASSWORD\" python3 '{script}' {at} '{spy}' | tee /dev/stderr\n```\n\n```text expect\nnothing like it\n```\n\n"
        );
    }
    let project = Project::with_sftp_server(&recipes);
    let mut produced = Produced(Vec::new());
    let mut recorded = (0, 0);
    for words in ["run", "run --frozen"] {
        let ran = project.dogfood(words);
        let spied: Vec<Encoded> = control
            .iter()
            .enumerate()
            .map(|(at, encoded)| Encoded {
                name: encoded.name.clone(),
                promised: encoded.promised,
                text: std::fs::read_to_string(spied.path().join(at.to_string())).expect("every recipe ran"),
            })
            .collect();
        let run = ran.err.clone();
        produced.of(words, ran);
        if words == "run" {
            let trace = |at| std::fs::read_to_string(project.path(&format!("traces/a/e{at}@rclone-sftp.yaml"))).ok();
            recorded = outcomes(&run, &spied, trace, |at| format!("a/e{at}@rclone-sftp"));
            reports(&project, &mut produced);
        }
        produced.hold(&spied, &control);
    }
    count("a target's secret", &control, recorded, &produced);
    project.dogfood("clean").code(0);
}

#[test]
fn no_promised_encoding_of_a_made_secret_is_printed_or_written() {
    let printed = tempfile::tempdir().expect("a folder");
    let (made, control) = (encodings(CAPTURED), encodings(CAPTURED_CONTROL));
    std::fs::write(printed.path().join("secret"), format!("{CAPTURED}\n")).expect("a file");
    let mut project = Project::wired();
    for (at, encoded) in made.iter().enumerate() {
        std::fs::write(printed.path().join(at.to_string()), format!("{}\n", encoded.text)).expect("a file");
        let folder = printed.path().display();
        let body = format!(
            "```sh recipe=e secret=MADE\ncat '{folder}/secret'\n```\n\n```text expect\n[..MADE]\n```\n\n```sh recipe=e\ncat '{folder}/{at}'; cat '{folder}/{at}' >&2\n```\n\n```text expect\nnothing like it\n```\n"
        );
        project = project.guide(&format!("g{at}"), "targets: [none]", &body);
    }
    let mut produced = Produced(Vec::new());
    let ran = project.dogfood("run");
    let trace = |at| std::fs::read_to_string(project.path(&format!("traces/g{at}/e@none.yaml"))).ok();
    let recorded = outcomes(&ran.err, &made, trace, |at| format!("g{at}/e@none"));
    produced.of("run", ran);
    for words in ["run --frozen --format json", "run --walk"] {
        produced.of(words, project.dogfood(words));
    }
    reports(&project, &mut produced);
    let project = project.set("CI", "true");
    produced.of("run in CI", project.dogfood("run"));
    produced.hold(&made, &control);
    count("a made secret", &made, recorded, &produced);
}
