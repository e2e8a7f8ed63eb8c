//! Which fences of a guide stand side by side, one for each target: starts of services, exports, expected outputs. Pure; touches nothing.
//!
//! On the page they become panels with captions, all of them visible; the page's script makes tabs of them. A paragraph between two of them
//! belongs to the one below it, as its caption; the one above the first stays where it is.

use std::ops::Range;

use dogfood_core::markup::model::{Chapter, Fence, FenceClass, Guide, Stream};
use dogfood_core::name::Id;

/// Fences that say the same for different targets; at least two panels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tabs {
    /// The panels, in the order of the page.
    pub panels: Vec<Panel>,
}

/// What one target's panel holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// The targets, as its caption says them.
    pub name: String,
    /// Where it starts in the chapter's text: at its fence, or at the paragraph above that.
    pub start: usize,
    /// Its first and last fence, as indices in [`Chapter::fences`].
    pub fences: (usize, usize),
}

/// What makes fences comparable: what they are for. Only equal ones stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subject {
    Given,
    Expected { step: usize, stream: Stream },
}

/// One fence that may stand in a panel.
struct Candidate {
    subject: Subject,
    name: String,
}

/// All groups of a guide's fences, in order.
pub fn of_guide(chapter: &Chapter, guide: &Guide) -> Vec<Tabs> {
    let candidates: Vec<Option<Candidate>> =
        (0..chapter.fences.len()).map(|index| candidate(chapter, guide, index)).collect();
    let mut all: Vec<Tabs> = Vec::new();
    let mut open: Option<(Subject, Tabs)> = None;
    for (index, candidate) in candidates.into_iter().enumerate() {
        let Some(Candidate { subject, name }) = candidate else {
            all.extend(open.take().and_then(|(_, tabs)| tabs.grown_up()));
            continue;
        };
        let between = index.checked_sub(1).and_then(|last| gap(chapter, last, index));
        if let (Some((of, tabs)), Some(start)) = (&mut open, between)
            && *of == subject
            && tabs.take(&name, start, index)
        {
            continue;
        }
        all.extend(open.take().and_then(|(_, tabs)| tabs.grown_up()));
        let start = chapter.fences[index].range.start;
        open = Some((subject, Tabs { panels: vec![Panel { name, start, fences: (index, index) }] }));
    }
    all.extend(open.and_then(|(_, tabs)| tabs.grown_up()));
    all
}

impl Tabs {
    /// Takes one more fence in, into the last panel if that is of the same name; not if a panel before that is.
    fn take(&mut self, name: &str, start: usize, fence: usize) -> bool {
        if let Some(last) = self.panels.last_mut().filter(|last| last.name == name) {
            last.fences.1 = fence;
            return true;
        }
        if self.panels.iter().any(|panel| panel.name == name) {
            return false;
        }
        self.panels.push(Panel { name: name.to_owned(), start, fences: (fence, fence) });
        true
    }

    /// Itself, if there is anything to choose from.
    fn grown_up(self) -> Option<Self> {
        (self.panels.len() > 1).then_some(self)
    }
}

/// The fence at `index`, if it stands at the top level and is for some targets only, or beside one that is.
fn candidate(chapter: &Chapter, guide: &Guide, index: usize) -> Option<Candidate> {
    let fence = chapter.fences.get(index)?;
    if !at_line_start(&chapter.text.text, fence) {
        return None;
    }
    match &fence.class {
        FenceClass::Given(_) => {
            let given = guide.given.iter().find(|given| given.fence == index)?;
            (!given.targets.is_empty()).then(|| Candidate { subject: Subject::Given, name: names(&given.targets) })
        }
        FenceClass::Expect(step_fence) => {
            let found = guide.recipes.iter().find_map(|recipe| {
                let step = recipe.steps.iter().find(|step| step.fence == *step_fence)?;
                Some((recipe, step))
            });
            let (recipe, step) = found?;
            let own = step.expectations.iter().find(|expectation| expectation.fence == index)?;
            let others = step.expectations.iter().filter(|other| other.stream == own.stream);
            let named: Vec<&Id> = others.flat_map(|other| &other.targets).collect();
            if named.is_empty() {
                return None;
            }
            let rest: Vec<Id> = recipe.targets.iter().filter(|target| !named.contains(target)).cloned().collect();
            let name = match (own.targets.as_slice(), rest.as_slice()) {
                ([], []) => "in general".to_owned(),
                ([], rest) => names(rest),
                (own, _) => names(own),
            };
            Some(Candidate { subject: Subject::Expected { step: *step_fence, stream: own.stream }, name })
        }
        _ => None,
    }
}

fn names(targets: &[Id]) -> String {
    targets.iter().map(Id::as_str).collect::<Vec<_>>().join(", ")
}

/// Whether a fence stands in no list and no quote.
fn at_line_start(text: &str, fence: &Fence) -> bool {
    text[..fence.range.start].chars().next_back().is_none_or(|c| c == '\n')
}

