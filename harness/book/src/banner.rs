//! The banner of a served page: what is wrong on this page in full, differences and all, as a terminal shows it, and which other files have
//! findings. Pure; touches nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use dogfood_core::checkout::Inputs;
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::Report;
use dogfood_core::markup::model::Chapter;
use dogfood_core::place::RelPath;
use dogfood_core::reports::{Format as _, Human, Look, Sources, Told};

use crate::escape::{code, html};

/// Findings of one page that its banner shows, and other files that it names; the terminal has them all.
const MOST: usize = 10;

/// The banners of a book's pages.
pub(crate) struct Banners<'a> {
    report: &'a Report,
    sources: Sources<'a>,
}

impl<'a> Banners<'a> {
    pub(crate) fn new(inputs: &'a Inputs, report: &'a Report) -> Self {
        Self { report, sources: Sources::of(inputs) }
    }

    /// The banner of a chapter's page, on one line; nothing where no error stops a build and nothing is wrong on the page.
    pub(crate) fn of(&self, chapter: &Chapter) -> Option<String> {
        let (own, others): (Vec<&Finding>, Vec<&Finding>) =
            self.report.findings.iter().partition(|finding| concerns(finding, chapter));
        let errors = self.report.counts.errors;
        let head = match (errors, own.len()) {
            (0, 0) => return None,
            (0, 1) => "1 warning on this page".to_owned(),
            (0, several) => format!("{several} warnings on this page"),
            (1, _) => "1 finding stops a build of this book".to_owned(),
            (several, _) => format!("{several} findings stop a build of this book"),
        };
        let mut out = format!(
            "<div class=\"dogfood-banner\" role=\"alert\" style=\"border:3px solid #b00;padding:0 1em;margin:1em 0\"><p><strong>{head}.</strong>"
        );
        if errors > 0 {
            out.push_str(" This page is served so that you can write on.");
        }
        out.push_str("</p>");
        own.iter().take(MOST).for_each(|finding| self.whole(finding, &mut out));
        // Writing to a String cannot fail.
        if own.len() > MOST {
            let _ = write!(out, "<p>{} more on this page.</p>", own.len() - MOST);
        }
        elsewhere(&others, &mut out);
        out.push_str("</div>");
        Some(out)
    }

    fn whole(&self, finding: &Finding, out: &mut String) {
        let look = Look { colour: false, width: 0, workflow: false };
        let text = Human.render(&Told::new(std::slice::from_ref(finding), &self.sources), look);
        let _ = write!(out, "<pre tabindex=\"0\"><code class=\"nohighlight\">{}</code></pre>", html(text.trim_end()));
    }
}

/// Whether a finding is about a page: it stands there, or in a trace of its recipes.
fn concerns(finding: &Finding, chapter: &Chapter) -> bool {
    let guide = chapter.guide.as_ref().map(|guide| guide.front.guide.as_str());
    let subject = finding.subject.as_deref().and_then(|subject| subject.split_once('/')).map(|(guide, _)| guide);
    finding.span.file == chapter.path || (guide.is_some() && guide == subject)
}

/// How many errors other files have; their warnings are for their own pages.
fn elsewhere(findings: &[&Finding], out: &mut String) {
    let mut files: BTreeMap<&RelPath, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        *files.entry(&finding.span.file).or_default() += 1;
    }
    if files.is_empty() {
        return;
    }
    let mut told: Vec<String> =
        files.iter().take(MOST).map(|(file, count)| format!("{} ({count})", code(&file.to_string()))).collect();
    if files.len() > MOST {
        told.push(format!("and {} more files", files.len() - MOST));
    }
    let _ = write!(out, "<p>Elsewhere: {}.</p>", told.join(", "));
}
