//! Bytes written as lists of numbers, as languages print them: `[112, 64]`, `{0x70, 0x40}`, `<Buffer 70 40>`, `70-40`, `112:64`. Pure;
//! touches nothing.
//!
//! Whatever stands between two numbers, as long as it is no letter and no digit, separates them: brackets, commas, line breaks. That is
//! generous, and may be: only a list that spells a whole secret is a find.

use super::views::{Joined, View};

/// More than this between two numbers, and they are not of one list.
const GAP: usize = 64;

/// How the numbers of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    Hexadecimal,
    Decimal,
    /// `-61` is 195, as Java prints its bytes.
    Signed,
    Octal,
    Binary,
}

const NOTATIONS: [(Notation, &str); 5] = [
    (Notation::Hexadecimal, "a list of hexadecimal bytes"),
    (Notation::Decimal, "a list of decimal bytes"),
    (Notation::Signed, "a list of signed bytes"),
    (Notation::Octal, "a list of octal bytes"),
    (Notation::Binary, "a list of binary bytes"),
];

/// A number, or what could be one: its place, and whether a minus precedes it.
#[derive(Clone, Copy, Debug)]
struct Token {
    start: usize,
    end: usize,
    minus: bool,
}

/// Fewer numbers side by side than this are no list: what few long ones spell, the reading of all digits finds.
const FEWEST: usize = 4;

/// Every list in `view` of at least `least` bytes, by notation.
pub(super) fn lists(view: &View, least: usize) -> Vec<(&'static str, View)> {
    let mut lists = NOTATIONS.map(|(notation, name)| (name, List { notation, least, found: Joined::default() }));
    let bytes = &view.bytes;
    let mut row: Vec<Token> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let kind = KINDS[usize::from(bytes[at])];
        if kind == Kind::Other {
            at += 1;
            continue;
        }
        let start = at;
        let mut is_number = kind != Kind::Letter;
        let is_decimal = kind == Kind::Digit;
        while at < bytes.len() {
            match KINDS[usize::from(bytes[at])] {
                Kind::Other => break,
                // `0x70`, `0o160`, `0b1110000`
                Kind::Letter if at != start + 1 || bytes[start] != b'0' => is_number = false,
                _ => {}
            }
            at += 1;
        }
        let apart = row.last().is_some_and(|last| start - last.end > GAP);
        // A word ends every list, and most words are no number in any notation.
        if !is_number || apart {
            end(&mut row, view, &mut lists);
        }
        if is_number && (is_decimal || at - start > 1) {
            row.push(Token { start, end: at, minus: start > 0 && bytes[start - 1] == b'-' });
        }
    }
    end(&mut row, view, &mut lists);
    lists.into_iter().filter_map(|(name, list)| Some((name, list.found.view()?))).collect()
}

fn end(row: &mut Vec<Token>, view: &View, lists: &mut [(&'static str, List); 5]) {
    if row.len() >= FEWEST {
        lists.iter_mut().for_each(|(_, list)| list.take(row, view));
    }
    row.clear();
}

/// What a byte is to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Digit,
    /// `a` to `f`.
    Hexadecimal,
    Letter,
    Other,
}

static KINDS: [Kind; 256] = {
    let mut table = [Kind::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        let own = byte as u8;
        table[byte] = if own.is_ascii_digit() {
            Kind::Digit
        } else if own.is_ascii_hexdigit() {
            Kind::Hexadecimal
        } else if own.is_ascii_alphabetic() {
            Kind::Letter
        } else {
            Kind::Other
        };
        byte += 1;
    }
    table
};

/// The lists of one notation.
struct List {
    notation: Notation,
    least: usize,
    found: Joined,
}

impl List {
    /// Reads the numbers side by side in `row`: those that are none in this notation end a list.
    fn take(&mut self, row: &[Token], view: &View) {
        // Without a minus, the signed reading is the plain one.
        if self.notation == Notation::Signed && !row.iter().any(|token| token.minus) {
            return;
        }
        let mut run = Vec::new();
        let mut start = row[0].start;
        for token in row {
            let before = run.len();
            if !self.notation.read(&view.bytes[token.start..token.end], token.minus, &mut run) {
                run.truncate(before);
                self.end(&mut run, view.origin(start));
            } else if before == 0 {
                start = token.start;
            }
        }
        self.end(&mut run, view.origin(start));
    }

    fn end(&mut self, run: &mut Vec<u8>, origin: usize) {
        if run.len() >= self.least {
            self.found.push(run, origin);
            if let Some(values) = without_indices(run) {
                self.found.push(&values, origin);
            }
        }
        run.clear();
    }
}

impl Notation {
    /// Adds the bytes that `token` stands for; false if it is no number of this notation.
    fn read(self, token: &[u8], minus: bool, out: &mut Vec<u8>) -> bool {
        match self {
            Self::Hexadecimal => hexadecimal(without(token, b"0x", b"0X"), out),
            Self::Decimal => decimal(token, out),
            Self::Signed if minus => {
                let read = decimal(token, out);
                if let Some(last) = out.last_mut().filter(|_| read) {
                    *last = last.wrapping_neg();
                }
                read
            }
            Self::Signed => decimal(token, out),
            Self::Octal => digits(without(token, b"0o", b"0"), 8, 2..=3, out),
            Self::Binary => digits(without(token, b"0b", b"0B"), 2, 8..=8, out),
        }
    }
}

fn without<'a>(token: &'a [u8], one: &[u8], other: &[u8]) -> &'a [u8] {
    let stripped = token.strip_prefix(one).or_else(|| token.strip_prefix(other));
    stripped.filter(|rest| rest.len() > 1).unwrap_or(token)
}

fn decimal(token: &[u8], out: &mut Vec<u8>) -> bool {
    digits(token, 10, 1..=3, out)
}

/// Adds the one byte that the digits are, if that many may be there and they are no more than a byte.
pub(super) fn digits(token: &[u8], radix: u32, lengths: std::ops::RangeInclusive<usize>, out: &mut Vec<u8>) -> bool {
    if !lengths.contains(&token.len()) {
        return false;
    }
    let value = token.iter().try_fold(0, |value, digit| Some(value * radix + char::from(*digit).to_digit(radix)?));
    let byte = value.and_then(|value| u8::try_from(value).ok());
    out.extend(byte);
    byte.is_some()
}

/// Adds the bytes that pairs of hexadecimal digits are.
pub(super) fn hexadecimal(token: &[u8], out: &mut Vec<u8>) -> bool {
    if !token.len().is_multiple_of(2) || token.is_empty() || token.len() > 64 {
        return false;
    }
    let digit = |digit: u8| char::from(digit).to_digit(16);
    for pair in token.chunks_exact(2) {
        let (Some(high), Some(low)) = (digit(pair[0]), digit(pair[1])) else { return false };
        out.push((high * 16 + low) as u8);
    }
    true
}

/// The values of a list that names every index, as `{"0":112,"1":64}`.
fn without_indices(run: &[u8]) -> Option<Vec<u8>> {
    let counts = |start: usize| (0_u8..5).all(|index| run.get(start + 2 * usize::from(index)) == Some(&index));
    // Another number may precede the first index.
    let start = (0..run.len()).find(|start| run[*start] == 0 && counts(*start))?;
    Some(run[start..].iter().skip(1).step_by(2).copied().collect())
}
