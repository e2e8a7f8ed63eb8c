//! H1: text that an include puts together never becomes a helper that nobody read.

use crate::project::Project;

const STEP: &str = "```sh recipe=one\ntrue\n```\n";

/// A book with one guide that `body` is added to, one plain page, and the pieces of text that the cases put together.
fn book(body: &str, plain: &str) -> Project {
    let book = Project::with_guide("g", &format!("{STEP}\n{body}\n"))
        .file("guides/plain.md", &format!("# Plain\n\n{{{{#evidence matrix}}}}\n\n{plain}\n"))
        .file("guides/inc.txt", "{{#incl\n")
        .file("guides/half.txt", "{{#include private.txt")
        .file("guides/brace.txt", "{")
        .file("guides/anchors.txt", "# ANCHOR: a\n{{#include\n# ANCHOR_END: a\n")
        .file("guides/private.txt", "PRIVATE\n");
    book.edit("book.toml", "before", "plain = [\"plain.md\"]\nbefore");
    let summary = book.read("guides/SUMMARY.md") + "- [plain](plain.md)\n";
    book.file("guides/SUMMARY.md", &summary)
}

const MEETINGS: &[&str] = &[
    "{{#include inc.txt}}ude private.txt}}",
    "{{#include inc.txt}}ude ../../../../../../../etc/passwd}}",
    "{{#include half.txt}}}}",
    "{{#include anchors.txt:a}} private.txt}}",
    "{{#include brace.txt}}{{#include brace.txt}}#include private.txt}}",
    "{{{#title T}}{#include private.txt}}",
    "{{#include brace.txt}}{ #playground private.txt}}",
    "```text illustrative=shown\n{{#include inc.txt}}ude private.txt}}\n```",
    "{{#include brace.txt}}{#title hidden words}}",
];

#[test]
fn h1_text_that_meets_is_a_finding_and_stops_the_build() {
    for meeting in MEETINGS {
        for (body, plain) in [(*meeting, ""), ("", *meeting)] {
            let book = book(body, plain);
            book.dogfood("run");
            book.dogfood("check").code(1).says("error[broken-include]: text from two places meets here");
            book.dogfood("build").code(1);
            assert!(!book.has("book/g.html"), "{meeting}");
        }
    }
}

#[test]
fn h1_while_it_is_served_the_page_shows_the_text_as_it_was_read() {
    let body = MEETINGS.join("\n\n");
    let book = book(&body, &body);
    let said = book.served();
    assert!(said.contains("text from two places meets here"), "{said}");
    for page in ["book/g.html", "book/plain.html", "book/print.html"] {
        let html = book.read(page);
        assert!(!html.contains("PRIVATE") && !html.contains("root:x:0"), "{page}: {html}");
        assert!(html.contains("{{#include private.txt}}") && html.contains("hidden words"), "{page}: {html}");
    }
}

#[test]
fn h1_what_an_author_escapes_or_includes_in_one_piece_is_on_the_page() {
    let body = "Write `\\{{#include private.txt}}` or `\\{{#title T}}`.\n\n```text illustrative=shown\n\\{{#include x}} \\{{#playground y}}\n```\n\n{{#include private.txt}}";
    let book = book(body, body);
    book.dogfood("run").code(0);
    book.dogfood("check --deny warnings").code(0);
    book.dogfood("build").code(0);
    for page in ["book/g.html", "book/plain.html"] {
        let html = book.read(page);
        for shown in [
            "<code>{{#include private.txt}}</code>",
            "<code>\\{{#title T}}</code>",
            "{{#include x}} \\{{#playground y}}",
            "<p>PRIVATE",
        ] {
            assert!(html.contains(shown), "{page}: {shown}: {html}");
        }
    }
}
