//! Finds `{{#evidence KIND ...}}` in a chapter's prose. In code, in fences and in comments it is text like any other; behind a backslash it
//! is shown as it is, as with mdBook's own helpers. What a piece means is not decided here. Pure; touches nothing.

use std::ops::Range;
use std::sync::LazyLock;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use regex::Regex;

use super::include::Expanded;
use super::model::{Piece, PiecePlace};

/// Pieces that a chapter may hold; one more is kept, to be told of. Each may be a table over the whole book.
pub const MOST: usize = 500;

/// A piece; one without a word is found too, to be told of.
static PIECE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*#\s*evidence\b([^{}]*)\}\}").expect("the pattern is valid"));

/// Every piece of `expanded` from the byte `from` on, in order.
pub(super) fn read(expanded: &Expanded, from: usize) -> Vec<Piece> {
    let text = &expanded.text;
    // Almost every chapter ends here, and the second look at its Markdown is not taken.
    if !text[from..].contains("evidence") {
        return Vec::new();
    }
    let found: Vec<(Range<usize>, Range<usize>)> = PIECE
        .captures_iter(&text[from..])
        .filter_map(|captures| {
            let at = |range: Range<usize>| range.start + from..range.end + from;
            Some((at(captures.get(0)?.range()), at(captures.get(1)?.range())))
        })
        .filter(|(range, _)| !holds(&expanded.literals, range))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    let prose = Prose::read(expanded, from);
    let piece = |(range, words): (Range<usize>, Range<usize>)| {
        let place = prose.place(text, &range)?;
        Some(Piece { words: split(text, words), range, place })
    };
    found.into_iter().filter_map(piece).take(MOST + 1).collect()
}

/// Words between blanks, with their offsets.
fn split(text: &str, range: Range<usize>) -> Vec<(String, usize)> {
    let part = &text[range.clone()];
    let offset = |word: &str| range.start + (word.as_ptr() as usize - part.as_ptr() as usize);
    part.split_whitespace().map(|word| (word.to_owned(), offset(word))).collect()
}

/// Where a chapter's text is prose, and where it is code or hidden.
#[derive(Default)]
struct Prose {
    runs: Vec<Run>,
    /// Code blocks and code spans.
    code: Vec<Range<usize>>,
    /// Comments; one that nothing closes goes on to the end of its HTML.
    comments: Vec<Range<usize>>,
}

/// Text that Markdown lays out in one go: a paragraph, a heading, a cell of a table, an item of a tight list.
#[derive(Default)]
struct Run {
    home: Home,
    /// All of it, markup included; absent while there is nothing.
    range: Option<Range<usize>>,
    /// What of it is plain text.
    texts: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Home {
    #[default]
    Flow,
    Heading,
    Cell,
}

impl Prose {
    fn read(expanded: &Expanded, from: usize) -> Self {
        let text = &expanded.text;
        let mut prose = Self::default();
        let mut run = Run::default();
        let (mut in_code, mut images) = (false, 0_usize);
        for (event, range) in Parser::new_ext(&text[from..], expanded.markdown.options()).into_offset_iter() {
            let range = range.start + from..range.end + from;
            match &event {
                Event::Start(Tag::CodeBlock(_)) => {
                    in_code = true;
                    prose.code.push(range.clone());
                }
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => prose.comment(text, &range),
                Event::Code(_) => prose.code.push(range.clone()),
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => images = images.saturating_sub(1),
                Event::Text(_) if !in_code && images == 0 => run.texts.push(range.clone()),
                _ => {}
            }
            if is_inline(&event) {
                run.extend(range);
                continue;
            }
            prose.runs.push(std::mem::take(&mut run));
            run.home = match event {
                Event::Start(Tag::Heading { .. }) => Home::Heading,
                Event::Start(Tag::TableCell) => Home::Cell,
                _ => Home::Flow,
            };
        }
        prose.runs.push(run);
        prose.runs.retain(|run| run.range.is_some());
        prose
    }

    fn comment(&mut self, text: &str, html: &Range<usize>) {
        let mut at = html.start;
        while let Some(open) = text[at..html.end].find("<!--").map(|open| at + open) {
            let close = text[open + 4..html.end].find("-->").map_or(html.end, |close| open + 4 + close + 3);
            self.comments.push(open..close);
            at = close;
        }
    }

