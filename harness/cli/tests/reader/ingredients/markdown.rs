//! Markdown that two readers could take for two things: tabs and quotes in containers, footnotes, line ends, info strings. Pure; touches
//! nothing.

use crate::pen::{Pen, inside};

use super::{Ingredient, around_code, code, into_guide, into_plain, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    pass("a fence right below words", |pen, book| {
        around_code(pen, book, |pen, code| {
            let text = format!("{}\n{code}\n{}", pen.words(), pen.words());
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), ("> ", "> "), (">", ">")]);
            inside(first, rest, &text)
        });
    }),
    pass("a fence with indented marks", |pen, book| {
        around_code(pen, book, |pen, code| {
            let blank = " ".repeat(1 + pen.random.below(3));
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), ("> ", "> "), (">", ">")]);
            inside(first, rest, &inside(&blank, &blank, &code))
        });
    }),
    occur("a fence that nothing closes", |pen, book| {
        around_code(pen, book, |pen, code| {
            let open = code.trim_end_matches(['`', '~']).to_owned();
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), ("> ", "> ")]);
            format!("{}\n\n{}", inside(first, rest, open.trim_end()), pen.words())
        });
    }),
    pass("a fence with empty lines at its ends", |pen, book| {
        let word = pen.word();
        let body = pen
            .random
            .pick(&["\n\necho WORD\n\n\n", "\n", "", "  \necho WORD\n \n", "\techo WORD\n", "echo WORD   \n"])
            .replace("WORD", &word);
        let fence = pen.fence("sh illustrative=empty-lines", &body);
        into_guide(pen, book, |pen, _| {
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), ("> ", "> ")]);
            inside(first, rest, &fence)
        });
    }),
    stop("an info string with entities", |pen, book| {
        let info = pen.random.pick(&[
            "sh&#32;hidelines=~ recipe=NAME",
            "sh recipe=NAME&#32;hidelines=e",
            "sh\\,hidelines=e illustrative=x",
            "&#114;ust illustrative=x",
            "sh,hidelines=e illustrative=x",
        ]);
        let name = pen.name();
        let body = format!("echo {}\n# echo {}\n", pen.word(), pen.word());
        let fence = pen.fence(&info.replace("NAME", &name), &body);
        book.chapters[0].blocks.push(fence);
    }),
    pass("a byte order mark", |_, book| {
        let chapter = &mut book.chapters[0];
        chapter.front = chapter.front.take().map(|front| format!("\u{feff}{front}"));
    }),
    pass("Windows line ends", |_, book| book.chapters[0].crlf = true),
    pass("definitions of links", |pen, book| {
        into_guide(pen, book, |pen, _| {
            let name = pen.name();
            format!(
                "[{}][{name}] {}\n\n[{name}]: https://example.org/{} \"{}\"",
                pen.word(),
                pen.word(),
                pen.unseen(),
                pen.unseen()
            )
        });
    }),
    stop("indented code", |pen, book| {
        let text = format!("{}\n\n    echo {}", pen.word(), pen.word());
        let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), ("> ", "> "), ("-\t", "\t")]);
        book.chapters[0].blocks.push(inside(first, rest, &text));
    }),
    pass("indented code in a plain chapter", |pen, book| {
        into_plain(pen, book, |pen, _| {
            let text = format!("{}\n\n    echo {}\n\n\tx\n", pen.word(), pen.word());
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), (">", ">"), ("-\t", "\t")]);
            inside(first, rest, &text)
        });
    }),
    pass("two fences in a row", |pen, book| {
        let more = code(pen, book);
        around_code(pen, book, |pen, code| {
            let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), (">", ">"), ("-\t", "\t")]);
            inside(first, rest, &format!("{code}\n{more}"))
        });
    }),
    pass("a page without a line break at its end", |pen, book| {
        let code = code(pen, book);
        let (first, rest) = pair(pen, &[("", ""), ("- ", "  "), (">", ">"), ("-\t", "\t"), ("> - ", ">   ")]);
        book.chapters[0].blocks.push(inside(first, rest, &code));
        book.chapters[0].ended = false;
    }),
];

fn pair(pen: &mut Pen, all: &[(&'static str, &'static str)]) -> (&'static str, &'static str) {
    all[pen.random.below(all.len())]
}
