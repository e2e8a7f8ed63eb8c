//! Raw HTML in lines of prose that are new. Pure.

use std::sync::LazyLock;

use regex::Regex;

use super::prose::{lines, missing};
use super::{Found, Look, States};

/// The start of a tag, a comment or a declaration; `<https://…>` is a link.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"<(?:[A-Za-z][A-Za-z0-9-]*(?:[\s/>]|$)|/[A-Za-z]|!|\?)").expect("the pattern is valid")
});

/// The kind.
pub(super) struct Html;

impl Look for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for chapter in &states.now.chapters {
            let before = states.base.chapters.iter().find(|before| before.path == chapter.path);
            let old = before.map(lines).unwrap_or_default();
            for (at, _) in missing(&lines(chapter), &old).into_iter().filter(|(_, line)| TAG.is_match(line)) {
                let text = "a line with raw HTML is new or different".to_owned();
                found.at(states.now, &chapter.text.span(at..at + 1), text);
            }
        }
    }
}
