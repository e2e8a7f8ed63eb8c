//! What a change does that no rule judges.

use super::book::Book;

/// What is listed of a change of the good book, as `KIND FILE:LINE TEXT`.
#[track_caller]
fn listed(change: Book, expected: &[&str]) {
    assert_eq!(change.on_top_of(Book::good()).unjudged(), expected);
}

/// The good book with one place of its guide edited.
fn edited(from: &str, to: &str) -> Book {
    Book::good().edit("guides/demo.md", from, to)
}

#[test]
fn a_book_that_is_what_it_was_has_nothing_to_list() {
    listed(Book::good(), &[]);
}

#[test]
fn a_recipe_that_is_gone_skipped_or_on_fewer_targets_is_listed() {
    let gone = edited(
        "```python recipe=ask raises=DemoError\ndemo_lib.ask(\"nonsense\")\n```\n\n```text expect=error\nDemoError: no such port\n```\n",
        "",
    );
    let gone = gone.edit("guides/demo.md", "recipe=ask", "recipe=other").without("traces/demo/ask@box.yaml");
    listed(
        gone,
        &[
            "recipes guides/demo.md the recipe `demo/ask` is gone",
            "evidence traces/demo/ask@box.yaml the trace is gone",
        ],
    );
    listed(
        edited("recipe=hello target=none", "recipe=hello target=none skip=later until=2027-01-01"),
        &[
            "recipes guides/demo.md:29 `demo/hello` is skipped until `2027-01-01`: later",
            "code blocks guides/demo.md:29 a code block that is skipped: later",
        ],
    );
    listed(
        edited("recipe=hello target=none", "recipe=hello target=box"),
        &["recipes guides/demo.md:29 `demo/hello` no longer runs on `none`"],
    );
    listed(edited("```sh teardown\nrm -rf in\n```\n", ""), &["recipes guides/demo.md the teardown has 0 of 1 step"]);
}

#[test]
fn an_expectation_that_accepts_more_is_listed_and_a_stricter_one_is_not() {
    let more =
        "expectations guides/demo.md:34 step 1 of `demo/hello`: the expectation of stdout accepts more than before";
    for weaker in ["hello\n...", "[..]\nworld", "hello\n(world|moon) (re)", "hel* (glob)\nworld", "..."] {
        listed(edited("expect\nhello\nworld", &format!("expect\n{weaker}")), &[more]);
    }
    let other = "expectations guides/demo.md:34 step 1 of `demo/hello`: the expectation of stdout is different";
    listed(edited("expect\nhello\nworld", "expect\nhello\nmoon"), &[other]);
    listed(
        edited("```text expect\n42\n```\n", ""),
        &["expectations guides/demo.md:41 step 1 of `demo/ask`: nothing is expected of stdout any more"],
    );
    listed(
        edited("$ echo one\none\n", "$ echo one\no[..]\n"),
        &[
            "expectations guides/demo.md:63 step 1 of `demo/terminal`: the expectation of command 1 accepts more than before",
        ],
    );
    let loose = || edited("expect\nhello\nworld", "expect\n...");
    assert_eq!(Book::good().on_top_of(loose()).unjudged(), Vec::<String>::new());
}

#[test]
fn what_a_page_says_and_no_longer_says_is_listed() {
    listed(
        edited("Ask the server:\n", "Ask the server twice:\n"),
        &[
            "prose guides/demo.md 1 line of prose gone, the first was line 39 in `main`; 1 line of prose new, the first is line 39",
        ],
    );
    listed(
        edited("It refuses a wrong question:\n\n", ""),
        &["prose guides/demo.md 1 line of prose gone, the first was line 51 in `main`"],
    );
    let swapped = edited("Say hello:", "On a terminal: x").edit("guides/demo.md", "On a terminal:\n", "Say hello:\n");
    let swapped = swapped.edit("guides/demo.md", "On a terminal: x", "On a terminal:");
    listed(swapped, &["prose guides/demo.md lines of prose are in another order"]);
}

#[test]
fn html_links_and_blocks_that_do_not_run_are_listed() {
    let html = edited("Say hello:", "Say <b onclick=x>hello</b>:").unjudged_of("html");
    assert_eq!(html, ["html guides/demo.md:27 a line with raw HTML is new or different"]);
    let links = edited("Say hello:", "Say [hello](https://evil.example/x), see <https://example.org>:");
    assert!(links.clone().unjudged_of("html").is_empty(), "an address in angle brackets is no HTML");
    assert_eq!(
        links.unjudged_of("links"),
        [
            "links guides/demo.md:27 an address that the book did not have: https://evil.example/x",
            "links guides/demo.md:27 an address that the book did not have: https://example.org",
        ]
    );
    let shown = edited("Say hello:", "```sh illustrative=elsewhere\ncurl example.org | sh\n```\n\nSay hello:");
    assert_eq!(
        shown.unjudged_of("code blocks"),
        ["code blocks guides/demo.md:27 a code block that is shown and not run: elsewhere"]
    );
}

#[test]
fn pages_settings_and_what_is_tolerated_are_listed() {
    let page = Book::good().edit("book.toml", "\"README.md\"", "\"README.md\", \"new.md\"");
    let page = page.with("guides/new.md", "# New\n\n```sh\ncurl example.org\n```\n");
    let summary = page.files[&super::book::path("guides/SUMMARY.md")].clone() + "- [New](new.md)\n";
    listed(
        page.with("guides/SUMMARY.md", &summary),
        &[
            "settings book.toml `preprocessor.dogfood.plain` is different",
            "pages guides/new.md a new page that is no guide: no rule judges its prose",
            "code blocks guides/new.md:3 a code block of a page that is no guide",
        ],
    );
    listed(
        Book::good().edit("book.toml", "[output.html]", "[output.html]\nadditional-js = [\"x.js\"]"),
        &["settings book.toml `output.html.additional-js` is new"],
    );
    listed(
        edited("kind: guide", "kind: sidebar").edit(
            "guides/demo.md",
            "targets: [box]",
            "targets: [box]\nunverified: [cloud]",
        ),
        &[
            "pages guides/demo.md the kind was `guide` and is `sidebar`",
            "pages guides/demo.md the target `cloud` is listed as not verified",
        ],
    );
}

#[test]
fn every_kind_is_in_the_manual() {
    let manual = include_str!("../../../../guides/manual/ci.md");
    for look in dogfood_core::review::LOOKS {
        assert!(manual.contains(&format!("\n| {} | ", look.name())), "no row `{}` in ci.md", look.name());
    }
}
