use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unknown-target")
}

#[test]
fn the_nearest_name_is_offered() {
    assert_eq!(book().only("unknown-target").help, "did you mean `box`?");
    let far = Book::good().edit("guides/demo.md", "targets: [box]", "targets: [box, elsewhere]");
    assert_eq!(far.only("unknown-target").help, "write `infra/targets/elsewhere.yaml`, or name one that exists");
}

#[test]
fn toolboxes_are_looked_for_too() {
    let book = Book::good().edit("guides/demo.md", "toolbox: tools", "toolbox: tool");
    assert!(
        book.findings()
            .iter()
            .any(|finding| finding == "unknown-target guides/demo.md:5:10 there is no toolbox `tool`"),
        "{:?}",
        book.findings()
    );
}

#[test]
fn a_given_fence_names_a_toolbox_that_exists() {
    let line = "```sh given=toolbox";
    let book = Book::good().edit("guides/demo.md", line, "```sh given=toolbox toolbox=tolls");
    let told =
        |finding: &String| finding.starts_with("unknown-target") && finding.ends_with("there is no toolbox `tolls`");
    assert!(book.findings().iter().any(told), "{:?}", book.findings());
}

#[test]
fn a_target_file_that_is_broken_is_not_unknown() {
    let book = Book::fixture("broken-infra");
    assert!(book.findings().iter().all(|finding| !finding.starts_with("unknown-")), "{:?}", book.findings());
}
