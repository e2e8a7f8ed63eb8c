//! What of a chapter is prose: words that its author says, and not code, the text of a link, an image's, or HTML. Pure; touches nothing.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::fence::options;
use super::model::Chapter;

/// Every stretch of prose, as bytes of the chapter's text, in order.
pub fn prose(chapter: &Chapter) -> Vec<Range<usize>> {
    let (text, from) = (&chapter.text.text, chapter.front_matter.end);
    let mut stretches = Vec::new();
    let mut inside = 0_usize;
    for (event, range) in Parser::new_ext(&text[from..], options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock) => inside += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => {
                inside = inside.saturating_sub(1);
            }
            Event::Text(_) if inside == 0 => stretches.push(from + range.start..from + range.end),
            _ => {}
        }
    }
    stretches
}
