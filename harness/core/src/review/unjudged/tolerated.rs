//! New comments that tolerate a finding, where nobody else's policy judges. Pure.

use super::{Found, Look, States};

/// The kind.
pub(super) struct Tolerated;

impl Look for Tolerated {
    fn name(&self) -> &'static str {
        "tolerated findings"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for chapter in &states.now.chapters {
            let before = states.base.chapters.iter().find(|before| before.path == chapter.path);
            let known = |rule: &str, until: &str| {
                let mut allows = before.into_iter().flat_map(|before| &before.allows);
                allows.any(|allow| allow.rule == rule && allow.until == until)
            };
            for allow in chapter.allows.iter().filter(|allow| !known(&allow.rule, &allow.until)) {
                let text = format!("`{}` is tolerated until `{}`: {}", allow.rule, allow.until, allow.because);
                found.at(states.now, &chapter.text.span(allow.range.clone()), text);
            }
        }
    }
}
