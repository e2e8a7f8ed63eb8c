//! `dogfood check`: holds guides, traces and infrastructure against each other. Reads files; starts nothing, opens no socket.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use dogfood_core::blame::Blame;
use dogfood_core::gate::baseline::{self, Held};
use dogfood_core::gate::{self, Inputs, Report};
use dogfood_core::reports::{self, Named, Sources, Told};

use mdbook_dogfood::terminal::Shown;

use super::review::{self, Against};
use super::{Context, findings};
use crate::cli::{CheckArgs, CheckFormat, Deny};
use crate::exit::{Exit, Trouble};
use crate::output::{Head, count};

/// Checks.
pub(crate) fn run(context: &mut Context, args: &CheckArgs) -> Result<Exit, Trouble> {
    let root = context.root()?;
    let against = Against::typed(args.base.as_deref(), &args.judge);
    let inputs = against.load(context, &root, context.today(&args.today)?)?;
    let mut report = gate::check(&inputs);
    let judge = args.judge.policy_from.as_deref().map(|name| (root.as_path(), name));
    let baseline =
        args.baseline.as_deref().map(|file| Baseline::apply(context, file, judge, &mut report)).transpose()?;
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
    if let Some(base) = &args.base {
        review::tell_pending(context, &report, base);
    }
    review::tell_unjudged(context, &inputs);
    let verdict = verdict(&report, args.deny == Some(Deny::Warnings));
    let verdict = baseline.map_or(verdict, |baseline| verdict.and(baseline.tell(context)));
    // The process ends here: nobody waits for a large book to be taken apart value by value.
    std::mem::forget((inputs, report));
    Ok(verdict)
}

/// What a baseline made of the report.
struct Baseline<'a> {
    file: &'a Path,
    held: Held,
}

impl<'a> Baseline<'a> {
    /// The largest file that is read.
    const MOST: usize = 64 << 20;

    /// Takes what the file tolerates out of the report. Where another commit of the checkout judges, it is that commit's file.
    fn apply(
        context: &Context,
        file: &'a Path,
        judge: Option<(&Path, &str)>,
        report: &mut Report,
    ) -> Result<Self, Trouble> {
        let shown = file.display();
        let help = "make it with `dogfood check --format json`";
        let path = context.here.join(file);
        let from_disk = || {
            std::fs::metadata(&path).and_then(|meta| match meta.len() <= Self::MOST as u64 {
                true => std::fs::read_to_string(&path),
                false => Err(std::io::Error::other("it is too large")),
            })
        };
        let entries = |read: std::io::Result<String>| {
            let text = read.map_err(|error| {
                let blame = Blame::of(&error, Blame::CommandLine);
                Trouble::of(blame, format!("the baseline `{shown}` cannot be read: {error}"), help)
            })?;
            baseline::read(&text).map_err(|problem| Trouble::usage(format!("the baseline `{shown}`: {problem}"), help))
        };
        let judges = match judge {
            Some((root, name)) => review::file_of(root, name, &path, Self::MOST)?,
            None => None,
        };
        let held = match judges {
            Some(read) => {
                // The file of the change under review tolerates nothing; it says what that change no longer lists.
                let own = from_disk().ok().and_then(|text| baseline::read(&text).ok()).unwrap_or_default();
                baseline::hold(report, entries(read)?, Some(own))
            }
            None => baseline::hold(report, entries(from_disk())?, None),
        };
        Ok(Self { file, held })
    }

    /// How much is tolerated, and what is mended and has to leave the file.
    fn tell(&self, context: &mut Context) -> Exit {
        let file = self.file.display();
        if !self.held.tolerated.is_empty() {
            let tolerated = count(self.held.tolerated.len(), "finding");
            context.output.headed(Head::Note, Shown(&format!("{tolerated} tolerated by the baseline `{file}`")));
        }
        for entry in &self.held.mended {
            let about = entry.subject.as_ref().map(|subject| format!(" ({subject})")).unwrap_or_default();
            let line = format!("{} in `{}`{about} is mended and still listed in `{file}`", entry.rule, entry.file);
            context.output.headed(Head::Error, Shown(&line));
        }
        if self.held.mended.is_empty() {
            return Exit::Clean;
        }
        context.output.headed(Head::Help, Shown(&format!("write it anew: `dogfood check --format json > {file}`")));
        Exit::Findings
    }
}

fn programs(context: &mut Context, format: &str, inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    let (sources, verified, pending) = (Sources::of(inputs), Named::verified(report), Named::pending(report));
    let below = context.below()?;
    let unjudged = &inputs.unjudged;
    let told = Told {
        verified: &verified,
        pending: &pending,
        unjudged,
        below: &below,
        ..Told::new(&report.findings, &sources)
    };
    let text = findings::rendered(format, &told, context)?;
    match format {
        "junit" => context.output.document(&text),
        _ => context.output.json_text(&text),
    }
}

/// Annotations on stdout, and all findings in the summary of the job, if there is one.
fn annotate(context: &mut Context, inputs: &Inputs, report: &Report) -> Result<(), Trouble> {
    let sources = Sources::of(inputs);
    let below = context.below()?;
    let told = Told { unjudged: &inputs.unjudged, below: &below, ..Told::new(&report.findings, &sources) };
    let text = findings::rendered("github", &told, context)?;
    context.output.commands(&text)?;
    let summary = context.environment.job_summary.clone();
    if let Some(file) =
        summary.filter(|_| !report.findings.is_empty() || report.counts.pending > 0 || !inputs.unjudged.is_empty())
    {
        let pending = review::pending_list(report);
        let table = if report.findings.is_empty() { String::new() } else { reports::job_summary(&told) };
        let unjudged = reports::unjudged_summary(&told);
        let text = format!("{table}{pending}{unjudged}\n\n{}\n", reports::summary(&report.counts));
        let appended = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&file)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = appended {
            let line = format!("the summary of the job cannot be written: {}: {error}", file.display());
            context.output.headed(Head::Warning, Shown(&line));
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
        context.output.headed(Head::Note, Shown(&line));
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
