//! `dogfood check`: holds guides, traces and infrastructure against each other. Reads files; starts nothing, opens no socket.

use std::fs::OpenOptions;
use std::io::Write;

use dogfood_core::gate::{self, Inputs, Report};
use dogfood_core::reports::{self, Sources, Told, Verified};

use super::Context;
use super::findings;
use crate::cli::{CheckArgs, CheckFormat, Deny};
use crate::exit::{Exit, Trouble};
use crate::output::Head;

/// Checks.
pub(crate) fn run(context: &mut Context, args: &CheckArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let inputs = context.load(&root, context.today(&args.today)?)?;
    let report = gate::check(&inputs);
    match args.format {
        CheckFormat::Human => {
            people(context, &inputs, &report)?;
            if context.environment.github_actions {
                annotate(context, &inputs, &report)?;
            }
        }
        CheckFormat::Github => annotate(context, &inputs, &report)?,
        CheckFormat::Json => programs(context, "json", &inputs, &report)?,
        CheckFormat::Sarif => programs(context, "sarif", &inputs, &report)?,
        CheckFormat::Junit => programs(context, "junit", &inputs, &report)?,
    }
    Ok(verdict(&report, args.deny == Some(Deny::Warnings)))
}

fn programs(context: &mut Context, format: &str, inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    let (sources, verified) = (Sources::of(inputs), Verified::of(report));
    let told = Told { verified: &verified, ..Told::new(&report.findings, &sources) };
    let text = findings::rendered(format, &told, context)?;
    match format {
        "junit" => context.output.document(&text),
        _ => context.output.json_text(&text),
    }
}

/// Annotations on stdout, and all findings in the summary of the job, if there is one.
fn annotate(context: &mut Context, inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    let sources = Sources::of(inputs);
    let told = Told::new(&report.findings, &sources);
    let text = findings::rendered("github", &told, context)?;
    context.output.commands(&text)?;
    let summary = context.environment.job_summary.clone();
    if let Some(file) = summary.filter(|_| !report.findings.is_empty()) {
        let text = format!("{}\n\n{}\n", reports::job_summary(&told), reports::summary(&report.counts));
        let appended = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&file)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = appended {
            let line = format!("the summary of the job cannot be written: {}: {error}", file.display());
            context.output.headed(Head::Warning, mdbook_dogfood::terminal::Shown(&line));
        }
    }
    Ok(())
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
