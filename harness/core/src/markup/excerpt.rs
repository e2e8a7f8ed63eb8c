//! The part of a file that an include asks for, cut as mdBook cuts it: lines joined by LF, no line break at the end, marker lines of anchors
//! left out. Every byte keeps the way back to its file. Pure; touches nothing.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::directive::Selector;

/// A part of one file.
#[derive(Debug, Default)]
pub(super) struct Excerpt {
    /// Its text.
    pub(super) text: String,
    /// For each piece of the text: offset in the text, offset in the file; both ascending.
    pieces: Vec<(usize, usize)>,
}

impl Excerpt {
    /// Everything in a file from `start` on, as it is.
    pub(super) fn rest(text: &str, start: usize) -> Self {
        Self { text: text.to_owned(), pieces: vec![(0, start)] }
    }

    /// Text that stands in no file, at the place `start` of one: every byte of it is taken to come from there.
    fn invent(&mut self, text: &str, start: usize) {
        self.pieces.extend(text.char_indices().map(|(at, _)| (self.text.len() + at, start)));
        self.text.push_str(text);
    }

    /// The offset in the file of the byte at `offset`.
    fn source(&self, offset: usize) -> usize {
        let next = self.pieces.partition_point(|(at, _)| *at <= offset);
        next.checked_sub(1).and_then(|piece| self.pieces.get(piece)).map_or(0, |(at, start)| start + (offset - at))
    }

    /// The stretch of the file from the first to the last byte of `range`.
    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        let last = range.end.saturating_sub(1).max(range.start);
        self.source(range.start)..self.source(last) + range.len().min(1)
    }

    /// The text in `range`, cut wherever it does not go on in the file, each part with its offset there.
    pub(super) fn parts(&self, range: Range<usize>) -> impl Iterator<Item = (&str, usize)> {
        let first = self.pieces.partition_point(|(at, _)| *at <= range.start);
        let cuts = self.pieces[first..].iter().map(|(at, _)| *at).take_while(move |at| *at < range.end);
        let mut start = range.start;
        cuts.chain(std::iter::once(range.end)).map(move |end| {
            let part = (&self.text[start..end], self.source(start));
            start = end;
            part
        })
    }

    /// Adds a line after the line break that ended the one before, which stands at `broken` in the file.
    fn add(&mut self, line: &str, start: usize, broken: Option<usize>) {
        if let Some(broken) = broken {
            self.place("\n", broken);
        }
        self.place(line, start);
    }

    fn place(&mut self, text: &str, start: usize) {
        let follows = self.pieces.last().is_some_and(|(at, source)| source + (self.text.len() - at) == start);
        if !follows && !text.is_empty() {
            self.pieces.push((self.text.len(), start));
        }
        self.text.push_str(text);
    }
}

static ANCHOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"ANCHOR:\s*([\w-]+)").expect("the pattern is valid"));
static ANCHOR_END: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"ANCHOR_END:\s*([\w-]+)").expect("the pattern is valid"));

/// Cuts `selector` out of `text`; the second value says what of it the file does not have.
pub(super) fn take(text: &str, selector: &Selector) -> (Excerpt, Option<String>) {
    match selector {
        Selector::All => (collect(lines(text)), None),
        Selector::Lines(start, end) => take_lines(text, *start, *end),
        Selector::Anchor(anchor) => take_anchored(text, anchor),
    }
}

/// All of `text` as `{{#rustdoc_include}}` shows it: what `selector` does not ask for starts with `# `, which hides it on the page.
pub(super) fn rustdoc(text: &str, selector: &Selector) -> (Excerpt, Option<String>) {
    let (_, problem) = take(text, selector);
    let mut excerpt = Excerpt::default();
    let (mut broken, mut inside) = (None, false);
    for (at, line) in lines(text).enumerate() {
        let shown = match selector {
            Selector::All => Some(true),
            Selector::Lines(start, end) => Some(at >= *start && end.is_none_or(|end| at < end)),
            Selector::Anchor(anchor) => anchored(line.text, anchor, &mut inside),
        };
        let Some(shown) = shown else { continue };
        if let Some(broken) = broken {
            excerpt.place("\n", broken);
        }
        if !shown {
            excerpt.invent("# ", line.start);
        }
        excerpt.place(line.text, line.start);
        broken = Some(line.end);
    }
    (excerpt, problem)
}

/// Whether a line is shown, by the markers of `anchor` so far; a marker itself is not there at all.
fn anchored(line: &str, anchor: &str, inside: &mut bool) -> Option<bool> {
    let is_name = |found: &regex::Captures<'_>| found.get(1).is_some_and(|name| name.as_str() == anchor);
    let (opens, closes) = (ANCHOR.captures(line), ANCHOR_END.captures(line));
    if *inside {
        *inside = !closes.as_ref().is_some_and(is_name);
    } else {
        *inside = opens.as_ref().is_some_and(is_name);
    }
    (opens.is_none() && closes.is_none()).then_some(*inside)
}

/// All of `text` as `{{#playground}}` shows it: a fence of Rust with `words` in its info string.
pub(super) fn playground(text: &str, words: &[String]) -> Excerpt {
    let mut excerpt = Excerpt::default();
    let last = text.len().saturating_sub(1);
    let comma = if words.is_empty() { "" } else { "," };
    excerpt.invent(&format!("```rust{comma}{}\n", words.join(",")), 0);
    excerpt.place(text, 0);
    let end = if text.ends_with('\n') { "```\n" } else { "\n```\n" };
    excerpt.invent(end, last);
    excerpt
}

