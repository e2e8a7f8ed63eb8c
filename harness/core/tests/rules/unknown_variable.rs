use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unknown-variable")
}

#[test]
fn what_a_recipe_sets_or_always_has_is_known() {
    let text = "export NAME=x; echo \"$NAME $HOME $WORK ${OTHER:-none} $SFTP_X\"";
    let book = Book::good().edit("guides/demo.md", "echo world", text).recorded(|_| ());
    book.finds(&["unknown-variable guides/demo.md:31:55 `hello` reads `SFTP_X`, which nothing hands it"]);
}

#[test]
fn a_recipe_without_a_service_is_handed_nothing() {
    let book = Book::good().edit("guides/demo.md", "echo world", "echo $SFTP_PORT").recorded(|_| ());
    book.finds(&["unknown-variable guides/demo.md:31:6 `hello` reads `SFTP_PORT`, which nothing hands it"]);
}

#[test]
fn set_up_may_hand_on_to_recipes() {
    Book::good()
        .edit("guides/demo.md", "mkdir -p in", "mkdir -p in\nexport GREETING=hi")
        .edit("guides/demo.md", "echo world", "echo $GREETING")
        .recorded(|_| ())
        .finds(&[]);
}

#[test]
fn a_slip_is_named() {
    let book =
        Book::good().edit("guides/demo.md", "os.environ[\"SFTP_PORT\"]", "os.environ[\"SFTP_PROT\"]").recorded(|_| ());
    assert_eq!(book.only("unknown-variable").help, "did you mean `SFTP_PORT`?");
}

#[test]
fn files_are_read_too() {
    let file = "```python file=x.py recipe=hello\nimport os\nprint(os.environ[\"NOWHERE\"])\n```\n\nAsk the server:";
    let book = Book::good().edit("guides/demo.md", "Ask the server:", file).recorded(|_| ());
    book.finds(&["unknown-variable guides/demo.md:39:1 `hello` reads `NOWHERE`"]);
}

#[test]
fn a_console_command_has_its_place() {
    let book = Book::good().edit("guides/demo.md", "$ echo one", "$ echo one $NOPE").recorded(|_| ());
    book.finds(&["unknown-variable guides/demo.md:64:12 `terminal` reads `NOPE`"]);
}
