use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("replaced-page")
}

#[test]
fn a_file_and_a_chapter_are_told_with_their_place() {
    book().finds(&[
        "replaced-page guides/demo.html:1:1 `guides/demo.html` takes the place of the page of `guides/demo.md`",
    ]);
    let other = Book::good().with("guides/demo.txt", "# Other\n");
    let other = other.edit("book.toml", "plain = [", "plain = [\"demo.txt\", ");
    let other = other.edit("guides/SUMMARY.md", "- [Demo](demo.md)", "- [Demo](demo.md)\n- [Other](demo.txt)");
    other.finds(&["replaced-page guides/SUMMARY.md:6:3 the page of `guides/demo.txt` takes the place of the page of `guides/demo.md`"]);
}

#[test]
fn the_page_for_wrong_addresses_is_a_page_like_any() {
    let book = Book::good().with("guides/404.md", "# Not here\n\n{{#include demo.md}}\n");
    book.finds(&[
        "unclassified-chapter guides/404.md:1:1 the page for wrong addresses, `guides/404.md`, is not listed as plain",
        "broken-include guides/404.md:3:1 mdBook shows this helper as it is written",
    ]);
    let listed = |book: Book| book.edit("book.toml", "plain = [", "plain = [\"404.md\", ");
    listed(Book::good().with("guides/404.md", "# Not here\n")).finds(&[]);
    let html = |book: Book, line: &str| {
        let toml = format!("{}{line}\n", book.files[&super::book::path("book.toml")]);
        book.with("book.toml", &toml)
    };
    html(book, "input-404 = \"\"").finds(&[]);
    html(Book::good(), "input-404 = \"none.md\"").finds(&["broken-chapter book.toml:"]);
    html(Book::good(), "input-404 = \"demo.md\"").finds(&[
        "replaced-page guides/demo.md:1:1 the guide `guides/demo.md` is rendered a second time, without its evidence",
    ]);
}
