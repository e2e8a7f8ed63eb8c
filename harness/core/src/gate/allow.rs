//! `<!-- dogfood: allow RULE until=DATE because WORDS -->`: one finding at the place right below the comment is tolerated until that day.
//!
//! The place is the line below the comment, or the whole fence that opens there: a finding about a line inside a fence has no better
//! place for a comment.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::checkout::Inputs;
use crate::date::Date;
use crate::finding::{Finding, RuleName};
use crate::markup::model::{Allow, Chapter};
use crate::markup::spelling;
use crate::place::{LineIndex, RelPath, Span};
use crate::rules;

use super::report::Allowed;

/// The rule for comments that mean nothing.
const UNKNOWN: &str = "unknown-attribute";

/// Takes the tolerated findings out of `findings`, and adds what is wrong with the comments themselves.
pub(super) fn apply(inputs: &Inputs, findings: Vec<Finding>) -> (Vec<Finding>, Vec<Allowed>) {
    if inputs.chapters.iter().all(|chapter| chapter.allows.is_empty()) {
        return (findings, Vec::new());
    }
    let mut placed = Placed::default();
    findings.into_iter().for_each(|finding| placed.push(finding));
    let mut allowed = Vec::new();
    for chapter in inputs.chapters.iter().filter(|chapter| !chapter.allows.is_empty()) {
        let index = LineIndex::new(&chapter.text.text);
        for allow in &chapter.allows {
            let place = chapter.text.span(allow.range.clone());
            if let Some(problem) = nonsense(allow, &place) {
                placed.push(problem);
                continue;
            }
            let covered = covered(chapter, &index, allow.covers_line);
            allowed.extend(settle(inputs, allow, place, &covered, &mut placed));
        }
    }
    (placed.findings.into_iter().flatten().collect(), allowed)
}

/// Findings in their order, found by rule and place.
#[derive(Default)]
struct Placed {
    findings: Vec<Option<Finding>>,
    by_place: BTreeSet<(RuleName, RelPath, usize, usize)>,
}

impl Placed {
    fn push(&mut self, finding: Finding) {
        self.by_place.insert((finding.rule, finding.span.file.clone(), finding.span.start, self.findings.len()));
        self.findings.push(Some(finding));
    }

    /// The first finding of `rule` in one of the stretches `covered`.
    fn find(&self, rule: &str, covered: &[Span]) -> Option<usize> {
        let rule = rules::find(rule)?.name();
        covered.iter().find_map(|place| {
            let from = (rule, place.file.clone(), place.start, 0);
            let to = (rule, place.file.clone(), place.end, usize::MAX);
            self.by_place.range(from..=to).next().map(|(.., at)| *at)
        })
    }

    fn take(&mut self, at: usize) -> Option<Finding> {
        let finding = self.findings.get_mut(at)?.take()?;
        self.by_place.remove(&(finding.rule, finding.span.file.clone(), finding.span.start, at));
        Some(finding)
    }
}

fn settle(inputs: &Inputs, allow: &Allow, place: Span, covered: &[Span], placed: &mut Placed) -> Option<Allowed> {
    let until = allow.until.parse::<Date>().ok()?;
    let Some(at) = placed.find(&allow.rule, covered) else {
        let title = format!("nothing here is a finding of `{}`", allow.rule);
        let help = "take the comment away; it stands right above the place that it is about";
        placed.push(Finding::warning(UNKNOWN, place, title, help));
        return None;
    };
    if until >= inputs.today {
        let finding = placed.take(at)?;
        return Some(Allowed { finding, until, because: allow.because.clone() });
    }
    let finding = placed.findings.get_mut(at)?;
    let note = format!("it was tolerated until {until}, because {}", allow.because);
    *finding = finding.take().map(|finding| finding.note(note).related(place, "the comment that has expired"));
    None
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
    // Fences and segments stand in the order of the text.
    let next = chapter.fences.partition_point(|fence| fence.range.start < range.start);
    let fence = chapter.fences.get(next);
    let fence = fence.filter(|fence| range.contains(&fence.range.start) || fence.range.start == range.start);
    let whole: Range<usize> = range.start..fence.map_or(range.end, |fence| fence.range.end.max(range.end));
    // An included stretch stands in another file: each segment is a span of its own.
    let segments = &chapter.text.segments;
    let first = segments.partition_point(|segment| segment.at <= whole.start);
    let cuts = segments[first..].iter().map(|segment| segment.at).take_while(|at| *at < whole.end);
    let starts: Vec<usize> = std::iter::once(whole.start).chain(cuts).collect();
    let ends = starts.iter().skip(1).copied().chain([whole.end]);
    starts.iter().zip(ends).map(|(start, end)| chapter.text.span(*start..end)).collect()
}
