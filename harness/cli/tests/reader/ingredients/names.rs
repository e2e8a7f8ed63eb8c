//! Output names that collide, other files of the source folder, pages that no chapter has, links. Pure; touches nothing.

use std::path::Path;

use crate::book::{Book, SOURCE};
use crate::pen::Pen;

use super::{Ingredient, add_plain, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    stop("a file of a page's name", |pen, book| {
        let name = pen.random.pick(&["", "", "", "index.html", "print.html", "404.html", "toc.html"]);
        let path = if name.is_empty() { page(pen, book) } else { name.to_owned() };
        other(pen, book, &path);
    }),
    stop("a chapter of a page's name", |pen, book| {
        let page = page(pen, book);
        let stem = page.trim_end_matches(".html").to_owned();
        let end = pen.random.pick(&[".txt", "", ".markdown", ".html"]);
        add_plain(pen, book, format!("{stem}{end}"));
        book.alone = true;
    }),
    stop("a read-me beside an index", |pen, book| {
        let (one, two) = if pen.random.chance(50) { ("README.md", "index.md") } else { ("index.md", "readme.md") };
        add_plain(pen, book, one.to_owned());
        add_plain(pen, book, two.to_owned());
        book.alone = true;
    }),
    pass("a read-me", |pen, book| {
        let folder = pen.random.pick(&["", "deep/"]);
        add_plain(pen, book, format!("{folder}README.md"));
        book.alone = true;
    }),
    occur("a chapter called as one of mdBook's pages", |pen, book| {
        let name = pen.random.pick(&["index.md", "print.md", "404.md", "toc.md", "deep/404.md", "deep/print.md"]);
        add_plain(pen, book, name.to_owned());
        book.alone = true;
    }),
    occur("a page for what is not found", |pen, book| other(pen, book, "404.md")),
    pass("a judged page for what is not found", |pen, book| {
        let text = format!("# {}\n\n```sh\necho {}\n```\n", pen.words(), pen.word());
        book.files.insert(format!("{SOURCE}/404.md"), text);
        book.plain.push("404.md".to_owned());
        book.alone = true;
    }),
    stop("another page for what is not found", |pen, book| {
        let name = pen.random.pick(&["lost.md", "../parts/lost.txt", "../.git/config"]);
        if !name.contains(".git") {
            other(pen, book, name);
        }
        book.html.push_str(&format!("input-404 = \"{name}\"\n"));
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
    occur("a page that no chapter has", |pen, book| {
        let name = pen.name();
        let end = pen.random.pick(&["html", "htm", "HTML", "xhtml"]);
        other(pen, book, &format!("{name}.{end}"));
    }),
    occur("a folder of a page's name", |pen, book| {
        let page = page(pen, book);
        other(pen, book, &format!("{page}/x.txt"));
    }),
    stop("a link in the source", |pen, book| {
        let target = pen.random.pick(&["../../outside.txt", "../.git", "../.git/config", "..", "../.env"]);
        let name = pen.name();
        book.links.insert(format!("{SOURCE}/{name}{}", pen.random.pick(&[".txt", "", ".png"])), target.to_owned());
        book.alone = true;
    }),
    stop("a link of a page's name", |pen, book| {
        let page = page(pen, book);
        book.links.insert(format!("{SOURCE}/{page}"), "../secret.txt".to_owned());
        book.alone = true;
    }),
    stop("a chapter that is a link", |pen, book| {
        let name = format!("{}.md", pen.name());
        add_plain(pen, book, "unused.md".to_owned());
        let chapter = book.chapters.last_mut().expect("the chapter just added");
        chapter.listed = Some(name.clone());
        let target = pen.random.pick(&["../.git/config", "../.env", "../../outside.txt"]);
        book.links.insert(format!("{SOURCE}/{name}"), target.to_owned());
        chapter.path = name;
        chapter.linked = true;
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
    stop("a chapter that is listed twice", |pen, book| {
        let path = book.chapters[0].path.clone();
        let again = pen.random.pick(&["./PATH", "x/../PATH", "PATH"]).replace("PATH", &path);
        let copy = book.chapters[0].clone();
        book.chapters.push(crate::book::Chapter { listed: Some(again), ..copy });
        book.alone = true;
    }),
];

/// The output name of some chapter.
fn page(pen: &mut Pen, book: &Book) -> String {
    let chapter = &book.chapters[pen.random.below(book.chapters.len())];
    Path::new(&chapter.path).with_extension("html").display().to_string()
}

/// Puts a file that is no chapter into the source folder.
fn other(pen: &mut Pen, book: &mut Book, path: &str) {
    let text = format!("<pre>echo {}</pre>\n", pen.word());
    book.files.insert(format!("{SOURCE}/{path}"), text);
    book.alone = true;
}
