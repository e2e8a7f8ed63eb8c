//! Reads the Markdown of a chapter: every fence wherever it stands, indented code, fences that HTML hides, headings and links. What a fence
//! means is not decided here. Pure; touches nothing.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, OffsetIter, Parser, Tag, TagEnd};

use super::include::Expanded;
use super::model::{Body, Heading, Link};

/// What a chapter's Markdown holds, each list in order.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Fences, indented code blocks and fences inside HTML.
    pub(super) blocks: Vec<Block>,
    /// Headings.
    pub(super) headings: Vec<Heading>,
    /// Links and images.
    pub(super) links: Vec<Link>,
    /// HTML blocks and inline HTML, comments among them.
    pub(super) html: Vec<Range<usize>>,
}

/// How a block of code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Between fences; `closed` is false where its container or the text ended first.
    Fenced {
        /// Whether a closing fence ends it.
        closed: bool,
    },
    /// By four spaces.
    Indented,
    /// Between fences, but inside an HTML comment or block: no reader sees it as code.
    Commented,
}

/// A block of code. Ranges are bytes of the chapter's text.
#[derive(Debug)]
pub(super) struct Block {
    /// How it is written.
    pub(super) form: Form,
    /// All of it.
    pub(super) range: Range<usize>,
    /// Its opening line from the first fence character on; for indented code its first line.
    pub(super) opener: Range<usize>,
    /// The info string in that line, as written and trimmed.
    pub(super) info: Range<usize>,
    /// Its content.
    pub(super) body: Body,
}

/// Reads `expanded` from the byte `from` on (what stands before is front matter).
pub(super) fn scan(expanded: &Expanded, from: usize) -> Scan {
    let mut scanner = Scanner {
        text: &expanded.text,
        from,
        events: Parser::new_ext(&expanded.text[from..], expanded.markdown.options()).into_offset_iter(),
        scan: Scan::default(),
    };
    while let Some((event, range)) = scanner.next() {
        scanner.event(event, range);
    }
    scanner.scan.blocks.sort_by_key(|block| block.range.start);
    scanner.scan
}

struct Scanner<'a> {
    text: &'a str,
    from: usize,
    events: OffsetIter<'a>,
    scan: Scan,
}

impl<'a> Scanner<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let (event, range) = self.events.next()?;
        Some((event, range.start + self.from..range.end + self.from))
    }

    fn event(&mut self, event: Event<'a>, range: Range<usize>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => self.code(matches!(kind, CodeBlockKind::Fenced(_)), range),
            Event::Start(Tag::Heading { level, id, .. }) => {
                self.heading(level as u8, id.map(pulldown_cmark::CowStr::into_string), range);
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.scan.links.push(Link { destination: dest_url.into_string(), range });
            }
            Event::Start(Tag::HtmlBlock) => {
                self.hidden_fences(&range);
                self.scan.html.push(range);
            }
            Event::InlineHtml(_) => self.scan.html.push(range),
            _ => {}
        }
    }

    fn heading(&mut self, level: u8, id: Option<String>, range: Range<usize>) {
        let mut text = String::new();
        while let Some((event, inner)) = self.next() {
            match event {
                Event::End(TagEnd::Heading(_)) => break,
                Event::Text(part) | Event::Code(part) => text.push_str(&part),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                other => self.event(other, inner),
            }
        }
        self.scan.headings.push(Heading { level, text, id, range });
    }

    fn code(&mut self, fenced: bool, range: Range<usize>) {
        let opener = self.line_at(range.start);
        let mut body = BodyBuilder { body: Body::default() };
        let mut said = if fenced { opener.end } else { range.start };
        while let Some((event, inner)) = self.next() {
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(part) => {
                    if self.text.get(inner.clone()) == Some(&*part) {
                        body.copy(&part, inner.start);
                    } else {
                        body.synthesize(&part, inner.start);
                    }
                    said = said.max(inner.end);
                }
                _ => {}
            }
        }
        let run = fence_run(&self.text[opener.clone()]);
        let rest = self.text.get(said..range.end).unwrap_or("");
        let form = match run {
            Some((mark, many)) if fenced => Form::Fenced { closed: closes(rest, mark, many) },
            _ => Form::Indented,
        };
        let info = match (form, run) {
            (Form::Fenced { .. }, Some((_, many))) => trimmed(self.text, opener.start + many..opener.end),
            _ => opener.start..opener.start,
        };
        self.scan.blocks.push(Block { form, range, opener, info, body: body.finish() });
    }

    /// The line that `start` stands in, from `start` to its last visible character.
    fn line_at(&self, start: usize) -> Range<usize> {
        let rest = &self.text[start..];
        let line = rest.split('\n').next().unwrap_or(rest);
        start..start + line.trim_end().len()
    }

    /// Fences in a stretch of HTML: a reader never sees them as code, and nothing runs them.
    fn hidden_fences(&mut self, html: &Range<usize>) {
        let mut at = html.start;
        let mut open: Option<(Block, char, usize)> = None;
        for line in self.text[html.clone()].split_inclusive('\n') {
            let bare = line.trim_start_matches([' ', '\t', '>']);
            let start = at + line.len() - bare.len();
            let run = fence_run(bare);
            at += line.len();
            match &mut open {
                None => {
                    if let Some((mark, many)) = run {
                        let opener = start..start + bare.trim_end().len();
                        let info = trimmed(self.text, start + many..opener.end);
                        let block =
                            Block { form: Form::Commented, range: start..at, opener, info, body: Body::default() };
                        open = Some((block, mark, many));
                    }
                }
                Some((block, mark, many)) => {
                    block.range.end = at;
                    if closes(bare, *mark, *many) && bare.trim_end().chars().all(|c| c == *mark) {
                        self.scan.blocks.extend(open.take().map(|(block, ..)| block));
                        continue;
                    }
                    let mut body = BodyBuilder { body: std::mem::take(&mut block.body) };
                    body.copy(line.trim_end_matches(['\r', '\n']), at - line.len());
                    body.synthesize("\n", at);
                    block.body = body.body;
                }
            }
        }
        self.scan.blocks.extend(open.map(|(block, ..)| block));
    }
}

