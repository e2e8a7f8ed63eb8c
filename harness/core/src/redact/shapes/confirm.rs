//! A last look at what a pattern found: documentation writes a word, a variable or dots where a secret belongs. Pure; touches nothing.

use super::COVERED;

/// Values that are no secret whatever their shape: too few different characters, as in `xxxxxxxx`.
pub(super) fn is_filler(value: &[u8]) -> bool {
    let tail = &value[value.len().saturating_sub(16)..];
    let mut seen = [false; 256];
    let different = tail.iter().filter(|byte| !std::mem::replace(&mut seen[usize::from(**byte)], true)).count();
    tail.len() >= 12 && different < 4
}

pub(super) fn any(_: &[u8]) -> bool {
    true
}

/// AWS marks the values of its documentation with this word.
pub(super) fn no_example(value: &[u8]) -> bool {
    !value.windows(7).any(|part| part == b"EXAMPLE")
}

pub(super) fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// A key that is not a digest: what follows its last dash has a digit, and not only hexadecimal digits.
pub(super) fn no_digest(value: &[u8]) -> bool {
    let body = value.rsplit(|byte| *byte == b'-').next().unwrap_or(value);
    has_digit(body) && !body.iter().all(u8::is_ascii_hexdigit)
}

/// A password where the text says that one must be: all but a variable, and a word that stands for one.
pub(super) fn no_stand_in(value: &[u8]) -> bool {
    let covered = value.iter().all(|byte| *byte == COVERED || b":@".contains(byte));
    !is_variable(value) && !covered && !is_word(value)
}

/// A value that somebody made: eight characters or more, a letter and a digit among them, and no path, address or variable.
pub(super) fn made(value: &[u8]) -> bool {
    let marks: [&[u8]; 12] = [
        b"example",
        b"changeme",
        b"change-me",
        b"change_me",
        b"your",
        b"placeholder",
        b"dummy",
        b"redacted",
        b"replace",
        b"xxxx",
        b"****",
        b"://",
    ];
    let lower = value.to_ascii_lowercase();
    value.len() >= 8
        && has_digit(value)
        && value.iter().any(u8::is_ascii_alphabetic)
        && !matches!(value[0], b'/' | b'~' | b'.')
        && !value.contains(&COVERED)
        && !is_variable(value)
        && !is_word(value)
        && !marks.iter().any(|mark| lower.windows(mark.len()).any(|part| part == *mark))
}

/// As [`made`], for tokens, which are longer.
pub(super) fn made_long(value: &[u8]) -> bool {
    value.len() >= 16 && made(value)
}

/// Of `user:password` in base64.
pub(super) fn is_user_and_password(value: &[u8]) -> bool {
    use base64::Engine as _;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let lenient = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, lenient);
    // However much padding stands there.
    let digits = value.iter().rposition(|byte| *byte != b'=').map_or(0, |at| at + 1);
    engine
        .decode(&value[..digits])
        .is_ok_and(|plain| plain.contains(&b':') && plain.iter().all(|byte| *byte >= b' ' && *byte != 0x7f))
}

fn is_variable(value: &[u8]) -> bool {
    value.first().is_some_and(|byte| b"$<{*%[".contains(byte))
        && value.get(1) != Some(&b'%')
        && !is_percent_escape(value)
}

fn is_percent_escape(value: &[u8]) -> bool {
    value[0] == b'%' && value.get(1..3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
}

/// Words that stand for a password, and the defaults that everybody knows, with digits or marks at their end.
fn is_word(value: &[u8]) -> bool {
    let words: [&[u8]; 26] = [
        b"password",
        b"passwd",
        b"pass",
        b"pwd",
        b"pw",
        b"secret",
        b"token",
        b"changeme",
        b"change-me",
        b"change_me",
        b"example",
        b"redacted",
        b"hidden",
        b"test",
        b"testing",
        b"admin",
        b"root",
        b"user",
        b"guest",
        b"postgres",
        b"mysql",
        b"foo",
        b"foobar",
        b"demo",
        b"dummy",
        b"",
    ];
    let end = value.iter().rposition(|byte| !byte.is_ascii_digit() && !b".!*".contains(byte)).map_or(0, |at| at + 1);
    words.iter().any(|word| value[..end].eq_ignore_ascii_case(word))
}
