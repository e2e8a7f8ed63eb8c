//! Footnotes that a page does not show where they are written: mdBook leaves out those that nothing refers to and the second of one name, and
//! shows all others at the end of the page, away from the recipe that their code belongs to. Pure; touches nothing.

use std::collections::BTreeSet;
use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::finding::Finding;

use super::include::Expanded;

/// What is wrong with the footnotes of a guide.
pub(super) fn judge(expanded: &Expanded, from: usize) -> Vec<Finding> {
    let text = &expanded.text;
    if !text[from..].contains("[^") {
        return Vec::new();
    }
    let mut defined: Vec<(String, Range<usize>)> = Vec::new();
    let (mut known, mut named) = (BTreeSet::new(), BTreeSet::new());
    let mut findings = Vec::new();
    // Inside a second definition, and inside an image's text, mdBook reads nothing.
    let mut unread = 0_usize;
    let mut inside = 0_usize;
    for (event, range) in Parser::new_ext(&text[from..], expanded.markdown.options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { .. }) => unread += 1,
            Event::End(TagEnd::Image) => unread = unread.saturating_sub(1),
            Event::Start(Tag::FootnoteDefinition(_)) if unread > 0 => unread += 1,
            Event::End(TagEnd::FootnoteDefinition) if unread > 0 => unread -= 1,
            Event::Start(Tag::FootnoteDefinition(name)) => {
                let place = from + range.start..from + range.end;
                inside += 1;
                if known.insert(name.to_string()) {
                    defined.push((name.to_string(), place));
                } else {
                    unread += 1;
                    findings.push(finding(expanded, &place, format!("a second footnote `{name}` is not on the page")));
                }
            }
            Event::End(TagEnd::FootnoteDefinition) => inside = inside.saturating_sub(1),
            Event::Start(tag @ (Tag::CodeBlock(_) | Tag::Heading { .. })) if inside > 0 && unread == 0 => {
                let what = if matches!(tag, Tag::Heading { .. }) { "heading" } else { "code block" };
                let place = from + range.start..from + range.end;
                let title = format!("this {what} is shown at the end of the page: it is in a footnote");
                findings.push(moved(expanded, &place, title));
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
    let help = "Refer to it in the text, with capital and small letters as in its definition, or take it out.";
    Finding::error("hidden-line", expanded.span(first_line(expanded, place)), title, help)
}

fn moved(expanded: &Expanded, place: &Range<usize>, title: String) -> Finding {
    let help = "Put it into the text, where readers need it; a footnote may say the rest.";
    Finding::error("hidden-line", expanded.span(first_line(expanded, place)), title, help)
}

fn first_line(expanded: &Expanded, place: &Range<usize>) -> Range<usize> {
    let line = expanded.text[place.clone()].split('\n').next().map_or(0, |line| line.trim_end().len());
    place.start..place.start + line
}

#[cfg(test)]
mod tests {
    use crate::place::RelPath;

    use super::*;

    #[test]
    fn footnotes_that_a_page_does_not_show_in_place() {
        for (text, expected) in [
            ("a[^1]\n\n[^1]: b\n\n```sh\nx\n```\n", &[][..]),
            (
                "a[^1]\n\n[^1]: ```sh\n    x\n    ```\n",
                &["this code block is shown at the end of the page: it is in a footnote"],
            ),
            ("a[^1]\n\n[^1]: b\n\n    # c\n", &["this heading is shown at the end of the page: it is in a footnote"]),
            ("a\n\n[^1]: b\n", &["the footnote `1` is not on the page: nothing refers to it"]),
            ("a[^B]\n\n[^b]: b\n", &["the footnote `b` is not on the page: nothing refers to it"]),
            (
                "a[^1]\n\n[^1]: b\n\n[^1]: c\n\n    ```sh\n    x\n    ```\n",
                &["a second footnote `1` is not on the page"],
            ),
            ("`[^1]` and [^2]\n", &[]),
        ] {
            let expanded = Expanded::plain(RelPath::new("guides/a.md").unwrap(), text.to_owned());
            let found: Vec<String> = judge(&expanded, 0).into_iter().map(|finding| finding.title).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
