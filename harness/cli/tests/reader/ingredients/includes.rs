//! Helpers of mdBook: includes that meet, nest and close late, titles, files that no page may show. Pure; touches nothing.

use crate::pen::Pen;

use super::{Ingredient, honest, into_guide, into_plain, into_step, occur, pass, stop};

pub(super) const INGREDIENTS: &[Ingredient] = &[
    stop("includes that meet", |pen, book| {
        into_guide(pen, book, meeting);
    }),
    stop("includes that meet in a step", |pen, book| {
        let helper = meeting(pen, "../");
        let body = format!("echo {}\n{helper}\n", pen.words());
        into_step(pen, book, &body);
    }),
    occur("includes that meet in a plain chapter with a piece", |pen, book| {
        into_plain(pen, book, |pen, up| format!("{}\n\n{{{{#evidence guides}}}}", meeting(pen, up)));
    }),
    occur("includes that meet in a plain chapter", |pen, book| into_plain(pen, book, meeting)),
    occur("an escape put together", |pen, book| {
        into_guide(pen, book, |pen, up| {
            let (start, end) = (file(pen, "\\{{#"), file(pen, "}} \\{{#x"));
            format!("{{{{#include {up}{start}}}}} {} {{{{#include {up}{end}}}}} }}}}", pen.words())
        });
    }),
    stop("an include of a hidden file", |pen, book| {
        into_guide(pen, book, |pen, up| {
            format!("{{{{#include {up}{}}}}}", pen.random.pick(&[".git/config", ".env", "parts/../.git/HEAD"]))
        });
    }),
    stop("an include of a hidden file in a plain chapter", |pen, book| {
        into_plain(pen, book, |pen, up| {
            format!("{{{{#{} {up}.git/config}}}}", pen.random.pick(&["include", "playground", "rustdoc_include"]))
        });
    }),
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
    occur("a playground in a guide", |pen, book| {
        let body = format!("fn main() {{ /* {} */ }}\n", pen.unseen());
        let file = file(pen, &body);
        into_guide(pen, book, |pen, up| {
            format!("{{{{#{} {up}{file}}}}}", pen.random.pick(&["playground", "playpen", "rustdoc_include"]))
        });
    }),
    pass("an include of an honest block", |pen, book| {
        into_guide(pen, book, |pen, up| {
            let text = honest(pen, up);
            if text.contains("{{#include") { text } else { pen.included(up, &text) }
        });
    }),
    pass("an include in a step", |pen, book| {
        let commands = pen.commands();
        let helper = pen.included("../", commands.trim_end());
        into_step(pen, book, &format!("{helper}\n"));
    }),
    occur("an include that opens a fence", |pen, book| {
        into_guide(pen, book, |pen, up| {
            let text = format!("```sh illustrative=opened\necho {}\n", pen.word());
            let file = file(pen, &text);
            format!("{{{{#include {up}{file}}}}}echo {}\n```", pen.word())
        });
    }),
    occur("an include that closes a fence", |pen, book| {
        let text =
            format!("echo {}\n```\n\n{}\n\n```sh illustrative=more\necho {}", pen.word(), pen.words(), pen.word());
        let file = file(pen, &text);
        into_step(pen, book, &format!("{{{{#include ../{file}}}}}\n"));
    }),
    occur("an include in the front matter", |pen, book| {
        let text = pen.unseen();
        let file = file(pen, &text);
        let front = book.chapters[0].front.take().unwrap_or_default();
        book.chapters[0].front =
            Some(front.replacen("targets:", &format!("plan: \"{{{{#include ../{file}}}}}\"\ntargets:"), 1));
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
    pass("a title at the top", |pen, book| {
        let title = format!("{{{{#title {}}}}}", pen.unseen());
        book.chapters[0].blocks.insert(0, title);
    }),
    pass("a title by itself", |pen, book| into_guide(pen, book, |pen, _| format!("{{{{#title {}}}}}", pen.unseen()))),
    stop("a title in a step", |pen, book| {
        let (seen, unseen) = (pen.word(), pen.unseen());
        let line = pen.random.pick(&["true || TITLE", "TITLE\necho", "echo TITLE", "TITLE"]);
        let body = line.replace("TITLE", &format!("{{{{#title ; echo {unseen} ; : }}}}"));
        into_step(pen, book, &format!("echo {seen}\n{body}\n"));
    }),
    occur("a title among words", |pen, book| {
        into_guide(pen, book, |pen, _| {
            let (word, title) = (pen.word(), format!("{{{{#title {}}}}}", pen.unseen()));
            let form = pen.random.pick(&[
                "WORD:\nTITLE\n    WORD",
                "# WORD TITLE",
                "TITLE # WORD",
                "- TITLE\n\n      WORD",
                "| TITLE | WORD |\n|---|---|\n| WORD | TITLE |",
                "<a title=\"TITLE\">WORD</a>",
                "<!-- TITLE --> WORD",
                "> TITLE\n    WORD",
                "WORD `TITLE`",
                "WORD\nTITLE\n===",
                "[WORD](x \"TITLE\")",
                "TITLE    WORD",
                "TITLE\n    WORD",
                "`TITLE``WORD`",
                "<div>TITLE\n\nWORD</div>",
            ]);
            form.replace("TITLE", &title).replace("WORD", &word)
        });
    }),
    occur("a title over several lines", |pen, book| {
        into_guide(pen, book, |pen, _| {
            format!("{{{{#title {}\n\n```sh\n{}\n```\n\n{}}}}}", pen.unseen(), pen.unseen(), pen.unseen())
        });
    }),
    stop("a title put together", |pen, book| {
        into_guide(pen, book, |pen, up| {
            let start = file(pen, "{{#tit");
            format!("{} {{{{#include {up}{start}}}}}le {}}}}}", pen.word(), pen.unseen())
        });
    }),
    occur("a piece with an include in it", |pen, book| {
        let file = file(pen, "guides");
        into_guide(pen, book, |_, up| format!("{{{{#evidence {{{{#include {up}{file}}}}}}}}}"));
    }),
    pass("a piece", |pen, book| into_guide(pen, book, |_, _| "{{#evidence guides}}".to_owned())),
];

/// A file of its own with this text.
fn file(pen: &mut Pen, text: &str) -> String {
    let path = format!("parts/{}.txt", pen.name());
    pen.files.insert(path.clone(), text.to_owned());
    path
}

/// Texts that become a helper only where they meet; what it reads is none of the book's business.
fn meeting(pen: &mut Pen, up: &str) -> String {
    let target = pen.random.pick(&["secret.txt", ".git/config", "../outside.txt", "traces/notes.txt", "book.toml"]);
    let helper = pen.random.pick(&["include", "include", "include", "rustdoc_include", "playground"]);
    let (whole, words) = (format!("{{{{#{helper} {up}{target}}}}}"), pen.words());
    // Where the helper is taken apart: within its braces, its name, its path.
    let at = 1 + pen.random.below(whole.len() - 2);
    let (start, end) = whole.split_at(at);
    let text = match pen.random.below(5) {
        0 => format!("{{{{#include {up}{}}}}}{end}", file(pen, start)),
        1 => format!("{start}{{{{#include {up}{}}}}}", file(pen, end)),
        2 => format!("{{{{#include {up}{}}}}}{{{{#include {up}{}}}}}", file(pen, start), file(pen, end)),
        3 => {
            let name = pen.name();
            let marked = file(pen, &format!("# ANCHOR: {name}\n{start}\n# ANCHOR_END: {name}\n"));
            format!("{{{{#include {up}{marked}:{name}}}}}{end}")
        }
        _ => {
            let inner = file(pen, end);
            let outer = file(pen, &format!("{start}{{{{#include ../{inner}}}}}"));
            format!("{{{{#include {up}{outer}}}}}")
        }
    };
    format!("{words}\n\n{text}")
}
