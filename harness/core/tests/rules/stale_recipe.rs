use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("stale-recipe")
}

#[test]
fn prose_expectations_and_blank_lines_move_nothing() {
    let book = Book::good()
        .edit("guides/demo.md", "Say hello:\n", "Say hello, and more:\n\n\n")
        .edit("guides/demo.md", "hello\nworld\n```", "[..]\nworld\n```")
        .edit("guides/demo.md", "# Demo", "# Another title\n\nProse.");
    book.finds(&[]);
}

#[test]
fn one_character_of_text_or_of_a_word_moves_it() {
    for (from, to) in [
        ("echo hello", "echo  hello"),
        ("echo world", "echo world\n"),
        ("recipe=hello target=none", "recipe=hello target=none exit=1"),
        ("```sh recipe=hello", "```bash recipe=hello"),
    ] {
        let book = Book::good().edit("guides/demo.md", from, to);
        assert!(
            book.findings().iter().any(|finding| finding.starts_with("stale-recipe guides/demo.md:29:1")),
            "{from} -> {to}: {:?}",
            book.findings()
        );
    }
}

#[test]
fn setup_and_teardown_are_told_once_where_they_stand() {
    let book = Book::good().edit("guides/demo.md", "mkdir -p in", "mkdir -p out").edit(
        "guides/demo.md",
        "rm -rf in",
        "rm -rf out",
    );
    book.finds(&[
        "stale-recipe guides/demo.md:23:1 the setup of `demo` has changed since `hello`, `ask` and `terminal` were recorded",
        "stale-recipe guides/demo.md:71:1 the teardown of `demo` has changed",
    ]);
    let gone = Book::good().edit("guides/demo.md", "```sh setup\nmkdir -p in\n```\n", "");
    gone.finds(&["stale-recipe guides/demo.md:2:8 the setup of `demo` has changed"]);
}

#[test]
fn an_undone_change_needs_no_run() {
    Book::fixture("stale-recipe").edit("guides/demo.md", "echo hullo", "echo hello").finds(&[]);
}

#[test]
fn output_is_not_judged_against_another_text() {
    Book::fixture("stale-recipe")
        .edit("guides/demo.md", "hello\nworld\n```", "hullo\nworld\n```")
        .finds(&["stale-recipe"]);
}
