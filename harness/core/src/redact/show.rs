//! Text for a terminal and for a CI log: nothing foreign moves a cursor, hides itself or starts a workflow command. Pure; touches nothing.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex_syntax::hir::{Class, HirKind};

/// `text` with its hidden characters written out: `\r`, `\x1b`, `\u{202e}`. Line breaks and tabs stay, and so do the two characters that an
/// emoji is made of (see [`hidden`]).
///
/// Written out in ASCII, not as `␛`: that sign is missing from many fonts, and this form can be copied into a search.
pub fn show_controls(text: &str) -> Cow<'_, str> {
    let mut found = hidden(text).peekable();
    if found.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut shown = 0;
    for (at, character) in found {
        out.push_str(&text[shown..at]);
        shown = at + character.len_utf8();
        let _ = match character {
            '\r' => write!(out, "\\r"),
            ascii if ascii.is_ascii() => write!(out, "\\x{:02x}", u32::from(ascii)),
            other => write!(out, "\\u{{{:x}}}", u32::from(other)),
        };
    }
    out.push_str(&text[shown..]);
    Cow::Owned(out)
}

/// The characters of `text` that a reader cannot see, with their places in bytes.
///
/// These are the characters of [`is_hidden`], without the ones that an emoji is made of: one variation selector after a character that
/// has an emoji form (`⚠️`, `1️⃣`), and a joiner between two pictures (`👩‍🚀`). Such a character changes what is seen, and no second one can
/// follow it, so nothing can be written in them.
pub fn hidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    let mut before = Before::Other;
    let mut characters = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (at, character) = characters.next()?;
            if character.is_ascii() && !character.is_ascii_control() {
                before = if matches!(character, '0'..='9' | '#' | '*') { Before::Key } else { Before::Other };
                continue;
            }
            let next = characters.peek().map(|(_, next)| *next);
            let (shown, now) = match character {
                '\u{fe0e}' | '\u{fe0f}' => match before {
                    Before::Key if next == Some('\u{20e3}') => (true, Before::Other),
                    Before::Picture => (true, Before::Selected),
                    _ => (false, Before::Other),
                },
                '\u{200d}' => {
                    let joins = matches!(before, Before::Picture | Before::Selected) && next.is_some_and(is_picture);
                    (joins, Before::Other)
                }
                other if is_hidden(other) => (false, Before::Other),
                other => (true, if is_picture(other) { Before::Picture } else { Before::Other }),
            };
            before = now;
            if !shown {
                return Some((at, character));
            }
        }
    })
}

/// What a variation selector or a joiner follows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing that makes a picture.
    Other,
    /// A character of a keycap.
    Key,
    /// A character with an emoji form.
    Picture,
    /// One whose form is selected already.
    Selected,
}

/// Whether `character` acts on a terminal or on the order of a line, or is drawn as nothing, instead of being seen where it is.
///
/// These are Unicode's classes, not a list of ours: control and format characters (direction marks among them), line and paragraph
/// separators, everything that is ignored by default (fillers, joiners, variation selectors, tags), and the 66 noncharacters, which XML
/// forbids. Line breaks and tabs are not hidden, nor the few format characters of Arabic and other scripts that are drawn.
pub fn is_hidden(character: char) -> bool {
    static HIDDEN: LazyLock<Ranges> = LazyLock::new(|| {
        ranges(
            r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Bidi_Control}--\p{Prepended_Concatenation_Mark}]",
        )
    });
    match character {
        '\n' | '\t' => false,
        ascii if ascii.is_ascii() => ascii.is_ascii_control(),
        '\u{fdd0}'..='\u{fdef}' => true,
        other => u32::from(other) & 0xfffe == 0xfffe || holds(&HIDDEN, other),
    }
}

/// Whether a variation selector may choose a form of `character`, and a joiner join it.
fn is_picture(character: char) -> bool {
    static PICTURES: LazyLock<Ranges> = LazyLock::new(|| ranges(r"[\p{Emoji}\p{Extended_Pictographic}]"));
    !character.is_ascii() && holds(&PICTURES, character)
}

type Ranges = Vec<(char, char)>;

fn holds(ranges: &[(char, char)], character: char) -> bool {
    let at = ranges.partition_point(|(_, end)| *end < character);
    ranges.get(at).is_some_and(|(start, _)| *start <= character)
}

/// The characters of a class of the `regex` crate's syntax, as sorted ranges.
fn ranges(class: &str) -> Ranges {
    match regex_syntax::parse(class).map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class.iter().map(|range| (range.start(), range.end())).collect(),
        _ => Vec::new(),
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
