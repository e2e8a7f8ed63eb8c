use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("output-drift")
}

#[test]
fn patterns_and_captures_hold_over_the_steps_of_a_recipe() {
    Book::good().edit("guides/demo.md", "hello\nworld\n```", "[..]llo\n...\n```").finds(&[]);
    let book = Book::good().edit("guides/demo.md", "\n42\n", "\n[..answer]\n").edit(
        "guides/demo.md",
        "DemoError: no such port",
        "DemoError: [..answer]",
    );
    book.finds(&["output-drift guides/demo.md:58:1 `ask` printed something else on the exception"]);
}

#[test]
fn it_stands_at_the_first_line_that_differs() {
    for (to, place) in [
        ("hello\nmoon\n```", "36:1"),
        ("moon\nworld\n```", "35:1"),
        ("hello\nworld\nmore\n```", "37:1"),
        ("hello\n```", "35:1"),
        ("```", "34:1"),
    ] {
        let book = Book::good().edit("guides/demo.md", "hello\nworld\n```", to);
        book.finds(&[&format!("output-drift guides/demo.md:{place} ")]);
    }
}

#[test]
fn console_output_is_compared_command_by_command() {
    Book::good()
        .edit("guides/demo.md", "echo one\none\n", "echo one\ntwo\n")
        .finds(&["output-drift guides/demo.md:65:1"]);
    Book::good()
        .edit("guides/demo.md", "cannot access 'nowhere'", "cannot find 'nowhere'")
        .finds(&["output-drift guides/demo.md:67:1"]);
}

#[test]
fn a_pattern_that_is_none_is_told() {
    let book = Book::good().edit("guides/demo.md", "hello\nworld\n```", "hello\n(unclosed (re)\n```");
    book.finds(&["output-drift guides/demo.md:36:1 the expected output of `hello` cannot be read"]);
}

#[test]
fn data_is_compared_as_data() {
    let json = Book::good()
        .edit(
            "guides/demo.md",
            "```text expect\nhello\nworld\n```",
            "```json expect\n{\"b\": [1, 2], \"a\": \"x\"}\n```",
        )
        .recorded(|trace| {
            if trace.cell.recipe.as_str() == "hello" {
                trace.steps[1].stdout.text = dogfood_core::redact::Redacted::literal("{\"a\":\"x\",\"b\":[1.0,2]}\n")
            }
        });
    json.finds(&[]);
    let other = json.edit("guides/demo.md", "[1, 2]", "[2, 1]");
    other.finds(&["output-drift guides/demo.md:35:1"]);
}

#[test]
fn targets_that_differ_alike_are_one_finding_and_others_have_their_own() {
    let two = Book::good().edit("guides/demo.md", "targets: [box]", "targets: [box, none]");
    let alike = two.clone().recorded(|_| ()).edit("guides/demo.md", "\n42\n", "\n43\n");
    let finding = alike.only("output-drift");
    assert!(finding.notes[0].ends_with("with `box` and `none`"), "{finding:?}");
    let unlike = two.recorded(|trace| {
        if trace.cell.target.as_str() == "box" && trace.cell.recipe.as_str() == "ask" {
            trace.steps[1].stdout.text = dogfood_core::redact::Redacted::literal("43\n")
        }
    });
    assert!(unlike.only("output-drift").notes[0].ends_with("with `box`"));
}

#[test]
fn what_was_recorded_cannot_move_the_cursor() {
    let book = Book::good().recorded(|trace| {
        if trace.cell.recipe.as_str() == "hello" {
            trace.steps[1].stdout.text =
                dogfood_core::redact::Redacted::literal("hello\n\u{1b}]0;title\u{7}\u{202e}::error::x\n")
        }
    });
    let shown = book.shown("output-drift");
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()) && !shown.contains('\u{202e}'), "{shown}");
}
