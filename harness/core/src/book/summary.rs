//! SUMMARY.md: which chapters the book has, in order, by mdBook's own parser, with the place of each link.

use std::ops::Range;

use mdbook_summary::{Link, SummaryItem};
use pulldown_cmark::{Event, Parser, Tag};

/// SUMMARY.md, read.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The text, without a byte order mark.
    pub text: String,
    /// Every chapter and draft, in order of the page, nested ones after the one that holds them.
    pub entries: Vec<Entry>,
}

/// One link of SUMMARY.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The chapter's name.
    pub name: String,
    /// Its file as SUMMARY.md writes it, relative to the source folder; absent for a draft.
    pub location: Option<String>,
    /// How deep it is nested, 0 at the top.
    pub depth: usize,
    /// The link's bytes in the text.
    pub range: Range<usize>,
}

/// Why a SUMMARY.md cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SUMMARY.md cannot be read: {message}")]
pub struct SummaryProblem {
    /// What mdBook says.
    pub message: String,
}

impl Summary {
    /// Reads SUMMARY.md as mdBook does.
    pub fn read(text: &str) -> Result<Self, SummaryProblem> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let summary = mdbook_summary::parse_summary(text).map_err(|error| SummaryProblem {
            message: error.chain().map(|cause| cause.to_string().replace('\n', " ")).collect::<Vec<_>>().join(": "),
        })?;
        let mut places = links(text).into_iter();
        let mut entries = Vec::new();
        for items in [&summary.prefix_chapters, &summary.numbered_chapters, &summary.suffix_chapters] {
            flatten(items, 0, &mut places, &mut entries);
        }
        Ok(Self { text: text.to_owned(), entries })
    }
}

fn flatten(
    items: &[SummaryItem],
    depth: usize,
    places: &mut std::vec::IntoIter<(String, Range<usize>)>,
    entries: &mut Vec<Entry>,
) {
    for item in items {
        let SummaryItem::Link(Link { name, location, nested_items, .. }) = item else { continue };
        let location = location.as_ref().map(|path| path.to_string_lossy().into_owned());
        // Links that mdBook passes over (in a paragraph of prose) stand between: the next one with this destination is meant.
        let wanted = location.as_deref().unwrap_or_default();
        let range = places.find(|(destination, _)| destination == wanted).map_or(0..0, |(_, range)| range);
        entries.push(Entry { name: name.clone(), location, depth, range });
        flatten(nested_items, depth + 1, places, entries);
    }
}

/// Every link's destination, percent-decoded as mdBook does, and its bytes.
fn links(text: &str) -> Vec<(String, Range<usize>)> {
    let events = Parser::new(text).into_offset_iter();
    let links = events.filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some((dest_url, range)),
        _ => None,
    });
    links
        .map(|(destination, range)| {
            (percent_encoding::percent_decode_str(&destination).decode_utf8_lossy().into_owned(), range)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chapters_come_in_order_with_their_places() {
        let text = "\u{feff}# Summary\n\n[Read me](README.md)\n\n# Part\n\n- [One](one.md)\n  - [Two *b*](./sub/two%20b.md)\n- [Draft]()\n---\n\n[End](end.md)\n";
        let summary = Summary::read(text).unwrap();
        let seen: Vec<(&str, Option<&str>, usize)> =
            summary.entries.iter().map(|entry| (entry.name.as_str(), entry.location.as_deref(), entry.depth)).collect();
        assert_eq!(
            seen,
            [
                ("Read me", Some("README.md"), 0),
                ("One", Some("one.md"), 0),
                ("Two b", Some("./sub/two b.md"), 1),
                ("Draft", None, 0),
                ("End", Some("end.md"), 0),
            ]
        );
        let places: Vec<&str> = summary.entries.iter().map(|entry| &summary.text[entry.range.clone()]).collect();
        assert_eq!(
            places,
            ["[Read me](README.md)", "[One](one.md)", "[Two *b*](./sub/two%20b.md)", "[Draft]()", "[End](end.md)"]
        );
    }

    #[test]
    fn mdbooks_refusals_are_ours() {
        let problem = Summary::read("- [A](a.md)\n- [B](a.md)\n").unwrap_err();
        assert_eq!(problem.to_string(), "SUMMARY.md cannot be read: Duplicate file in SUMMARY.md: \"a.md\"");
        assert!(Summary::read("").unwrap().entries.is_empty());
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "[-#* \\[\\]()a-c.\n\\\\%<>`]{0,60}") {
            if let Ok(summary) = Summary::read(&text) {
                for entry in summary.entries {
                    prop_assert!(summary.text.get(entry.range).is_some());
                }
            }
        }
    }
}
