use super::book::Book;

/// A change of a recipe with a trace of its own, under review.
pub(crate) fn book() -> Book {
    Book::fixture("own-evidence").on_top_of(Book::good()).with_pending()
}

#[test]
fn a_trace_that_a_change_brings_for_itself_is_named_and_the_recipe_stays_pending() {
    let finding = book().only("own-evidence");
    assert_eq!(finding.title, "the change brings its own evidence of `demo/hello@none`");
    assert!(finding.notes[0].starts_with("it claims that `local` recorded it at 2026-11-01"), "{:?}", finding.notes);
    let counts = book().check().counts;
    assert_eq!((counts.pending, counts.verified, counts.cells), (1, 2, 3));
}

#[test]
fn a_change_without_a_trace_brings_none() {
    let change = Book::good().edit("guides/demo.md", "echo world", "echo  world");
    change.on_top_of(Book::good()).with_pending().finds(&[]);
}

#[test]
fn a_trace_that_cannot_be_read_is_named_as_well() {
    let broken = book().with("traces/demo/hello@none.yaml", "recorded: by me\n");
    let finding = broken.only("own-evidence");
    assert_eq!(finding.notes, ["it is not a complete trace"]);
}

#[test]
fn what_somebody_who_may_record_has_recorded_is_believed() {
    let change = || Book::fixture("own-evidence").on_top_of(Book::good()).with_pending();
    let believed = change().with_evidence_from(Book::fixture("own-evidence"));
    believed.finds(&[]);
    let counts = believed.check().counts;
    assert_eq!((counts.pending, counts.verified, counts.cells), (0, 3, 3));
    // A trace that says something else is not the recorded one.
    let other = Book::fixture("own-evidence").recorded(|trace| trace.recorded = "2026-11-02T10:00:00Z".to_owned());
    let finding = change().with_evidence_from(other).only("own-evidence");
    assert!(finding.title.contains("demo/hello@none"), "{}", finding.title);
}

#[test]
fn a_trace_that_a_maintainer_recorded_anew_is_believed_for_an_unchanged_recipe() {
    let renewed = || Book::good().recorded(|trace| trace.recorded = "2026-11-02T10:00:00Z".to_owned());
    let strict = renewed().on_top_of(Book::good()).with_pending();
    assert_eq!(strict.findings().len(), 3);
    strict.with_evidence_from(renewed()).finds(&[]);
}
