//! A text as it reads after decoding, with the way back from each decoded byte to the text. Pure; touches nothing.

use std::ops::Range;

/// Bytes, and where in the text each of them started.
#[derive(Clone, Debug, Default)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    /// Absent where each byte stands for itself.
    origins: Option<Vec<usize>>,
}

/// Where our own placeholders `${NAME}` and `${NAME:hidden}` stand; `is_ours` is asked about the name.
pub(super) fn placeholders(text: &str, is_ours: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find("${").map(|at| from + at) {
        let inner = start + 2;
        let name_len =
            text[inner..].bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(byte)).count();
        let name = &text[inner..inner + name_len];
        let rest = &text[inner + name_len..];
        let (suffix, hidden) = if rest.starts_with(":hidden}") { (8, true) } else { (1, false) };
        from = inner;
        if !name.is_empty()
            && (hidden || rest.starts_with('}'))
            && (is_ours(name) || (hidden && super::looks::NAMES.contains(&name)))
        {
            from = inner + name_len + suffix;
            found.push(start..from);
        }
    }
    found
}

/// Every reading of `plain`, with a name for each; those that read like another are left out.
pub(super) fn all(plain: &View) -> Vec<(&'static str, View)> {
    let mut found = vec![("plain", plain.clone())];
    let percent = plain.percent_decoded();
    if let Some(once) = percent {
        if let Some(mixed) = once.unescaped() {
            found.push(("escaped, then percent-encoded", mixed));
        }
        if let Some(twice) = once.percent_decoded() {
            found.extend(twice.percent_decoded().map(|thrice| ("percent-encoded three times", thrice)));
            found.push(("percent-encoded twice", twice));
        }
        found.push(("percent-encoded", once));
    }
    if let Some(once) = plain.unescaped() {
        if let Some(mixed) = once.percent_decoded() {
            found.push(("percent-encoded, then escaped", mixed));
        }
        if let Some(twice) = once.unescaped() {
            found.extend(twice.unescaped().map(|thrice| ("escaped three times", thrice)));
            found.push(("escaped twice", twice));
        }
        found.push(("escaped", once));
    }
    found.extend(plain.without_quotes().map(|view| ("shell-quoted", view)));
    found.extend(plain.without_entities().map(|view| ("HTML-escaped", view)));
    found
}

