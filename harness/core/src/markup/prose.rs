//! What of a chapter is prose: words that its author says, and not code, the text of a link, an image's, or HTML. Pure; touches nothing.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, TagEnd};

use super::model::Chapter;

/// Prose that a reader sees as one run of words: emphasis and line breaks within a paragraph do not end it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stretch {
    /// The words as they are read: without markup, entities as what they stand for, a line break for each of the file's.
    pub text: String,
    /// For each piece of the text, where it starts, and its bytes in the chapter's text.
    pieces: Vec<(usize, Range<usize>)>,
}

impl Stretch {
    fn push(&mut self, text: &str, range: Range<usize>) {
        self.pieces.push((self.text.len(), range));
        self.text.push_str(text);
    }

    /// The bytes in the chapter's text of a part of this text.
    pub fn source(&self, part: Range<usize>) -> Range<usize> {
        let at = |offset: usize, ends: bool| {
            let piece = self.pieces.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
            let Some((start, range)) = self.pieces.get(piece) else { return 0 };
            let next = self.pieces.get(piece + 1).map_or(self.text.len(), |(next, _)| *next);
            // What is written as another number of bytes than it has, such as an entity, has no parts.
            match next - start == range.len() {
                true => range.start + (offset - start) + usize::from(ends),
                false if ends => range.end,
                false => range.start,
            }
        };
        match part.end.checked_sub(1).filter(|last| *last >= part.start) {
            Some(last) => at(part.start, false)..at(last, true),
            None => at(part.start, false)..at(part.start, false),
        }
    }
}

/// Every stretch of prose, in order.
pub fn prose(chapter: &Chapter) -> Vec<Stretch> {
    let (text, from) = (&chapter.text.text, chapter.front_matter.end);
    let (mut stretches, mut stretch) = (Vec::new(), Stretch::default());
    let mut inside = 0_usize;
    for (event, range) in Parser::new_ext(&text[from..], chapter.text.markdown.options()).into_offset_iter() {
        let range = from + range.start..from + range.end;
        let goes_on = match &event {
            Event::Text(words) if inside == 0 => {
                stretch.push(words, range);
                true
            }
            Event::SoftBreak | Event::HardBreak if inside == 0 => {
                stretch.push("\n", range);
                true
            }
            Event::Start(tag) => {
                let tag = tag.to_end();
                inside += usize::from(is_no_prose(tag));
                is_emphasis(tag)
            }
            Event::End(tag) => {
                inside = inside.saturating_sub(usize::from(is_no_prose(*tag)));
                is_emphasis(*tag)
            }
            _ => false,
        };
        if !goes_on {
            stretches.push(std::mem::take(&mut stretch));
        }
    }
    stretches.push(stretch);
    stretches.retain(|stretch| !stretch.text.is_empty());
    stretches
}

fn is_no_prose(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock)
}

fn is_emphasis(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough)
}
