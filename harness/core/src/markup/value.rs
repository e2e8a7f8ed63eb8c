//! The values that words on a fence take: durations, lists, dates, faults. Each reader says what it expects. Pure; touches nothing.

use std::time::Duration;

use crate::fault::{Fault, FaultKind, FaultProblem};
use crate::name::Id;

use super::spelling;

/// The longest duration that a guide may name: a day.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// `250ms`, `3s` or `2m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let problem = || format!("`{text}` is no duration: write a whole number and `ms`, `s` or `m`, for example `30s`");
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| problem())?;
    let milliseconds = match &text[digits..] {
        "ms" => Some(number),
        "s" => number.checked_mul(1_000),
        "m" => number.checked_mul(60_000),
        _ => return Err(problem()),
    };
    let value = milliseconds.map(Duration::from_millis).filter(|value| *value <= LONGEST);
    value.ok_or_else(|| format!("`{text}` is longer than a day"))
}

/// A duration of more than nothing.
pub(super) fn limit(text: &str) -> Result<Duration, String> {
    let value = duration(text)?;
    if value.is_zero() { Err(format!("`{text}` leaves no time at all")) } else { Ok(value) }
}

/// `A..B`.
pub(super) fn span(text: &str) -> Result<(Duration, Duration), String> {
    let (from, to) =
        text.split_once("..").ok_or_else(|| format!("`{text}` is no span of time: write for example `3s..6s`"))?;
    let (from, to) = (duration(from)?, duration(to)?);
    if from > to { Err(format!("`{text}` ends before it starts")) } else { Ok((from, to)) }
}

/// A whole number between two bounds.
pub(super) fn number(text: &str, least: u32, most: u32) -> Result<u32, String> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|value| plain && (least..=most).contains(value));
    value.ok_or_else(|| format!("`{text}` is not a whole number from {least} to {most}"))
}

/// An id.
pub(super) fn id(text: &str) -> Result<Id, String> {
    Id::new(text).map_err(|problem| problem.to_string())
}

/// `a+b`: one id or more, each once.
pub(super) fn ids(text: &str) -> Result<Vec<Id>, String> {
    unique(text, id)
}

/// `A+B`: one capture name or more, each once.
pub(super) fn captures(text: &str) -> Result<Vec<String>, String> {
    unique(text, |part| {
        let fits = !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let problem = || format!("`{part}` is no capture's name: names are letters, digits, `_` and `-`");
        if fits { Ok(part.to_owned()) } else { Err(problem()) }
    })
}

fn unique<T: PartialEq>(text: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    let mut values = Vec::new();
    for part in text.split('+') {
        let value = read(part)?;
        if values.contains(&value) {
            return Err(format!("`{part}` stands in the list twice"));
        }
        values.push(value);
    }
    Ok(values)
}

/// A Python class: its name, or a dotted path to it.
pub(super) fn class(text: &str) -> Result<String, String> {
    let name = |part: &str| {
        let mut characters = part.chars();
        characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && characters.all(|c| c.is_alphanumeric() || c == '_')
    };
    let problem = || format!("`{text}` is no Python class: write its name, for example `FileNotFoundError`");
    if text.split('.').all(name) { Ok(text.to_owned()) } else { Err(problem()) }
}

/// A day, `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Result<String, String> {
    let problem = || format!("`{text}` is no date: write `YYYY-MM-DD`");
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if !shape {
        return Err(problem());
    }
    let part = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    if year > 0 && (1..=days).contains(&day) { Ok(text.to_owned()) } else { Err(format!("there is no day `{text}`")) }
}

/// `GROUP` or `GROUP/VARIANT`.
pub(super) fn bench(text: &str) -> Result<(Id, Option<Id>), String> {
    match text.split_once('/') {
        None => Ok((id(text)?, None)),
        Some((group, variant)) => Ok((id(group)?, Some(id(variant)?))),
    }
}

/// A ratio above 1, for example `1.2`.
pub(super) fn ratio(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    let value = text.parse::<f64>().ok().filter(|value| plain && *value > 1.0 && *value <= 1_000.0);
    value.map(|_| text.to_owned()).ok_or_else(|| format!("`{text}` is no ratio above 1, such as `1.2`"))
}

/// `KIND[-up|-down][@BYTES|@TIME]`.
pub(super) fn fault(text: &str) -> Result<Fault, String> {
    text.parse().map_err(|problem: FaultProblem| {
        let meant = match &problem {
            FaultProblem::Unknown(word) => spelling::did_you_mean(word, FaultKind::words()),
            _ => String::new(),
        };
        format!("{problem}{meant}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: std::fmt::Debug>(read: impl Fn(&str) -> Result<T, String>, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(read(text).is_ok(), "{text}: {:?}", read(text));
        }
        for text in bad {
            let problem = read(text).expect_err(text);
            assert!(!problem.ends_with('.') && problem.contains('`'), "{problem}");
        }
    }

    #[test]
    fn durations() {
        check(duration, &["0ms", "250ms", "3s", "2m", "1440m"], &["", "3", "s", "3 s", "1.5s", "3h", "-3s", "1441m"]);
        check(duration, &[], &["99999999999999999999s", "18446744073709551615m", "３s"]);
        check(limit, &["1ms", "30s"], &["0s", "0ms"]);
        check(span, &["3s..6s", "0ms..250ms", "2s..2s"], &["3s", "6s..3s", "3s..", "..3s", "3..6s", "3s...6s"]);
        assert_eq!(span("250ms..2m"), Ok((Duration::from_millis(250), Duration::from_secs(120))));
    }

    #[test]
    fn numbers_and_names() {
        check(|text| number(text, 0, 255), &["0", "255", "007"], &["", "256", "-1", "+1", "1.0", "x"]);
        check(ids, &["a", "a+b", "none"], &["", "a+", "+a", "a+a", "A", "a,b", "a b"]);
        check(captures, &["KEY", "a_b+c-d"], &["", "a+a", "a.b", "é"]);
        check(class, &["ValueError", "a.b.C", "_X"], &["", "1x", "a..b", "A-B", "A()"]);
        check(bench, &["write", "write/default"], &["", "write/", "/x", "a/b/c", "A"]);
        check(ratio, &["1.2", "3"], &["1", "0.5", "x", "", "1e3", "inf", "1.2.3"]);
    }

    #[test]
    fn dates_exist() {
        check(date, &["2026-11-20", "2024-02-29", "2000-02-29"], &["2026-02-29", "1900-02-29", "2026-13-01"]);
        check(
            date,
            &[],
            &["", "2026-11-31", "2026-1-1", "20261120", "2026-11-2x", "0000-01-01", "2026-11-00", "äää-1-01x"],
        );
    }

    #[test]
    fn faults() {
        check(
            fault,
            &["cut-up", "blackhole-down@256KiB", "pause"],
            &["", "pause-up", "blackhol", "cut-left", "reset@", "delay", "throttle@2s"],
        );
        assert!(fault("blackhol@1s").unwrap_err().ends_with("did you mean `blackhole`?"));
    }
}
