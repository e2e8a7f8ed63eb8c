//! Habits of single source files: module documentation, length, names.

use crate::sources;

/// The longest source file, in lines without its test module.
const FILE_LINES: usize = 700;
/// The longest function, in lines.
const FUNCTION_LINES: usize = 120;

/// `text` up to its inline test module: what the budgets count.
fn without_tests(text: &str) -> &str {
    text.find("\n#[cfg(test)]\nmod tests {").map_or(text, |at| &text[..at])
}

#[test]
fn every_module_says_what_it_is_for() {
    let bare: Vec<_> =
        sources().into_iter().filter(|(_, text)| !text.starts_with("//!")).map(|(path, _)| path).collect();
    assert!(bare.is_empty(), "these modules do not open with `//!`: {bare:#?}");
}

#[test]
fn no_file_is_longer_than_the_budget() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(path, text)| (without_tests(&text).lines().count(), path))
        .filter(|(lines, _)| *lines > FILE_LINES)
        .collect();
    assert!(long.is_empty(), "longer than {FILE_LINES} lines: {long:#?}");
}

#[test]
fn no_function_is_longer_than_the_budget() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        for (name, lines) in functions(&text) {
            if lines > FUNCTION_LINES {
                long.push((path.clone(), name, lines));
            }
        }
    }
    assert!(long.is_empty(), "longer than {FUNCTION_LINES} lines: {long:#?}");
}

/// Name and length of every function, found by the indentation that rustfmt gives: from `fn` to the closing brace at its own depth.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let depth = line.len() - line.trim_start().len();
        let Some((head, tail)) = line.split_once("fn ") else { continue };
        let starts = head
            .trim()
            .split(' ')
            .all(|word| word.is_empty() || word.starts_with("pub") || matches!(word, "async" | "const" | "unsafe"));
        if !starts || line.trim_end().ends_with(';') || line.trim_end().ends_with('}') {
            continue;
        }
        let closing = format!("{}}}", " ".repeat(depth));
        let length = lines[at..].iter().position(|line| *line == closing).map_or(0, |end| end + 1);
        found.push((tail.split(['(', '<']).next().unwrap_or(tail).to_owned(), length));
    }
    found
}

#[test]
fn the_function_measure_finds_functions() {
    let found = functions(
        "impl X {\n    pub fn a(&self) {\n        b();\n    }\n}\nfn c() {}\nconst fn d<T>() -> u8 {\n    1\n}\n",
    );
    assert_eq!(found, [("a".to_owned(), 3), ("d".to_owned(), 3)]);
}

#[test]
fn no_module_is_a_drawer_for_things() {
    let drawers = ["utils", "util", "helpers", "helper", "common", "misc", "shared"];
    let named: Vec<_> = sources()
        .into_iter()
        .map(|(path, _)| path)
        .filter(|path| path.split(['/', '.']).any(|part| drawers.contains(&part)))
        .collect();
    assert!(named.is_empty(), "name the concept instead: {named:#?}");
}
