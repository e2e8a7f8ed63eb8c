use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("duplicate-guide")
}

#[test]
fn the_first_one_is_shown_beside() {
    let finding = book().only("duplicate-guide");
    assert_eq!(finding.related[0].span.file.as_str(), "guides/demo.md");
}
