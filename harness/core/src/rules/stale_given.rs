//! stale-given: what a page shows of the harness's own doings (install, start, exports) is not what the harness does.

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::infra::target::{NONE, Target, TargetKind};
use crate::markup::model::{Chapter, Given, GivenKind, Guide};
use crate::name::Id;
use crate::place::Span;

use super::context::Context;
use super::positions::line_span;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct StaleGiven;

impl Rule for StaleGiven {
    fn meta(&self) -> &'static Meta {
        meta!(
            "stale-given",
            Markup,
            Error,
            "what the page shows of install, start and exports is not what the harness does"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (chapter, guide) in context.inputs.guides().filter(|(_, guide)| !guide.recipes.is_empty()) {
            let page = Page { rule: self, context, chapter, guide };
            page.toolbox(findings);
            for (id, span) in page.targets() {
                if let Some(target) = context.inputs.targets.get(id) {
                    page.service(target, &span, findings);
                    page.env(target, &span, findings);
                }
            }
        }
    }
}

struct Page<'r, 'a> {
    rule: &'r StaleGiven,
    context: &'r Context<'a>,
    chapter: &'a Chapter,
    guide: &'a Guide,
}

impl<'a> Page<'_, 'a> {
    /// Every target that a recipe runs on, with its place in the front matter or at the recipe.
    fn targets(&self) -> Vec<(&'a Id, Span)> {
        let mut seen = BTreeSet::new();
        let front = &self.guide.front.targets;
        let all = self.guide.recipes.iter().flat_map(|recipe| recipe.targets.iter().map(move |id| (id, recipe)));
        all.filter(|(id, _)| id.as_str() != NONE && seen.insert(*id))
            .map(|(id, recipe)| {
                let listed = front.iter().find(|(other, _)| other == id).map(|(_, span)| span.clone());
                (id, listed.unwrap_or_else(|| self.chapter.recipe_span(recipe)))
            })
            .collect()
    }

    fn given(&self, kind: GivenKind) -> impl Iterator<Item = &'a Given> {
        self.guide.given.iter().filter(move |given| given.kind == kind)
    }

    fn toolbox(&self, findings: &mut Vec<Finding>) {
        let front = self.guide.front.toolbox.as_ref();
        for given in self.given(GivenKind::Toolbox) {
            let named: Vec<&Id> = if given.toolboxes.is_empty() {
                front.iter().map(|(id, _)| id).collect()
            } else {
                given.toolboxes.iter().collect()
            };
            for toolbox in named.into_iter().filter_map(|id| self.context.inputs.toolboxes.get(id)) {
                let what = format!("the install line of the toolbox `{}`", toolbox.id);
                findings.extend(self.equal(given, &toolbox.spec.install, &what, toolbox.path.as_str()));
            }
        }
        if let Some((id, span)) = front
            && let Some(toolbox) = self.context.inputs.toolboxes.get(id)
            && !self.given(GivenKind::Toolbox).any(|given| given.toolboxes.is_empty() || given.toolboxes.contains(id))
        {
            findings.push(self.missing(
                span,
                &format!("how to install the toolbox `{id}`"),
                "sh given=toolbox",
                &toolbox.spec.install,
            ));
        }
    }

    fn service(&self, target: &Target, span: &Span, findings: &mut Vec<Finding>) {
        // An account is not started; a reader has their own.
        if target.spec.kind == TargetKind::Live {
            return;
        }
        let mut any = false;
        for given in self
            .given(GivenKind::Service)
            .filter(|given| given.targets.is_empty() || given.targets.contains(&target.id))
        {
            any = true;
            let what = format!("the start line of the target `{}`", target.id);
            findings.extend(self.equal(given, &target.spec.start, &what, target.path.as_str()));
        }
        if !any {
            let words = format!("sh given=service target={}", target.id);
            findings.push(self.missing(
                span,
                &format!("how to start the target `{}`", target.id),
                &words,
                &target.spec.start,
            ));
        }
    }

    fn env(&self, target: &Target, span: &Span, findings: &mut Vec<Finding>) {
        let wanted = &target.spec.environment;
        let fences: Vec<&Given> = self
            .given(GivenKind::Env)
            .filter(|given| given.targets.is_empty() || given.targets.contains(&target.id))
            .collect();
        if fences.is_empty() && !wanted.is_empty() {
            let lines: Vec<String> =
                wanted.iter().map(|handed| format!("{}={}", handed.name, quoted(&handed.shown))).collect();
            findings.push(self.missing(
                span,
                &format!("what the target `{}` hands out", target.id),
                "sh given=env",
                &format!("export {}", lines.join(" ")),
            ));
            return;
        }
        let mut shown = BTreeSet::new();
        for given in &fences {
            for export in exports(&given.body.text) {
                findings.extend(self.export(target, given, &export));
                shown.insert(export.name);
            }
        }
        let absent: Vec<&str> =
            wanted.iter().map(|handed| handed.name.as_str()).filter(|name| !shown.contains(*name)).collect();
        if let (Some(given), false) = (fences.first(), absent.is_empty()) {
            let title =
                format!("the page does not show {}, which `{}` hands out", super::context::list(&absent), target.id);
            let pairs: Vec<String> = wanted
                .iter()
                .filter(|handed| absent.contains(&handed.name.as_str()))
                .map(|handed| format!("{}={}", handed.name, quoted(&handed.shown)))
                .collect();
            findings.push(Finding::error(
                self.rule.name(),
                self.fence(given),
                title,
                format!("add `export {}`", pairs.join(" ")),
            ));
        }
    }

    /// What is wrong with one export that the page shows.
    fn export(&self, target: &Target, given: &Given, export: &Export) -> Option<Finding> {
        let place = self.chapter.body_span(&given.body, export.at..export.at + export.name.len());
        let Some(handed) = target.spec.environment.iter().find(|handed| handed.name == export.name) else {
            let title = format!("the target `{}` does not hand out `{}`", target.id, export.name);
            let help = "take it away, or hand it out from the target's file";
            let finding = Finding::error(self.rule.name(), place, title, help);
            return Some(finding.note(format!("see `{}`", target.path)));
        };
        (handed.shown != export.value).then(|| {
            let title = format!("`{}` is shown with another value than `{}` documents", export.name, target.path);
            let help = format!("write `{}={}`", export.name, quoted(&handed.shown));
            let finding = Finding::error(self.rule.name(), place, title, help);
            finding.compared(export.value.clone(), handed.shown.clone())
        })
    }

    fn equal(&self, given: &Given, wanted: &str, what: &str, file: &str) -> Option<Finding> {
        let shown = tidy(given.body.content());
        let wanted = tidy(wanted);
        let line = shown
            .lines()
            .zip(wanted.lines())
            .position(|(a, b)| a != b)
            .unwrap_or(shown.lines().count().min(wanted.lines().count()));
        (shown != wanted).then(|| {
            let span = line_span(self.chapter, &given.body, line + 1).unwrap_or_else(|| self.fence(given));
            let finding = Finding::error(
                self.rule.name(),
                span,
                format!("this is not {what}"),
                format!("write what `{file}` says, or change that file"),
            );
            finding.label("differs from here on").compared(shown, wanted)
        })
    }

    fn missing(&self, span: &Span, what: &str, words: &str, text: &str) -> Finding {
        let title = format!("the page does not show {what}");
        let help = format!("add a `{words}` fence with:\n{}", text.trim_end());
        Finding::error(self.rule.name(), span.clone(), title, help)
            .note("the harness does it for the recipes; a reader has to do it by hand")
    }

    fn fence(&self, given: &Given) -> Span {
        self.chapter
            .fences
            .get(given.fence)
            .map_or_else(|| Span::top(self.chapter.path.clone()), |fence| fence.span.clone())
    }
}

