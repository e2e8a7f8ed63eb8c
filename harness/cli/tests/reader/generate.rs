//! A book out of a seed: one to three chapters of honest blocks, and none, one or two ingredients among them. Pure; touches nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::blocks::{self, Place};
use crate::book::{Book, CANARY, Chapter};
use crate::ingredients::{self, Ingredient};
use crate::pen::Pen;

/// The book of `seed`. With `only`, it holds that ingredient and no other.
pub(crate) fn book(seed: u64, only: Option<&Ingredient>) -> Book {
    let mut pen = Pen::new(seed);
    let mut book = Book {
        seed,
        chapters: chapters(&mut pen),
        files: BTreeMap::new(),
        links: BTreeMap::new(),
        build: String::new(),
        html: String::new(),
        tables: String::new(),
        plain: Vec::new(),
        environment: Vec::new(),
        ingredients: BTreeSet::new(),
        alone: pen.random.chance(4),
    };
    canaries(&mut pen, &mut book);
    let many = [0, 1, 1, 1, 1, 1, 2, 2][pen.random.below(8)];
    for _ in 0..many {
        let ingredient = match only {
            Some(only) => only,
            None => ingredients::some(&mut pen),
        };
        if book.ingredients.insert(ingredient.name) {
            (ingredient.put)(&mut pen, &mut book);
        }
    }
    if let Some(only) = only.filter(|_| many == 0) {
        book.ingredients.insert(only.name);
        (only.put)(&mut pen, &mut book);
    }
    book.files.append(&mut pen.files);
    book
}

fn chapters(pen: &mut Pen) -> Vec<Chapter> {
    let many = [1, 1, 1, 2, 2, 3][pen.random.below(6)];
    (0..many).map(|number| chapter(pen, number)).collect()
}

fn chapter(pen: &mut Pen, number: usize) -> Chapter {
    let name = pen.name();
    let folder = if number == 2 { "deep/" } else { "" };
    let sort = if number == 0 {
        pen.random.pick(&["guide", "sidebar"])
    } else {
        pen.random.pick(&["sidebar", "reference", "plain"])
    };
    let front = format!("---\nguide: {name}\nkind: {sort}\ntargets: [none]\n---\n{}", pen.random.pick(&["", "\n"]));
    let guide = sort != "plain";
    let up = if folder.is_empty() { "../" } else { "../../" };
    let place = Place { up, guide };
    let mut all = vec![format!("# {}", pen.words())];
    for _ in 0..1 + pen.random.below(5) {
        all.push(if matches!(sort, "guide" | "sidebar") { blocks::block(pen, place) } else { plain(pen, place) });
    }
    if matches!(sort, "guide" | "sidebar") {
        let recipe = pen.recipe();
        let at = 1 + pen.random.below(all.len());
        let recipe = if pen.random.chance(25) { blocks::contained(pen, &recipe) } else { recipe };
        all.insert(at, recipe);
        if pen.random.chance(15) {
            let commands = pen.commands();
            all.push(pen.fence("sh teardown", &commands));
        }
    }
    Chapter {
        path: format!("{folder}{name}.md"),
        listed: None,
        linked: false,
        front: guide.then_some(front),
        blocks: all,
        crlf: pen.random.chance(5),
        ended: pen.random.chance(90),
    }
}

/// A block of a chapter that may hold no recipe.
fn plain(pen: &mut Pen, place: Place<'_>) -> String {
    let text = blocks::block(pen, place);
    if text.contains("recipe=") { blocks::paragraph(pen) } else { text }
}

/// Files whose texts no page may show, wherever a page could reach them.
fn canaries(pen: &mut Pen, book: &mut Book) {
    for path in [".git/config", ".git/HEAD", ".env", "secret.txt", "../outside.txt", "traces/notes.txt"] {
        let word = pen.unseen();
        book.files.insert(path.to_owned(), format!("{CANARY}{word}\n"));
    }
}
