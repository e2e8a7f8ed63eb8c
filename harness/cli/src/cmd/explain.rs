//! `dogfood explain`: what a rule finds, why, and what mends it; the same text as the manual's. Needs no book.

use dogfood_core::markup::spelling;
use dogfood_core::rules::{self, Group, Meta, RULES};
use serde::Serialize;

use super::Context;
use crate::cli::{ExplainArgs, Format};
use crate::exit::{Exit, Trouble};

/// A rule as it is listed.
#[derive(Debug, Serialize)]
struct Row<'a> {
    id: &'a str,
    group: &'a str,
    severity: String,
    summary: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    manual: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn new(meta: &'a Meta, manual: Option<&'a str>) -> Self {
        let Meta { name, group, severity, summary, .. } = meta;
        Self { id: name, group: group.word(), severity: severity.to_string(), summary, manual }
    }
}

/// Explains one rule, or lists all.
pub(crate) fn run(context: &mut Context, args: &ExplainArgs) -> Result<Exit, Trouble> {
    match &args.rule {
        Some(name) => one(context, name, args.format)?,
        None => all(context, args.format)?,
    }
    Ok(Exit::Clean)
}

fn one(context: &mut Context, name: &str, format: Format) -> Result<(), Trouble> {
    let rule = rules::find(name).ok_or_else(|| {
        let message = format!("there is no rule `{name}`{}", spelling::did_you_mean(name, rules::names()));
        Trouble::usage(message, "`dogfood explain` lists the rules")
    })?;
    let meta = rule.meta();
    // The manual is a chapter: there a backslash keeps mdBook from expanding an example.
    let manual = meta.manual.replace("\\{{#", "{{#");
    match format {
        Format::Json => context.output.json(&Row::new(meta, Some(&manual)))?,
        Format::Human => {
            context.output.say(format_args!(
                "{} ({}, {}): {}\n",
                meta.name,
                meta.group.word(),
                meta.severity,
                meta.summary
            ));
            context.output.say(manual.trim_end());
        }
    }
    Ok(())
}

fn all(context: &mut Context, format: Format) -> Result<(), Trouble> {
    let metas: Vec<&Meta> = RULES.iter().map(|rule| rule.meta()).collect();
    if format == Format::Json {
        let rows: Vec<Row<'_>> = metas.iter().map(|meta| Row::new(meta, None)).collect();
        return context.output.json(&rows);
    }
    let width = metas.iter().map(|meta| meta.name.len()).max().unwrap_or(0);
    let mut group: Option<Group> = None;
    for meta in metas {
        if group != Some(meta.group) {
            let gap = if group.is_some() { "\n" } else { "" };
            context.output.say(format_args!("{gap}{}", meta.group.word()));
            group = Some(meta.group);
        }
        context.output.say(format_args!("  {:width$}  {:7}  {}", meta.name, meta.severity.to_string(), meta.summary));
    }
    context.output.say("\n`dogfood explain RULE` says why, and what mends it.");
    Ok(())
}
