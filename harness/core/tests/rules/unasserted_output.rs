use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unasserted-output")
}

#[test]
fn silence_and_bench_steps_need_no_expectation() {
    let quiet = Book::good().edit("guides/demo.md", "```text expect\nhello\nworld\n```\n", "").recorded(|_| ());
    quiet.finds(&[]);
}

#[test]
fn both_streams_are_told_and_setup_is_not() {
    let book = Book::good().recorded(|trace| {
        for step in &mut trace.steps {
            step.stderr.text = dogfood_core::redact::Redacted::literal("noise\n");
        }
    });
    book.finds(&[
        "unasserted-output guides/demo.md:29:1 `hello` prints on stderr",
        "unasserted-output guides/demo.md:41:1 `ask` prints on stderr",
        "unasserted-output guides/demo.md:53:1 `ask` prints on stderr",
        "unasserted-output guides/demo.md:63:1 `terminal` prints on the terminal",
    ]);
}

#[test]
fn a_console_fence_without_output_is_told_once() {
    let bare = Book::good().edit(
        "guides/demo.md",
        "$ echo one\none\n$ ls nowhere\nls: cannot access 'nowhere': No such file or directory\n[2]\n",
        "$ echo one\n$ echo two\n",
    );
    let book = bare.recorded(|trace| {
        if trace.cell.recipe.as_str() == "terminal" {
            for step in &mut trace.steps {
                step.stdout.text = dogfood_core::redact::Redacted::literal("x\n")
            }
        }
    });
    book.finds(&[
        "unasserted-output guides/demo.md:63:1 `terminal` prints on the terminal, and nothing is held against it",
    ]);
}
