use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("stale-given")
}

#[test]
fn each_given_fence_is_held_equal() {
    for (from, to, wanted) in [
        (
            "box serve --port 2022 &",
            "box serve --port 2023 &",
            "stale-given guides/demo.md:15:1 this is not the start line of the target `box`",
        ),
        (
            "SFTP_PORT=2022",
            "SFTP_PORT=2023",
            "stale-given guides/demo.md:19:28 `SFTP_PORT` is shown with another value",
        ),
        (
            "SFTP_USER=me",
            "SFTP_USER=me EXTRA=1",
            "stale-given guides/demo.md:20:21 the target `box` does not hand out `EXTRA`",
        ),
        (
            " SFTP_BASE=/upload",
            "",
            "stale-given guides/demo.md:18:1 the page does not show `SFTP_BASE`, which `box` hands out",
        ),
        (
            "```sh given=service target=box\nbox serve --port 2022 &\n```\n",
            "",
            "stale-given guides/demo.md:4:11 the page does not show how to start the target `box`",
        ),
        (
            "```sh given=toolbox\npip install demo-lib==1.0\n```\n",
            "",
            "stale-given guides/demo.md:5:10 the page does not show how to install the toolbox `tools`",
        ),
        (
            "pip install demo-lib==1.0",
            "pip install demo-lib==1.0\npip list",
            "stale-given guides/demo.md:12:1 this is not the install line",
        ),
    ] {
        Book::good().edit("guides/demo.md", from, to).finds(&[wanted]);
    }
}

#[test]
fn quotes_order_and_blanks_do_not_count() {
    Book::good()
        .edit(
            "guides/demo.md",
            "export SFTP_HOST=127.0.0.1 SFTP_PORT=2022 SFTP_BASE=/upload\nexport SFTP_USER=me",
            "export SFTP_PORT='2022' SFTP_HOST=\"127.0.0.1\" \\\n  SFTP_BASE=/upload SFTP_USER=me",
        )
        .edit("guides/demo.md", "pip install demo-lib==1.0", "pip install demo-lib==1.0   \n")
        .finds(&[]);
}

#[test]
fn a_change_of_the_file_is_told_on_the_page() {
    let book = Book::good().edit("infra/targets/box.yaml", "shown: /upload", "shown: /elsewhere");
    assert!(
        book.findings()
            .iter()
            .any(|finding| finding
                .starts_with("stale-given guides/demo.md:19:43 `SFTP_BASE` is shown with another value")),
        "{:?}",
        book.findings()
    );
}
