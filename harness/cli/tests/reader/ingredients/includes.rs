//! Helpers of mdBook: includes that meet, nest and close late, titles, files that no page may show. Pure; touches nothing.

use crate::pen::Pen;

use super::{Ingredient, into_guide, into_plain, into_step, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    stop("an include from outside", |pen, book| {
        let text = |pen: &mut Pen, up: &str| format!("{{{{#include {up}../outside.txt}}}} {}", pen.word());
        if pen.random.chance(50) { into_guide(pen, book, text) } else { into_plain(pen, book, text) }
    }),
    stop("an include through a link", |pen, book| {
        let name = pen.name();
        book.links.insert(format!("parts/{name}.txt"), "../.git/config".to_owned());
        into_guide(pen, book, |_, up| format!("{{{{#include {up}parts/{name}.txt}}}}"));
    }),
    stop("an include of a file that is not there", |pen, book| {
        into_guide(pen, book, |pen, up| format!("{{{{#include {up}parts/{}.txt}}}}", pen.name()));
    }),
    pass("an include in a step", |pen, book| {
        let commands = pen.commands();
        let helper = pen.included("../", commands.trim_end());
        into_step(pen, book, &format!("{helper}\n"));
    }),
    occur("a helper over two lines", |pen, book| {
        let text = pen.words();
        let file = file(pen, &text);
        into_guide(pen, book, |_, up| format!("{{{{#include\n{up}{file} and more}}}}"));
    }),
    pass("a helper that nobody knows", |pen, book| {
        into_guide(pen, book, |pen, _| {
            format!("{} {{{{#colour {}}}}} {{{{# {} x}}}}", pen.word(), pen.word(), pen.word())
        });
    }),
    pass("an escape in an included file", |pen, book| {
        let text = format!("\\{{{{#include {}}}}} {}", pen.word(), pen.word());
        let file = file(pen, &text);
        into_guide(pen, book, |_, up| format!("{{{{#include {up}{file}}}}}"));
    }),
    pass("an escape to the end of its line", |pen, book| {
        into_guide(pen, book, |pen, _| format!("\\{{{{#x}}}} {} {{{{#include {}}}}}", pen.word(), pen.word()));
    }),
    pass("a piece", |pen, book| into_guide(pen, book, |_, _| "{{#evidence guides}}".to_owned())),
];

/// A file of its own with this text.
fn file(pen: &mut Pen, text: &str) -> String {
    let path = format!("parts/{}.txt", pen.name());
    pen.files.insert(path.clone(), text.to_owned());
    path
}
