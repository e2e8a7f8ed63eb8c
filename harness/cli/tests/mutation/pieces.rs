//! Changes of generated pieces: each word of each, taken out and changed. Every one must be caught, or must show on the page.

use std::path::Path;

use dogfood_core::checkout::load;
use dogfood_core::date::Date;
use dogfood_core::evidence::Content;
use dogfood_core::gate;
use dogfood_core::place::RelPath;

use crate::memory::{self, Memory};
use crate::{Files, Mutation, committed, say, today};

/// What the pages show in the place of their pieces.
type Shown = Vec<(RelPath, Vec<Option<Content>>)>;

#[test]
fn every_word_of_a_piece_matters() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the checkout");
    let files = committed(&root);
    let day: Date = today(&files).parse().expect("a day");
    let executable = memory::executable(&root, &files);
    let book = Memory::new(&files, &executable);
    let mutations = mutations(&files, &book, day);
    assert!(mutations.len() > 20, "only {} words in pieces: the manual shows each kind", mutations.len());
    let clean = judge(&book, day).expect("the committed book has no finding");
    let (mut caught, mut shown, mut lost) = (0, 0, Vec::new());
    for mutation in &mutations {
        match judge(&book.with(mutation), day) {
            None => caught += 1,
            Some(pages) if pages != clean => shown += 1,
            Some(_) => lost.push(mutation.what.clone()),
        }
    }
    say(&format!("words of pieces: {caught} of {} caught, {shown} shown on the page", mutations.len()));
    assert!(lost.is_empty(), "neither caught nor seen: {lost:#?}");
}

/// What the pages show; nothing if a finding stops the build.
fn judge(book: &Memory<'_>, day: Date) -> Option<Shown> {
    let inputs = load(book, day).ok()?;
    let report = gate::check(&inputs);
    (report.counts.errors == 0).then(|| report.pieces.into_iter().collect())
}

fn mutations(files: &Files, book: &Memory<'_>, day: Date) -> Vec<Mutation> {
    let inputs = load(book, day).expect("the checkout loads");
    let mut mutations = Vec::new();
    for chapter in &inputs.chapters {
        for piece in &chapter.pieces {
            for (word, at) in &piece.words {
                let span = chapter.span(*at..at + word.len());
                let change = |to: &str| Mutation::splice(files, &span.file, span.range(), to, "word of a piece", true);
                mutations.push(change(""));
                mutations.push(change(&format!("{word}x")));
            }
        }
    }
    mutations
}
