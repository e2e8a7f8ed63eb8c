use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("missing-evidence")
}

#[test]
fn an_empty_file_is_no_evidence() {
    let book = Book::good().with("traces/demo/hello@none.yaml", "\n");
    book.finds(&["missing-evidence guides/demo.md:29:1 the recipe `hello` has no trace"]);
    assert!(book.only("missing-evidence").notes[0].contains("`traces/demo/hello@none.yaml` is empty"));
}

#[test]
fn one_finding_names_all_targets_of_a_recipe() {
    let two = Book::good().edit("guides/demo.md", "targets: [box]", "targets: [box, none]");
    let book = two.recorded(|_| ()).without("traces/demo/ask@box.yaml").without("traces/demo/ask@none.yaml");
    let finding = book.only("missing-evidence");
    assert_eq!(finding.title, "the recipe `ask` has no trace for `box` and `none`");
    assert_eq!(finding.subject.as_deref(), Some("demo/ask"));
    assert_eq!(finding.help, "run `dogfood run demo/ask`, and commit the trace");
}

#[test]
fn every_cell_of_a_new_book_is_missing() {
    let mut book = Book::good();
    book.files.retain(|path, _| !path.is_under("traces"));
    assert_eq!(book.check().findings.len(), 3);
    assert_eq!(book.check().stale_cells().count(), 3);
}
