//! Markdown that two readers could take for two things: tabs and quotes in containers, footnotes, line ends, info strings. Pure; touches
//! nothing.

use crate::pen::{Pen, inside};

use super::{Ingredient, around_code, code, into_guide, into_plain, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    pass("quotes without blanks", |pen, book| {
        let (first, rest) = pair(
            pen,
            &[
                (">", ">"),
                (">- ", ">  "),
                ("- >", "  >"),
                (">>", ">>"),
                ("> >- ", "> >  "),
                (">1. ", ">   "),
                ("-  >", "   >"),
            ],
        );
        around_code(pen, book, |pen, code| mixed(pen, first, rest, &code));
    }),
    pass("tabs in containers", |pen, book| {
        let (first, rest) = pair(
            pen,
            &[
                ("-\t", "\t"),
                ("1.\t", "\t"),
                (">\t", ">\t"),
                ("- \t", "\t"),
                ("-\t-\t", "\t\t"),
                (">-\t", ">\t"),
                ("> -\t", ">\t "),
                ("-\t> ", "\t> "),
                ("*  ", "\t"),
                ("10.\t", "\t"),
            ],
        );
        around_code(pen, book, |pen, code| mixed(pen, first, rest, &code));
    }),
    pass("deep containers", |pen, book| {
        let (mut first, mut rest) = (String::new(), String::new());
        for _ in 0..2 + pen.random.below(4) {
            let (one, two) =
                pair(pen, &[("> ", "> "), ("- ", "  "), ("1. ", "   "), (">", ">"), ("-   ", "    "), ("* ", "  ")]);
            first.push_str(one);
            rest.push_str(two);
        }
        around_code(pen, book, |pen, code| mixed(pen, &first, &rest, &code));
    }),
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
    occur("a container that its fence leaves", |pen, book| {
        let (first, rest) =
            pair(pen, &[("> ", ""), ("- ", ""), ("- ", " "), ("> - ", "> "), ("1. ", "  "), ("- > ", "  ")]);
        around_code(pen, book, |_, code| inside(first, rest, &code));
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
    stop("a fence in a footnote that nothing refers to", |pen, book| {
        let name = pen.name();
        around_code(pen, book, |_, code| inside(&format!("[^{name}]: "), "    ", &code));
    }),
    stop("a footnote that nothing refers to", |pen, book| {
        into_guide(pen, book, |pen, _| format!("{}\n\n[^{}]: {}", pen.word(), pen.name(), pen.words()));
    }),
    stop("a footnote that is defined twice", |pen, book| {
        let name = pen.name();
        into_guide(pen, book, |pen, _| {
            format!("{}[^{name}]\n\n[^{name}]: {}\n\n[^{name}]: {}", pen.word(), pen.words(), pen.words())
        });
    }),
    stop("a heading in a footnote", |pen, book| {
        let name = pen.name();
        into_guide(pen, book, |pen, _| format!("{}[^{name}]\n\n[^{name}]: # {}", pen.word(), pen.words()));
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
    occur("an info string with odd blanks", |pen, book| {
        let info = pen.random.pick(&[
            "sh\u{a0}hidelines=e illustrative=x",
            "sh\u{b}hidelines=e illustrative=x",
            "sh\u{2003}illustrative=x",
            "sh\tillustrative=x",
            "sh \t illustrative=x",
        ]);
        let body = format!("echo {}\n", pen.word());
        let fence = pen.fence(info, &body);
        book.chapters[0].blocks.push(fence);
    }),
    occur("characters that are hard to see", |pen, book| {
        let odd = pen.random.pick(&[
            "\u{200b}", "\u{feff}", "\u{2028}", "\u{85}", "\u{c}", "\u{b}", "\u{a0}", "\u{ad}", "\u{202e}", "\u{180e}",
            "\u{3164}", "\u{7f}", "\u{1b}",
        ]);
        around_code(pen, book, |pen, code| match pen.random.below(4) {
            0 => format!("{}{odd}{}\n\n{code}", pen.word(), pen.word()),
            1 => format!("{odd}{code}"),
            2 => code.replacen("\n", &format!("\n{odd}"), 1),
            _ => format!("{code}{odd}"),
        });
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
    pass("a definition with a fence", |pen, book| {
        around_code(pen, book, |pen, code| {
            let (first, rest) = pair(pen, &[(": ", "  "), (":   ", "    "), (":\t", "\t"), ("> : ", ">   ")]);
            let term =
                if first.starts_with('>') { format!("> {}\n>", pen.word()) } else { format!("{}\n", pen.word()) };
            format!("{term}\n{}", mixed(pen, first, rest, &code))
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

/// Words and code in a container.
fn mixed(pen: &mut Pen, first: &str, rest: &str, code: &str) -> String {
    let text = match pen.random.below(4) {
        0 => code.to_owned(),
        1 => format!("{}\n\n{code}", pen.words()),
        2 => format!("{code}\n\n{}", pen.words()),
        _ => format!("{}\n{code}\n{}", pen.words(), pen.words()),
    };
    inside(first, rest, &text)
}
