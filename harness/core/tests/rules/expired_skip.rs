use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("expired-skip")
}

#[test]
fn the_last_day_still_counts() {
    let on = |day: &'static str| book().on(day).findings().len();
    assert_eq!((on("2026-11-10"), on("2026-11-11")), (0, 1));
    assert!(!book().check().stops(false));
    let report = book().check();
    assert_eq!(report.cells.iter().filter(|status| status.state.word() == "skipped").count(), 1);
    assert_eq!(report.counts.cells, 2);
}
