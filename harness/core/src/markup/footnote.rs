//! Footnotes that mdBook leaves out of the page: those that nothing refers to, and the second of one name. Pure; touches nothing.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::finding::Finding;

use super::include::Expanded;

/// What is wrong with the footnotes of a guide.
pub(super) fn vanished(expanded: &Expanded, from: usize) -> Vec<Finding> {
    let text = &expanded.text;
    if !text[from..].contains("[^") {
        return Vec::new();
    }
    let mut defined: Vec<(String, Range<usize>)> = Vec::new();
    let (mut known, mut named) = (BTreeSet::new(), BTreeSet::new());
    let mut findings = Vec::new();
    // Inside a second definition, and inside an image's text, mdBook reads nothing.
    let mut unread = 0_usize;
    for (event, range) in Parser::new_ext(&text[from..], expanded.markdown.options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) => unread += 1,
            Event::End(TagEnd::Image) => unread = unread.saturating_sub(1),
            Event::Start(Tag::FootnoteDefinition(_)) if unread > 0 => unread += 1,
            Event::End(TagEnd::FootnoteDefinition) if unread > 0 => unread -= 1,
            Event::Start(Tag::FootnoteDefinition(name)) => {
                let place = from + range.start..from + range.end;
                if known.insert(name.to_string()) {
                    defined.push((name.to_string(), place));
                } else {
                    unread += 1;
                    findings.push(finding(expanded, &place, format!("a second footnote `{name}` is not on the page")));
                }
            }
            Event::FootnoteReference(name) if unread == 0 => drop(named.insert(name.to_string())),
            _ => {}
        }
    }
    let unused = defined.iter().filter(|(name, _)| !named.contains(name));
    findings.extend(unused.map(|(name, place)| {
        finding(expanded, place, format!("the footnote `{name}` is not on the page: nothing refers to it"))
    }));
    findings
}

fn finding(expanded: &Expanded, place: &Range<usize>, title: String) -> Finding {
    let line = expanded.text[place.clone()].split('\n').next().map_or(0, |line| line.trim_end().len());
    let help = "Refer to it in the text, with capital and small letters as in its definition, or take it out.";
    Finding::error("hidden-line", expanded.span(place.start..place.start + line), title, help)
}

#[cfg(test)]
mod tests {
    use crate::place::RelPath;

    use super::*;

    #[test]
    fn footnotes_that_mdbook_leaves_out() {
        for (text, expected) in [
            ("a[^1]\n\n[^1]: ```sh\n    x\n    ```\n", &[][..]),
            ("a\n\n[^1]: b\n", &["the footnote `1` is not on the page: nothing refers to it"]),
            ("a[^B]\n\n[^b]: b\n", &["the footnote `b` is not on the page: nothing refers to it"]),
            (
                "a[^1]\n\n[^1]: b\n\n[^1]: c\n\n    ```sh\n    x\n    ```\n",
                &["a second footnote `1` is not on the page"],
            ),
            ("`[^1]` and [^2]\n", &[]),
        ] {
            let expanded = Expanded::plain(RelPath::new("guides/a.md").unwrap(), text.to_owned());
            let found: Vec<String> = vanished(&expanded, 0).into_iter().map(|finding| finding.title).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
