use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("stale-toolbox")
}

#[test]
fn only_packages_that_were_imported_count() {
    let book = Book::good().edit("infra/toolboxes/tools/requirements.lock", "other==0.5", "other==0.6");
    let finding = book.only("stale-toolbox");
    // A recipe that imported nothing may have used any program of the toolbox.
    assert_eq!(finding.title, "the toolbox `tools` has moved since `hello` and `terminal` were recorded");
    let imported = Book::fixture("stale-toolbox").only("stale-toolbox");
    assert!(imported.notes.contains(&"verified on demo-lib 1.0, not yet on 1.1".to_owned()), "{imported:?}");
}

#[test]
fn another_order_of_the_lock_moves_nothing() {
    let good = Book::good();
    let lock = &good.files[&super::book::path("infra/toolboxes/tools/requirements.lock")];
    let mut entries: Vec<String> = lock.split("\n").collect::<Vec<_>>().chunks(2).map(|pair| pair.join("\n")).collect();
    entries.retain(|entry| !entry.is_empty());
    entries.reverse();
    let reversed = entries.join("\n") + "\n";
    good.clone().with("infra/toolboxes/tools/requirements.lock", &reversed).finds(&[]);
}

#[test]
fn a_toolbox_that_went_is_told() {
    let book = Book::good().edit("guides/demo.md", "toolbox: tools\n", "");
    assert!(
        book.findings().iter().any(|finding| finding.contains("recorded with a toolbox; now there is none")),
        "{:?}",
        book.findings()
    );
}
