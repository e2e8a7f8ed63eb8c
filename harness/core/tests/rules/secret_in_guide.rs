use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("secret-in-guide")
}

#[test]
fn the_finding_does_not_show_it() {
    let finding = book().only("secret-in-guide");
    assert!(!format!("{finding:?}").contains("2E0A8F3B"), "{finding:?}");
    assert!(!book().shown("secret-in-guide").contains("2E0A8F3B"));
}

#[test]
fn included_files_and_target_files_are_looked_at() {
    let secret = "AKIA2E0A8F3B244C9986";
    let book = Book::good()
        .edit("guides/demo.md", "Say hello:", "{{#include part.txt}}")
        .with("guides/part.txt", &format!("Say {secret}\n"));
    book.finds(&["secret-in-guide guides/part.txt:1:5"]);
    let target = Book::good().edit(
        "infra/targets/box.yaml",
        "description: A server out of a Python package.",
        &format!("description: A server with {secret}."),
    );
    target.finds(&["secret-in-guide infra/targets/box.yaml:1:28"]);
}
