//! Bytes as programs dump them: lines with an address, groups of digits and a column of characters (`hexdump -C`, `xxd`, `od`,
//! `curl --trace`, `tcpdump -X`), or with a cell for each character (`od -c`). Pure; touches nothing.
//!
//! The address and the column of characters are dropped, and the lines are put together. An address and the next one say how many bytes
//! a line has: a column of characters may look like one more group of digits.

use super::numbers::{digits, hexadecimal};
use super::views::{Joined, View};

/// Words that may precede a dump in its line: a log's time, level and source.
const WORDS: usize = 12;

/// The most groups of a line that are read.
const GROUPS: usize = 70;

/// The width of a cell of `od -c`.
const CELL: usize = 4;

/// How a dump writes bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    /// Pairs of hexadecimal digits, in the order of the bytes.
    Bytes,
    /// Hexadecimal numbers of a little-endian machine: the last byte first.
    Words,
    Octal,
    OctalWords,
    Decimal,
    Binary,
    Cells,
}

const NOTATIONS: [(Notation, &str); 7] = [
    (Notation::Bytes, "a hexadecimal dump"),
    (Notation::Words, "a hexadecimal dump of words"),
    (Notation::Octal, "an octal dump"),
    (Notation::OctalWords, "an octal dump of words"),
    (Notation::Decimal, "a decimal dump"),
    (Notation::Binary, "a binary dump"),
    (Notation::Cells, "a dump of characters"),
];

/// Every dump in `view` of at least `least` bytes, by notation.
pub(super) fn dumps(view: &View, least: usize) -> Vec<(&'static str, View)> {
    read(view, least, |_| true)
}

/// Every dump whose lines have more than groups: an address, or characters beside them.
pub(super) fn with_more(view: &View, least: usize) -> Vec<(&'static str, View)> {
    read(view, least, |line| {
        let is_group = |group: &Field<'_>| group.text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
        line.address.is_some() || line.groups.iter().any(|group| group.gap > 1 && !is_group(group))
    })
}

/// Every dump of lines that `counts`.
fn read(view: &View, least: usize, counts: impl Fn(&Line<'_>) -> bool) -> Vec<(&'static str, View)> {
    let mut dumps = NOTATIONS.map(|(notation, name)| (name, Dump::new(notation, least)));
    let mut start = 0;
    let mut open = false;
    let ends = memchr::memchr_iter(b'\n', &view.bytes).chain(std::iter::once(view.bytes.len()));
    for end in ends {
        let text = &view.bytes[start..end];
        let line = Line::read(text).filter(&counts);
        if let Some(line) = &line {
            // Without addresses other numbers are lists, which are read as such.
            let own = if line.address.is_some() { 0..dumps.len() } else { 0..2 };
            let origin = view.origin(start);
            dumps[own].iter_mut().for_each(|(_, dump)| dump.take(line, origin));
            if line.groups.is_empty() {
                dumps[NOTATIONS.len() - 1].1.take(line, origin);
            }
        } else if open {
            dumps.iter_mut().for_each(|(_, dump)| dump.end());
        }
        open = line.is_some();
        start = end + 1;
    }
    let found = dumps.into_iter().filter_map(|(name, mut dump)| {
        dump.end();
        Some((name, dump.found.view()?))
    });
    found.collect()
}

/// What stands between blanks.
#[derive(Clone, Copy, Debug)]
struct Field<'a> {
    /// How many blanks precede it.
    gap: usize,
    text: &'a [u8],
}

/// The fields of a line, from `at` on.
struct Fields<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Fields<'a> {
    fn peek(&self) -> Option<Field<'a>> {
        Fields { line: self.line, at: self.at }.next()
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let rest = &self.line[self.at..];
        // Every control byte counts as a blank.
        let gap = rest.iter().position(|byte| *byte > b' ')?;
        let length = rest[gap..].iter().position(|byte| *byte <= b' ').unwrap_or(rest.len() - gap);
        self.at += gap + length;
        Some(Field { gap, text: &rest[gap..gap + length] })
    }
}

/// A line that may be one of a dump.
struct Line<'a> {
    /// The number that precedes the groups.
    address: Option<u64>,
    groups: Vec<Field<'a>>,
    /// What follows the address, for cells.
    rest: &'a [u8],
}

