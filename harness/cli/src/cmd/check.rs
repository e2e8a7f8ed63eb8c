//! `dogfood check`: holds guides, traces and infrastructure against each other. Reads files; starts nothing, opens no socket.

use dogfood_core::gate::{self, Inputs, Report};
use dogfood_core::reports::{self, Sources};

use super::Context;
use super::findings;
use crate::cli::{CheckArgs, Deny, Format};
use crate::exit::{Exit, Trouble};
use crate::output::Head;

/// Checks.
pub(crate) fn run(context: &mut Context, args: &CheckArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&args.today)?)?;
    let report = gate::check(&inputs);
    match args.format {
        Format::Json => {
            let text = findings::rendered("json", &report.findings, &Sources::of(&inputs), context)?;
            context.output.json_text(&text)?;
        }
        Format::Human => people(context, &inputs, &report)?,
    }
    let verdict = verdict(&report, args.deny == Some(Deny::Warnings));
    // The process ends here. Taking a large book apart value by value would cost a tenth of the whole check.
    std::mem::forget((inputs, report));
    Ok(verdict)
}

/// Findings, tolerated ones in a line each, and how much was looked at.
pub(crate) fn people(context: &mut Context, inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    findings::people(context, &report.findings, &Sources::of(inputs))?;
    for allowed in &report.allowed {
        let finding = &allowed.finding;
        let line = format!(
            "{} in `{}` is tolerated until {}: {}",
            finding.rule, finding.span.file, allowed.until, allowed.because
        );
        context.output.headed(Head::Note, mdbook_dogfood::terminal::Shown(&line));
    }
    context.output.say(reports::summary(&report.counts));
    Ok(())
}

/// The exit code. Without a recipe nothing was held against anything: that is neither clean nor a finding, and CI must see it.
pub(crate) fn verdict(report: &Report, deny_warnings: bool) -> Exit {
    if report.stops(deny_warnings) {
        Exit::Findings
    } else if report.counts.recipes == 0 {
        Exit::Nothing
    } else {
        Exit::Clean
    }
}
