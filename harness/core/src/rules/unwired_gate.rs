//! unwired-gate: mdBook would build the book without asking the gate.
//!
//! mdBook skips a preprocessor without a word where its `supports` call fails, where it is optional and missing, and where another output
//! than the listed ones is built; and only before `links` are a chapter's bytes those of the file.

use std::ops::Range;

use crate::book::config::{BookToml, COMMAND, FILE, GATE, Wiring};
use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::context::{Context, list};
use super::rule::{Meta, Rule, meta};

/// The entry as it should be.
const ENTRY: &str =
    "[preprocessor.dogfood]\ncommand = \"mdbook-dogfood\"\nbefore = [\"links\"]\nrenderers = [\"html\"]";

/// Programs of outputs that publish no page, by the output's name.
const NO_PAGES: [(&str, &str); 2] = [("linkcheck", "mdbook-linkcheck"), ("linkcheck2", "mdbook-linkcheck2")];

/// The rule.
pub(super) struct UnwiredGate;

impl Rule for UnwiredGate {
    fn meta(&self) -> &'static Meta {
        meta!("unwired-gate", Evidence, Error, "mdBook would build the book without asking the gate")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let book = &context.inputs.book;
        match &book.wiring {
            None => findings.push(self.finding(
                0..0,
                "book.toml does not run the gate",
                &format!("add to book.toml:\n{ENTRY}"),
            )),
            Some(wiring) => {
                self.command(wiring, findings);
                self.order(book, wiring, findings);
                self.renderers(book, wiring, findings);
                if let Some(range) = &book.live_reload {
                    let title = "book.toml says where pages listen for changes";
                    let finding = self.finding(range.clone(), title, "take `live-reload-endpoint` away");
                    findings.push(finding.note("only a server sets it, and while mdBook serves findings stop nothing"));
                }
                if let Some(why) = &book.html.problem {
                    let title =
                        format!("mdBook cannot read `[output.html]`, and takes its defaults for all of it: {why}");
                    let span = book.span("[output.html").range();
                    let finding = self.finding(span, &title, "take away or correct the key that mdBook does not know");
                    findings.push(finding.note("how pages are made would depend on which mdBook makes them"));
                }
                if let Some((true, range)) = &wiring.optional {
                    let finding = self.finding(range.clone(), "the gate is optional", "take `optional` away");
                    findings
                        .push(finding.note("mdBook goes on without an optional preprocessor that it does not find"));
                }
            }
        }
    }
}

/// Whether an output may publish pages. A name alone says nothing: it can start any program.
fn publishes(book: &BookToml, output: &str) -> bool {
    let program = book.output_commands.get(output).map(String::as_str);
    let known = NO_PAGES.iter().find(|(name, _)| *name == output);
    known.is_none_or(|(_, known)| program.is_some_and(|program| program_name(program) != *known))
}

/// The name of the program that a command starts.
fn program_name(command: &str) -> &str {
    let program = command.split_whitespace().next().unwrap_or_default();
    program.rsplit('/').next().unwrap_or_default()
}

impl UnwiredGate {
    fn command(&self, wiring: &Wiring, findings: &mut Vec<Finding>) {
        let Some((command, range)) = &wiring.command else { return };
        if program_name(command) != COMMAND {
            let title = format!("the command of the gate is not `{COMMAND}`");
            findings.push(self.finding(
                range.clone(),
                &title,
                &format!("write `command = \"{COMMAND}\"`, with a path before it if it is not in PATH"),
            ));
        }
    }

    fn order(&self, book: &BookToml, wiring: &Wiring, findings: &mut Vec<Finding>) {
        let why = "only before `links` are a chapter's bytes those of the file, so that lines are exact and nothing recorded is expanded";
        let before = wiring.before.as_ref();
        if !before.is_some_and(|(names, _)| names.iter().any(|name| name == "links")) {
            let range = before.map_or(wiring.table.clone(), |(_, range)| range.clone());
            findings.push(
                self.finding(range, "the gate does not run before `links`", "write `before = [\"links\"]`").note(why),
            );
        }
        if let Some((names, range)) = wiring.after.as_ref().filter(|(names, _)| !names.is_empty()) {
            let title = format!("the gate runs after {}", list(names));
            findings.push(self.finding(range.clone(), &title, "take `after` away").note(why));
        }
        for (name, _) in book.others.iter().filter(|(_, before)| before.iter().any(|other| other == GATE)) {
            let title = format!("the preprocessor `{name}` runs before the gate");
            let help =
                format!("take `{GATE}` out of `before` of `[preprocessor.{name}]`, and add `after = [\"{GATE}\"]`");
            findings.push(self.finding(wiring.table.clone(), &title, &help).note(why));
        }
        if !book.default_preprocessors {
            let finding = self.finding(
                wiring.table.clone(),
                "mdBook's own preprocessors are switched off",
                "take `use-default-preprocessors` away",
            );
            findings.push(finding.note("without `links` an include stays on the page as it is written"));
        }
    }

    fn renderers(&self, book: &BookToml, wiring: &Wiring, findings: &mut Vec<Finding>) {
        let Some((names, range)) = &wiring.renderers else {
            let finding =
                self.finding(wiring.table.clone(), "the gate names no renderers", "write `renderers = [\"html\"]`");
            findings.push(
                finding.note("without it mdBook asks the program, and skips the gate in silence when that call fails"),
            );
            return;
        };
        let configured = book.outputs.iter().map(String::as_str).filter(|output| publishes(book, output));
        let mut wanted: Vec<&str> = configured.chain(["html"]).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|output| !names.iter().any(|name| name == output));
        if !wanted.is_empty() {
            let title = format!("the gate does not run for the output {}", list(&wanted));
            let all: Vec<String> =
                names.iter().map(String::as_str).chain(wanted).map(|name| format!("\"{name}\"")).collect();
            findings.push(self.finding(range.clone(), &title, &format!("write `renderers = [{}]`", all.join(", "))));
        }
    }

    fn finding(&self, range: Range<usize>, title: &str, help: &str) -> Finding {
        let file = RelPath::new(FILE).expect("a file name makes a path");
        Finding::error(self.name(), Span::new(file, range), title, help)
    }
}
