//! What somebody could abuse so that a reader sees something else than the gate read, and the honest neighbours of each. One entry is one
//! ingredient; a book holds one or two. Pure; touches nothing.

mod config;
mod html;
mod includes;
mod markdown;
mod names;

use crate::blocks::{self, Place};
use crate::book::{Book, Chapter};
use crate::pen::{Pen, inside};

/// What must become of the books that hold an ingredient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Must {
    /// Some pass: it is honest Markdown, or an honest file.
    Pass,
    /// None passes.
    Stop,
    /// Either: it depends on what stands around it, or on what exactly was chosen.
    Occur,
}

/// One ingredient.
pub(crate) struct Ingredient {
    /// Its name in the counts.
    pub name: &'static str,
    /// What must become of its books.
    pub must: Must,
    /// Puts it into a book.
    pub put: fn(&mut Pen, &mut Book),
}

const fn pass(name: &'static str, put: fn(&mut Pen, &mut Book)) -> Ingredient {
    Ingredient { name, must: Must::Pass, put }
}

const fn stop(name: &'static str, put: fn(&mut Pen, &mut Book)) -> Ingredient {
    Ingredient { name, must: Must::Stop, put }
}

const fn occur(name: &'static str, put: fn(&mut Pen, &mut Book)) -> Ingredient {
    Ingredient { name, must: Must::Occur, put }
}

/// All families of ingredients.
const FAMILIES: &[&[Ingredient]] =
    &[includes::INGREDIENTS, html::INGREDIENTS, names::INGREDIENTS, config::INGREDIENTS, markdown::INGREDIENTS];

/// Every ingredient.
pub(crate) fn all() -> impl Iterator<Item = &'static Ingredient> {
    FAMILIES.iter().copied().flatten()
}

/// Some ingredient.
pub(crate) fn some(pen: &mut Pen) -> &'static Ingredient {
    let at = pen.random.below(all().count());
    all().nth(at).expect("below their number")
}

/// From the folder of `chapter` to the top of the checkout.
fn up(chapter: &Chapter) -> &'static str {
    if chapter.path.contains('/') { "../../" } else { "../" }
}

/// A place among the blocks of `chapter`, below its title.
fn spot(pen: &mut Pen, chapter: &Chapter) -> usize {
    1 + pen.random.below(chapter.blocks.len())
}

/// The number of some chapter with recipes, or of any guide.
fn guide(pen: &mut Pen, book: &Book) -> usize {
    let guides = book.numbers(|chapter| !chapter.is_plain());
    guides[pen.random.below(guides.len())]
}

/// Puts what `text` makes into a guide. It gets the way to the top of the checkout.
fn into_guide(pen: &mut Pen, book: &mut Book, text: impl FnOnce(&mut Pen, &str) -> String) {
    let chapter = guide(pen, book);
    let chapter = &mut book.chapters[chapter];
    let text = text(pen, up(chapter));
    let at = spot(pen, chapter);
    chapter.blocks.insert(at, text);
}

/// Puts what `text` makes into a plain chapter of its own.
fn into_plain(pen: &mut Pen, book: &mut Book, text: impl FnOnce(&mut Pen, &str) -> String) {
    let name = pen.name();
    add_plain(pen, book, format!("{name}.md"));
    let chapter = book.chapters.last_mut().expect("the chapter just added");
    let text = text(pen, "../");
    let at = spot(pen, chapter);
    chapter.blocks.insert(at, text);
}

/// Adds a plain chapter at `path`.
fn add_plain<'a>(pen: &mut Pen, book: &'a mut Book, path: String) -> &'a mut Chapter {
    let blocks = vec![format!("# {}", pen.words()), blocks::paragraph(pen)];
    book.chapters.push(Chapter { path, listed: None, linked: false, front: None, blocks, crlf: false, ended: true });
    book.chapters.last_mut().expect("the chapter just added")
}

/// A step or a fence that is shown, as a guide has them.
fn code(pen: &mut Pen, book: &Book) -> String {
    let recipes = book.chapters[0].blocks.iter().any(|block| block.contains("recipe="));
    if recipes && pen.random.chance(60) { pen.recipe() } else { pen.shown() }
}

/// Puts a step or shown fence, with what `around` makes of it, into the first chapter, which is a guide with recipes.
fn around_code(pen: &mut Pen, book: &mut Book, around: impl FnOnce(&mut Pen, String) -> String) {
    let code = code(pen, book);
    let text = around(pen, code);
    let at = spot(pen, &book.chapters[0]);
    book.chapters[0].blocks.insert(at, text);
}

/// A step whose lines are `body`, put into the first chapter.
fn into_step(pen: &mut Pen, book: &mut Book, body: &str) {
    let recipe = pen.name();
    let language = pen.random.pick(&["sh recipe", "bash recipe", "sh illustrative"]);
    let step = pen.fence(&format!("{language}={recipe}"), body);
    let step = if pen.random.chance(30) { inside("- ", "  ", &step) } else { step };
    let at = spot(pen, &book.chapters[0]);
    book.chapters[0].blocks.insert(at, step);
}

/// A block that fits a guide.
fn honest(pen: &mut Pen, up: &str) -> String {
    blocks::block(pen, Place { up, guide: true })
}
