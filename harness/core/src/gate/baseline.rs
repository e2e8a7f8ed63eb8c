//! A baseline: findings that a book had when it took the gate up, tolerated until each is mended. Pure.
//!
//! It is a report of `dogfood check --format json`, kept. A finding is known again by its rule, its file and what it is about; its place may
//! move. Every entry stands for one finding, so that a second one like it is new.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::report::{CellState, Report};
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

impl Entry {
    fn of(finding: &Finding) -> Self {
        let (rule, file) = (finding.rule.to_owned(), finding.span.file.to_string());
        Self { rule, file, subject: finding.subject.clone() }
    }
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

/// Takes what `entries` tolerate out of `report`. `own` is what the change under review lists itself, where another commit's entries judge it:
/// what it lists no longer need not go. Nothing is called mended of a guide with a pending cell: there nothing was looked at.
pub fn hold(report: &mut Report, entries: Vec<Entry>, own: Option<Vec<Entry>>) -> Held {
    let mut left = counted(entries);
    let is_listed = |finding: &mut Finding| {
        let count = left.get_mut(&Entry::of(finding)).filter(|count| **count > 0);
        count.map(|count| *count -= 1).is_some()
    };
    let tolerated: Vec<Finding> = report.findings.extract_if(.., is_listed).collect();
    for finding in &tolerated {
        match finding.severity {
            Severity::Error => report.counts.errors -= 1,
            Severity::Warning => report.counts.warnings -= 1,
        }
    }
    let pending = report.cells.iter().filter(|cell| cell.state == CellState::Pending);
    let pending: BTreeSet<&str> = pending.map(|cell| cell.guide.as_str()).collect();
    left.retain(|entry, _| !pending.contains(entry.file.as_str()));
    if let Some(own) = own {
        let mut own = counted(own);
        for finding in &tolerated {
            if let Some(listed) = own.get_mut(&Entry::of(finding)) {
                *listed = listed.saturating_sub(1);
            }
        }
        for (entry, count) in &mut left {
            *count = (*count).min(own.get(entry).copied().unwrap_or_default());
        }
    }
    let mended = left.into_iter().flat_map(|(entry, count)| std::iter::repeat_n(entry, count)).collect();
    Held { tolerated, mended }
}

fn counted(entries: Vec<Entry>) -> BTreeMap<Entry, usize> {
    let mut counted = BTreeMap::new();
    for entry in entries {
        *counted.entry(entry).or_default() += 1;
    }
    counted
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
        let held = hold(&mut report, entries, None);
        assert_eq!(held.tolerated.len(), 1);
        assert_eq!(held.mended, [entry("stale-recipe", "guides/a.md", "a/y@none")]);
        let left: Vec<usize> = report.findings.iter().map(|finding| finding.span.start).collect();
        assert_eq!((left, report.counts.errors), (vec![900, 10], 2));
    }

    #[test]
    fn what_the_change_lists_no_longer_need_not_go() {
        let mended = |own: &[(&str, usize)]| {
            let findings = vec![finding("output-drift", "guides/a.md", 5, "a/x")];
            let mut report =
                Report { findings, counts: Counts { errors: 1, ..Counts::default() }, ..Report::default() };
            let all = [("a/x", 2), ("a/y", 1)];
            let entries = |listed: &[(&str, usize)]| {
                let each = listed.iter().flat_map(|(subject, count)| std::iter::repeat_n(subject, *count));
                each.map(|subject| entry("output-drift", "guides/a.md", subject)).collect::<Vec<Entry>>()
            };
            let held = hold(&mut report, entries(&all), Some(entries(own)));
            assert_eq!(held.tolerated.len(), 1);
            held.mended.into_iter().filter_map(|entry| entry.subject).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(mended(&[("a/x", 2), ("a/y", 1)]), "a/x a/y");
        assert_eq!(mended(&[("a/x", 1), ("a/y", 1)]), "a/y");
        assert_eq!(mended(&[("a/x", 1)]), "");
        assert_eq!(mended(&[]), "");
        assert_eq!(mended(&[("a/x", 9), ("a/z", 1)]), "a/x", "what it lists besides tolerates nothing");
    }

    #[test]
    fn of_a_guide_with_a_pending_cell_nothing_is_called_mended() {
        let id = |text: &str| crate::name::Id::new(text).unwrap();
        let cell = crate::event::CellId { guide: id("a"), recipe: id("x"), target: id("none"), toolbox: None };
        let guide = RelPath::new("guides/a.md").unwrap();
        let status = crate::gate::CellStatus { cell, guide, state: CellState::Pending, trace: None };
        let mut report = Report { cells: vec![status], ..Report::default() };
        let entries = ["guides/a.md", "guides/b.md"].map(|file| entry("stale-recipe", file, "x")).to_vec();
        let held = hold(&mut report, entries, None);
        assert_eq!(held.mended, [entry("stale-recipe", "guides/b.md", "x")]);
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
