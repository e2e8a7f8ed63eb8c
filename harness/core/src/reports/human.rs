//! For people, as rustc writes it: what is wrong, where, why, and what mends it.

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::finding::{Finding, Severity};
use crate::place::Span;
use crate::redact::{neutralise_commands, show_controls};

use super::format::{Format, Look, Told};
use super::sources::Sources;

/// The most characters of a line that are shown before and after the marked ones.
const AROUND: usize = 120;
/// The most characters that are marked.
const MARKED: usize = 160;

/// The format `human`.
pub struct Human;

impl Format for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn render(&self, told: &Told<'_, '_>, look: Look) -> String {
        let renderer = if look.colour { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.term_width(if look.width == 0 { DEFAULT_TERM_WIDTH } else { look.width });
        let mut out = String::new();
        for finding in told.findings.iter() {
            out.push_str(&one(finding, told.sources, &renderer));
            out.push('\n');
        }
        if look.workflow { neutralise_commands(&out).into_owned() } else { out }
    }
}

/// Texts of one finding, made fit for a terminal.
struct Shown {
    title: String,
    notes: Vec<String>,
    help: String,
}

fn one(finding: &Finding, sources: &Sources<'_>, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let shown = Shown {
        title: show_controls(&finding.title).into_owned(),
        notes: finding.notes.iter().map(|note| show_controls(note).into_owned()).collect(),
        help: show_controls(&finding.help).into_owned(),
    };
    let title = Group::with_title(level.primary_title(shown.title).id(finding.rule));
    let mut group = place(title, finding, &finding.span, &finding.label, AnnotationKind::Primary, sources);
    for related in &finding.related {
        group = place(group, finding, &related.span, &related.label, AnnotationKind::Context, sources);
    }
    for note in &shown.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    let mut text = String::new();
    if let Some(diff) = &finding.diff {
        text.push_str(&renderer.render(&[group]));
        text.push('\n');
        text.extend(diff.lines().flat_map(|line| ["    ", line, "\n"]));
        let help = Group::with_title(Level::HELP.secondary_title(shown.help.as_str()));
        text.push_str(&renderer.render(&[help]));
    } else {
        text.push_str(&renderer.render(&[group.element(Level::HELP.message(shown.help.as_str()))]));
    }
    text.push('\n');
    text
}

/// Adds a place: its line with the bytes marked, or only its name where the text is not known or may not be shown.
fn place<'g>(
    group: Group<'g>,
    finding: &Finding,
    span: &Span,
    label: &str,
    kind: AnnotationKind,
    sources: &Sources<'_>,
) -> Group<'g> {
    let position = sources.place(span).start;
    let path = span.file.to_string();
    // Whatever looks like a secret is not shown a second time, in a log that more people read: `sources` sees to it.
    let secret = finding.rule.starts_with("secret-in-");
    let line = sources.line(&span.file, position.line).filter(|(line, _)| !secret && !line.trim().is_empty());
    let Some((line, range)) = line else {
        return group.element(Origin::path(path).line(position.line).char_column(position.column));
    };
    let start = floor(line, span.start.saturating_sub(range.start));
    let end = floor(line, span.end.saturating_sub(range.start)).max(start);
    let end = line[start..end].char_indices().nth(MARKED).map_or(end, |(at, _)| start + at);
    let before = &line[..start];
    let from = before.char_indices().rev().nth(AROUND - 1).map_or(0, |(at, _)| at);
    let after = line[end..].char_indices().nth(AROUND).map_or(line.len(), |(at, _)| end + at);
    let parts = [&line[from..start], &line[start..end], &line[end..after]].map(|part| show_controls(part).into_owned());
    let marked = parts[0].len()..parts[0].len() + parts[1].len();
    let annotation = kind.span(marked);
    let annotation = if label.is_empty() { annotation } else { annotation.label(show_controls(label).into_owned()) };
    group.element(Snippet::source(parts.concat()).line_start(position.line).path(path).annotation(annotation))
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
