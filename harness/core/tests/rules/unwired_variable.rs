use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unwired-variable")
}

#[test]
fn a_page_without_exports_says_so() {
    let fence = "```sh given=env\nexport SFTP_HOST=127.0.0.1 SFTP_PORT=2022 SFTP_BASE=/upload\nexport SFTP_USER=me SFTP_PASSWORD=change-me-please\n```\n";
    let book = Book::good().edit("guides/demo.md", fence, "");
    book.finds(&[
        "stale-given guides/demo.md:4:11 the page does not show what the target `box` hands out",
        "unwired-variable guides/demo.md:",
    ]);
}

#[test]
fn a_fence_for_another_target_does_not_count() {
    let book = Book::good().edit("guides/demo.md", "```sh given=env\n", "```sh given=env target=other\n");
    assert!(book.findings().iter().any(|finding| finding.starts_with("unwired-variable")), "{:?}", book.findings());
}