impl View {
    /// `bytes` as they are.
    pub(super) fn plain(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), origins: None }
    }

    /// Where in the text the byte at `at` started.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.as_ref().map_or(at, |origins| origins.get(at).copied().unwrap_or_default())
    }

    /// This view of a plain text with zero bytes in `ranges`.
    pub(super) fn masked(&self, ranges: &[Range<usize>]) -> Self {
        let mut masked = self.clone();
        for range in ranges {
            masked.bytes[range.clone()].fill(0);
        }
        masked
    }

    /// Reads the view with `step`, which is given the rest and says what stands for how many of its bytes; nothing if no byte changes.
    fn read(&self, marks: &[u8], mut step: impl FnMut(&[u8]) -> Option<(Vec<u8>, usize)>) -> Option<Self> {
        if !self.bytes.iter().any(|byte| marks.contains(byte)) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut origins = Vec::with_capacity(self.bytes.len());
        let mut changed = false;
        let mut at = 0;
        while at < self.bytes.len() {
            let start = self.origin(at);
            let read = if marks.contains(&self.bytes[at]) { step(&self.bytes[at..]) } else { None };
            if let Some((decoded, length)) = read {
                origins.extend(decoded.iter().map(|_| start));
                bytes.extend(decoded);
                at += length.max(1);
                changed = true;
            } else {
                bytes.push(self.bytes[at]);
                origins.push(start);
                at += 1;
            }
        }
        changed.then_some(Self { bytes, origins: Some(origins) })
    }

    /// `%41` as `A`.
    fn percent_decoded(&self) -> Option<Self> {
        self.read(b"%", |rest| Some((vec![number(rest.get(1..3)?, 16)? as u8], 3)))
    }

    /// Backslash escapes of JSON, Python and shells, and what a shell needs to write a quote.
    fn unescaped(&self) -> Option<Self> {
        self.read(b"\\'", |rest| shell_quote(rest).or_else(|| if rest[0] == b'\\' { backslash(rest) } else { None }))
    }

    /// Only what a shell needs to write a quote: within single quotes a backslash is one.
    fn without_quotes(&self) -> Option<Self> {
        self.read(b"'", shell_quote)
    }

    /// `&amp;` and `&#38;` as `&`.
    fn without_entities(&self) -> Option<Self> {
        self.read(b"&", |rest| {
            let length = rest.iter().take(12).position(|byte| *byte == b';')?;
            let code = match &rest[1..length] {
                b"amp" => 38,
                b"lt" => 60,
                b"gt" => 62,
                b"quot" => 34,
                b"apos" => 39,
                [b'#', b'x' | b'X', hex @ ..] => number(hex, 16)?,
                [b'#', decimal @ ..] => number(decimal, 10)?,
                _ => return None,
            };
            Some((utf8(code)?, length + 1))
        })
    }

    /// Every run that could be base64, decoded from each of its first four characters.
    pub(super) fn base64(&self) -> Vec<Self> {
        const SHORTEST: usize = 10;
        const FULL_LINE: usize = 56;
        let sextet = |byte: u8| match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        };
        let mut found = Vec::new();
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut line = 0;
        let mut breaks = false;
        for (at, byte) in self.bytes.iter().chain(&[0]).enumerate() {
            if let Some(bits) = sextet(*byte) {
                run.push((bits, at));
                line += 1;
                breaks = false;
                continue;
            }
            // A block that was broken into lines goes on in the next one.
            if b"\r\n\t ".contains(byte) && (breaks || (line >= FULL_LINE && b"\r\n".contains(byte))) {
                breaks = true;
                line = 0;
                continue;
            }
            if run.len() >= SHORTEST {
                found.extend((0..4).map(|skip| self.packed(&run[skip..], 6)));
            }
            run.clear();
            line = 0;
            breaks = false;
        }
        found
    }

    /// Every run of hexadecimal digits, with or without one blank or colon between them, decoded from each of its first two.
    pub(super) fn hexadecimal(&self) -> Vec<Self> {
        const SHORTEST: usize = 16;
        let mut found = Vec::new();
        let mut run: Vec<(u8, usize)> = Vec::new();
        let mut separated = false;
        for (at, byte) in self.bytes.iter().chain(&[0]).enumerate() {
            if let Some(bits) = char::from(*byte).to_digit(16) {
                run.push((bits as u8, at));
                separated = false;
            } else if !separated && !run.is_empty() && b" :\n".contains(byte) {
                separated = true;
            } else {
                if run.len() >= SHORTEST {
                    found.extend((0..2).map(|skip| self.packed(&run[skip..], 4)));
                }
                run.clear();
                separated = false;
            }
        }
        found
    }

    /// Digits of `width` bits each as bytes.
    fn packed(&self, digits: &[(u8, usize)], width: u32) -> Self {
        let mut bytes = Vec::with_capacity(digits.len());
        let mut origins = Vec::with_capacity(digits.len());
        let (mut bits, mut count) = (0_u32, 0);
        let mut start = None;
        for (digit, at) in digits {
            let first = *start.get_or_insert(self.origin(*at));
            bits = (bits << width | u32::from(*digit)) & 0xffff;
            count += width;
            if count >= 8 {
                count -= 8;
                bytes.push((bits >> count & 0xff) as u8);
                origins.push(first);
                start = (count > 0).then(|| self.origin(*at));
            }
        }
        Self { bytes, origins: Some(origins) }
    }
}

/// A quote as it is written within single quotes.
fn shell_quote(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let written = [r"'\''", r#"'"'"'"#, r#"'\"'\"'"#].into_iter().find(|quote| rest.starts_with(quote.as_bytes()))?;
    Some((b"'".to_vec(), written.len()))
}

/// What a backslash escape at the start of `rest` stands for, and its length.
fn backslash(rest: &[u8]) -> Option<(Vec<u8>, usize)> {
    let digits = |count: usize| number(rest.get(2..2 + count)?, 16);
    let simple = |byte: u8| Some((vec![byte], 2));
    match rest.get(1)? {
        b'n' => simple(b'\n'),
        b'r' => simple(b'\r'),
        b't' => simple(b'\t'),
        b'b' => simple(8),
        b'f' => simple(12),
        b'a' => simple(7),
        b'v' => simple(11),
        b'e' => simple(27),
        b'x' => Some((vec![digits(2)? as u8], 4)),
        b'U' => Some((utf8(digits(8)?)?, 10)),
        b'u' => {
            let first = digits(4)?;
            if (0xd800..0xdc00).contains(&first) && rest.get(6..8) == Some(br"\u") {
                let second = number(rest.get(8..12)?, 16)?;
                return Some((utf8(0x10000 + ((first - 0xd800) << 10) + second.checked_sub(0xdc00)?)?, 12));
            }
            // Latin letters of Python's bytes, written as one code point, are UTF-8 in our values.
            Some((utf8(first)?, 6))
        }
        b'0'..=b'3' => Some((vec![number(rest.get(1..4)?, 8)? as u8], 4)),
        other if !other.is_ascii_alphanumeric() => simple(*other),
        _ => None,
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    u32::from_str_radix(text, radix).ok()
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    char::from_u32(code).map(|character| character.to_string().into_bytes())
}
