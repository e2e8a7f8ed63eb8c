//! Fences that hold expected output, and the step that each belongs to. Pure; touches nothing.

use std::ops::Range;

use crate::budget::{self, TARGETS};
use crate::finding::Finding;
use crate::name::Id;

use super::super::attribute::{Attributes, UNCLASSIFIED, UNKNOWN};
use super::super::model::{ExpectFormat, Expectation, FenceClass, Session, Stream};
use super::draft::{Assembly, Nearest};

/// The rule for expectations that nothing is compared with.
pub(super) const UNUSED: &str = "unused-expect";

impl Assembly<'_> {
    pub(super) fn expect(&mut self, at: usize, words: &Attributes) -> FenceClass {
        let block = &self.blocks[at];
        let Some(format) = format(&words.language) else {
            let title = format!("expected output is `text`, `json` or `yaml`, not `{}`", words.language);
            if !words.blamed {
                self.report(UNCLASSIFIED, block.opener.clone(), title, "Change the first word of the fence.");
            }
            return FenceClass::Unclassified;
        };
        let unreadable =
            (words.has("recipe") && words.recipe.is_none()) || (words.has("target") && words.targets.is_empty());
        let Some(stream) = words.stream.filter(|_| !unreadable) else {
            return FenceClass::Unclassified;
        };
        match self.nearest {
            Nearest::None => {
                let help = "Put it under the step whose output it is, or say `illustrative=REASON`.";
                self.report(UNUSED, block.opener.clone(), "no step stands above this expected output", help);
                FenceClass::Unclassified
            }
            Nearest::Around => {
                let title = "the output of setup and teardown is recorded, not compared";
                let help = "Make it a step of a recipe (`recipe=ID`), or take the expected output out.";
                self.report(UNUSED, block.opener.clone(), title, help);
                FenceClass::Unclassified
            }
            Nearest::Silent(fence) => FenceClass::Expect(fence),
            Nearest::Step(draft, step) => {
                let text = block.body.content().to_owned();
                let targets = words.targets.clone();
                let expectation = Expectation { stream, format, targets, text, fence: at, body: block.body.clone() };
                self.attach(draft, step, expectation, words);
                FenceClass::Expect(self.drafts[draft].recipe.steps[step].fence)
            }
        }
    }

    fn attach(&mut self, draft: usize, step: usize, expectation: Expectation, words: &Attributes) {
        let opener = self.blocks[expectation.fence].opener.clone();
        match self.objection(draft, step, &expectation, words) {
            Some(Objection { rule, place, title, help, other }) => {
                let mut finding = Finding::error(rule, self.expanded.span(place.unwrap_or(opener)), title, help);
                let above = self.drafts[draft].recipe.steps[step].fence;
                let (fence, label) = other.map_or((above, "the step above"), |fence| (fence, "the first one"));
                finding = finding.related(self.expanded.span(self.blocks[fence].opener.clone()), label);
                self.findings.push(finding.subject(&self.drafts[draft].recipe.id));
            }
            None => self.drafts[draft].recipe.steps[step].expectations.push(expectation),
        }
    }

    /// Why the expectation cannot be the step's.
    fn objection(&self, draft: usize, step: usize, new: &Expectation, words: &Attributes) -> Option<Objection> {
        let recipe = &self.drafts[draft].recipe;
        let step = &recipe.steps[step];
        if step.expectations.len() >= TARGETS {
            let title = format!("a step has at most {TARGETS} expected outputs: more are too much to judge");
            let help = "Leave open what differs from target to target.";
            return Some(Objection { rule: budget::RULE, place: None, title, help, other: None });
        }
        let (stream, targets) = (new.stream, &new.targets);
        if let Some(named) = words.recipe.as_ref().filter(|named| **named != recipe.id) {
            let title = format!("the nearest step above belongs to the recipe `{}`, not to `{named}`", recipe.id);
            return Some(Objection::at(UNKNOWN, words.place("recipe"), title, "Move the fence, or correct the id."));
        }
        if step.session == Session::Console {
            let title = "a `console` fence shows its output itself";
            return Some(Objection::whole(title, "Write the output under the command in the `console` fence."));
        }
        if stream == Stream::Error && step.session != Session::Python {
            let title = "only Python raises exceptions";
            return Some(Objection::whole(title, "Use `expect=stderr` for what a command says on standard error."));
        }
        if stream == Stream::Error && new.format != ExpectFormat::Text {
            let title = "an exception is text, `Type: message`";
            return Some(Objection::whole(title, "Write `text expect=error`."));
        }
        if stream == Stream::Error && step.options.raises.is_none() && step.options.exit.is_none() {
            let title = "the step above must not fail, so it has no exception to compare";
            return Some(Objection::whole(title, "Add `raises=CLASS` to the step."));
        }
        let runs = |target: &&Id| recipe.targets.contains(target) && step.runs_on(target);
        if let Some(stranger) = targets.iter().find(|target| !runs(target)) {
            let title = format!("the step above does not run on `{stranger}`");
            return Some(Objection::at(UNUSED, words.place("target"), title, "Name a target of the recipe."));
        }
        let same = |other: &&Expectation| {
            let both = other.targets.iter().any(|target| targets.contains(target));
            other.stream == stream && (both || (other.targets.is_empty() && targets.is_empty()))
        };
        step.expectations.iter().find(same).map(|other| Objection {
            other: Some(other.fence),
            ..Objection::whole(
                "the step above has its expected output already",
                "Delete one of them, or say with `target=` where each holds.",
            )
        })
    }
}

struct Objection {
    rule: &'static str,
    /// The opening line if not said.
    place: Option<Range<usize>>,
    title: String,
    help: &'static str,
    /// The fence that is in the way, if it is not the step.
    other: Option<usize>,
}

impl Objection {
    fn whole(title: &str, help: &'static str) -> Self {
        Self { rule: UNUSED, place: None, title: title.to_owned(), help, other: None }
    }

    fn at(rule: &'static str, place: Range<usize>, title: String, help: &'static str) -> Self {
        Self { rule, place: Some(place), title, help, other: None }
    }
}

fn format(language: &str) -> Option<ExpectFormat> {
    match language {
        "text" => Some(ExpectFormat::Text),
        "json" => Some(ExpectFormat::Json),
        "yaml" | "yml" => Some(ExpectFormat::Yaml),
        _ => None,
    }
}
