use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("unbound-number")
}

/// The figures that are found in `prose`, by their titles.
fn found(prose: &str) -> Vec<String> {
    let book = Book::good().edit("guides/demo.md", "Say hello:", &format!("{prose}\n\nSay hello:"));
    let of_rule = |finding: &String| finding.starts_with("unbound-number ");
    let quoted = |finding: String| finding.split('`').nth(1).unwrap_or_default().to_owned();
    book.findings().into_iter().filter(of_rule).map(quoted).collect()
}

#[test]
fn measurements_are_found() {
    for (prose, figure) in [
        ("It took 20 seconds.", "20 seconds"),
        ("It took 3.1 s, then stopped.", "3.1 s"),
        ("About 12ms per call", "12ms"),
        ("(40 µs)", "40 µs"),
        ("reads at 118 MB/s here", "118 MB/s"),
        ("~25 MB per second", "25 MB per second"),
        ("needs 300 MiB of memory", "300 MiB"),
        ("between 5 and 8 minutes", "5 and 8 minutes"),
        ("2–3 s later", "2–3 s"),
        ("is 17 times faster", "17 times faster"),
        ("it is 4x faster", "4x faster"),
        ("serves 900 requests per second", "900 requests per second"),
        ("1 Gbit of link", "1 Gbit"),
        ("- a list: 4,096 bytes", "4,096 bytes"),
        ("> a quote of 7 hours", "7 hours"),
        ("| a | b |\n|---|---|\n| c | 5 GB |", "5 GB"),
        ("**5 s**", "5 s"),
        ("It took 20\nseconds.", "20 seconds"),
        ("> It took 20\n> seconds.", "20 seconds"),
        ("It took **20** seconds.", "20 seconds"),
        ("It took 20 *seconds*.", "20 seconds"),
        ("It took 20&nbsp;s.", "20 s"),
        ("It took &#50;0 s.", "20 s"),
        ("between 5\nand **8** minutes", "5 and 8 minutes"),
        ("S3 to 40 MB/s", "40 MB/s"),
        ("OpenSSH 9.2p1 and 5 s of it", "5 s"),
    ] {
        assert_eq!(found(prose), [figure], "{prose}");
    }
}

#[test]
fn a_figure_is_shown_where_it_stands() {
    for (prose, figure) in [
        ("It took **20** *seconds* long.", "20** *seconds"),
        ("It took 20&nbsp;s long.", "20&nbsp;s"),
        ("It took 20\nseconds long.", "20\nseconds"),
    ] {
        let book = Book::good().edit("guides/demo.md", "Say hello:", &format!("{prose}\n\nSay hello:"));
        let finding = book.only("unbound-number");
        assert_eq!(&book.files[&finding.span.file][finding.span.start..finding.span.end], figure);
    }
}

#[test]
fn what_is_no_measurement_is_not() {
    for prose in [
        "It listens on port 2222.",
        "At 127.0.0.1:9000 s3 answers.",
        "With version 0.33.0, since 9.2p1.",
        "On 2026-11-20 at 10:30.",
        "Set `timeout=60 s` and `5 MB`.",
        "S3 takes [5 GB in one PUT](https://docs.aws.amazon.com/AmazonS3/latest/userguide/upload-objects.html).",
        "![a chart of 5 s](chart.png)",
        "<!-- it took 5 s -->",
        "Over 3 steps and 10 rounds.",
        "See RFC 4253 section 6.",
        "HTTP 404 and 503 say so.",
        "SHA-256, a 64-bit number, AES-128.",
        "The recipe read-10ms and the file 20mb.bin.",
        "The 4 Brokers and 2 servers.",
        "A few seconds, two minutes, an hour.",
        "```text illustrative=x\nreal 5 s\n```",
        "It took {{#evidence took hello}}.",
        "3 sides and 5 hats",
        "Python 3.11 or 3.12",
        "20 `x` s",
        "20\n\nseconds",
        "- 20\n- seconds",
        "| 20 | s |\n|---|---|\n| 5 | s |",
        "| a | b |\n|---|---|\n| 5 | s |",
        "S3 to 40 places",
    ] {
        assert_eq!(found(prose), Vec::<String>::new(), "{prose}");
    }
}

#[test]
fn pages_without_evidence_may_say_what_they_want() {
    let plain = Book::good().edit("guides/README.md", "#", "It takes 20 seconds.\n\n#");
    assert!(plain.findings().iter().all(|finding| !finding.starts_with("unbound-number")), "{:?}", plain.findings());
}

#[test]
fn a_figure_can_be_tolerated_until_a_day() {
    let allowed =
        "<!-- dogfood: allow unbound-number until=2027-01-31 because the vendor's page is down -->\nAt most 5 GB.";
    assert_eq!(found(allowed), Vec::<String>::new());
}
