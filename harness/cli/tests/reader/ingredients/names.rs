//! Output names that collide, other files of the source folder, pages that no chapter has, links. Pure; touches nothing.

use crate::book::{Book, SOURCE};
use crate::pen::Pen;

use super::{Ingredient, add_plain, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    pass("a read-me", |pen, book| {
        let folder = pen.random.pick(&["", "deep/"]);
        add_plain(pen, book, format!("{folder}README.md"));
        book.alone = true;
    }),
    pass("no page for what is not found", |_, book| {
        book.html.push_str("input-404 = \"\"\n");
        book.alone = true;
    }),
    pass("other files", |pen, book| {
        for _ in 0..1 + pen.random.below(3) {
            let name = pen.name();
            let end = pen.random.pick(&["png", "css", "js", "json", "svg", "txt", "yaml"]);
            let folder = pen.random.pick(&["", "pictures/", "deep/"]);
            other(pen, book, &format!("{folder}{name}.{end}"));
        }
    }),
    pass("Markdown that is no chapter", |pen, book| {
        let name = pen.name();
        other(pen, book, &format!("{name}.md"));
    }),
    stop("a chapter from outside", |pen, book| {
        add_plain(pen, book, "unused.md".to_owned());
        let chapter = book.chapters.last_mut().expect("the chapter just added");
        chapter.listed = Some(pen.random.pick(&["../secret.txt", "../.git/config", "../../outside.txt"]).to_owned());
    }),
    pass("a path that is written otherwise", |pen, book| {
        let name = pen.name();
        let form = pen.random.pick(&["./NAME.md", "NAME%20x.md", "deep/NAME.md", "NAME.x.md"]).replace("NAME", &name);
        let path = form.trim_start_matches("./").replace("%20", " ");
        add_plain(pen, book, path).listed = Some(form);
    }),
];

/// Puts a file that is no chapter into the source folder.
fn other(pen: &mut Pen, book: &mut Book, path: &str) {
    let text = format!("<pre>echo {}</pre>\n", pen.word());
    book.files.insert(format!("{SOURCE}/{path}"), text);
    book.alone = true;
}
