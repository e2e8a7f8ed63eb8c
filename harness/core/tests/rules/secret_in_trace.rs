use dogfood_core::redact::Redacted;

use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture_with("secret-in-trace", |trace| {
        if trace.cell.recipe.as_str() == "hello" {
            trace.steps[1].stderr.text = Redacted::literal("key AKIA2E0A8F3B244C9986\n");
        }
    })
}

#[test]
fn the_finding_does_not_show_it() {
    let finding = book().only("secret-in-trace");
    assert!(!format!("{finding:?}").contains("2E0A8F3B"), "{finding:?}");
    assert_eq!(finding.subject.as_deref(), Some("demo/hello@none"));
}
