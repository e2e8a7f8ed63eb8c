//! The front matter of a chapter: the YAML between two `---` lines at its very top. Pure; touches nothing.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::finding::Finding;
use crate::infra::target::NONE;
use crate::name::Id;
use crate::place::{LineIndex, RelPath, Span};
use crate::yaml::{self, FileKind, Spanned};

use super::attribute::UNKNOWN;
use super::model::{FrontMatter, GuideKind};
use super::spelling;

/// The rule for chapters that nothing says the meaning of.
pub(super) const UNCLASSIFIED: &str = "unclassified-chapter";

const KEYS: [&str; 7] = ["guide", "kind", "targets", "unverified", "toolbox", "needs", "plan"];
const KINDS: [&str; 3] = ["guide", "sidebar", "reference"];

/// Where front matter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// All of it, both `---` lines and the line break after the second included.
    pub(super) whole: Range<usize>,
    /// The YAML.
    pub(super) yaml: Range<usize>,
}

/// Finds front matter at the top of `text`. An opening line without a closing one is `Err`.
pub(super) fn find(text: &str) -> Result<Option<Place>, ()> {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        let next = at + line.len();
        let marks = line.trim_end() == "---";
        match start {
            None if marks => start = Some(next),
            None => return Ok(None),
            Some(start) if marks => return Ok(Some(Place { whole: 0..next, yaml: start..at })),
            Some(_) => {}
        }
        at = next;
    }
    if start.is_some() { Err(()) } else { Ok(None) }
}

/// Reads the YAML at `yaml` of the chapter `text`, which stands at `path`. What can be read is read; the rest are findings.
pub(super) fn read(path: &RelPath, text: &str, yaml: Range<usize>) -> (Option<FrontMatter>, Vec<Finding>) {
    let mut reader = Reader { path, text, yaml: yaml.clone(), findings: Vec::new() };
    let front = match yaml::read::<Raw>(FileKind::FrontMatter, &text[yaml.clone()]) {
        Ok(raw) => reader.front(raw),
        Err(problem) => {
            let place = reader.place_of_line(problem.line, problem.column);
            let title = format!("the front matter cannot be read: {}", problem.message);
            reader.report(UNCLASSIFIED, place, title, "Correct the YAML between the `---` lines.");
            None
        }
    };
    (front, reader.findings)
}

/// The front matter as written: every key with its place, none of them checked.
#[derive(Default)]
struct Raw {
    guide: Option<Spanned<String>>,
    kind: Option<Spanned<String>>,
    targets: Vec<Spanned<String>>,
    unverified: Vec<Spanned<String>>,
    toolbox: Option<Spanned<String>>,
    needs: Vec<Spanned<String>>,
    plan: serde_json::Value,
    unknown: Vec<Spanned<String>>,
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RawVisitor)
    }
}

/// By hand and not derived, because an unknown key must not hide the guide behind it, and its place must be known.
struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("keys and values, such as `guide: my-guide`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut raw = Raw::default();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            match key.value.as_str() {
                "guide" => raw.guide = Some(map.next_value()?),
                "kind" => raw.kind = Some(map.next_value()?),
                "targets" => raw.targets = map.next_value()?,
                "unverified" => raw.unverified = map.next_value()?,
                "toolbox" => raw.toolbox = map.next_value()?,
                "needs" => raw.needs = map.next_value()?,
                "plan" => raw.plan = map.next_value()?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    raw.unknown.push(key);
                }
            }
        }
        Ok(raw)
    }
}

