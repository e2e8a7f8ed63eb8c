//! Not a rule: whatever stands in the files, the gate answers, and always the same.

use dogfood_core::reports::{FORMATS, Look, Sources, Told};
use proptest::prelude::*;

use super::book::Book;

const PIECES: &[&str] = &[
    "",
    "\0",
    "\r\n",
    "```",
    "~~~~",
    "---\n",
    "\u{feff}",
    "\u{1b}[31m",
    "{{#include demo.md}}",
    "{{#include ../../x}}",
    "<!--",
    "-->",
    "- ",
    "> ",
    "    ",
    "é😀",
    "recipe=hello",
    "target=box",
    "expect",
    "exit=1",
    "[..x]",
    "...",
    " (re)",
    "$ ",
    "[300]",
    "<!-- dogfood: allow missing-evidence until=2027-01-01 because x -->",
    "&a [*a]",
    "!!x",
    "<<<<<<< ours\n",
    "sealed: sha256:00\n",
    "'",
    "\"",
    "\\",
    "$X",
    "${",
    "<<EOF\n",
    "os.environ[\"X\"]",
    "[x](y.md)",
    "= =",
    "[[",
    "\u{202e}",
    "\u{2028}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_file_makes_it_panic(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..30, prop::sample::select(PIECES)), 1..5),
    ) {
        let mut book = Book::good();
        for (file, at, length, piece) in edits {
            let text = {
                let files: Vec<_> = book.files.values_mut().collect();
                let index = file.index(files.len());
                files.into_iter().nth(index).unwrap()
            };
            if text.is_empty() {
                continue;
            }
            let mut start = at.index(text.len());
            while !text.is_char_boundary(start) { start -= 1; }
            let mut end = (start + length).min(text.len());
            while !text.is_char_boundary(end) { end += 1; }
            text.replace_range(start..end, piece);
        }
        // Only book.toml may end it before the gate.
        if let Ok(inputs) = dogfood_core::checkout::load(&book.files, "2026-11-20".parse().unwrap()) {
            let report = dogfood_core::gate::check(&inputs);
            for format in FORMATS {
                let shown = format.render(&Told::new(&report.findings, &Sources::of(&inputs)), Look::PLAIN);
                prop_assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{}", shown);
            }
            let again = dogfood_core::gate::check(&inputs);
            prop_assert_eq!(report.findings, again.findings);
        }
    }
}