/// A line of a file.
#[derive(Clone, Copy)]
struct Line<'a> {
    /// Without its line break.
    text: &'a str,
    /// Its first byte.
    start: usize,
    /// Its LF.
    end: usize,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.split_inclusive('\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        let bare = line.strip_suffix('\n').map_or(line, |bare| bare.strip_suffix('\r').unwrap_or(bare));
        Some(Line { text: bare, start, end: at.saturating_sub(1) })
    })
}

fn collect<'a>(lines: impl Iterator<Item = Line<'a>>) -> Excerpt {
    let mut excerpt = Excerpt::default();
    let mut broken = None;
    for line in lines {
        excerpt.add(line.text, line.start, broken);
        broken = Some(line.end);
    }
    excerpt
}

fn take_lines(text: &str, start: usize, end: Option<usize>) -> (Excerpt, Option<String>) {
    let count = lines(text).count();
    let problem = if end.is_some_and(|end| end <= start) {
        Some(format!("is asked for lines {} to {}, which is no range", start + 1, end.unwrap_or(0)))
    } else if start >= count {
        Some(format!("has {count} lines; the include asks for line {}", start + 1))
    } else {
        end.filter(|end| *end > count).map(|end| format!("has {count} lines; the include asks for lines up to {end}"))
    };
    let many = end.map_or(usize::MAX, |end| end.saturating_sub(start));
    (collect(lines(text).skip(start).take(many)), problem)
}

fn take_anchored(text: &str, anchor: &str) -> (Excerpt, Option<String>) {
    let names = |pattern: &Regex, line: &Line<'_>| {
        pattern.captures(line.text).and_then(|found| found.get(1)).map(|name| name.as_str() == anchor)
    };
    let mut rest = lines(text).skip_while(|line| names(&ANCHOR, line) != Some(true));
    if rest.next().is_none() {
        return (Excerpt::default(), Some(format!("has no anchor `{anchor}`")));
    }
    let inside = rest.take_while(|line| names(&ANCHOR_END, line) != Some(true));
    (collect(inside.filter(|line| names(&ANCHOR_END, line).is_none() && !ANCHOR.is_match(line.text))), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, selector: Selector, expected: &str, problem: Option<&str>) {
        let (excerpt, found) = take(text, &selector);
        assert_eq!(excerpt.text, expected, "{text:?} {selector:?}");
        assert_eq!(found.as_deref(), problem, "{text:?} {selector:?}");
        for (at, byte) in excerpt.text.bytes().enumerate() {
            assert_eq!(text.as_bytes()[excerpt.source(at)], byte, "{text:?} {selector:?} {at}");
        }
    }

    #[test]
    fn lines_are_cut_as_mdbook_cuts_them() {
        let text = "a\nb\nc\nd\ne";
        let lines = Selector::Lines;
        check(text, Selector::All, text, None);
        check("a\n", Selector::All, "a", None);
        check("a\n\n", Selector::All, "a\n", None);
        check("a\r\nb\r\n", Selector::All, "a\nb", None);
        check("", Selector::All, "", None);
        check(text, lines(1, Some(3)), "b\nc", None);
        check(text, lines(3, None), "d\ne", None);
        check(text, lines(0, Some(2)), "a\nb", None);
        check(text, lines(4, Some(3)), "", Some("is asked for lines 5 to 3, which is no range"));
        check(text, lines(0, Some(9)), text, Some("has 5 lines; the include asks for lines up to 9"));
        check(text, lines(5, None), "", Some("has 5 lines; the include asks for line 6"));
    }

    #[test]
    fn anchors_are_cut_as_mdbook_cuts_them() {
        let anchor = |name: &str| Selector::Anchor(name.to_owned());
        let nested = "x\n# ANCHOR: a\n1\n// ANCHOR: b\n2\n// ANCHOR_END: b\n3\n# ANCHOR_END: a\ny\n";
        check(nested, anchor("a"), "1\n2\n3", None);
        check(nested, anchor("b"), "2", None);
        check(nested, anchor("c"), "", Some("has no anchor `c`"));
        check("ANCHOR: a\nrest\n", anchor("a"), "rest", None);
        check("ANCHOR:a\r\n1\r\nANCHOR: other\r\n2\r\nANCHOR_END:a\r\n", anchor("a"), "1\n2", None);
        check("ANCHOR: a\nANCHOR_END: a\n", anchor("a"), "", None);
        check("ANCHOR: ab\n1\nANCHOR: a\n2\nANCHOR_END: a", anchor("a"), "2", None);
    }

    #[test]
    fn parts_are_cut_where_the_file_goes_on_elsewhere() {
        let (excerpt, _) = take("ab\r\ncd\r\nef", &Selector::All);
        let parts: Vec<(&str, usize)> = excerpt.parts(1..7).collect();
        assert_eq!(parts, [("b", 1), ("\ncd", 3), ("\ne", 7)]);
        assert_eq!(excerpt.range(&(1..7)), 1..9);
        assert_eq!(excerpt.parts(3..3).collect::<Vec<_>>(), [("", 4)]);
    }
}
