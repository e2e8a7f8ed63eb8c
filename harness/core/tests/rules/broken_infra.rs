use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("broken-infra")
}

#[test]
fn a_lock_that_is_missing_or_wrong_is_told() {
    let lock = "infra/toolboxes/tools/requirements.lock";
    let gone = Book::good().without(lock).findings();
    assert!(gone.iter().any(|finding| finding.starts_with(&format!("broken-infra {lock}:1:1"))), "{gone:#?}");
    let bad = Book::good().edit(lock, "demo-lib==1.0 \\", "demo-lib").findings();
    assert!(bad.iter().any(|finding| finding.starts_with(&format!("broken-infra {lock}:"))), "{bad:#?}");
}
