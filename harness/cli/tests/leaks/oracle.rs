//! Whether a text shows what was printed: a search for the printed lines themselves. Pure; touches nothing.

use std::collections::BTreeSet;

/// A line of this many characters is long enough to give something away by itself.
const LONG: usize = 12;

/// The lines of `printed` that tell something of its secret: not those that are the same for the secret of `control`.
pub(crate) fn telling(printed: &str, control: &str) -> Vec<String> {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let same: BTreeSet<String> = lines(control).into_iter().collect();
    lines(printed).into_iter().filter(|line| !same.contains(line)).collect()
}

/// So many short lines after each other give something away: eight bytes, where each line has one.
const ROW: usize = 8;

/// Between two lines that were printed one after the other, a report may show so many others.
const NEAR: usize = 3;

/// Whether `shown` holds a long one of the lines, or a row of the short ones.
pub(crate) fn shows(shown: &str, telling: &[String]) -> bool {
    let readings = [shown.to_owned(), without_entities(shown), shown.replace("\\x1b", "\u{1b}")];
    readings.iter().any(|shown| {
        let holds = |line: &String| forms(line).iter().any(|form| shown.contains(form.as_str()));
        if telling.iter().any(|line| line.chars().count() >= LONG && holds(line)) {
            return true;
        }
        // A line break in a report in JSON is an escape.
        let text = shown.replace("\\n", "\n");
        let lines: Vec<&str> = text.lines().collect();
        telling.windows(ROW.min(telling.len()).max(1)).any(|row| in_a_row(&lines, row))
    })
}

/// Whether the short lines `row` stand one after the other in `lines`.
fn in_a_row(lines: &[&str], row: &[String]) -> bool {
    let holds = |at: usize, printed: &String| forms(printed).iter().any(|form| stands_alone(lines[at], form));
    let Some((first, rest)) = row.split_first() else { return false };
    (0..lines.len()).filter(|at| holds(*at, first)).any(|start| {
        let mut at = start;
        rest.iter().all(|printed| {
            let next = (at + 1..lines.len().min(at + 1 + NEAR)).find(|next| holds(*next, printed));
            next.is_some_and(|next| {
                at = next;
                true
            })
        })
    })
}

/// Whether `line` holds the text with no letter or digit beside it: two digits are in every digest.
fn stands_alone(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(start, _)| {
        let beside = [line[..start].chars().next_back(), line[start + text.len()..].chars().next()];
        !beside.into_iter().flatten().any(char::is_alphanumeric)
    })
}

/// A line as it is, and as a report in JSON has it.
fn forms(line: &str) -> Vec<String> {
    let json = serde_json::Value::String(line.to_owned()).to_string();
    vec![line.to_owned(), json[1..json.len() - 1].to_owned()]
}

/// The text of a page: numeric entities and the five names are what they stand for.
fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.char_indices().take(10).find(|(_, c)| *c == ';').map(|(end, _)| end);
        let decoded = end.and_then(|end| decoded(&rest[1..end]));
        out.push(decoded.unwrap_or('&'));
        rest = &rest[decoded.and(end).map_or(1, |end| end + 1)..];
    }
    out + rest
}

fn decoded(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        other => {
            let digits = other.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => digits.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
