//! Secrets that are spread over a text: base64 in lines, digits in groups, numbers in lists, colours in the middle. Each reading puts the
//! parts together, and says where each of its bytes came from. Pure; touches nothing.

use std::fmt::Write as _;
use std::ops::Range;

/// Bytes that were put together, and where each came from.
pub(super) struct Spread {
    pub(super) bytes: Vec<u8>,
    origin: Vec<usize>,
}

impl Spread {
    /// Where the part `range` of the bytes came from: what lies in between, too.
    pub(super) fn place(&self, range: Range<usize>) -> Range<usize> {
        self.origin[range.start]..self.origin[range.end - 1] + 1
    }

    /// `bytes` without what lies in `cuts`, which ascend; nothing if there are none.
    fn without(bytes: &[u8], cuts: &[Range<usize>]) -> Option<Self> {
        if cuts.is_empty() {
            return None;
        }
        let mut origin: Vec<usize> = Vec::with_capacity(bytes.len());
        let mut from = 0;
        for cut in cuts {
            origin.extend(from..cut.start.max(from));
            from = from.max(cut.end);
        }
        origin.extend(from..bytes.len());
        Some(Self { bytes: origin.iter().map(|at| bytes[*at]).collect(), origin })
    }
}

/// Whether a byte is a digit of base64, of either alphabet.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// The text with base64 blocks that were broken into lines (`base64`, `openssl`) put together; nothing if there is no such block.
pub(super) fn unwrapped(bytes: &[u8]) -> Option<Spread> {
    const FULL_LINE: usize = 56;
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut run = 0;
    let mut at = 0;
    while at < bytes.len() {
        if is_base64(bytes[at]) {
            run += 1;
            at += 1;
            continue;
        }
        let start = at;
        while at < bytes.len() && b"\r\n \t".contains(&bytes[at]) {
            at += 1;
        }
        let breaks = bytes[start..at].contains(&b'\n');
        if run >= FULL_LINE && breaks && bytes.get(at).copied().is_some_and(is_base64) {
            cuts.push(start..at);
        }
        run = 0;
        at = at.max(start + 1);
    }
    Spread::without(bytes, &cuts)
}

/// The text without the escape sequences with which programs colour what they found; nothing if it has none.
pub(super) fn uncoloured(bytes: &[u8]) -> Option<Spread> {
    let mut cuts: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    while let Some(start) = memchr::memchr(0x1b, &bytes[from..]).map(|at| from + at) {
        from = start + 1;
        if bytes.get(from) == Some(&b'[') {
            let inner = bytes[from + 1..].iter().take_while(|byte| (0x20..0x40).contains(*byte)).count();
            from = bytes.len().min(from + inner + 2);
            cuts.push(start..from);
        }
    }
    Spread::without(bytes, &cuts)
}

