//! Changes of the book around the guides: SUMMARY.md, and how book.toml wires the gate.

use dogfood_core::place::RelPath;

use crate::{Files, Mutation};

pub(crate) fn mutations(files: &Files) -> Vec<Mutation> {
    let mut mutations = summary(files);
    mutations.extend(wiring(files));
    mutations
}

fn summary(files: &Files) -> Vec<Mutation> {
    let file = RelPath::new("guides/SUMMARY.md").expect("a path");
    let text = &files[&file];
    let mut offset = 0;
    let mut mutations = Vec::new();
    for line in text.split_inclusive('\n') {
        if line.contains("](") {
            mutations.push(Mutation::splice(
                files,
                &file,
                offset..offset + line.len(),
                "",
                "line of SUMMARY.md deleted",
                true,
            ));
        }
        offset += line.len();
    }
    assert!(!mutations.is_empty(), "SUMMARY.md lists nothing");
    mutations
}

fn wiring(files: &Files) -> Vec<Mutation> {
    let file = RelPath::new("book.toml").expect("a path");
    let text = &files[&file];
    let table = text.find("[preprocessor.dogfood]").expect("the gate is wired");
    let end = text[table + 1..].find("\n[").map_or(text.len(), |at| table + 1 + at + 1);
    let change =
        |range, replacement: &str| Mutation::splice(files, &file, range, replacement, "wiring in book.toml", true);
    let mut mutations = vec![change(table..end, "")];
    let entry = |key: &str| {
        let at = table
            + text[table..end].find(&format!("\n{key} =")).unwrap_or_else(|| panic!("book.toml states {key}"))
            + 1;
        at..at + text[at..].find('\n').unwrap_or(text.len() - at)
    };
    for (key, others) in [
        (
            "command",
            &["command = \"true\"", "command = \"mdbook-dogfod\"", "command = \"echo mdbook-dogfood\""] as &[&str],
        ),
        ("before", &["before = []", "before = [\"index\"]", "after = [\"links\"]"]),
        ("renderers", &["renderers = []", "renderers = [\"pdf\"]"]),
    ] {
        if key == "command" {
            // mdBook's default for an entry of this name is the same program.
            mutations.push(Mutation::splice(files, &file, entry(key), "", "default command in book.toml", false));
        } else {
            mutations.push(change(entry(key), ""));
        }
        mutations.extend(others.iter().map(|other| change(entry(key), other)));
    }
    let command = entry("command");
    mutations.push(change(command.end..command.end, "\noptional = true"));
    mutations.push(change(command.end..command.end, "\nplane = []"));
    mutations
}