/// The fence at the start of a line: its character and how many of them.
fn fence_run(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let many = line.chars().take_while(|c| *c == mark).count();
    let possible = many >= 3 && (mark == '~' || !line[many..].contains('`'));
    possible.then_some((mark, many))
}

/// Whether the rest of a block holds its closing fence: what follows the last line of its content is that, or nothing but what its
/// container repeats on each line.
fn closes(rest: &str, mark: char, many: usize) -> bool {
    let mut run = 0;
    rest.chars().any(|c| {
        run = if c == mark { run + 1 } else { 0 };
        run >= many
    })
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    start..start + part.trim().len()
}

/// Collects the content of a block. A byte keeps its place.
struct BodyBuilder {
    body: Body,
}

impl BodyBuilder {
    fn copy(&mut self, text: &str, source: usize) {
        let at = self.body.text.len();
        let follows = self.body.pieces.last().is_some_and(|(start, from)| from + (at - start) == source);
        if !follows && !text.is_empty() {
            self.body.pieces.push((at, source));
        }
        self.body.text.push_str(text);
    }

    /// Text that stands for other bytes: the blanks that a tab is worth after a container took its share of it.
    fn synthesize(&mut self, text: &str, source: usize) {
        for (at, _) in text.char_indices() {
            self.body.pieces.push((self.body.text.len() + at, source.saturating_sub(1)));
        }
        self.body.text.push_str(text);
    }

    fn finish(mut self) -> Body {
        if !self.body.text.is_empty() && !self.body.text.ends_with('\n') {
            self.body.text.push('\n');
        }
        self.body
    }
}

#[cfg(test)]
mod tests {
    use crate::place::RelPath;

    use super::*;

    fn blocks(text: &str) -> Vec<Block> {
        let path = RelPath::new("guides/a.md").unwrap();
        let scan = scan(&Expanded::plain(path, text.to_owned()), 0);
        for block in &scan.blocks {
            if block.form != Form::Commented {
                for (at, byte) in block.body.content().bytes().enumerate() {
                    assert_eq!(text.as_bytes()[block.body.source(at)], byte, "{text:?} {at}");
                }
            }
        }
        scan.blocks
    }

    /// One block of code: how it is written, its info string and its content.
    fn check(text: &str, form: Form, info: &str, body: &str) {
        let found = blocks(text);
        assert_eq!(found.len(), 1, "{text:?} {found:?}");
        assert_eq!(found[0].form, form, "{text:?}");
        assert_eq!(&text[found[0].info.clone()], info, "{text:?}");
        assert_eq!(found[0].body.text, body, "{text:?}");
    }

    const CLOSED: Form = Form::Fenced { closed: true };
    const OPEN: Form = Form::Fenced { closed: false };