/// The hexadecimal digits of a value, as [`digits`] puts them together.
pub(super) fn hexadecimal(value: &[u8]) -> String {
    value.iter().fold(String::with_capacity(2 * value.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Every row of `least` or more hexadecimal digits in any grouping and case (`70:40`, `7040 73`, `0x70, 0x40`), in lower case and without
/// what separates them. Blanks stand between rows.
pub(super) fn digits(bytes: &[u8], least: usize) -> Option<Spread> {
    let mut spread = Spread { bytes: Vec::new(), origin: Vec::new() };
    let mut row: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_hexdigit).map(|skip| at + skip) {
        let length = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let prefix = bytes[start] == b'0' && bytes.get(start + 1).is_some_and(|next| b"xX".contains(next));
        let start = if prefix { start + 2 } else { start };
        let end = start + length(start);
        let gap = separator(&bytes[end..]);
        // A few letters in the middle of a word are no row.
        if !row.is_empty() || gap > 0 || end - start >= least {
            row.push(start..end);
        }
        let goes_on = gap > 0 && bytes.get(end + gap).is_some_and(u8::is_ascii_hexdigit);
        if !goes_on {
            spread.row(bytes, &mut row, least);
        }
        at = end + gap;
    }
    (!spread.bytes.is_empty()).then_some(spread)
}

/// The length of what separates two digits at the start of `rest`: a sign, `\x`, blanks, or a line break with the next line's indentation.
fn separator(rest: &[u8]) -> usize {
    let sign = rest.iter().take(2).take_while(|byte| b":,;-_".contains(byte)).count();
    let blanks = rest[sign..].iter().take(40).take_while(|byte| b" \t\r\n".contains(byte)).count();
    let escape = if rest[sign + blanks..].starts_with(b"\\x") { 2 } else { 0 };
    sign + blanks + escape
}

impl Spread {
    fn row(&mut self, bytes: &[u8], row: &mut Vec<Range<usize>>, least: usize) {
        if row.iter().map(Range::len).sum::<usize>() >= least {
            for digits in row.iter() {
                self.bytes.extend(bytes[digits.clone()].iter().map(u8::to_ascii_lowercase));
                self.origin.extend(digits.clone());
            }
            self.bytes.push(b' ');
            self.origin.push(row.last().map_or(0, |last| last.end.saturating_sub(1)));
        }
        row.clear();
    }
}

/// The bytes of a value as decimal numbers, unsigned and signed, as [`numbers`] puts them together.
pub(super) fn decimal(value: &[u8]) -> Vec<String> {
    let unsigned: String = value.iter().flat_map(|byte| [byte.to_string(), ",".to_owned()]).collect();
    let signed: String = value.iter().flat_map(|byte| [byte.cast_signed().to_string(), ",".to_owned()]).collect();
    if unsigned == signed { vec![format!(",{unsigned}")] } else { vec![format!(",{unsigned}"), format!(",{signed}")] }
}

/// Every list of `least` or more decimal numbers (`[112, 64]`, `112 64`), each with one comma on either side. Blanks stand between lists.
pub(super) fn numbers(bytes: &[u8], least: usize) -> Option<Spread> {
    let mut spread = Spread { bytes: Vec::new(), origin: Vec::new() };
    let mut list: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        if list.is_empty() {
            // The next number, with a minus before it.
            let Some(skip) = bytes[at..].iter().position(u8::is_ascii_digit) else { break };
            at += skip - usize::from(skip > 0 && bytes[at + skip - 1] == b'-');
        }
        let minus = usize::from(bytes[at] == b'-');
        let length = bytes[at + minus..].iter().take(4).take_while(|byte| byte.is_ascii_digit()).count();
        let end = at + minus + length;
        let is_number = (1..=3).contains(&length) && !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
        if is_number {
            list.push(at..end);
            at = end;
            let comma = usize::from(bytes.get(at).is_some_and(|byte| b",;".contains(byte)));
            let blanks = bytes[at + comma..].iter().take(40).take_while(|byte| b" \t\r\n".contains(byte)).count();
            at += comma + blanks;
            if comma + blanks > 0 {
                continue;
            }
        }
        spread.list(bytes, &mut list, least);
        // A number in the middle of a word is none.
        let word = bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        at += word.max(1);
    }
    spread.list(bytes, &mut list, least);
    (!spread.bytes.is_empty()).then_some(spread)
}

impl Spread {
    fn list(&mut self, bytes: &[u8], list: &mut Vec<Range<usize>>, least: usize) {
        if list.len() >= least {
            self.bytes.push(b',');
            self.origin.push(list[0].start);
            for number in list.iter() {
                self.bytes.extend_from_slice(&bytes[number.clone()]);
                self.origin.extend(number.clone());
                self.bytes.push(b',');
                self.origin.push(number.end - 1);
            }
            self.bytes.push(b' ');
            self.origin.push(list[list.len() - 1].end - 1);
        }
        list.clear();
    }
}
