//! How a secret may be written: the texts to look for, encoded from its value. Pure; touches nothing.
//!
//! Base64 forms are fixed texts ([`needles`]); digits and lists of numbers are, too, once they are put together ([`spread`]). Percent-encoding and backslash escapes leave each writer free to escape
//! some characters and not others, in several ways and several times over, so those forms are one pattern with every choice for every
//! character ([`flexible`]).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

/// Secrets shorter than this are looked for as they are, and in no encoding: three bytes of base64 stand in every other word.
pub(super) const SHORTEST: usize = 8;

/// Values longer than this (key files) get fixed texts for their escaped forms: a pattern of that length costs too much to compile.
const FLEXIBLE: usize = 256;

/// A text to look for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Needle {
    /// Its bytes.
    pub(super) text: Vec<u8>,
    /// What of the neighbourhood belongs to it.
    pub(super) reach: Reach,
}

/// How far a match reaches beyond the bytes that were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// It is the found bytes.
    Exact,
    /// The base64 characters beside it hold some bits of the secret's first or last byte.
    Base64 {
        /// One more character on the left.
        left: bool,
        /// One more character on the right.
        right: bool,
    },
}

/// The part of `value` that is looked for: `$(cat key)` loses the line ends that a file has.
pub(super) fn core_of(value: &str) -> &str {
    value.trim_end_matches(['\n', '\r'])
}

/// Every fixed text under which the secret `value` may stand.
pub(super) fn needles(value: &str) -> Vec<Needle> {
    let value = core_of(value);
    if value.trim().is_empty() {
        return Vec::new();
    }
    let mut found = vec![exact(value.as_bytes().to_vec())];
    if value.len() < SHORTEST {
        return found;
    }
    base64_cores(value.as_bytes(), &mut found);
    if value.contains('\n') {
        // A key file that is printed with a prefix before each line, or indented in YAML.
        let lines = value.lines().map(str::trim).filter(|line| line.len() >= 20 && !line.starts_with("-----"));
        found.extend(lines.map(|line| exact(line.as_bytes().to_vec())));
    }
    if value.len() > FLEXIBLE {
        found.extend(long_escapes(value).into_iter().map(|text| exact(text.into_bytes())));
    }
    found
}

fn exact(text: Vec<u8>) -> Needle {
    Needle { text, reach: Reach::Exact }
}

/// The base64 characters that depend on `value` alone, for each of the three ways in which it can lie in a larger blob, in both alphabets.
fn base64_cores(value: &[u8], found: &mut Vec<Needle>) {
    for shift in 0..3 {
        let mut blob = vec![0; shift];
        blob.extend_from_slice(value);
        let first = (shift * 8).div_ceil(6);
        let bits = blob.len() * 8;
        let reach = Reach::Base64 { left: shift > 0, right: bits % 6 != 0 };
        let standard = STANDARD_NO_PAD.encode(&blob).into_bytes()[first..bits / 6].to_vec();
        let url = URL_SAFE_NO_PAD.encode(&blob).into_bytes()[first..bits / 6].to_vec();
        if url != standard {
            found.push(Needle { text: url, reach });
        }
        found.push(Needle { text: standard, reach });
    }
}

/// The bytes that are looked for as numbers, in rows of hexadecimal digits and in lists; nothing for a value that is too short.
pub(super) fn spread(value: &str) -> Option<&[u8]> {
    let value = core_of(value);
    (value.len() >= SHORTEST && !value.trim().is_empty()).then_some(value.as_bytes())
}

/// The escaped forms of a long value that common writers make.
fn long_escapes(value: &str) -> Vec<String> {
    const URL: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    const PATH: &AsciiSet = &URL.remove(b'/');
    const LINES: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?');
    let mut forms = Vec::new();
    for set in [NON_ALPHANUMERIC, URL, PATH, LINES] {
        let once = utf8_percent_encode(value, set).to_string();
        forms.push(once.replace("%20", "+"));
        forms.push(once.replace('%', "%25"));
        forms.push(lower_hex(&once));
        forms.push(lower_hex(&once).replace('%', "%25"));
        forms.push(once);
    }
    let json = serde_json::Value::String(value.to_owned()).to_string();
    let json = json[1..json.len() - 1].to_owned();
    forms.push(json.replace('/', "\\/"));
    forms.push(json.replace('\\', "\\\\"));
    forms.push(json);
    forms.push(value.replace('\n', "\r\n"));
    forms.sort();
    forms.dedup();
    forms.retain(|form| form != value);
    forms
}

