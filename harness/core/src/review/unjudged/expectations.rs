//! Expectations that are gone, that accept more than before, or that are otherwise different. An expectation that only became stricter
//! is not listed: the recorded output is held against it. Pure.

use std::collections::BTreeMap;

use crate::compare::{Captures, Work, compare};
use crate::markup::model::{Chapter, ExpectFormat, Guide, Recipe, Step};
use crate::place::Span;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Expectations;

impl Look for Expectations {
    fn name(&self) -> &'static str {
        "expectations"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for (_, before) in states.base.guides() {
            let now = states.now.guides().find(|(_, now)| now.front.guide == before.front.guide);
            let Some((chapter, now)) = now else { continue };
            for (name, old, new) in rows(before, now) {
                for (old, new) in aligned(old, new) {
                    for text in changes(&name, old, new) {
                        found.at(states.now, &place(chapter, new), text);
                    }
                }
            }
        }
    }
}

/// The sequences of steps that both guides have, each with its name.
fn rows<'a>(before: &'a Guide, now: &'a Guide) -> Vec<(String, &'a [Step], &'a [Step])> {
    let guide = &now.front.guide;
    let mut rows = vec![
        (format!("the setup of `{guide}`"), &*before.setup, &*now.setup),
        (format!("the teardown of `{guide}`"), &*before.teardown, &*now.teardown),
    ];
    let both = |old: &'a Recipe| Some((format!("`{guide}/{}`", old.id), &*old.steps, &*now.recipe(&old.id)?.steps));
    rows.extend(before.recipes.iter().filter_map(both));
    rows
}

/// Which step was which: the one with the same text where there is one, else the one with the same number.
fn aligned<'a>(old: &'a [Step], new: &'a [Step]) -> Vec<(&'a Step, &'a Step)> {
    let same = |step: &&Step| old.iter().filter(|other| other.text == step.text).count() == 1;
    let find = |step: &'a Step| {
        let by_text = Some(step).filter(same).and_then(|step| old.iter().find(|other| other.text == step.text));
        let by_number = || old.get(step.number.checked_sub(1)?);
        Some((by_text.or_else(by_number)?, step))
    };
    new.iter().filter_map(find).collect()
}

/// What an expectation says, by what it is about.
fn expected(step: &Step) -> BTreeMap<String, (String, ExpectFormat)> {
    let words = |expectation: &crate::markup::model::Expectation| {
        let targets: Vec<String> = expectation.targets.iter().map(|target| format!(" on `{target}`")).collect();
        format!("{:?}{}", expectation.stream, targets.concat()).to_lowercase()
    };
    let mut all: BTreeMap<_, _> = step
        .expectations
        .iter()
        .map(|expectation| (words(expectation), (expectation.text.clone(), expectation.format)))
        .collect();
    for (number, command) in step.commands.iter().enumerate().filter(|_| step.console_asserts()) {
        let lines: Vec<&str> = command.expected.iter().map(|(line, _)| line.as_str()).collect();
        all.insert(format!("command {}", number + 1), (lines.join("\n"), ExpectFormat::Text));
    }
    all
}

fn changes(name: &str, old: &Step, new: &Step) -> Vec<String> {
    let (before, now) = (expected(old), expected(new));
    let step = format!("step {} of {name}", new.number);
    let mut changes = Vec::new();
    for (about, (old, _)) in &before {
        let Some((new, format)) = now.get(about) else {
            changes.push(format!("{step}: nothing is expected of {about} any more"));
            continue;
        };
        if old == new {
            continue;
        }
        // What the old text says literally is a output that the new expectation may accept.
        let accepts = |expected: &str, output: &str| {
            compare(expected, *format, output, &mut Captures::new(), &mut Work::new())
                .is_ok_and(|outcome| outcome.matches)
        };
        match (accepts(new, old), accepts(old, new)) {
            (true, _) => changes.push(format!("{step}: the expectation of {about} accepts more than before")),
            (false, true) => {}
            (false, false) => changes.push(format!("{step}: the expectation of {about} is different")),
        }
    }
    changes
}

fn place(chapter: &Chapter, step: &Step) -> Span {
    let fence = step.expectations.first().map_or(step.fence, |expectation| expectation.fence);
    chapter.fences.get(fence).map_or_else(|| Span::top(chapter.path.clone()), |fence| fence.span.clone())
}