/// One `NAME=value` of an `export` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Export {
    /// The name.
    pub(super) name: String,
    /// The value without its quotes.
    pub(super) value: String,
    /// The byte where the name stands.
    at: usize,
}

/// Every `export A=1 B="two words"` of a text, also over lines that end in a backslash.
pub(super) fn exports(text: &str) -> Vec<Export> {
    let mut exports = Vec::new();
    let mut exporting = false;
    for word in words(text) {
        match word.text.split_once('=') {
            _ if word.first => exporting = word.text == "export",
            Some((name, value)) if exporting => {
                exports.push(Export { name: name.to_owned(), value: value.to_owned(), at: word.at })
            }
            _ => {}
        }
    }
    exports
}

struct Word {
    text: String,
    at: usize,
    /// Whether it is the first of its command.
    first: bool,
}

/// The words of shell text, quotes removed; comments are left out.
fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut open, mut quote, mut first) = (false, None, true);
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let mut push = |c: Option<char>, open: &mut bool, first: &mut bool| {
            if !*open {
                words.push(Word { text: String::new(), at, first: *first });
                (*open, *first) = (true, false);
            }
            if let (Some(c), Some(word)) = (c, words.last_mut()) {
                word.text.push(c);
            }
        };
        match (quote, c) {
            (Some(mark), c) if c == mark => quote = None,
            (Some('"') | None, '\\') => match characters.next() {
                Some((_, '\n')) | None => {}
                Some((_, c)) => push(Some(c), &mut open, &mut first),
            },
            (Some(_), c) => push(Some(c), &mut open, &mut first),
            (None, '\'' | '"') => {
                quote = Some(c);
                push(None, &mut open, &mut first);
            }
            (None, '#') if !open => while characters.next_if(|(_, c)| *c != '\n').is_some() {},
            (None, '\n' | ';' | '&' | '|') => (open, first) = (false, true),
            (None, c) if c.is_whitespace() => open = false,
            (None, c) => push(Some(c), &mut open, &mut first),
        }
    }
    words
}

/// Line ends and blanks at their ends do not count, nor do empty lines around.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn quoted(value: &str) -> String {
    let plain = !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:@%+,=".contains(c));
    if plain { value.to_owned() } else { format!("'{}'", value.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_are_read_as_a_shell_reads_them() {
        let cases: &[(&str, &[(&str, &str)])] = &[
            ("export A=1 B=2\n", &[("A", "1"), ("B", "2")]),
            ("export A='a b' \\\n  B=\"c d\"\nexport C=\n", &[("A", "a b"), ("B", "c d"), ("C", "")]),
            ("A=1\n# export B=2\nexport C=3 # D=4\n", &[("C", "3")]),
            ("cd x && export A=1; B=2\n", &[("A", "1")]),
            ("export A=http://127.0.0.1:1/x?y=z\n", &[("A", "http://127.0.0.1:1/x?y=z")]),
            ("export A\n", &[]),
            ("export A='open", &[("A", "open")]),
            ("", &[]),
        ];
        for (text, pairs) in cases {
            let found: Vec<(String, String)> =
                exports(text).into_iter().map(|export| (export.name, export.value)).collect();
            let wanted: Vec<(String, String)> =
                pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }

    #[test]
    fn what_is_shown_in_a_help_can_be_pasted() {
        assert_eq!(
            (quoted("a/b:1"), quoted("a b"), quoted("it's"), quoted("")),
            ("a/b:1".into(), "'a b'".into(), "'it'\\''s'".into(), "''".into())
        );
    }
}