    /// What the piece at `range` stands in; nothing if it is no piece there.
    fn place(&self, text: &str, range: &Range<usize>) -> Option<PiecePlace> {
        if holds(&self.code, range) || holds(&self.comments, range) {
            return None;
        }
        let start = |run: &Run| run.range.as_ref().map_or(0, |range| range.start);
        let at = self.runs.partition_point(|run| start(run) <= range.start);
        let run = at.checked_sub(1).map(|at| &self.runs[at]).filter(|run| run.covers(range));
        Some(match run {
            None => PiecePlace::Elsewhere,
            Some(run) if run.home == Home::Heading => PiecePlace::Heading,
            Some(run) if run.home == Home::Flow && run.is_only(text, range) => PiecePlace::Alone,
            Some(_) => PiecePlace::Running,
        })
    }
}

/// Whether one of `ranges`, which ascend, holds all of `range`.
fn holds(ranges: &[Range<usize>], range: &Range<usize>) -> bool {
    let at = ranges.partition_point(|outer| outer.start <= range.start);
    at.checked_sub(1).is_some_and(|at| range.end <= ranges[at].end)
}

impl Run {
    fn extend(&mut self, range: Range<usize>) {
        let all = self.range.get_or_insert_with(|| range.clone());
        *all = all.start.min(range.start)..all.end.max(range.end);
    }

    /// Whether every byte of `range` is plain text.
    fn covers(&self, range: &Range<usize>) -> bool {
        let first = self.texts.partition_point(|text| text.start <= range.start).saturating_sub(1);
        let mut at = range.start;
        for text in &self.texts[first..] {
            if text.start > at || at >= range.end {
                break;
            }
            at = at.max(text.end);
        }
        at >= range.end
    }

