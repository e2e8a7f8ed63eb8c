use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("over-budget")
}

#[test]
fn what_was_not_compared_is_not_verified() {
    let report = book().check();
    assert_eq!((report.counts.cells, report.counts.verified), (3, 2));
    let words: Vec<&str> = report.cells.iter().map(|status| status.state.word()).collect();
    assert!(words.contains(&"drifted"), "{words:?}");
}

#[test]
fn a_long_info_string_is_not_read() {
    let words = " x".repeat(3000);
    let book = Book::good().edit("guides/demo.md", "```sh recipe=hello target=none", &format!("```sh{words}"));
    let report = book.check();
    assert!(report.findings.iter().any(|finding| finding.rule == "over-budget"), "{:?}", report.findings);
    assert!(report.findings.len() < 20, "{}", report.findings.len());
}

#[test]
fn a_report_shows_so_many_findings_and_counts_the_others() {
    let fences = "\n```\nx\n```\n".repeat(12_000);
    let book = Book::good().edit("guides/demo.md", "Say hello:\n", &format!("Say hello:\n{fences}"));
    let report = book.check();
    assert_eq!((report.findings.len(), report.counts.errors), (10_001, 12_000));
    let last = report.findings.last().unwrap();
    assert_eq!((last.rule, last.title.as_str()), ("over-budget", "2000 more findings are not shown"));
    assert!(report.stops(false));
}