struct Reader<'a> {
    path: &'a RelPath,
    text: &'a str,
    yaml: Range<usize>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn report(&mut self, rule: &'static str, place: Range<usize>, title: String, help: impl Into<String>) {
        self.findings.push(Finding::error(rule, Span::new(self.path.clone(), place), title, help));
    }

    fn front(&mut self, raw: Raw) -> Option<FrontMatter> {
        for key in &raw.unknown {
            let title =
                format!("`{}` is no key of front matter{}", key.value, spelling::did_you_mean(&key.value, KEYS));
            self.report(UNKNOWN, self.place(key), title, format!("The keys are {}.", KEYS.join(", ")));
        }
        let kind = self.kind(raw.kind.as_ref());
        let guide = match &raw.guide {
            Some(guide) => self.id(guide),
            None => {
                let title = "the front matter names no guide".to_owned();
                self.report(UNCLASSIFIED, 0..3, title, "Add `guide: ID`; the id is the folder of its traces.");
                None
            }
        };
        let targets = self.ids(&raw.targets);
        let unverified = self.ids(&raw.unverified);
        for (id, span) in &unverified {
            if let Some((_, other)) = targets.iter().find(|(target, _)| target == id) {
                let title = format!("`{id}` cannot be a target and unverified at once");
                let help = "Keep it under `targets` if the recipes run on it, under `unverified` if not.";
                let finding = Finding::error(UNCLASSIFIED, span.clone(), title, help);
                self.findings.push(finding.related(other.clone(), "a target here"));
            }
        }
        let toolbox = raw.toolbox.as_ref().and_then(|toolbox| Some((self.id(toolbox)?, self.span(toolbox))));
        let needs = raw.needs.iter().map(|need| (need.value.clone(), self.span(need))).collect();
        for need in &raw.needs {
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
            if need.value.is_empty() || !need.value.chars().all(plain) {
                let title = format!("`{}` is no name of a program", need.value.escape_debug());
                self.report(
                    UNCLASSIFIED,
                    self.place(need),
                    title,
                    "Name the program as it is called, without path or arguments.",
                );
            }
        }
        let guide_span = raw.guide.as_ref().map(|guide| self.span(guide))?;
        Some(FrontMatter {
            guide: guide?,
            guide_span,
            kind: kind?,
            targets,
            unverified,
            toolbox,
            needs,
            plan: raw.plan,
        })
    }

    fn kind(&mut self, kind: Option<&Spanned<String>>) -> Option<GuideKind> {
        let Some(kind) = kind else {
            let help = "Add `kind: guide`, `kind: sidebar` or `kind: reference` (which holds no recipes).";
            self.report(UNCLASSIFIED, 0..3, "the front matter names no kind".to_owned(), help);
            return None;
        };
        match kind.value.as_str() {
            "guide" => Some(GuideKind::Guide),
            "sidebar" => Some(GuideKind::Sidebar),
            "reference" => Some(GuideKind::Reference),
            other => {
                let title =
                    format!("`{}` is no kind of chapter{}", other.escape_debug(), spelling::did_you_mean(other, KINDS));
                self.report(UNCLASSIFIED, self.place(kind), title, "The kinds are guide, sidebar and reference.");
                None
            }
        }
    }

    fn id(&mut self, value: &Spanned<String>) -> Option<Id> {
        match Id::new(&value.value) {
            Ok(id) => Some(id),
            Err(problem) => {
                self.report(UNCLASSIFIED, self.place(value), problem.to_string(), "Write another id.");
                None
            }
        }
    }

    fn ids(&mut self, values: &[Spanned<String>]) -> Vec<(Id, Span)> {
        let mut ids: Vec<(Id, Span)> = Vec::new();
        for value in values {
            let Some(id) = self.id(value) else { continue };
            if ids.iter().any(|(other, _)| *other == id) {
                let title = format!("`{id}` stands in the list twice");
                self.report(UNCLASSIFIED, self.place(value), title, "Keep one of them.");
            } else {
                ids.push((id, self.span(value)));
            }
        }
        ids
    }

    fn span<T>(&self, value: &Spanned<T>) -> Span {
        Span::new(self.path.clone(), self.place(value))
    }

    fn place<T>(&self, value: &Spanned<T>) -> Range<usize> {
        let span = value.referenced.span();
        let offset = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok());
        let start = self.yaml.start + offset(span.byte_offset()).unwrap_or(0);
        let end = start + offset(span.byte_len()).unwrap_or(0);
        start.min(self.yaml.end)..end.min(self.yaml.end)
    }

    /// The rest of a line from a column on, both from 1, counted in the YAML.
    fn place_of_line(&self, line: Option<usize>, column: Option<usize>) -> Range<usize> {
        let yaml = &self.text[self.yaml.clone()];
        let Some(range) = line.and_then(|line| LineIndex::new(yaml).line(yaml, line)) else {
            return 0..3;
        };
        let skip = column.unwrap_or(1).saturating_sub(1);
        let start = yaml[range.clone()].char_indices().nth(skip).map_or(range.end, |(at, _)| range.start + at);
        self.yaml.start + start..self.yaml.start + range.end
    }
}

impl FrontMatter {
    /// The targets that recipes run on if they say nothing else; `none` if the front matter names none.
    pub fn default_targets(&self) -> Vec<Id> {
        let named: Vec<Id> = self.targets.iter().map(|(id, _)| id.clone()).collect();
        if named.is_empty() { Self::no_targets() } else { named }
    }

