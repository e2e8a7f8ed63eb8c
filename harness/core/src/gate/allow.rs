//! `<!-- dogfood: allow RULE until=DATE because WORDS -->`: one finding at the place right below the comment is tolerated until that day.
//!
//! The place is the line below the comment, or the whole fence that opens there: a finding about a line inside a fence has no better
//! place for a comment.

use std::ops::Range;

use crate::checkout::Inputs;
use crate::date::Date;
use crate::finding::Finding;
use crate::markup::model::{Allow, Chapter};
use crate::markup::spelling;
use crate::place::{LineIndex, Span};
use crate::rules;

use super::report::Allowed;

/// The rule for comments that mean nothing.
const UNKNOWN: &str = "unknown-attribute";

/// Takes the tolerated findings out of `findings`, and adds what is wrong with the comments themselves.
pub(super) fn apply(inputs: &Inputs, mut findings: Vec<Finding>) -> (Vec<Finding>, Vec<Allowed>) {
    let mut allowed = Vec::new();
    for chapter in inputs.chapters.iter().filter(|chapter| !chapter.allows.is_empty()) {
        let index = LineIndex::new(&chapter.text.text);
        for allow in &chapter.allows {
            let place = chapter.text.span(allow.range.clone());
            if let Some(problem) = nonsense(allow, &place) {
                findings.push(problem);
                continue;
            }
            let covered = covered(chapter, &index, allow.covers_line);
            let at = findings.iter().position(|finding| finding.rule == allow.rule && covers(&covered, &finding.span));
            settle(inputs, allow, place, at, &mut findings, &mut allowed);
        }
    }
    (findings, allowed)
}

fn settle(
    inputs: &Inputs,
    allow: &Allow,
    place: Span,
    at: Option<usize>,
    findings: &mut Vec<Finding>,
    allowed: &mut Vec<Allowed>,
) {
    let Ok(until) = allow.until.parse::<Date>() else { return };
    match at {
        Some(at) if until >= inputs.today => {
            let finding = findings.remove(at);
            allowed.push(Allowed { finding, until, because: allow.because.clone() });
        }
        Some(at) => {
            let note = format!("it was tolerated until {until}, because {}", allow.because);
            let finding = findings[at].clone().note(note).related(place, "the comment that has expired");
            findings[at] = finding;
        }
        None => {
            let title = format!("nothing here is a finding of `{}`", allow.rule);
            let help = "take the comment away; it stands right above the place that it is about";
            findings.push(Finding::warning(UNKNOWN, place, title, help));
        }
    }
}

/// A comment that names no rule or no day.
fn nonsense(allow: &Allow, place: &Span) -> Option<Finding> {
    if rules::find(&allow.rule).is_none() {
        let help = match spelling::nearest(&allow.rule, rules::names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`dogfood explain` lists the rules".to_owned(),
        };
        return Some(Finding::error(UNKNOWN, place.clone(), format!("there is no rule `{}`", allow.rule), help));
    }
    let problem = allow.until.parse::<Date>().err()?;
    Some(Finding::error(
        UNKNOWN,
        place.clone(),
        format!("the comment tolerates nothing: {problem}"),
        "write the last day as `until=YYYY-MM-DD`",
    ))
}

/// The stretches of files that an allow on `line` (of the chapter's text) is about.
fn covered(chapter: &Chapter, index: &LineIndex, line: usize) -> Vec<Span> {
    let text = &chapter.text.text;
    let Some(range) = index.line(text, line) else { return Vec::new() };
    let fence =
        chapter.fences.iter().find(|fence| range.contains(&fence.range.start) || fence.range.start == range.start);
    let whole: Range<usize> = range.start..fence.map_or(range.end, |fence| fence.range.end.max(range.end));
    // An included stretch stands in another file: each segment is a span of its own.
    let cuts = chapter.text.segments.iter().map(|segment| segment.at).filter(|at| whole.contains(at));
    let starts: Vec<usize> = std::iter::once(whole.start).chain(cuts.filter(|at| *at > whole.start)).collect();
    let ends = starts.iter().skip(1).copied().chain([whole.end]);
    starts.iter().zip(ends).map(|(start, end)| chapter.text.span(*start..end)).collect()
}

fn covers(covered: &[Span], span: &Span) -> bool {
    covered.iter().any(|place| place.file == span.file && (place.start..=place.end).contains(&span.start))
}
