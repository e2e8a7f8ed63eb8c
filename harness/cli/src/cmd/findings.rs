//! Findings on their way out.

use dogfood_core::checkout::Inputs;
use dogfood_core::finding::{Finding, Severity};
use dogfood_core::gate::Report;
use dogfood_core::reports::{self, Look, Sources, Told};

use super::Context;
use crate::exit::Trouble;

/// Findings in the format called `format`.
pub(crate) fn rendered(format: &str, told: &Told<'_, '_>, context: &Context) -> Result<String, Trouble> {
    let known = reports::find(format).ok_or_else(|| Trouble::usage(format!("there is no format `{format}`"), ""))?;
    let look = Look { colour: context.output.colour(), width: 0, workflow: context.environment.github_actions };
    Ok(known.render(told, look))
}

/// The errors about pages that the book has or should have and that could not be read: no fence and no recipe of theirs is known, so
/// whoever looks at all of them has to be told.
pub(crate) fn unread<'a>(inputs: &'a Inputs, report: &'a Report) -> impl Iterator<Item = &'a Finding> {
    let summary = inputs.book.summary();
    report.findings.iter().filter(move |finding| {
        finding.severity == Severity::Error
            && (finding.span.file == summary || inputs.unlisted.contains(&finding.span.file))
    })
}

/// Findings for people.
pub(crate) fn people(context: &mut Context, findings: &[Finding], sources: &Sources<'_>) -> Result<(), Trouble> {
    if !findings.is_empty() {
        let text = rendered("human", &Told::new(findings, sources), context)?;
        context.output.say(text.trim_end_matches('\n'));
        context.output.say("");
    }
    Ok(())
}
