use dogfood_core::event::StepEnd;
use dogfood_core::redact::Redacted;
use dogfood_core::trace::Ended;

use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture_with("failed-evidence", |trace| {
        if trace.cell.recipe.as_str() == "hello" {
            let step = &mut trace.steps[1];
            step.ended = StepEnd::SessionEnded(127);
            step.stdout.text = Redacted::recorded("hello\n".to_owned());
            step.stderr.text = Redacted::recorded("step 1: line 2: ehco: command not found\n".to_owned());
            trace.ended = Some(Ended { at: step.at, why: "the command failed with 127".to_owned() });
            trace.steps.remove(2);
        }
    })
}
