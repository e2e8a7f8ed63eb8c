//! What criterion measured, on a page: told while it is of today's bench, a finding of `broken-evidence` otherwise.

use dogfood_core::criterion::{self, Benchmark, Estimate, Record, SCHEMA};
use dogfood_core::digest::Digest;
use dogfood_core::evidence::Run;
use dogfood_core::trace::{Machine, Recorder};

use super::book::{Book, path};

const BENCH: &str = "fn main() { group(\"redact 1 MiB\"); }\n";
const RECORD: &str = "traces/criterion/redact-1-mib.yaml";

/// The good book with a bench, its record, and `piece` on a page.
fn book(piece: &str) -> Book {
    let estimate = |ns: f64| Estimate { ns, low: ns * 0.9, high: ns * 1.1, level: 0.95 };
    let bench = |name: &str, ns: f64| Benchmark {
        name: name.to_owned(),
        samples: 100,
        median: estimate(ns),
        mean: estimate(ns * 1.01),
    };
    let record = Record {
        schema: SCHEMA,
        group: "redact 1 MiB".to_owned(),
        recorded: "2026-11-19T06:07:08Z".to_owned(),
        recorder: Recorder::Local,
        machine: Machine { arch: "x86_64".to_owned(), cpus: 2, memory: "8 GiB".to_owned(), kernel: "6.1".to_owned() },
        source: path("benches/speed.rs"),
        digest: Digest::of_bytes(BENCH.as_bytes()),
        benchmarks: vec![bench("floor: every byte once", 50_000.0), bench("redact", 1_234_567.0)],
    };
    let end = "```sh teardown\nrm -rf in\n```\n";
    Book::good()
        .edit("guides/demo.md", end, &format!("{piece}\n\n{end}"))
        .recorded(|_| ())
        .with("benches/speed.rs", BENCH)
        .with(RECORD, &criterion::write(&record))
}

const PIECE: &str = "{{#evidence criterion redact-1-mib}}";

#[test]
fn every_bench_is_told_with_its_ratio_to_the_first() {
    let table = book(PIECE).block().open.remove(0);
    let word = |run: &Run| match run {
        Run::Words(text) | Run::Code(text) => text.clone(),
        other => format!("{other:?}"),
    };
    let cells = |row: &dogfood_core::evidence::Row| {
        let cells = std::iter::once(&row.head).chain(&row.cells);
        cells.map(|cell| cell.runs.iter().map(word).collect::<String>()).collect::<Vec<_>>().join(" | ")
    };
    let rows: Vec<String> = table.groups[0].rows.iter().map(cells).collect();
    assert_eq!(
        rows,
        [
            "floor: every byte once | 1.0 | 50.0 µs | 45.0 µs to 55.0 µs | 50.5 µs | 100",
            "redact | 25 | 1.23 ms | 1.11 ms to 1.36 ms | 1.25 ms | 100",
        ]
    );
}

#[test]
fn what_is_not_of_today_s_bench_stops_the_build() {
    let finds = |book: Book, title: &str| {
        let found = book.findings();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with("broken-evidence guides/demo.md:") && found[0].contains(title), "{found:#?}");
    };
    finds(book("{{#evidence criterion redact-1-mb}}"), "nothing of criterion is recorded as `redact-1-mb`");
    finds(book(PIECE).edit("benches/speed.rs", "main", "other"), "the bench `benches/speed.rs` has changed");
    finds(book(PIECE).edit(RECORD, "ns: 50000", "ns: 40000"), "was edited after it was recorded");
    finds(book(PIECE).edit(RECORD, "schema: 1", "schema: 2"), "is no record: its schema is 2");
    finds(book(PIECE).without("benches/speed.rs"), "the bench `benches/speed.rs` is not there");
}

#[test]
fn a_change_under_review_brings_no_record_along() {
    let base = || book(PIECE);
    base().on_top_of(base()).finds(&[]);
    let faked = criterion::read(&base().files[&path(RECORD)]).unwrap().0;
    let mut faked = Record { recorded: "2026-11-20T06:07:08Z".to_owned(), ..faked };
    faked.benchmarks[1].median.ns /= 2.0;
    // Sealed as it ought to be.
    let text = criterion::write(&faked);
    let wanted = "changed-policy traces/criterion/redact-1-mib.yaml:1:1 the record is not";
    base().with(RECORD, &text).on_top_of(base()).finds(&[&format!("{wanted} the one of `main`")]);
    base().on_top_of(base().without(RECORD)).finds(&[&format!("{wanted} in `main`")]);
}

#[test]
fn a_record_that_no_page_shows_is_no_orphan() {
    book("Nothing.").finds(&[]);
}
