use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("raw-html")
}
