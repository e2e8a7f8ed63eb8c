//! One file under `infra/` as text: where things stand in it, and how its faults become findings. Pure; touches nothing.

use serde::de::DeserializeOwned;

use crate::finding::{Finding, RuleName};
use crate::name::{Id, IdProblem};
use crate::place::{LineIndex, RelPath, Span};
use crate::yaml::{self, FileKind, YamlProblem};

/// The rule under which every fault in a target file, a toolbox file or a lock is reported.
pub const RULE: RuleName = "broken-infra";

/// A file's path and text, with its lines.
pub(super) struct Source<'a> {
    path: &'a RelPath,
    text: &'a str,
    lines: LineIndex,
}

impl<'a> Source<'a> {
    pub(super) fn new(path: &'a RelPath, text: &'a str) -> Self {
        Self { path, text, lines: LineIndex::new(text) }
    }

    /// The file as a whole.
    pub(super) fn top(&self) -> Span {
        Span::top(self.path.clone())
    }

    /// Line `number` (from 1) without its indentation; the file as a whole if it has no such line.
    pub(super) fn line(&self, number: usize) -> Span {
        let Some(range) = self.lines.line(self.text, number) else { return self.top() };
        let indent = range.len() - self.text[range.clone()].trim_start().len();
        Span::new(self.path.clone(), range.start + indent..range.end)
    }

    /// The first place outside comments where `needle` stands; the file as a whole if it is spelt otherwise there (YAML has escapes).
    pub(super) fn find(&self, needle: &str) -> Span {
        self.find_from(0, needle)
    }

    /// As [`Source::find`], from the first place of `anchor` on: for a text that may well stand elsewhere too.
    pub(super) fn find_below(&self, anchor: &str, needle: &str) -> Span {
        self.find_from(self.find(anchor).start, needle)
    }

    /// The key `name` at the left edge; the file as a whole if it is not there.
    pub(super) fn key(&self, name: &str) -> Span {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            if line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(':')) {
                return Span::new(self.path.clone(), start..start + name.len());
            }
            start += line.len();
        }
        self.top()
    }

    /// As [`Source::find`], from byte `from` on.
    pub(super) fn find_from(&self, from: usize, needle: &str) -> Span {
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let place = line.find(needle).map(|at| start + at).filter(|at| *at >= from);
            if let Some(at) = place.filter(|_| !needle.is_empty() && !line.trim_start().starts_with('#')) {
                return Span::new(self.path.clone(), at..at + needle.len());
            }
            start += line.len();
        }
        self.top()
    }

    /// A finding about this file.
    pub(super) fn broken(&self, span: Span, title: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding::error(RULE, span, title, help)
    }

    /// The file's value; without one, a finding says why.
    pub(super) fn yaml<T: DeserializeOwned>(&self, kind: FileKind, findings: &mut Vec<Finding>) -> Option<T> {
        yaml::read(kind, self.text).map_err(|problem| findings.push(self.unreadable(&problem))).ok()
    }

    /// `name` as the id of what the file describes; without one, a finding says why. `what` is what to rename.
    pub(super) fn id(&self, name: &str, what: &str, findings: &mut Vec<Finding>) -> Option<Id> {
        let finding = |problem: IdProblem| self.broken(self.top(), problem.to_string(), format!("rename the {what}"));
        Id::new(name).map_err(|problem| findings.push(finding(problem))).ok()
    }

    fn unreadable(&self, problem: &YamlProblem) -> Finding {
        let span = problem.line.map_or_else(|| self.top(), |line| self.line(line));
        let unknown = unknown_key(&problem.message);
        let help = match unknown {
            Some((key, known)) => nearest(key, known.split(", ").map(|word| word.trim_matches('`')))
                .map_or_else(|| "remove the key".to_owned(), |near| format!("did you mean `{near}`?")),
            None => "mend the file; the manual's chapter on targets and toolboxes lists every key".to_owned(),
        };
        self.broken(span, problem.message.clone(), help)
    }
}

/// The unknown key of a message about one, and the list of those that are known.
fn unknown_key(message: &str) -> Option<(&str, &str)> {
    let (key, rest) = message.strip_prefix("unknown ")?.split_once('`')?.1.split_once('`')?;
    Some((key, ["known here: ", "expected one of "].iter().find_map(|lead| rest.split_once(lead))?.1))
}

/// The word of `known` that a person who wrote `word` most likely meant.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let known: Vec<&str> = known.collect();
    // A long word comes from no slip of a finger, and comparing costs its square.
    if word.len() > 200 {
        return None;
    }
    similar::get_close_matches(word, &known, 1, 0.6).first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_needle_is_found_outside_comments_and_after_its_anchor() {
        let path = RelPath::new("infra/targets/t.yaml").unwrap();
        let text = "# name: x\r\nname: x\r\nvalue: x\r\n";
        let source = Source::new(&path, text);
        assert_eq!(source.find("name").range(), 11..15);
        assert_eq!(source.find_below("value", "x").range(), 27..28);
        assert_eq!(source.find("absent").range(), 0..0);
        assert_eq!(source.find("").range(), 0..0);
        assert_eq!(source.key("value").range(), 20..25);
        assert_eq!(source.key("val").range(), 0..0);
        assert_eq!(&text[source.line(3).range()], "value: x");
        assert_eq!(source.line(99).range(), 0..0);
    }

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        let known = ["description", "protocol", "kind"];
        assert_eq!(nearest("protocl", known.into_iter()), Some("protocol"));
        assert_eq!(nearest("frobnicate", known.into_iter()), None);
        assert_eq!(nearest(&"protocol".repeat(1000), known.into_iter()), None);
    }
}