/// Where a panel starts whose first fence is `next`, if nothing stands between it and the fence `last` but one paragraph.
fn gap(chapter: &Chapter, last: usize, next: usize) -> Option<usize> {
    let range: Range<usize> = chapter.fences[last].range.end..chapter.fences[next].range.start;
    let between = chapter.text.text.get(range.clone())?;
    let words = between.trim();
    if words.is_empty() {
        return Some(range.end);
    }
    let is_paragraph = words.lines().all(|line| {
        let line = line.trim_end();
        !line.is_empty() && !line.starts_with(['#', '-', '*', '+', '>', '|', '<', '=', ' ', '\t', '~', '`', '{'])
    });
    let numbered = words.split_once(['.', ')']).is_some_and(|(number, _)| number.bytes().all(|b| b.is_ascii_digit()));
    let holds = |start: usize| range.contains(&start);
    let is_more = chapter.headings.iter().any(|heading| holds(heading.range.start))
        || chapter.allows.iter().any(|allow| holds(allow.range.start));
    let offset = between.len() - between.trim_start().len();
    (is_paragraph && !numbered && !is_more && words.len() <= 600).then_some(range.start + offset)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use dogfood_core::markup::{ChapterKind, HideLines, extract};
    use dogfood_core::place::RelPath;

    use super::*;

    /// The panels of each group: name, and the first words of its text.
    fn panels(targets: &str, body: &str) -> Vec<Vec<(String, String)>> {
        let text = format!("---\nguide: a\nkind: sidebar\ntargets: [{targets}]\n---\n\n{body}");
        let path = RelPath::new("guides/a.md").unwrap();
        let (chapter, _) = extract(&path, &text, ChapterKind::Guide, &HideLines(BTreeMap::new()), &BTreeMap::new());
        let text = &chapter.text.text;
        let starts = |panel: Panel| (panel.name, text[panel.start..].lines().next().unwrap().to_owned());
        let tabs = of_guide(&chapter, chapter.guide.as_ref().unwrap());
        tabs.into_iter().map(|tabs| tabs.panels.into_iter().map(starts).collect()).collect()
    }

    fn named(panels: &[Vec<(String, String)>]) -> Vec<Vec<&str>> {
        panels.iter().map(|group| group.iter().map(|(name, _)| name.as_str()).collect()).collect()
    }

    const STEP: &str = "```sh recipe=r\ntrue\n```\n\n";

    #[test]
    fn expectations_of_one_step_stand_side_by_side_under_their_targets() {
        let body = format!(
            "{STEP}```text expect\n1\n```\n\nThe other one\ndiffers:\n\n```text expect target=b\n2\n```\n```text expect target=c\n3\n```\n"
        );
        let found = panels("a, b, c, d", &body);
        assert_eq!(named(&found), [["a, d", "b", "c"]]);
        let starts: Vec<&str> = found[0].iter().map(|(_, start)| start.as_str()).collect();
        assert_eq!(starts, ["```text expect", "The other one", "```text expect target=c"]);
        assert_eq!(named(&panels("b, c", &body)), [["in general", "b", "c"]]);
    }

    #[test]
    fn what_the_harness_supplies_stands_together_for_each_target() {
        let body = "First:\n\n```sh given=env target=a\nx\n```\n\n```sh given=service target=a\ny\n```\n\nOr the second:\n\n```sh given=env target=b\nx\n```\n\nStart:\n\n```sh given=service target=b\ny\n```\n";
        let found = panels("a, b", body);
        assert_eq!(named(&found), [["a", "b"]]);
        assert_eq!(found[0][1].1, "Or the second:");
    }

    #[test]
    fn what_does_not_belong_together_stays_apart() {
        let two = |between: &str| {
            format!("```sh given=env target=a\nx\n```\n\n{between}\n\n```sh given=env target=b\ny\n```\n")
        };
        assert_eq!(named(&panels("a, b", &two("Or:"))), [["a", "b"]]);
        for between in [
            "## Other",
            "One.\n\nTwo.",
            "- item",
            "1. item",
            "> quote",
            "Title\n-----",
            "<p>x</p>",
            "    code",
            "{{#evidence took r}}",
        ] {
            assert!(panels("a, b", &two(between)).is_empty(), "{between}");
        }
        let listed = "- ```sh given=env target=a\n  x\n  ```\n- ```sh given=env target=b\n  y\n  ```\n";
        assert!(panels("a, b", listed).is_empty());
        assert!(panels("a, b", &format!("{STEP}```text expect\n1\n```\n\n```text expect=stderr\n2\n```\n")).is_empty());
        let again = "```sh given=env target=a\nx\n```\n\n```sh given=env target=b\ny\n```\n\n```sh given=service target=a\nz\n```\n";
        assert_eq!(named(&panels("a, b", again)), [["a", "b"]]);
    }
}
