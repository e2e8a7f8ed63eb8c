//! Not a rule: the comments that tolerate one finding.

use super::book::Book;

/// A book whose recipe `hello` has no evidence, with a comment above it.
fn with(comment: &str) -> Book {
    Book::fixture("missing-evidence").edit(
        "guides/demo.md",
        "```sh recipe=hello",
        &format!("{comment}\n```sh recipe=hello"),
    )
}

#[test]
fn one_finding_at_the_place_below_is_tolerated_until_its_day() {
    let comment = "<!-- dogfood: allow missing-evidence until=2026-11-20 because the server is away -->";
    let book = with(comment);
    book.finds(&[]);
    let report = book.check();
    assert_eq!((report.counts.allowed, report.allowed.len()), (1, 1));
    assert_eq!(report.allowed[0].because, "the server is away");
    assert_eq!(report.allowed[0].finding.rule, "missing-evidence");
    // Tolerated is not verified.
    assert_eq!(report.counts.verified, 2);

    let late = with(comment).on("2026-11-21");
    late.finds(&["missing-evidence guides/demo.md:30:1"]);
    let finding = late.only("missing-evidence");
    assert!(
        finding.notes.iter().any(|note| note == "it was tolerated until 2026-11-20, because the server is away"),
        "{finding:?}"
    );
}

#[test]
fn another_rule_or_another_place_is_not_tolerated() {
    with("<!-- dogfood: allow stale-recipe until=2027-01-01 because x -->").finds(&[
        "unknown-attribute guides/demo.md:29:1 nothing here is a finding of `stale-recipe`",
        "missing-evidence guides/demo.md:30:1",
    ]);
    let elsewhere = Book::fixture("missing-evidence").edit(
        "guides/demo.md",
        "Ask the server:",
        "<!-- dogfood: allow missing-evidence until=2027-01-01 because x -->\nAsk the server:",
    );
    elsewhere.finds(&[
        "missing-evidence guides/demo.md:29:1",
        "unknown-attribute guides/demo.md:39:1 nothing here is a finding",
    ]);
}

#[test]
fn a_comment_that_means_nothing_is_told() {
    for (comment, title) in [
        ("<!-- dogfood: allow mising-evidence until=2027-01-01 because x -->", "there is no rule `mising-evidence`"),
        ("<!-- dogfood: allow missing-evidence until=tomorrow because x -->", ""),
        ("<!-- dogfood: allow missing-evidence -->", ""),
    ] {
        let found = with(comment).findings();
        assert!(
            found
                .iter()
                .any(|finding| finding.starts_with("unknown-attribute guides/demo.md:29:") && finding.contains(title)),
            "{found:#?}"
        );
        assert!(found.iter().any(|finding| finding.starts_with("missing-evidence")), "{found:#?}");
    }
}

#[test]
fn a_finding_inside_a_fence_is_covered_by_a_comment_above_the_fence() {
    let comment = "<!-- dogfood: allow output-drift until=2027-01-01 because x -->\n```text expect\nhello\nmoon\n```";
    let book = Book::good().edit("guides/demo.md", "```text expect\nhello\nworld\n```", comment);
    book.finds(&[]);
    assert_eq!(book.check().allowed.len(), 1);
}

#[test]
fn one_comment_tolerates_one_finding() {
    let text = "<!-- dogfood: allow unknown-variable until=2027-01-01 because x -->\n```sh recipe=hello";
    let book = Book::good()
        .edit("guides/demo.md", "echo world", "echo $ONE $TWO")
        .edit("guides/demo.md", "```sh recipe=hello", text)
        .recorded(|_| ());
    book.finds(&["unknown-variable guides/demo.md:32:11 `hello` reads `TWO`"]);
}