impl<'a> Line<'a> {
    fn read(line: &'a [u8]) -> Option<Self> {
        let without_address = |groups: Vec<Field<'a>>| Self { address: None, groups, rest: line };
        if let Some(start) = first_cell(line) {
            return Some(Self { address: None, groups: Vec::new(), rest: &line[start..] });
        }
        let mut fields = Fields { line, at: 0 };
        let mut words = 0;
        // Nearly no line is one of a dump: that takes two fields of digits side by side.
        let (first, end, second) = loop {
            let mut first = fields.next()?;
            let end = fields.at;
            // A program or a shell may quote what it prints.
            while let [b'$' | b'\'' | b'"' | b'(' | b'[', rest @ ..] = first.text {
                first.text = rest;
            }
            if first.text.is_empty() {
                continue;
            }
            if first.text[0].is_ascii_hexdigit() && is_number(number_of(first.text)) {
                let second = fields.next();
                let goes_on = first.text.len() > 3 || fields.peek().is_none_or(|third| is_start(third.text));
                if goes_on && second.is_none_or(|second| follows(first.text, second.text)) {
                    break (first, end, second);
                }
                fields.at = end;
            }
            words += 1;
            if words > WORDS {
                return None;
            }
        };
        let number = number_of(first.text);
        let dash = second.is_some_and(|second| second.text == b"-");
        let is_address = first.text.len() > number.len()
            || dash
            || second.is_some_and(|second| number.len() > 3 && second.text.len() != number.len());
        let own = (!is_address).then_some(first);
        let groups = own.into_iter().chain(second.filter(|_| !dash)).chain(fields.take(GROUPS)).collect();
        if !is_address {
            return Some(without_address(groups));
        }
        let digits = std::str::from_utf8(number).ok().and_then(|number| u64::from_str_radix(number, 16).ok());
        Some(Self { address: Some(digits.unwrap_or_default()), groups, rest: &line[end..] })
    }
}

/// Where the first cell of a line without an address starts: a character alone, and another cell behind it.
fn first_cell(line: &[u8]) -> Option<usize> {
    let character = memchr::memmem::find(line, b"   ")? + 3;
    let character = character + line[character..].iter().position(|byte| *byte != b' ')?;
    let next = line.get(character + 1..character + CELL)?;
    let is_cell = next == b"   " || next.starts_with(b"  \\") || (next[0] == b' ' && next[1].is_ascii_digit());
    let before = line[..character - 3].trim_ascii_end();
    // An address is told by the words, and is read with them.
    (is_cell && !before.last().is_some_and(u8::is_ascii_hexdigit)).then_some(character - 3)
}

/// The digits of an address: without `0x`, and without the colon behind it.
fn number_of(field: &[u8]) -> &[u8] {
    let field = field.strip_suffix(b":").unwrap_or(field);
    field.strip_prefix(b"0x").unwrap_or(field)
}

fn is_number(field: &[u8]) -> bool {
    field.len() > 1 && field.iter().all(u8::is_ascii_hexdigit)
}

/// Whether two digits start a field.
fn is_start(field: &[u8]) -> bool {
    is_number(field.get(..2).unwrap_or_default())
}

/// Whether `second` may follow the address or group `first`: another group, the dash of OpenSSL, or after a long address a cell.
fn follows(first: &[u8], second: &[u8]) -> bool {
    is_start(second) || second == b"-" || (first.len() > 5 && second.len() < CELL)
}

/// The dumps of one notation.
struct Dump {
    notation: Notation,
    least: usize,
    /// The lines of the dump that is being read: the address of each, and its bytes.
    lines: Vec<(Option<u64>, Vec<u8>)>,
    start: usize,
    found: Joined,
}

impl Dump {
    fn new(notation: Notation, least: usize) -> Self {
        Self { notation, least, lines: Vec::new(), start: 0, found: Joined::default() }
    }

    fn take(&mut self, line: &Line<'_>, origin: usize) {
        let bytes = self.notation.read(line);
        if bytes.is_empty() {
            return self.end();
        }
        if self.lines.is_empty() {
            self.start = origin;
        }
        self.lines.push((line.address, bytes));
    }

