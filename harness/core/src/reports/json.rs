//! For programs: a flat array of findings, by the schema in the manual (`guides/manual/schema/findings.json`). Not the internal types: this
//! shape changes only with its schema.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::digest::Digest;
use crate::finding::{Finding, Severity};
use crate::redact::hidden;

use super::format::{Format, Look, Told};
use super::sources::Sources;

/// The format `json`.
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn render(&self, told: &Told<'_, '_>, _look: Look) -> String {
        let findings: Vec<FindingV1<'_>> = told
            .findings
            .iter()
            .zip(ids(&told.findings))
            .map(|(finding, id)| FindingV1::of(finding, id, told.sources))
            .collect();
        json_text(&findings)
    }
}

/// `value` as JSON for a terminal, a log or a file: indented, with a line break at its end, and every hidden character escaped.
pub(super) fn json_text(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("reports are texts and numbers");
    escaped_json(&text) + "\n"
}

/// JSON in which every hidden character is escaped (`\u202e`). A reader gets the texts back as they were: outside of a string there is no
/// such character.
pub fn escaped_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut shown = 0;
    let mut units = [0; 2];
    for (at, character) in hidden(text) {
        out.push_str(&text[shown..at]);
        shown = at + character.len_utf8();
        for unit in character.encode_utf16(&mut units) {
            out.push_str(&format!("\\u{unit:04x}"));
        }
    }
    out.push_str(&text[shown..]);
    out
}

/// An id for each finding that stays the same while its place moves: of its rule, file, subject and title, and which of several alike.
pub fn ids(findings: &[Finding]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let ids = findings.iter().map(|finding| {
        let said = serde_json::json!([finding.rule, finding.span.file.as_str(), finding.subject, finding.title]);
        let id = format!("{}-{}", finding.rule, Digest::of_json(&said).short());
        let count = seen.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}-{count}") }
    });
    ids.collect()
}

#[derive(Serialize)]
struct FindingV1<'a> {
    id: String,
    rule: &'a str,
    severity: Severity,
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    description: &'a str,
    label: &'a str,
    current: Option<&'a str>,
    actual: Option<&'a str>,
    diff: Option<&'a str>,
    help: &'a str,
    notes: &'a [String],
    related: Vec<RelatedV1<'a>>,
    subject: Option<&'a str>,
}

#[derive(Serialize)]
struct RelatedV1<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    label: &'a str,
}

impl<'a> FindingV1<'a> {
    fn of(finding: &'a Finding, id: String, sources: &Sources<'_>) -> Self {
        let place = sources.place(&finding.span);
        let related = finding.related.iter().map(|related| {
            let start = sources.place(&related.span).start;
            RelatedV1 {
                file: related.span.file.as_str(),
                line: start.line,
                column: start.column,
                label: &related.label,
            }
        });
        Self {
            id,
            rule: finding.rule,
            severity: finding.severity,
            file: finding.span.file.as_str(),
            line: place.start.line,
            column: place.start.column,
            end_line: place.end.line,
            end_column: place.end.column,
            description: &finding.title,
            label: &finding.label,
            current: finding.current.as_deref(),
            actual: finding.actual.as_deref(),
            diff: finding.diff.as_deref(),
            help: &finding.help,
            notes: &finding.notes,
            related: related.collect(),
            subject: finding.subject.as_deref(),
        }
    }
}