    fn is_only(&self, text: &str, range: &Range<usize>) -> bool {
        let Some(all) = &self.range else { return false };
        text[all.start..range.start].trim().is_empty() && text[range.end..all.end].trim().is_empty()
    }
}

/// Whether an event is part of a run of text; every other one ends the run.
fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. }
        ),
        Event::End(tag) => matches!(
            tag,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Superscript
                | TagEnd::Subscript
                | TagEnd::Link
                | TagEnd::Image
        ),
        Event::Html(_) | Event::Rule => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::place::RelPath;

    use super::super::extract::extract;
    use super::super::hide::HideLines;
    use super::super::include;
    use super::super::model::ChapterKind;
    use super::*;
    use PiecePlace::{Alone, Elsewhere, Heading, Running};

    fn path(text: &str) -> RelPath {
        RelPath::new(text).unwrap()
    }

    /// The place of every piece of a plain chapter, each with its words.
    #[track_caller]
    fn check(text: &str, expected: &[(PiecePlace, &str)]) {
        let (expanded, _) = include::expand(&path("guides/g.md"), text, 0, &BTreeMap::new());
        let pieces = read(&expanded, 0);
        let text = expanded.text.as_str();
        let found: Vec<(PiecePlace, String)> = pieces
            .iter()
            .map(|piece| {
                let words: Vec<&str> = piece.words.iter().map(|(word, _)| word.as_str()).collect();
                for (word, at) in &piece.words {
                    assert!(text[*at..].starts_with(word.as_str()), "{text:?}");
                }
                assert!(text[piece.range.clone()].starts_with("{{") && text[piece.range.clone()].ends_with("}}"));
                (piece.place, words.join(" "))
            })
            .collect();
        let found: Vec<(PiecePlace, &str)> = found.iter().map(|(place, words)| (*place, words.as_str())).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn a_piece_alone_in_its_paragraph() {
        for text in [
            "{{#evidence matrix}}",
            "text\n\n  {{#evidence matrix}}  \n\ntext\n",
            "# T\n{{#evidence matrix}}\n## U\n",
            "- {{#evidence matrix}}\n- next\n",
            "1. item\n\n   {{#evidence matrix}}\n",
            "> {{#evidence matrix}}\n",
            "> - {{#evidence matrix}}\n",
            "{{ #evidence matrix }}\r\n",
            "term\n: {{#evidence matrix}}\n",
            "[^1]: {{#evidence matrix}}\n\nx[^1]\n",
            "<details>\n\n{{#evidence matrix}}\n\n</details>\n",
        ] {
            check(text, &[(Alone, "matrix")]);
        }
    }

    #[test]
    fn a_piece_beside_words() {
        for text in [
            "It took {{#evidence took s3}}.",
            "**{{#evidence took s3}}**\n",
            "_x_ {{#evidence took s3}}\n",
            "| a |\n|---|\n| {{#evidence took s3}} |\n",
            "[{{#evidence took s3}}](x.md)\n",
            "{{#evidence took s3}}\nand more\n",
            "- a\n  {{#evidence took s3}}\n",
            "<b>{{#evidence took s3}}</b>\n\n",
        ] {
            check(text, &[(Running, "took s3")]);
        }
        check(
            "{{#evidence took a}} {{#evidence figure b step=1}}",
            &[(Running, "took a"), (Running, "figure b step=1")],
        );
    }

    #[test]
    fn a_piece_that_cannot_stand_there() {
        check("# A {{#evidence took s3}}\n", &[(Heading, "took s3")]);
        check("{{#evidence took s3}}\n===\n", &[(Heading, "took s3")]);
        for text in [
            "<div>\n{{#evidence took s3}}\n</div>\n",
            "a <b title=\"{{#evidence took s3}}\">b</b>\n",
            "![{{#evidence took s3}}](x.png)\n",
            "{{#evidence took\ns3}}\n",
            "> {{#evidence\n> took s3}}\n",
        ] {
            let pieces = read(&Expanded::plain(path("guides/g.md"), text.to_owned()), 0);
            assert_eq!(pieces.len(), 1, "{text:?}");
            assert_eq!(pieces[0].place, Elsewhere, "{text:?}");
        }
    }

    #[test]
    fn a_piece_without_words_is_one() {
        check("{{#evidence}}", &[(Alone, "")]);
        check("a {{# evidence }} b", &[(Running, "")]);
    }

    #[test]
    fn a_chapter_full_of_pieces_is_read_quickly_and_in_part() {
        for text in [
            "{{#evidence took s3}} ".repeat(100_000),
            "{{#evidence took s3}}\n\n".repeat(100_000),
            "`{{#evidence took s3}}` ".repeat(100_000),
            format!("<div>{}", "{{#evidence took s3}} ".repeat(100_000)),
            format!("<!-- {}", "{{#evidence took s3}} ".repeat(100_000)),
        ] {
            let pieces = read(&Expanded::plain(path("guides/g.md"), text), 0);
            assert!(pieces.is_empty() || pieces.len() == MOST + 1, "{}", pieces.len());
        }
    }

    #[test]
    fn what_is_no_piece() {
        for text in [
            "`{{#evidence matrix}}`",
            "``a {{#evidence matrix}} b``\n",
            "```text\n{{#evidence matrix}}\n```\n",
            "```text {{#evidence matrix}}\n```\n",
            "> ~~~\n> {{#evidence matrix}}\n> ~~~\n",
            "a\n\n    {{#evidence matrix}}\n",
            "\\{{#evidence matrix}}",
            "\\{{#evidence matrix}} and {{#evidence matrix}}",
            "<!-- {{#evidence matrix}} -->\n",
            "a <!-- {{#evidence matrix}} --> b\n",
            "<div><!-- x --> <!--\n{{#evidence matrix}}\n--></div>\n",
            "{{#title evidence}} {#evidence matrix} {{evidence matrix}} {{#evidences matrix}}",
            "evidence",
            "",
        ] {
            check(text, &[]);
        }
    }

    #[test]
    fn front_matter_holds_none_and_includes_do() {
        let front = "---\nguide: g\nkind: reference\nplan: \"{{#evidence matrix}}\"\n---\n";
        let text = format!("{front}{{{{#include part.md}}}}\n");
        let files = BTreeMap::from([(path("guides/part.md"), "See\n\n{{#evidence took s3}}\n".to_owned())]);
        let (chapter, findings) =
            extract(&path("guides/g.md"), &text, ChapterKind::Guide, &HideLines::default(), &files);
        assert_eq!(findings, []);
        assert_eq!(chapter.pieces.len(), 1);
        let span = chapter.span(chapter.pieces[0].words[1].1..chapter.pieces[0].words[1].1 + 2);
        assert_eq!((span.file.as_str(), span.start), ("guides/part.md", 22));
    }
}