    /// The targets of a recipe that needs no service.
    pub(super) fn no_targets() -> Vec<Id> {
        Id::new(NONE).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> (Option<FrontMatter>, Vec<Finding>) {
        let place = find(text).unwrap().unwrap();
        assert_eq!(&text[place.whole.clone()][..3], "---");
        read(&RelPath::new("g.md").unwrap(), text, place.yaml)
    }

    #[test]
    fn where_it_stands() {
        let place = |whole, yaml| Ok(Some(Place { whole, yaml }));
        for (text, expected) in [
            ("---\na: b\n---\nx", place(0..13, 4..9)),
            ("---\r\na: b\r\n---\r\nx", place(0..16, 5..11)),
            ("---  \na: b\n---", place(0..14, 6..11)),
            ("---\n---\n", place(0..8, 4..4)),
            ("---\na: b\n", Err(())),
            ("---", Err(())),
            ("", Ok(None)),
            ("\n---\n---\n", Ok(None)),
            ("----\n---\n", Ok(None)),
            (" ---\n---\n", Ok(None)),
            ("text\n---\n", Ok(None)),
        ] {
            assert_eq!(find(text), expected, "{text:?}");
        }
    }

    #[test]
    fn every_key() {
        let text = "---\r\nguide: a-b   # the id\r\nkind: sidebar\r\ntargets: [x, 'y']\r\nunverified:\r\n  - z\r\ntoolbox: t\r\n\
                    needs: [ssh-keyscan, sqlite3]\r\nplan: {phase: 1, verdict: greenlit, é: [1.5, null]}\r\n---\r\n";
        let (front, findings) = read_text(text);
        assert_eq!(findings, []);
        let front = front.unwrap();
        let shown = |span: &Span| text[span.range()].to_owned();
        assert_eq!(
            (front.guide.as_str(), front.kind, shown(&front.guide_span)),
            ("a-b", GuideKind::Sidebar, "a-b".into())
        );
        let targets: Vec<(&str, String)> = front.targets.iter().map(|(id, span)| (id.as_str(), shown(span))).collect();
        assert_eq!(targets, [("x", "x".into()), ("y", "'y'".into())]);
        assert_eq!((front.unverified[0].0.as_str(), shown(&front.unverified[0].1)), ("z", "z".into()));
        assert_eq!(front.toolbox.map(|(id, span)| (id.to_string(), shown(&span))), Some(("t".into(), "t".into())));
        assert_eq!(front.needs.iter().map(|(need, _)| need.as_str()).collect::<Vec<_>>(), ["ssh-keyscan", "sqlite3"]);
        assert_eq!(front.plan, serde_json::json!({"phase": 1, "verdict": "greenlit", "é": [1.5, null]}));
        let (front, _) = read_text("---\nguide: a\nkind: guide\n---\n");
        let front = front.unwrap();
        assert_eq!(front.default_targets()[0].as_str(), NONE);
        assert!(front.toolbox.is_none() && front.plan.is_null());
    }

    #[test]
    fn what_cannot_be_read_is_told_at_its_place() {
        let long = "no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit";
        let guide = "guide: a\nkind: guide\n";
        for (yaml, place, title) in [
            ("kind: guide\n".to_owned(), "---", "the front matter names no guide".to_owned()),
            ("guide: a\n".into(), "---", "the front matter names no kind".into()),
            ("guide: A\nkind: guide\n".into(), "A", format!("`A` is {long}")),
            ("guide: ../x\nkind: guide\n".into(), "../x", format!("`../x` is {long}")),
            ("guide: a\nkind: gude\n".into(), "gude", "`gude` is no kind of chapter; did you mean `guide`?".into()),
            (
                format!("{guide}target: [x]\n"),
                "target",
                "`target` is no key of front matter; did you mean `targets`?".into(),
            ),
            (format!("{guide}colour: {{x: [1]}}\n"), "colour", "`colour` is no key of front matter".into()),
            (format!("{guide}targets: [x, Y]\n"), "Y", format!("`Y` is {long}")),
            (format!("{guide}targets: [x, x]\n"), "x", "`x` stands in the list twice".into()),
            (
                format!("{guide}targets: [x]\nunverified: [x]\n"),
                "x",
                "`x` cannot be a target and unverified at once".into(),
            ),
            (format!("{guide}needs: ['a b']\n"), "'a b'", "`a b` is no name of a program".into()),
        ] {
            let text = format!("---\n{yaml}---\n");
            let (_, findings) = read_text(&text);
            let seen: Vec<(&str, &str)> = findings.iter().map(|f| (&text[f.span.range()], &*f.title)).collect();
            assert_eq!(seen, [(place, &*title)], "{yaml}");
        }
    }

    #[test]
    fn yaml_that_is_none() {
        let bomb = "a: &a [x,x,x]\nguide: *a\n".to_owned();
        let deep = format!("plan: {}{}\n", "[".repeat(200), "]".repeat(200));
        for (yaml, line) in [
            ("guide: a\nguide: b\n".to_owned(), 2),
            ("guide: [\n".into(), 2),
            ("guide: [a]\n".into(), 1),
            ("targets: x\n".into(), 1),
            ("- a\n".into(), 1),
            ("<<: {guide: a}\n".into(), 1),
            ("guide: \"a\n".into(), 2),
            ("x: \u{1}\n".into(), 1),
            (bomb, 1),
            (deep, 1),
        ] {
            let text = format!("---\n{yaml}---\n");
            let (front, findings) = read_text(&text);
            assert!(front.is_none(), "{yaml}");
            assert_eq!(findings.len(), 1, "{yaml:?} {findings:?}");
            let finding = &findings[0];
            assert_eq!(finding.rule, UNCLASSIFIED);
            assert!(finding.title.starts_with("the front matter cannot be read: "), "{yaml:?}: {}", finding.title);
            assert!(finding.title.len() < 300 && !finding.title.contains(char::is_control), "{}", finding.title);
            let seen = LineIndex::new(&text).position(&text, finding.span.start).line;
            assert!(seen <= line + 1, "{yaml:?}: {seen} {}", finding.title);
        }
        let (front, findings) = read_text("---\n---\n");
        assert!(front.is_none() && !findings.is_empty());
    }
}
