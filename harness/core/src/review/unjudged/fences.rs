//! Code blocks that readers see and that do not run: new ones, and those that say something else. Pure.

use std::collections::BTreeMap;

use crate::markup::model::{Chapter, Fence, FenceClass};

use super::{Found, Look, States};

/// The kind.
pub(super) struct Fences;

impl Look for Fences {
    fn name(&self) -> &'static str {
        "code blocks"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for chapter in &states.now.chapters {
            let before = states.base.chapters.iter().find(|before| before.path == chapter.path);
            let mut known = before.map(shown).unwrap_or_default();
            for fence in chapter.fences.iter().filter(|fence| is_shown_only(fence)) {
                match known.get_mut(&key(fence)).filter(|left| **left > 0) {
                    Some(left) => *left -= 1,
                    None => found.at(states.now, &fence.span, what(fence)),
                }
            }
        }
    }
}

/// The code blocks of a chapter that do not run, with how often each is there.
fn shown(chapter: &Chapter) -> BTreeMap<(&'static str, &str), usize> {
    let mut all = BTreeMap::new();
    for fence in chapter.fences.iter().filter(|fence| is_shown_only(fence)) {
        *all.entry(key(fence)).or_default() += 1;
    }
    all
}

fn key(fence: &Fence) -> (&'static str, &str) {
    (fence.class.word(), &fence.body.text)
}

fn is_shown_only(fence: &Fence) -> bool {
    matches!(
        fence.class,
        FenceClass::Illustrative(_) | FenceClass::Skip(..) | FenceClass::Plain | FenceClass::Commented
    )
}

fn what(fence: &Fence) -> String {
    match &fence.class {
        FenceClass::Illustrative(reason) => format!("a code block that is shown and not run: {reason}"),
        FenceClass::Skip(reason, _) => format!("a code block that is skipped: {reason}"),
        FenceClass::Commented => "a code block in an HTML comment".to_owned(),
        _ => "a code block of a page that is no guide".to_owned(),
    }
}
