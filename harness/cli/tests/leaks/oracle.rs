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

/// Whether `shown` holds a long one of the lines, or all of them.
pub(crate) fn shows(shown: &str, telling: &[String]) -> bool {
    let readings = [shown.to_owned(), without_entities(shown), shown.replace("\\x1b", "\u{1b}")];
    readings.iter().any(|shown| {
        let holds = |line: &String| forms(line).iter().any(|form| shown.contains(form.as_str()));
        telling.iter().any(|line| line.chars().count() >= LONG && holds(line)) || telling.iter().all(holds)
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
