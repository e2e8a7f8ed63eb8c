use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("broken-chapter")
}

#[test]
fn what_summary_cannot_mean_is_told() {
    for (link, title) in [
        ("[X](../../x.md)", "`../../x.md` climbs out of the book's checkout"),
        ("[X](/etc/passwd)", "`/etc/passwd` is an absolute path"),
        ("[X](demo.md)", "SUMMARY.md cannot be read: Duplicate file in SUMMARY.md"),
    ] {
        let found = Book::good()
            .edit("guides/SUMMARY.md", "- [Demo](demo.md)", &format!("- [Demo](demo.md)\n- {link}"))
            .findings();
        assert!(
            found
                .iter()
                .any(|finding| finding.starts_with("broken-chapter guides/SUMMARY.md:") && finding.contains(title)),
            "{found:#?}"
        );
    }
    let none = Book::good().without("guides/SUMMARY.md").findings();
    assert!(
        none[0].starts_with("broken-chapter guides/SUMMARY.md:1:1 SUMMARY.md cannot be read: there is no such file")
            || none.iter().any(|finding| finding.starts_with("broken-chapter")),
        "{none:#?}"
    );
}

#[test]
fn a_huge_chapter_and_a_nul_have_their_place() {
    let huge = Book::good().with("guides/README.md", &"x".repeat(9 << 20));
    assert!(
        huge.findings().iter().any(|finding| finding.starts_with(
            "broken-chapter guides/SUMMARY.md:3:1 the chapter `guides/README.md` cannot be read: the file is too large"
        )),
        "{:?}",
        huge.findings()
    );
    let nul = Book::good().edit("guides/demo.md", "Say hello:", "Say\0 hello:");
    nul.finds(&["broken-chapter guides/demo.md:27:4 the chapter holds a NUL byte"]);
}

#[test]
fn drafts_are_no_chapters() {
    Book::good().edit("guides/SUMMARY.md", "- [Demo](demo.md)", "- [Demo](demo.md)\n- [Later]()").finds(&[]);
}
