use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("stale-target")
}

#[test]
fn comments_and_the_description_move_nothing() {
    Book::good()
        .edit(
            "infra/targets/box.yaml",
            "description: A server out of a Python package.",
            "# a comment\ndescription: Another text.",
        )
        .finds(&[]);
}

#[test]
fn the_programs_package_is_part_of_the_target() {
    let book = Book::good().edit("infra/toolboxes/tools/requirements.lock", "box-server==3.2", "box-server==3.3");
    assert!(
        book.findings().iter().any(|finding| finding.starts_with("stale-target guides/demo.md:4:11")),
        "{:?}",
        book.findings()
    );
    assert!(book.shown("stale-target").contains("the server's version is still 3.2"));
}

#[test]
fn policy_shows_the_evidence_for_some_days() {
    let shown = |days: u32, kind: &str| {
        let policy = format!("plain = [\"README.md\"]\nshown = {{ {kind} = {days} }}");
        Book::fixture("stale-target").edit("book.toml", "plain = [\"README.md\"]", &policy)
    };
    let book = shown(19, "process");
    let finding = book.only("stale-target");
    assert_eq!(finding.severity, dogfood_core::finding::Severity::Warning);
    let states: Vec<&str> = book.check().cells.iter().map(|status| status.state.word()).collect();
    assert_eq!(states, ["verified", "shown", "verified"]);
    for stops in [shown(18, "process"), shown(99, "container"), shown(19, "process").on("2026-11-21")] {
        assert_eq!(stops.only("stale-target").severity, dogfood_core::finding::Severity::Error);
    }
}
