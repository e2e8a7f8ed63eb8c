use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unclassified-chapter")
}

#[test]
fn front_matter_that_goes_is_told() {
    let good = Book::good();
    let text = good.files[&super::book::path("guides/demo.md")].clone();
    let (_, rest) = text.split_once("---\n\n").unwrap();
    let book = good.with("guides/demo.md", rest);
    assert!(
        book.findings().iter().any(|finding| finding.starts_with("unclassified-chapter guides/demo.md:1:1")),
        "{:?}",
        book.findings()
    );
}

#[test]
fn plain_lists_chapters_of_the_book() {
    let book = Book::good().edit("guides/SUMMARY.md", "[Read me](README.md)\n", "");
    book.finds(&[
        "unclassified-chapter book.toml:9:10 `plain` lists `guides/README.md`, which is no chapter of the book",
    ]);
}

#[test]
fn a_guide_outside_the_summary_is_told_and_other_files_are_not() {
    let book = Book::good()
        .with("guides/lost.md", "---\nguide: lost\nkind: guide\n---\n")
        .with("guides/notes.md", "# Notes\n")
        .with("guides/matter.md", "---\ntitle: x\n---\n");
    book.finds(&["unclassified-chapter guides/lost.md:1:1 the guide `guides/lost.md` is not in SUMMARY.md"]);
}

#[test]
fn a_chapter_that_is_taken_from_the_summary_takes_its_evidence_along() {
    let book = Book::good().edit("guides/SUMMARY.md", "- [Demo](demo.md)\n", "");
    let found = book.findings();
    assert!(found.iter().any(|finding| finding.starts_with("unclassified-chapter guides/demo.md")), "{found:?}");
    assert_eq!(found.iter().filter(|finding| finding.starts_with("orphan-trace")).count(), 3);
}
