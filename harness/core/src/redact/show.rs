//! Text for a terminal and for a CI log: nothing foreign moves a cursor, hides itself or starts a workflow command. Pure; touches nothing.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with control characters, direction marks and other characters that a person cannot see written out: `\r`, `\x1b`, `\u{202e}`.
/// Line breaks and tabs stay.
///
/// Written out in ASCII, not as `␛`: that sign is missing from many fonts, and this form can be copied into a search.
pub fn show_controls(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(is_hidden) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for character in text[first..].chars() {
        match character {
            '\r' => out.push_str("\\r"),
            hidden if is_hidden(hidden) && hidden.is_ascii() => {
                let _ = write!(out, "\\x{:02x}", u32::from(hidden));
            }
            hidden if is_hidden(hidden) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(hidden));
            }
            shown => out.push(shown),
        }
    }
    Cow::Owned(out)
}

/// Characters that act on a terminal or on the order of a line instead of standing in it.
pub fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{61c}'
        | '\u{ad}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        other => other.is_control(),
    }
}

/// `text` in which no line can start a workflow command of GitHub Actions: `::` at the start of a line (blanks before it count as
/// nothing there) becomes `: :`, and `##[` anywhere becomes `## [`. A lone CR starts a line too.
pub fn neutralise_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##[") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut at_start = true;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if at_start && rest.starts_with("::") {
            out.push_str(": :");
            rest = &rest[2..];
            at_start = false;
        } else if rest.starts_with("##[") {
            out.push_str("## [");
            rest = &rest[3..];
            at_start = false;
        } else {
            let ends_line = matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
            // What the runner trims off a line's start is every blank, and what our own escapes leave there must not hide one.
            at_start = ends_line
                || (at_start && (character.is_whitespace() || character.is_control() || character == '\u{feff}'));
            out.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    Cow::Owned(out)
}
