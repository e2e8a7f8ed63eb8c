//! What holds for every command: exit codes for what was typed wrong, where no book is, and which stream says what.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::project::{Project, ran};

#[test]
fn the_version_is_on_stdout_and_quick() {
    let project = Project::empty();
    let version = project.dogfood("--version").code(0);
    assert_eq!(version.out, format!("dogfood {}\n", env!("CARGO_PKG_VERSION")));
    // The budget is 20 ms on a quiet machine; one of many tries on a busy one, in a build without optimisation, is allowed more.
    let is_quick = |_| {
        let began = Instant::now();
        project.dogfood("--version").code(0);
        began.elapsed() < Duration::from_millis(200)
    };
    assert!((0..100).any(is_quick));
}

#[test]
fn what_is_typed_wrong_ends_with_two_and_says_what_to_do() {
    let project = Project::wired();
    for words in [
        "",
        "frobnicate",
        "run --walk --stale",
        "check --deny everything",
        "list --format xml",
        "check --today yesterday",
    ] {
        let run = project.dogfood(words).code(2);
        assert!(run.err.contains("error") || run.err.contains("Usage"), "{words}: {}", run.err);
        assert_eq!(run.out, "", "{words}");
    }
}

#[test]
fn no_book_here_ends_with_two() {
    let project = Project::empty();
    for words in ["list", "check", "run", "accept", "build", "clean"] {
        project.dogfood(words).code(2).says("no book.toml").says("dogfood init");
    }
    project.dogfood("--root nowhere check").code(2).says("no book.toml in `nowhere`");
}

#[test]
fn a_book_is_found_from_its_folders_and_by_name() {
    let project = Project::with_guide("a", "```sh recipe=x\ntrue\n```\n");
    assert!(project.dogfood_in("guides", "list --format json").code(0).out.contains("\"guides/a.md\""));
    let elsewhere = Project::empty();
    let root = project.path("").to_str().unwrap().to_owned();
    assert!(elsewhere.dogfood(&format!("--root {root} list --format json")).code(0).out.contains("\"guides/a.md\""));
}

#[test]
fn a_broken_book_toml_ends_with_two() {
    let project = Project::with_guide("a", "```sh recipe=x\ntrue\n```\n");
    for text in ["[book", "[preprocessor.dogfood]\ncommand = \"mdbook-dogfood\"\nunknown-key = 1\n"] {
        project.write("book.toml", text);
        project.dogfood("check").code(2).says("book.toml");
        project.dogfood("run").code(2).says("book.toml");
    }
}

#[test]
fn variables_that_replace_the_gate_are_refused() {
    for name in ["MDBOOK_PREPROCESSOR__DOGFOOD__COMMAND", "MDBOOK_PREPROCESSOR__DOGFOOD", "MDBOOK_PREPROCESSOR"] {
        let project = Project::with_guide("a", "```sh recipe=x\ntrue\n```\n").set(name, "{}");
        for words in ["check", "run", "build"] {
            project.dogfood(words).code(2).says(name).says("unset it");
        }
    }
}

#[test]
fn colours_come_only_when_they_are_asked_for() {
    let project = Project::with_guide("a", "```sh recipe=x\ntrue\n```\n");
    project.dogfood("check").code(1).silent_about("\x1b[");
    project.dogfood("--color always check").code(1).says("\x1b[");
    Project::empty().dogfood("--color always check").code(2).says("\x1b[");
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let project = Project::with_guide("a", &"```sh recipe=x\ntrue\n```\n\n".repeat(5000));
    let script =
        format!("{} list --format json | head -c 10; test ${{PIPESTATUS[0]}} -eq 0", env!("CARGO_BIN_EXE_dogfood"));
    ran(project.command(Path::new("bash")).args(["-c", &script])).code(0);
}
