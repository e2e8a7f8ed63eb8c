//! Addresses that a page leads readers to and did not before. Pure.

use std::collections::BTreeSet;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Links;

impl Look for Links {
    fn name(&self) -> &'static str {
        "links"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        let known: BTreeSet<&str> = states
            .base
            .chapters
            .iter()
            .flat_map(|chapter| &chapter.links)
            .map(|link| link.destination.as_str())
            .collect();
        for chapter in &states.now.chapters {
            let new = chapter.links.iter().filter(|link| !known.contains(link.destination.as_str()));
            for link in new.filter(|link| link.destination.contains(':')) {
                let text = format!("an address that the book did not have: {}", link.destination);
                found.at(states.now, &chapter.text.span(link.range.clone()), text);
            }
        }
    }
}
