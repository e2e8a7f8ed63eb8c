use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unsafe-output")
}

#[test]
fn a_folder_that_is_not_the_book_s_is_told() {
    book().finds(&["unsafe-output book.toml:"]);
}
