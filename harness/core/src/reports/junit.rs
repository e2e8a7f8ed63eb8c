//! JUnit's XML, as CI servers read it: a test case for every cell whose evidence holds, a skipped one for every cell that waits for evidence,
//! and one for every finding. Pure.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::finding::{Finding, Severity};
use crate::redact::show_controls;

use super::format::{Format, Look, Named, PENDING, Told};
use super::json::ids;

/// The format `junit`.
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn render(&self, told: &Told<'_, '_>, _look: Look) -> String {
        let mut report = Report::new("dogfood");
        let verified = suite("verified", told.verified, &TestCaseStatus::success(), told);
        let mut findings = TestSuite::new("findings");
        for (finding, id) in told.findings.iter().zip(ids(&told.findings)) {
            findings.add_test_case(case(finding, &id, told));
        }
        let mut skipped = TestCaseStatus::skipped();
        skipped.set_message(PENDING);
        let pending = (!told.pending.is_empty()).then(|| suite("pending", told.pending, &skipped, told));
        report.add_test_suites([Some(verified), pending, Some(findings)].into_iter().flatten());
        let text = report.to_string().expect("a report in memory can be written");
        without_all_skipped(text.trim_end()) + "\n"
    }
}

/// The report without the number of skipped cases at its root, which no schema of JUnit's knows there; every suite has its own.
fn without_all_skipped(text: &str) -> String {
    let root = text.find("<testsuites ").map_or(0..0, |at| at..at + text[at..].find('>').unwrap_or_default());
    let attribute = text[root.clone()].find(" skipped=\"").map(|at| root.start + at);
    let end = attribute.and_then(|at| Some(at + 10 + text.get(at + 10..root.end)?.find('"')? + 1));
    match (attribute, end) {
        (Some(at), Some(end)) => format!("{}{}", &text[..at], &text[end..]),
        _ => text.to_owned(),
    }
}

/// Text for XML, which has no escape for the characters that it forbids: all of them are hidden characters, and written out.
fn shown(text: &str) -> String {
    show_controls(text).into_owned()
}

fn suite(name: &str, cells: &[Named], status: &TestCaseStatus, told: &Told<'_, '_>) -> TestSuite {
    let mut suite = TestSuite::new(name);
    for cell in cells {
        let mut case = TestCase::new(shown(&cell.name), status.clone());
        case.extra.insert("file".into(), shown(&told.path(&cell.file)).into());
        suite.add_test_case(case);
    }
    suite
}

fn case(finding: &Finding, id: &str, told: &Told<'_, '_>) -> TestCase {
    let start = told.sources.place(&finding.span).start;
    let file = shown(&told.path(&finding.span.file));
    let place = format!("{file}:{start}");
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    let help = format!("help: {}", finding.help);
    let text: Vec<&str> = [finding.title.as_str()]
        .into_iter()
        .chain(finding.notes.iter().map(String::as_str))
        .chain(finding.diff.as_deref())
        .chain([help.as_str()])
        .map(str::trim_end)
        .collect();
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    status.set_type(kind).set_message(shown(&finding.title));
    status.set_description(format!("{place}\n{}", shown(&text.join("\n"))));
    let mut case = TestCase::new(id, status);
    case.set_classname(finding.rule);
    case.extra.insert("file".into(), file.into());
    case.extra.insert("line".into(), start.line.to_string().into());
    case
}
