use dogfood_core::redact::Redacted;

use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture_with("secret-in-trace", |trace| {
        if trace.cell.recipe.as_str() == "hello" {
            trace.steps[1].stderr.text = Redacted::recorded("key AKIA2E0A8F3B244C9986\n".to_owned());
        }
    })
}
