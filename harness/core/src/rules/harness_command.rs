//! harness-command: a recipe calls dogfood, which readers do not have.

use std::sync::LazyLock;

use regex::Regex;

use crate::finding::Finding;
use crate::markup::model::{Body, Chapter, Guide};
use crate::place::Span;

use super::context::Context;
use super::rule::{Meta, Rule, meta};
use super::variables;

/// The program where a shell takes a command, or where Python starts one.
static CALL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?m)(?:^|[;&|({`]|\b(?:then|do|else|exec|time|sudo|command|env|nohup|xargs)\s)[ \t]*(?P<shell>(?:[^\s;&|(){}`'\x22]*/)?(?:mdbook-)?dogfood)(?:\s|$|[;&|)`])",
        r"|\b(?:system|popen|Popen|run|call|check_call|check_output|exec[lv]\w*|spawn\w*|create_subprocess_\w+)\(\s*\[?\s*",
        r"['\x22](?P<python>(?:[^\s'\x22]*/)?(?:mdbook-)?dogfood)['\x22 ]",
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
            // Hardly a guide names the program at all, and compiling the expression takes longer than looking at a whole book.
            for (text, body, base) in texts(chapter, guide).filter(|(text, ..)| text.contains("dogfood")) {
                let calls = CALL.captures_iter(text).filter_map(|call| call.name("shell").or(call.name("python")));
                findings.extend(calls.map(|call| {
                    let from = body.source(base + call.start());
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

/// What runs, what is written for it, and what the reader is told to do by hand: each text with its body and its place in that.
fn texts<'a>(chapter: &'a Chapter, guide: &'a Guide) -> impl Iterator<Item = (&'a str, &'a Body, usize)> {
    let steps = guide.setup.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.steps)).chain(&guide.teardown);
    let steps = steps.flat_map(|step| variables::texts(step).into_iter().map(|(text, base)| (text, &step.body, base)));
    let files = guide.files.iter().chain(guide.recipes.iter().flat_map(|recipe| &recipe.files));
    let files = files.filter_map(|file| chapter.fences.get(file.fence)).map(|fence| &fence.body);
    let whole = files.chain(guide.given.iter().map(|given| &given.body)).map(|body| (body.text.as_str(), body, 0));
    steps.chain(whole)
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
