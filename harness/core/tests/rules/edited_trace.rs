use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("edited-trace")
}

const FILE: &str = "traces/demo/hello@none.yaml";

fn text() -> String {
    Book::good().files[&super::book::path(FILE)].clone()
}

#[test]
fn every_sort_of_damage_is_told_with_its_place() {
    let good = text();
    let cases: Vec<(String, &str, &str)> = vec![
        (good[..good.len() / 2].to_owned(), ":", "the trace is cut short"),
        (
            good.replace("recorder: local\n", "recorder: local\nrecorder: ci\n"),
            ":7:",
            "the key `recorder` stands here a second time",
        ),
        (good.replace("recorder: local\n", "recorder: local\nverdict: good\n"), ":7:", "unknown key `verdict`"),
        (
            good.replace("recorder: local\n", "<<<<<<< ours\nrecorder: local\n=======\nrecorder: ci\n>>>>>>> theirs\n"),
            ":6:1",
            "merge conflict markers",
        ),
        (good.replace("schema: 1", "schema: 2"), ":1:1", "written by a newer dogfood"),
        (good.replace("machine:\n", "machine: &bomb\n"), ":", "anchors and aliases"),
        (good.replace("exit: 0", "exit: 1"), ":", "the trace was edited after it was recorded"),
        ("not: a trace\n".to_owned(), ":", "the key `schema` is missing"),
    ];
    for (text, place, title) in cases {
        let found = Book::good().with(FILE, &text).findings();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(
            found[0].starts_with(&format!("edited-trace {FILE}{place}")) && found[0].contains(title),
            "{title}: {found:#?}"
        );
    }
}

#[test]
fn a_trace_of_another_recipe_is_no_evidence_for_this_one() {
    let other = Book::good().files[&super::book::path("traces/demo/terminal@none.yaml")].clone();
    let book = Book::good().with(FILE, &other);
    book.finds(&["edited-trace traces/demo/hello@none.yaml:1:1 the trace is of `demo/terminal@none`, and stands where another belongs"]);
    let report = book.check();
    assert_eq!(report.counts.verified, 2);
}

#[test]
fn crlf_line_ends_break_no_seal() {
    Book::good().with(FILE, &text().replace('\n', "\r\n")).finds(&[]);
}

#[test]
fn a_trace_from_tomorrow_is_a_warning() {
    Book::good().on("2026-10-31").finds(&[]);
    let book = Book::good().on("2026-10-30");
    assert_eq!((book.check().counts.errors, book.check().counts.warnings), (0, 3));
}