    fn end(&mut self) {
        let mut run = Vec::new();
        for (at, (address, bytes)) in self.lines.iter().enumerate() {
            let next = self.lines.get(at + 1).and_then(|(next, _)| *next);
            let length = address.zip(next).and_then(|(own, next)| usize::try_from(next.checked_sub(own)?).ok());
            let length = length.filter(|length| *length > 0).unwrap_or(usize::MAX);
            run.extend_from_slice(&bytes[..bytes.len().min(length)]);
        }
        if run.len() >= self.least {
            self.found.push(&run, self.start);
        }
        self.lines.clear();
    }
}

impl Notation {
    /// The bytes of a line; none if it is no line of such a dump.
    fn read(self, line: &Line<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self == Self::Cells {
            return cells(line.rest).unwrap_or_default();
        }
        // Without addresses these are lists, and a list of words has to be one of words.
        let wide = line.groups.first().map_or(0, |group| group.text.len());
        if (line.address.is_none() && !matches!(self, Self::Bytes | Self::Words)) || (self == Self::Words && wide < 4) {
            return bytes;
        }
        let usual = line.groups.get(1).map_or(1, |group| group.gap);
        for (at, group) in line.groups.iter().enumerate() {
            // After half of its bytes a line may have a wider gap; anywhere else that is where the characters start.
            let half = bytes.len() == 8 || at == 4 || at == 8;
            let most = if self == Self::Decimal { CELL } else { usual + usize::from(half) };
            if (at > 1 && group.gap > most) || !self.group(group.text, wide, &mut bytes) {
                break;
            }
        }
        bytes
    }

    /// Adds the bytes of a group; false if it is none, and then it may have added some.
    fn group(self, group: &[u8], wide: usize, out: &mut Vec<u8>) -> bool {
        let before = out.len();
        match self {
            Self::Bytes | Self::Words => {
                let read = group.split(|byte| *byte == b'-').all(|part| part.len() <= wide && hexadecimal(part, out));
                if !read {
                    out.truncate(before);
                } else if self == Self::Words {
                    out[before..].reverse();
                }
                read
            }
            Self::Octal => digits(group, 8, 3..=3, out),
            Self::OctalWords => {
                let word = std::str::from_utf8(group).ok().filter(|text| text.len() == 6);
                let word = word.and_then(|text| u16::from_str_radix(text, 8).ok());
                out.extend(word.into_iter().flat_map(u16::to_le_bytes));
                word.is_some()
            }
            Self::Decimal => match group.strip_prefix(b"-") {
                Some(group) => {
                    let read = digits(group, 10, 1..=3, out);
                    if let Some(last) = out.last_mut().filter(|_| read) {
                        *last = last.wrapping_neg();
                    }
                    read
                }
                None => digits(group, 10, 1..=3, out),
            },
            Self::Binary => digits(group, 2, 8..=8, out),
            Self::Cells => false,
        }
    }
}

/// The characters of cells, as `od -c`, `od -a` and `hexdump -c` write them; nothing if a cell holds something else.
fn cells(rest: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(rest).ok()?;
    let characters: Vec<char> = text.chars().filter(|character| *character != '\r').collect();
    let mut bytes = Vec::with_capacity(characters.len() / CELL);
    for cell in characters.chunks(CELL) {
        let own: String = cell.iter().collect();
        let own = own.trim();
        // What a shell or a language puts around ends the cells.
        if cell[0] != ' ' {
            break;
        }
        let named = ["\\0", "\\a", "\\b", "\\t", "\\n", "\\v", "\\f", "\\r", "nl", "sp"];
        match own.len() {
            0 => bytes.push(b' '),
            1 => bytes.extend_from_slice(own.as_bytes()),
            // The rest of a character of several bytes.
            _ if own == "**" => {}
            _ if named.contains(&own) => {
                let at = named.iter().position(|name| *name == own).unwrap_or_default();
                bytes.push([0, 7, 8, 9, 10, 11, 12, 13, 10, 32][at]);
            }
            _ if digits(own.as_bytes(), 8, 3..=3, &mut bytes) => {}
            _ if own.chars().count() == 1 => bytes.extend_from_slice(own.as_bytes()),
            _ if own.len() < CELL && own.bytes().all(|byte| byte.is_ascii_lowercase()) => bytes.push(0),
            _ => break,
        }
    }
    (bytes.len() > 1 || rest.len() == CELL).then_some(bytes)
}
