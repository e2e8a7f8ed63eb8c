//! A baseline: findings that a book had when it took the gate up, tolerated until each is mended. Pure.
//!
//! It is a report of `dogfood check --format json`, kept. A finding is known again by its rule, its file and what it is about; its place may
//! move. Every entry stands for one finding, so that a second one like it is new.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::report::Report;
use crate::finding::{Finding, Severity};

/// A finding that is tolerated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Entry {
    /// Its rule.
    pub rule: String,
    /// Its file.
    pub file: String,
    /// The recipe, cell or whatever else it is about.
    pub subject: Option<String>,
}

/// What a baseline makes of a report.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The findings that it tolerates.
    pub tolerated: Vec<Finding>,
    /// Entries whose finding is mended: they have to go, or the fault could come back unseen.
    pub mended: Vec<Entry>,
}

/// Why a file is no baseline.
#[derive(Debug, thiserror::Error)]
#[error("it is no report of `dogfood check --format json`: {0}")]
pub struct BaselineProblem(serde_json::Error);

/// Reads a baseline.
pub fn read(text: &str) -> Result<Vec<Entry>, BaselineProblem> {
    serde_json::from_str(text).map_err(BaselineProblem)
}

/// Takes what `entries` tolerate out of `report`.
pub fn hold(report: &mut Report, entries: Vec<Entry>) -> Held {
    let mut left: BTreeMap<Entry, usize> = BTreeMap::new();
    for entry in entries {
        *left.entry(entry).or_default() += 1;
    }
    let is_listed = |finding: &mut Finding| {
        let entry = Entry {
            rule: finding.rule.to_owned(),
            file: finding.span.file.to_string(),
            subject: finding.subject.clone(),
        };
        let count = left.get_mut(&entry).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    };
    let tolerated: Vec<Finding> = report.findings.extract_if(.., is_listed).collect();
    for finding in &tolerated {
        match finding.severity {
            Severity::Error => report.counts.errors -= 1,
            Severity::Warning => report.counts.warnings -= 1,
        }
    }
    let mended = left.into_iter().flat_map(|(entry, count)| std::iter::repeat_n(entry, count)).collect();
    Held { tolerated, mended }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Counts;
    use crate::place::{RelPath, Span};

    fn finding(rule: &'static str, file: &str, at: usize, subject: &str) -> Finding {
        let span = Span::new(RelPath::new(file).unwrap(), at..at + 1);
        Finding::error(rule, span, "title", "help").subject(subject)
    }

    fn entry(rule: &str, file: &str, subject: &str) -> Entry {
        Entry { rule: rule.to_owned(), file: file.to_owned(), subject: Some(subject.to_owned()) }
    }

    #[test]
    fn each_entry_tolerates_one_finding_wherever_it_moved() {
        let findings = vec![
            finding("output-drift", "guides/a.md", 5, "a/x@none"),
            finding("output-drift", "guides/a.md", 900, "a/x@none"),
            finding("output-drift", "guides/a.md", 10, "a/y@none"),
        ];
        let mut report = Report { findings, counts: Counts { errors: 3, ..Counts::default() }, ..Report::default() };
        let entries =
            vec![entry("output-drift", "guides/a.md", "a/x@none"), entry("stale-recipe", "guides/a.md", "a/y@none")];
        let held = hold(&mut report, entries);
        assert_eq!(held.tolerated.len(), 1);
        assert_eq!(held.mended, [entry("stale-recipe", "guides/a.md", "a/y@none")]);
        let left: Vec<usize> = report.findings.iter().map(|finding| finding.span.start).collect();
        assert_eq!((left, report.counts.errors), (vec![900, 10], 2));
    }

    #[test]
    fn a_report_is_a_baseline_and_other_json_is_not() {
        let text = r#"[{"id": "x", "rule": "hidden-line", "file": "guides/a.md", "line": 3, "subject": null}]"#;
        let read_back = read(text).unwrap();
        assert_eq!(read_back[0].rule, "hidden-line");
        for bad in ["", "{}", "[1]", r#"[{"rule": "x"}]"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
