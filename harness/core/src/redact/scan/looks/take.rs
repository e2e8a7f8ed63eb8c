//! The small steps of which looks are made: runs of characters, and what stands before a value. Pure; touches nothing.

use std::ops::Range;

pub(super) fn letters(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

pub(super) fn dashed(byte: u8) -> bool {
    letters(byte) || byte == b'_' || byte == b'-'
}

pub(super) fn digits64(byte: u8) -> bool {
    letters(byte) || byte == b'+' || byte == b'/'
}

pub(super) fn hex(byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}

pub(super) fn lower(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_lowercase()
}

pub(super) fn upper(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// The longest start of `rest` that `is_part` takes, if it has at least `least` bytes.
pub(super) fn run(rest: &[u8], least: usize, is_part: impl Fn(u8) -> bool) -> Option<Range<usize>> {
    let length = rest.iter().take_while(|byte| is_part(**byte)).count();
    (length >= least).then_some(0..length)
}

/// A run of just `length` bytes, with no letter or digit behind it.
pub(super) fn exact(rest: &[u8], length: usize, is_part: impl Fn(u8) -> bool) -> Option<Range<usize>> {
    let ends = !rest.get(length).is_some_and(|byte| letters(*byte));
    run(rest, length, is_part).filter(|found| found.end == length && ends)
}

/// `found`, if it holds a digit.
pub(super) fn digit(rest: &[u8], found: Option<Range<usize>>) -> Option<Range<usize>> {
    found.filter(|found| rest[found.clone()].iter().any(u8::is_ascii_digit))
}

/// The length of a run, and what it is made of.
pub(super) type Part = (usize, fn(u8) -> bool);

/// Runs of just these lengths, one after another with `between` between them, and no letter or digit behind the last.
pub(super) fn parts(rest: &[u8], between: u8, parts: &[Part]) -> Option<Range<usize>> {
    let mut at = 0;
    for (place, (length, is_part)) in parts.iter().enumerate() {
        if place > 0 {
            (rest.get(at) == Some(&between)).then_some(())?;
            at += 1;
        }
        let run = run(rest.get(at..)?, *length, is_part)?;
        (run.end == *length).then_some(())?;
        at += length;
    }
    (!rest.get(at).is_some_and(|byte| letters(*byte))).then_some(0..at)
}

/// Whether the last `count` bytes before a place are such ones, and the one before them is not.
pub(super) fn ends_in(before: &[u8], count: Range<usize>, is_part: impl Fn(u8) -> bool) -> bool {
    let length = before.iter().rev().take_while(|byte| is_part(**byte)).count();
    count.contains(&length)
}

/// How many bytes of `text` are blanks, quotes or backslashes.
pub(super) fn quotes(text: &[u8]) -> usize {
    text.iter().take_while(|byte| b"\"'\\ \r\n\t".contains(byte)).count()
}
