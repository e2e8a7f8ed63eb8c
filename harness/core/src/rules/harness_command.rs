//! harness-command: a recipe calls dogfood, which readers do not have.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding::Finding;
use crate::markup::model::{Body, Chapter, Guide};
use crate::place::Span;

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The program where a shell takes a command, or where Python starts one.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m)(?:^|[;&|({`]|\b(?:then|do|else|exec|time|sudo|command|env|nohup|xargs)\s)[ \t]*(?P<shell>(?:[^\s;&|(){}`'\x22]*/)?(?:mdbook-)?dogfood)(?:\s|$|[;&|)`])",
        r"|[\[(]\s*['\x22](?P<python>(?:[^\s'\x22]*/)?(?:mdbook-)?dogfood)['\x22 ]",
    ))
    .expect("a fixed expression")
});

/// The rule.
pub(super) struct HarnessCommand;

impl Rule for HarnessCommand {
    fn meta(&self) -> &'static Meta {
        meta!("harness-command", Markup, Error, "a fence of a guide calls dogfood, which readers do not have")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides() {
            for body in bodies(chapter, guide) {
                let calls =
                    CALL.captures_iter(&body.text).filter_map(|call| call.name("shell").or(call.name("python")));
                findings.extend(calls.map(|call| {
                    let from = body.source(call.start());
                    self.finding(chapter.text.span(from..from + call.len()))
                }));
            }
        }
    }
}

impl HarnessCommand {
    fn finding(&self, span: Span) -> Finding {
        let help = "write what a reader would type; what the harness does by itself stands in a `given` fence";
        Finding::error(self.name(), span, "a guide's fence calls dogfood", help)
            .note("readers do not have it: what they copy would not work")
    }
}

/// What runs, what is written for it, and what the reader is told to do by hand.
fn bodies<'a>(chapter: &'a Chapter, guide: &'a Guide) -> impl Iterator<Item = &'a Body> {
    let steps = guide.setup.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.steps)).chain(&guide.teardown);
    let files = guide.files.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.files));
    let fences = files.filter_map(|file| chapter.fences.get(file.fence)).map(|fence| &fence.body);
    steps.map(|step| &step.body).chain(fences).chain(guide.given.iter().map(|given| &given.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_found_and_mentions_are_not() {
        for call in [
            "dogfood run x",
            "x && dogfood",
            "./target/debug/dogfood list",
            "$(dogfood list)",
            "if true; then dogfood; fi",
            "  dogfood\n",
            "a | xargs dogfood",
            "subprocess.run([\"dogfood\", \"run\"])",
            "os.system('dogfood run')",
            "mdbook-dogfood supports html",
        ] {
            assert!(CALL.is_match(call), "{call}");
        }
        for mention in [
            "# dogfood run",
            "echo dogfood",
            "cat dogfood.txt",
            "dogfood-x run",
            "print('dogfood')x",
            "ls traces/dogfood",
            "x = 'eat dogfood'",
        ] {
            assert!(!CALL.is_match(mention), "{mention}");
        }
    }
}
