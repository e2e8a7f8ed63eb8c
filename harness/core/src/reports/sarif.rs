//! SARIF 2.1.0, for code scanning: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. Pure.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::checkout::Unjudged;
use crate::finding::{Finding, Severity};
use crate::place::Span;
use crate::redact::show_controls;
use crate::rules::{self, Rule};

use super::format::{Format, Look, Named, PENDING, Told};
use super::json::{ids, json_text};

/// What a path keeps of itself in a URI.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The format `sarif`.
pub struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn render(&self, told: &Told<'_, '_>, _look: Look) -> String {
        let results: Vec<Value> =
            told.findings.iter().zip(ids(&told.findings)).map(|(finding, id)| result(finding, &id, told)).collect();
        let mut log = json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "dogfood",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": rules::RULES.iter().map(|rule| descriptor(*rule)).collect::<Vec<_>>(),
                }},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }],
        });
        let pending = told.pending.iter().map(|cell| notification(cell, told));
        let notifications: Vec<Value> = pending.chain(told.unjudged.iter().map(|one| unjudged(one, told))).collect();
        if !notifications.is_empty() {
            log["runs"][0]["invocations"] =
                json!([{ "executionSuccessful": true, "toolExecutionNotifications": notifications }]);
        }
        json_text(&log)
    }
}

/// A cell that was not looked at, and why that is no result.
fn notification(cell: &Named, told: &Told<'_, '_>) -> Value {
    json!({
        "level": "note",
        "message": { "text": format!("{}: {PENDING}", cell.name) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&told.path(&cell.file)), "uriBaseId": "%SRCROOT%" },
        }}],
    })
}

/// A change that no rule judges.
fn unjudged(change: &Unjudged, told: &Told<'_, '_>) -> Value {
    let mut place =
        json!({ "artifactLocation": { "uri": uri(&told.unjudged_path(change)), "uriBaseId": "%SRCROOT%" } });
    if let Some(line) = change.line {
        place["region"] = json!({ "startLine": line });
    }
    json!({
        "level": "note",
        "message": { "text": format!("not judged ({}): {}", change.kind, show_controls(&change.text)) },
        "locations": [{ "physicalLocation": place }],
    })
}

fn descriptor(rule: &dyn Rule) -> Value {
    let meta = rule.meta();
    json!({
        "id": meta.name,
        "shortDescription": { "text": meta.summary },
        "help": { "text": format!("dogfood explain {}", meta.name), "markdown": meta.manual },
        "defaultConfiguration": { "level": level(meta.severity) },
        "properties": { "tags": [meta.group.word()] },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn result(finding: &Finding, id: &str, told: &Told<'_, '_>) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
        "locations": [location(&finding.span, &finding.label, told)],
        "partialFingerprints": { "dogfoodFinding/v1": id },
    });
    if let Some(at) = rules::names().position(|name| name == finding.rule) {
        result["ruleIndex"] = at.into();
    }
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|related| location(&related.span, &related.label, told));
        result["relatedLocations"] = related.collect();
    }
    result
}

/// What is wrong, why, and what mends it: viewers show this one text.
fn message(finding: &Finding) -> String {
    let help = format!("help: {}", finding.help);
    let parts = std::iter::once(&finding.title).chain(&finding.notes).chain(&finding.diff).chain([&help]);
    let lines: Vec<&str> = parts.map(|part| part.trim_end()).filter(|part| !part.is_empty()).collect();
    show_controls(&lines.join("\n")).into_owned()
}

fn location(span: &Span, label: &str, told: &Told<'_, '_>) -> Value {
    let place = told.sources.place(span);
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&told.path(&span.file)), "uriBaseId": "%SRCROOT%" },
        "region": {
            "startLine": place.start.line,
            "startColumn": place.start.column,
            "endLine": place.end.line,
            "endColumn": place.end.column,
        },
    }});
    if !label.is_empty() {
        location["message"] = json!({ "text": show_controls(label) });
    }
    location
}

fn uri(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}