    #[test]
    fn fences_are_found_wherever_they_stand() {
        for (text, info, body) in [
            ("```sh a=b\nx\n```\n", "sh a=b", "x\n"),
            ("```sh\n```\n", "sh", ""),
            ("~~~sh  a \nx\n~~~", "sh  a", "x\n"),
            ("````sh\n```\n````\n", "sh", "```\n"),
            ("``` sh\nx\n`````\n", "sh", "x\n"),
            ("- ```sh\n  x\n    y\n  ```\n", "sh", "x\n  y\n"),
            ("1. a\n\n   ~~~sh\n   x\n\n   y\n   ~~~\n", "sh", "x\n\ny\n"),
            ("> ```sh\n> x\n>y\n> ```\n", "sh", "x\ny\n"),
            ("> - ```sh\n>   x\n>   ```\n", "sh", "x\n"),
            ("> [!NOTE]\n> ```sh\n> x\n> ```\n", "sh", "x\n"),
            ("term\n: ```sh\n  x\n  ```\n", "sh", "x\n"),
            ("[^1]: a\n\n    ```sh\n    x\n    ```\n\n[^1]\n", "sh", "x\n"),
            ("  ```sh\n  x\n    y\n z\n  ```\n", "sh", "x\n  y\nz\n"),
            ("<details>\n\n```sh\nx\n```\n\n</details>\n", "sh", "x\n"),
            ("```sh\r\nx\r\n\r\ny\r\n```\r\n", "sh", "x\n\ny\n"),
            ("> ```sh\r\n> x\r\n> ```\r\n", "sh", "x\n"),
            ("text\n```sh\nx\n```\ntext\n", "sh", "x\n"),
            ("```\nx\n```\n", "", "x\n"),
        ] {
            check(text, CLOSED, info, body);
        }
    }

    #[test]
    fn a_fence_that_nothing_closes() {
        for (text, body) in [
            ("```sh\nx\n", "x\n"),
            ("```sh\nx", "x\n"),
            ("```sh\n", ""),
            ("```sh", ""),
            ("````sh\nx\n```\n", "x\n```\n"),
            ("```sh\nx\n~~~\n", "x\n~~~\n"),
            ("```sh\nx\n``` y\n", "x\n``` y\n"),
            ("```sh\necho '```'\n", "echo '```'\n"),
            ("```sh\nx\n    ```\n", "x\n    ```\n"),
            ("> ```sh\n> x\n\ntext\n", "x\n"),
            ("> ```sh\n\n", ""),
        ] {
            check(text, OPEN, "sh", body);
        }
        let found = blocks("- ```sh\n  x\n\n```sh\ny\n```\n");
        assert_eq!(found.iter().map(|block| block.form).collect::<Vec<_>>(), [OPEN, CLOSED]);
    }

    #[test]
    fn indented_code_and_fences_in_html() {
        check("text\n\n    x\n      y\n", Form::Indented, "", "x\n  y\n");
        check("\tx\n", Form::Indented, "", "x\n");
        check("<!--\n```sh recipe=a\nx\n```\n-->\n", Form::Commented, "sh recipe=a", "x\n");
        check("<!-- ~~~\n-->\n\n<div>\n~~~sh\nx\n</div>\n", Form::Commented, "sh", "x\n</div>\n");
        check("> <!--\n> ```sh\n> x\n> ```\n> -->\n", Form::Commented, "sh", "> x\n");
    }

    #[test]
    fn a_tab_that_a_container_shares_keeps_its_place() {
        let text = "- ```sh\n\tx\n  ```\n";
        let path = RelPath::new("a.md").unwrap();
        let scan = scan(&Expanded::plain(path, text.to_owned()), 0);
        let body = &scan.blocks[0].body;
        assert_eq!(body.text, "  x\n");
        let places: Vec<&str> = (0..4).map(|at| &text[body.source(at)..=body.source(at)]).collect();
        assert_eq!(places, ["\t", "\t", "x", "\n"]);
    }

    #[test]
    fn headings_and_links() {
        let text = "# A `b` *c*\n\nSee [x](y.md#z) and ![i](i.png).\n\nD\n-\n";
        let scan = scan(&Expanded::plain(RelPath::new("a.md").unwrap(), text.to_owned()), 0);
        let headings: Vec<(u8, &str)> = scan.headings.iter().map(|heading| (heading.level, &*heading.text)).collect();
        assert_eq!(headings, [(1, "A b c"), (2, "D")]);
        let links: Vec<&str> = scan.links.iter().map(|link| &*link.destination).collect();
        assert_eq!(links, ["y.md#z", "i.png"]);
        assert_eq!(&text[scan.links[0].range.clone()], "[x](y.md#z)");
    }
}
