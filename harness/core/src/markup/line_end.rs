//! Carriage returns without a line feed, where Markdown begins a new line and editors, diffs and shells do not. Pure; touches nothing.

use crate::finding::Finding;

use super::include::Expanded;

/// A finding for the first of them in a chapter, from `from` on: a line of evidence beside one could become part of a code block.
pub(super) fn lone_returns(expanded: &Expanded, from: usize) -> Option<Finding> {
    let bytes = expanded.text.as_bytes();
    let mut lone =
        memchr::memchr_iter(b'\r', &bytes[from..]).map(|at| from + at).filter(|at| bytes.get(at + 1) != Some(&b'\n'));
    let first = lone.next()?;
    let title = match lone.count() {
        0 => "a carriage return without a line feed".to_owned(),
        more => format!("a carriage return without a line feed, and {more} more of them"),
    };
    let help = "End every line with a line feed: mdBook begins a line there, and your editor does not show it.";
    Some(Finding::error("hidden-line", expanded.span(first..first + 1), title, help))
}

#[cfg(test)]
mod tests {
    use crate::place::RelPath;

    use super::*;

    #[test]
    fn only_those_without_a_line_feed() {
        for (text, expected) in [
            ("a\r\nb\r\n", None),
            ("a\rb\n", Some((1, "a carriage return without a line feed"))),
            ("a\r\r\nb\r", Some((1, "a carriage return without a line feed, and 1 more of them"))),
        ] {
            let expanded = Expanded::plain(RelPath::new("guides/a.md").unwrap(), text.to_owned());
            let found = lone_returns(&expanded, 0);
            let found = found.as_ref().map(|finding| (finding.span.start, finding.title.as_str()));
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
