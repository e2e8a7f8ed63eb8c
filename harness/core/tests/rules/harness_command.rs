use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("harness-command")
}

#[test]
fn every_fence_that_readers_follow_is_looked_at() {
    for (from, to) in [
        ("mkdir -p in", "dogfood clean"),
        ("$ echo one", "$ dogfood list"),
        ("box serve --port 2022 &", "dogfood up box"),
        ("import os\n", "import os\nos.system('dogfood run')\n"),
    ] {
        let book = Book::good().edit("guides/demo.md", from, to).recorded(|_| ());
        assert!(
            book.findings().iter().any(|finding| finding.starts_with("harness-command guides/demo.md:")),
            "{to}: {:?}",
            book.findings()
        );
    }
    Book::good().edit("guides/demo.md", "Say hello:", "Run `dogfood check`.").finds(&[]);
}
