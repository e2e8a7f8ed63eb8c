//! This repository's own book, changed by hand in one place: what the README shows of it, and what a reader must never see.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{Project, ran};

/// A copy of this book, built as of the day of its newest trace: one commit has one verdict.
fn this_book() -> Project {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = vec![root.join("book.toml")];
    let mut folders = ["guides", "infra", "traces"].map(|name| root.join(name)).to_vec();
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let (project, mut newest) = (Project::empty(), String::new());
    // And the benches that criterion's records are of.
    let named = |file: &PathBuf| {
        let text = std::fs::read_to_string(file).unwrap();
        let source = text.lines().find_map(|line| line.strip_prefix("source: ")).map(|source| root.join(source));
        source.filter(|_| file.parent().unwrap().ends_with("traces/criterion"))
    };
    let benches: BTreeSet<PathBuf> = files.iter().filter_map(named).collect();
    for file in files.iter().chain(&benches) {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(file).unwrap();
        let recorded = text.lines().find_map(|line| line.strip_prefix("recorded: \"")?.strip_suffix('"'));
        newest = newest.max(recorded.unwrap_or_default().to_owned());
        let place = project.path(&name);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        // With its mode, which is pinned where it is an image's.
        std::fs::copy(file, place).unwrap();
    }
    let epoch = ran(Command::new("date").args(["--date", &newest, "+%s"])).code(0).out;
    project.set("SOURCE_DATE_EPOCH", epoch.trim())
}

#[test]
fn the_readme_shows_what_a_failing_build_prints() {
    let book = this_book();
    book.edit("guides/backends/sql-blob.md", "sqlite:///settings.db", "sqlite:///setting.db");
    let printed = book.mdbook("build").code(101).err;
    let readme = include_str!("../../../../README.md");
    let shown = readme.split_once("$ mdbook build\n").unwrap().1.split_once("````").unwrap().0;
    assert!(shown == printed, "the README shows\n{shown}\nand the program prints\n{printed}");
}

#[test]
fn a_figure_changed_by_hand_stops_the_build() {
    let book = this_book();
    let trace = "traces/large-object-tuning/read-near@openssh.yaml";
    let text = book.read(trace);
    let at = text.find("samples:").unwrap();
    let digit = at + text[at..].find(|c: char| ('1'..='8').contains(&c)).unwrap();
    let changed = format!("{}9{}", &text[..digit], &text[digit + 1..]);
    book.write(trace, &changed);
    book.mdbook("build").code(101).says("error[edited-trace]").says(trace);
    assert!(!book.has("book"), "no page with that figure");
}

#[test]
fn a_figure_typed_into_a_guide_is_found() {
    let book = this_book();
    let guide = "guides/large-object-tuning.md";
    book.edit(guide, "- Near the server, set `TCP_NODELAY`.", "- Near the server, set `TCP_NODELAY`: 34 MB/s.");
    book.dogfood("check --deny warnings").code(1).says("warning[unbound-number]").says(guide);
}

#[test]
fn a_deleted_trace_stops_the_build() {
    let book = this_book();
    std::fs::remove_file(book.path("traces/sql-blob/settings@none.yaml")).unwrap();
    book.mdbook("build").code(101).says("error[missing-evidence]").says("guides/backends/sql-blob.md");
}

#[test]
fn a_stale_chart_stops_the_build() {
    let book = this_book();
    let guide = "guides/large-object-tuning.md";
    let text = book.read(guide);
    let fence = text.find("bench=read-near/").unwrap();
    let body = fence + text[fence..].find('\n').unwrap() + 1;
    book.write(guide, &format!("{}# another text\n{}", &text[..body], &text[body..]));
    let build = book.mdbook("build").code(101).says("error[stale-recipe]");
    build.says("error[broken-evidence]").says("{{#evidence chart read-near}}");
}