fn lower_hex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut escape: u8 = 0;
    for character in text.chars() {
        out.push(if escape > 0 { character.to_ascii_lowercase() } else { character });
        escape = if character == '%' { 2 } else { escape.saturating_sub(1) };
    }
    out
}

/// A pattern (of the `regex` crate, bytes, without Unicode) for every percent-encoded, backslash-escaped, shell-quoted or HTML-escaped
/// form of `value`; nothing for values that are too short or too long.
pub(super) fn flexible(value: &str) -> Option<String> {
    let value = core_of(value);
    if !(SHORTEST..=FLEXIBLE).contains(&value.len()) || value.trim().is_empty() {
        return None;
    }
    let mut patterns = vec![value.chars().map(character).collect::<String>()];
    let mut blobs = Vec::new();
    base64_cores(value.as_bytes(), &mut blobs);
    // Base64 has two characters that URLs and JSON escape.
    let escapable =
        blobs.iter().filter_map(|blob| std::str::from_utf8(&blob.text).ok()).filter(|text| text.contains(['+', '/']));
    for text in escapable {
        patterns
            .push(text.chars().map(|c| if c == '+' || c == '/' { ascii(c as u8) } else { c.to_string() }).collect());
    }
    Some(patterns.join("|"))
}

/// Every way to write one character.
fn character(c: char) -> String {
    if c.is_ascii() {
        return ascii(c as u8);
    }
    let code = u32::from(c);
    let mut bytes = [0; 4];
    let raw: String = c.encode_utf8(&mut bytes).bytes().map(byte).collect();
    let hex = any_case(&format!("{code:x}"));
    let mut units = [0; 2];
    let utf16: String = c
        .encode_utf16(&mut units)
        .iter()
        .map(|unit| format!(r"(?:\\+[uU]|%u){}", any_case(&format!("{unit:04x}"))))
        .collect();
    let mut out = format!(
        "(?:\\\\*{raw}|{utf16}|\\\\+U{}|\\\\+u\\{{0*{hex}\\}}|&#0*{code};|&#[xX]0*{hex};",
        any_case(&format!("{code:08x}")),
    );
    if code <= 0xff {
        let _ = write!(out, "|\\\\+x{}", any_case(&format!("{code:02x}")));
    }
    out.push(')');
    out
}

/// Every way to write one byte of a character that is not ASCII.
fn byte(b: u8) -> String {
    let hex = any_case(&format!("{b:02x}"));
    format!(r"(?:\x{b:02x}|%(?:25)*{hex}|\\+(?:x{hex}|{b:03o}))")
}

fn ascii(b: u8) -> String {
    let hex = any_case(&format!("{b:02x}"));
    let mut escaped = format!(r"u00{hex}|U000000{hex}|u\{{0*{hex}\}}|x{hex}|{b:03o}");
    let named = match b {
        b'\n' => "n",
        b'\r' => "r",
        b'\t' => "t",
        0x08 => "b",
        0x0c => "f",
        0x07 => "a",
        0x1b => "e",
        0x0b => "v",
        _ => "",
    };
    if !named.is_empty() {
        let _ = write!(escaped, "|{named}");
    }
    if !b.is_ascii_alphanumeric() {
        let _ = write!(escaped, r"|\x{b:02x}");
    }
    let entity = match b {
        b'&' => "|amp;",
        b'<' => "|lt;",
        b'>' => "|gt;",
        b'"' => "|quot;",
        b'\'' => "|apos;",
        _ => "",
    };
    let mut out = format!(r"(?:\x{b:02x}|%(?:25)*(?:u00)?{hex}|\\+(?:{escaped})|&(?:#0*{b};|#[xX]0*{hex};{entity})");
    match b {
        b' ' => out.push_str(r"|\+"),
        b'\\' => out.push_str(r"|\\+"),
        b'\'' => out.push_str(r#"|'\\+''|'\\*"'\\*"'"#),
        _ => {}
    }
    out.push(')');
    out
}

/// Hex digits in either case.
fn any_case(hex: &str) -> String {
    hex.chars()
        .map(|c| if c.is_ascii_alphabetic() { format!("[{c}{}]", c.to_ascii_uppercase()) } else { c.to_string() })
        .collect()
}
