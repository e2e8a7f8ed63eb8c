//! Annotations of GitHub Actions: workflow commands that put a finding beside its line of a pull request. Pure.
//!
//! These lines are the only commands that dogfood means: whatever is foreign in them is escaped as the runner's own toolkit does it.

use crate::finding::{Finding, Severity};
use crate::redact::show_controls;

use super::format::{Format, Look, Told};

/// GitHub shows no more of each level and step; errors are told first, and the rest is counted.
const MOST: usize = 10;

/// The format `github`.
pub struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn render(&self, told: &Told<'_, '_>, _look: Look) -> String {
        let mut out = String::new();
        for severity in [Severity::Error, Severity::Warning] {
            let of_level = || told.findings.iter().filter(|finding| finding.severity == severity);
            for finding in of_level().take(MOST) {
                out.push_str(&command(finding, told));
            }
            let more = of_level().count().saturating_sub(MOST);
            if more > 0 {
                let noun = if more == 1 { "finding is" } else { "findings are" };
                out.push_str(&format!("{more} more {severity} {noun} in the log and in the job summary\n"));
            }
        }
        out
    }
}

fn command(finding: &Finding, told: &Told<'_, '_>) -> String {
    let place = told.sources.place(&finding.span);
    // Columns are shown for a place on one line only; the runner drops them otherwise.
    let columns = if place.start.line == place.end.line {
        format!(",col={},endColumn={}", place.start.column, place.end.column)
    } else {
        String::new()
    };
    let text = format!("{}\n{}", finding.title, finding.help);
    format!(
        "::{} file={},line={},endLine={}{columns},title={}::{}\n",
        finding.severity,
        property(&told.path(&finding.span.file)),
        place.start.line,
        place.end.line,
        property(finding.rule),
        data(&text)
    )
}

/// The text of a command: it ends at a line break.
fn data(text: &str) -> String {
    let text: Vec<String> = text.split('\n').map(|line| show_controls(line).into_owned()).collect();
    text.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: it ends at a comma or a colon, too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The findings as a table for the summary of the job: all of them, as text that no renderer takes for anything else.
pub fn job_summary(told: &Told<'_, '_>) -> String {
    let mut out = String::from("| | Rule | Place | What is wrong |\n|---|---|---|---|\n");
    for finding in told.findings.iter() {
        let place = told.sources.place(&finding.span).start;
        let cells = [
            finding.severity.to_string(),
            finding.rule.to_owned(),
            format!("{}:{place}", told.path(&finding.span.file)),
            finding.title.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| escaped(cell)).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// Changes that no rule judges that are listed in the summary of a job; the rest is counted. GitHub takes a megabyte.
const MOST_UNJUDGED: usize = 500;

/// What a change does that no rule judges, as a list for the summary of the job; nothing if there is none.
pub fn unjudged_summary(told: &Told<'_, '_>) -> String {
    if told.unjudged.is_empty() {
        return String::new();
    }
    let mut out = String::from("\nChanged here and judged by no rule. Read these:\n\n");
    for change in told.unjudged.iter().take(MOST_UNJUDGED) {
        let line = change.line.map(|line| format!(":{line}")).unwrap_or_default();
        let place = format!("{}{line}", told.unjudged_path(change));
        out.push_str(&format!("- {}: {}\n", escaped(&place), escaped(&change.text)));
    }
    let more = told.unjudged.len().saturating_sub(MOST_UNJUDGED);
    if more > 0 {
        out.push_str(&format!("- and {more} more\n"));
    }
    out
}

/// Text for a cell of a table: every character that Markdown or HTML could read as its own is an entity.
fn escaped(text: &str) -> String {
    let character = |c: char| match c {
        ' ' | '-' | '.' | '/' | ',' => c.to_string(),
        c if c.is_alphanumeric() => c.to_string(),
        c => format!("&#{};", u32::from(c)),
    };
    show_controls(text).chars().map(character).collect()
}
