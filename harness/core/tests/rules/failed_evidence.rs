use dogfood_core::event::StepEnd;
use dogfood_core::redact::Redacted;
use dogfood_core::trace::Ended;

use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture_with("failed-evidence", |trace| {
        if trace.cell.recipe.as_str() == "hello" {
            let step = &mut trace.steps[1];
            step.ended = StepEnd::SessionEnded(127);
            step.stdout.text = Redacted::literal("hello\n");
            step.stderr.text = Redacted::literal("step 1: line 2: ehco: command not found\n");
            trace.ended = Some(Ended { at: step.at, why: "the command failed with 127".to_owned() });
            trace.steps.remove(2);
        }
    })
}

fn told(change: impl Fn(&mut dogfood_core::trace::Trace)) -> Vec<String> {
    Book::good()
        .recorded(|trace| {
            if trace.cell.recipe.as_str() != "terminal" {
                change(trace)
            }
        })
        .findings()
}

#[test]
fn every_way_to_fail_is_told() {
    type Change = fn(&mut dogfood_core::trace::Trace);
    let cases: &[(&str, Change, &str)] = &[
        (
            "another exit code",
            |trace| trace.steps[1].ended = StepEnd::Exit(3),
            "step 1 exited with 3; it should exit with 0",
        ),
        (
            "no exception",
            |trace| {
                if trace.steps.len() > 3 {
                    trace.steps[2].error = None
                }
            },
            "no exception left step 2; it should raise `DemoError`",
        ),
        (
            "another exception",
            |trace| {
                if let Some(error) = &mut trace.steps[2].error {
                    error.class = "Other".into();
                    error.bases = vec!["Other".into()]
                }
            },
            "`Other` left step 2; it should raise `DemoError`",
        ),
        ("a time limit", |trace| trace.steps[1].ended = StepEnd::TimedOut, "step 1 was stopped at its time limit"),
        (
            "a here-document",
            |trace| trace.steps[1].ended = StepEnd::OpenHeredoc,
            "a here-document in step 1 has no end",
        ),
        (
            "an ended session",
            |trace| trace.steps[1].ended = StepEnd::SessionEnded(0),
            "step 1 ended its session with 0",
        ),
        ("a lost record", |trace| drop(trace.steps.remove(1)), "the trace has no record of step 1"),
        ("a failed setup", |trace| trace.steps[0].ended = StepEnd::Exit(1), "setup step 1 exited with 1"),
        (
            "a failed teardown",
            |trace| trace.steps.last_mut().unwrap().ended = StepEnd::Exit(1),
            "teardown step 1 exited with 1",
        ),
        (
            "a stream that is not whole",
            |trace| trace.steps[1].stdout.dropped = 7,
            "stdout of step 1 does not stand whole in the trace",
        ),
    ];
    for (name, change, part) in cases {
        let found = told(change);
        assert!(
            found
                .iter()
                .any(|finding| finding.starts_with("failed-evidence guides/demo.md:") && finding.contains(part)),
            "{name}: {found:#?}"
        );
    }
}

#[test]
fn a_subclass_is_what_was_declared() {
    let found = told(|trace| {
        if let Some(error) = &mut trace.steps[2].error {
            error.class = "PortError".into();
            error.bases.insert(0, "PortError".into());
        }
    });
    assert_eq!(found, [""; 0]);
}

#[test]
fn what_did_not_run_after_an_early_end_is_told_once() {
    let book = book();
    book.finds(&["failed-evidence guides/demo.md:31:1 `hello` failed when it was recorded: the recipe ended early"]);
    let report = book.check();
    let hello = report.cells.iter().find(|status| status.cell.recipe.as_str() == "hello").unwrap();
    assert_eq!(hello.state, dogfood_core::gate::CellState::Failed);
}

#[test]
fn console_commands_have_their_own_codes() {
    let book = Book::good().recorded(|trace| {
        if trace.cell.recipe.as_str() == "terminal" {
            trace.steps[2].ended = StepEnd::Exit(0);
        }
    });
    book.finds(&["failed-evidence guides/demo.md:66:1 `terminal` failed when it was recorded: step 1, command 2 exited with 0; it should exit with 2"]);
}

#[test]
fn the_time_that_a_step_declares_is_held() {
    let took = Book::good().edit("guides/demo.md", "recipe=hello target=none", "recipe=hello target=none took=1s..2s");
    let with = |millis| {
        took.clone().recorded(move |trace| trace.steps[1].took = std::time::Duration::from_millis(millis)).findings()
    };
    assert_eq!(with(1000), [""; 0]);
    assert_eq!(with(2000), [""; 0]);
    assert!(with(2100)[0].contains("the step took 2.1 s; it declares 1 s to 2 s"), "{:?}", with(2100));
}

#[test]
fn python_tracebacks_name_lines_of_the_guide() {
    let book = Book::good().recorded(|trace| {
        if trace.cell.recipe.as_str() == "ask" {
            let step = &mut trace.steps[1];
            step.ended = StepEnd::Exit(1);
            step.stderr.text = Redacted::literal(
                "Traceback:\n  File \"step 1\", line 3, in <module>\nKeyError: \u{1b}[31m'SFTP_PORT'\n",
            );
        }
    });
    let finding = book.only("failed-evidence");
    assert!(book.findings()[0].starts_with("failed-evidence guides/demo.md:44:1"), "{:?}", book.findings());
    assert!(finding.notes.iter().any(|note| note.contains("File \"guides/demo.md\", line 44")), "{:?}", finding.notes);
    assert!(finding.notes.iter().all(|note| !note.contains('\u{1b}')), "{:?}", finding.notes);
}
