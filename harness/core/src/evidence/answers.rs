//! What recipes say for pages to read: the output of a step, and lines `name: value` in it. Pure; touches nothing.

use crate::compare::normalise;
use crate::event::Part;
use crate::markup::model::Step;
use crate::redact::show_controls;
use crate::trace::Trace;

/// Lines that a table takes.
const MOST: usize = 500;

/// Lines `name: value`, in order.
pub(super) type Answers = Vec<(String, String)>;

/// The standard output of a step as a terminal would have shown it, commands of a console step one after another.
///
/// # Errors
/// If it does not stand whole in the trace, a fragment.
pub(super) fn output(trace: &Trace, step: &Step) -> Result<String, String> {
    let own = trace.steps.iter().filter(|record| (record.at.part, record.at.step) == (Part::Recipe, step.number));
    let mut text = String::new();
    let mut ran = false;
    for record in own {
        ran = true;
        let whole = record.stdout.whole().filter(|_| record.stdout.dropped == 0);
        let Some(whole) = whole else {
            return Err(format!("the output of step {} does not stand whole in the trace", step.number));
        };
        text.push_str(whole);
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
    }
    if ran { Ok(normalise(&text)) } else { Err(format!("the trace has no record of step {}", step.number)) }
}

/// Reads lines `name: value`; empty lines say nothing.
///
/// # Errors
/// If a line is none, or a name comes twice, a fragment.
pub(super) fn answers(text: &str) -> Result<Answers, String> {
    let mut answers = Answers::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let Some((name, value)) = pair(line) else {
            return Err(format!("the line `{}` is no `name: value`", excerpt(line)));
        };
        if answers.iter().any(|(known, _)| known == name) {
            return Err(format!("the name `{}` comes twice", excerpt(name)));
        }
        if answers.len() == MOST {
            return Err(format!("there are more than {MOST} lines"));
        }
        answers.push((name.to_owned(), value.to_owned()));
    }
    Ok(answers)
}

/// Splits at the first colon that a blank or nothing follows: `list s3://x: ok` has the name `list s3://x`.
fn pair(line: &str) -> Option<(&str, &str)> {
    let at = line.match_indices(':').map(|(at, _)| at).find(|at| {
        let rest = &line[at + 1..];
        rest.is_empty() || rest.starts_with([' ', '\t'])
    })?;
    let (name, value) = (line[..at].trim(), line[at + 1..].trim());
    (!name.is_empty()).then_some((name, value))
}

/// A recorded text as part of a sentence.
pub(super) fn excerpt(text: &str) -> String {
    const MOST: usize = 60;
    let shown: String = text.chars().take(MOST).collect();
    let more = if shown.len() < text.len() { " …" } else { "" };
    format!("{}{more}", show_controls(&shown).replace('`', "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_names_and_values() {
        let check = |text: &str, expected: &[(&str, &str)]| {
            let found = answers(text).unwrap();
            let found: Vec<(&str, &str)> = found.iter().map(|(name, value)| (&**name, &**value)).collect();
            assert_eq!(found, expected, "{text:?}");
        };
        check("a: 1\n\nb:\tx: y\n", &[("a", "1"), ("b", "x: y")]);
        check("list s3://x/: ok\nempty:\n", &[("list s3://x/", "ok"), ("empty", "")]);
        check("", &[]);
    }

    #[test]
    fn what_is_no_such_line_is_told() {
        let check = |text: &str, why: &str| assert_eq!(answers(text).unwrap_err(), why, "{text:?}");
        check("a: 1\nhello\n", "the line `hello` is no `name: value`");
        check(": 1\n", "the line `: 1` is no `name: value`");
        check("http://x\n", "the line `http://x` is no `name: value`");
        check("a: 1\na: 2\n", "the name `a` comes twice");
        check("`\x1b[1m\n", "the line `'\\x1b[1m` is no `name: value`");
        assert!(answers(&"x".repeat(500)).unwrap_err().len() < 120);
        let many: String = (0..=500).map(|line| format!("{line}: x\n")).collect();
        check(&many, "there are more than 500 lines");
    }
}
