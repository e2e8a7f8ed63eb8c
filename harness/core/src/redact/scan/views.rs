//! A text as it reads after decoding, with the way back from each decoded byte to the text. Pure; touches nothing.

use std::ops::Range;

/// Bytes, and where in the text each of them started.
#[derive(Clone, Debug)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    origins: Origins,
}

/// Where runs start, in a view and in the text.
pub(super) type Runs = Vec<(usize, usize)>;

/// The way back.
#[derive(Clone, Debug)]
enum Origins {
    /// Each byte stands for itself.
    Same,
    /// Where each byte started.
    Each(Vec<usize>),
    /// Runs of digits of some bits each: where each run starts here, and in the text.
    Runs(Runs, u32),
}

/// Runs of bytes that were written as something else, zero bytes between them.
#[derive(Clone, Debug, Default)]
pub(super) struct Joined {
    bytes: Vec<u8>,
    runs: Runs,
}

impl Joined {
    /// Adds a run that starts at `origin` in the text.
    pub(super) fn push(&mut self, run: &[u8], origin: usize) {
        self.runs.push((self.bytes.len(), origin));
        self.bytes.extend_from_slice(run);
        self.bytes.push(0);
    }

    /// The view; nothing if there is no run.
    pub(super) fn view(self) -> Option<View> {
        // A byte takes about four characters, as a number with what separates it from the next one.
        (!self.bytes.is_empty()).then_some(View { bytes: self.bytes, origins: Origins::Runs(self.runs, 2) })
    }
}

/// Pieces of a view, put together.
pub(super) struct Pieces {
    bytes: Vec<u8>,
    runs: Runs,
    /// Of a longer piece than two of these only the ends count.
    longest: usize,
}

impl Pieces {
    /// For a search of texts that are `longest` bytes long at most, among about `size` bytes.
    pub(super) fn new(longest: usize, size: usize) -> Self {
        Self { bytes: Vec::with_capacity(size), runs: Vec::new(), longest }
    }

    /// Adds a piece of `view`.
    pub(super) fn push(&mut self, view: &View, piece: Range<usize>) {
        if self.longest < piece.len() / 2 {
            self.add(view, piece.start..piece.start + self.longest);
            self.bytes.push(0);
            self.add(view, piece.end - self.longest..piece.end);
        } else if !piece.is_empty() {
            self.add(view, piece);
        }
    }

    fn add(&mut self, view: &View, piece: Range<usize>) {
        self.runs.push((self.bytes.len(), view.origin(piece.start)));
        self.bytes.extend_from_slice(&view.bytes[piece]);
    }

    /// The view.
    pub(super) fn view(self) -> View {
        View { bytes: self.bytes, origins: Origins::Runs(self.runs, 8) }
    }
}

/// Where our own placeholders `${NAME}` and `${NAME:hidden}` stand; `is_ours` is asked about the name.
pub(super) fn placeholders(text: &str, is_ours: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text[from..].find('$').map(|at| from + at) {
        from = start + 1;
        if !text[from..].starts_with('{') {
            continue;
        }
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

/// Escapes as what they stand for; nothing if there are none.
pub(super) fn escaped(plain: &View) -> Option<View> {
    plain.unescaped()
}

/// Readings of `plain` for known values alone: too much text looks as if it were written so.
pub(super) fn rare(plain: &View) -> Vec<(&'static str, View)> {
    let mut found = Vec::new();
    found.extend(plain.unquoted_printable().map(|view| ("quoted-printable", view)));
    found.extend(plain.without_bare_escapes().map(|view| ("escaped without a letter", view)));
    found.extend(super::wrapped::without_colours(plain).map(|view| ("plain, between colour codes", view)));
    found.push((super::OTHER_CASE, plain.lower_case()));
    found
}

/// Readings of what base64 stood for, `decoded`: of texts alone, as charts and cloud tools put them there.
pub(super) fn nested(decoded: &View, least: usize) -> Vec<(&'static str, View)> {
    let Some(text) = decoded.texts(least) else { return Vec::new() };
    let mut found = Vec::new();
    found.extend(text.base64(least).into_iter().map(|view| ("base64", view)));
    found.extend(text.hexadecimal(least).into_iter().map(|view| ("hexadecimal", view)));
    found.extend(text.unescaped().map(|view| ("escaped", view)));
    found.extend(text.percent_decoded().map(|view| ("percent-encoded", view)));
    found
}

impl View {
    /// `bytes` as they are.
    pub(super) fn plain(bytes: &[u8]) -> Self {
        Self { bytes: bytes.to_vec(), origins: Origins::Same }
    }

    /// Runs of digits of `width` bits each, decoded: where each run starts here, and in the text.
    pub(super) fn of_runs(bytes: Vec<u8>, runs: Runs, width: u32) -> Self {
        Self { bytes, origins: Origins::Runs(runs, width) }
    }

    /// Where in the text the byte at `at` started; in a block of several lines, about where.
    pub(super) fn origin(&self, at: usize) -> usize {
        match &self.origins {
            Origins::Same => at,
            Origins::Each(origins) => origins.get(at).copied().unwrap_or_default(),
            Origins::Runs(runs, width) => {
                let run = runs.partition_point(|(start, _)| *start <= at).checked_sub(1).map(|run| runs[run]);
                run.map_or(0, |(start, origin)| origin + (at - start) * 8 / *width as usize)
            }
        }
    }

    /// This view of a plain text with zero bytes in `ranges`.
    pub(super) fn masked(&self, ranges: &[Range<usize>]) -> Self {
        let mut masked = self.clone();
        for range in ranges {
            masked.bytes[range.clone()].fill(0);
        }
        masked
    }

    /// This view without the bytes in `cuts`, which ascend.
    pub(super) fn cut(&self, cuts: &[Range<usize>]) -> Self {
        let mut out = Pieces::new(usize::MAX, self.bytes.len());
        let mut from = 0;
        for cut in cuts {
            out.push(self, from..cut.start.max(from));
            from = from.max(cut.end);
        }
        out.push(self, from..self.bytes.len());
        out.view()
    }

    /// The parts that are text; nothing if there are none that begin with `least` bytes of ASCII.
    pub(super) fn texts(&self, least: usize) -> Option<Self> {
        let is_text = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r');
        let mut out = Pieces::new(usize::MAX, 0);
        let mut at = 0;
        while let Some(window) = self.bytes.get(at..at + least) {
            // From the end: nearly always the way is free to jump over all of it.
            if let Some(other) = window.iter().rposition(|byte| !is_text(*byte)) {
                at += other + 1;
                continue;
            }
            let rest = &self.bytes[at + least..];
            let longer = rest.iter().position(|byte| !is_text(*byte) && *byte < 0x80).unwrap_or(rest.len());
            let longer = std::str::from_utf8(&rest[..longer]).map_or_else(|error| error.valid_up_to(), str::len);
            out.push(self, at..at + least + longer);
            out.bytes.push(0);
            at += least + longer;
        }
        (!out.bytes.is_empty()).then(|| out.view())
    }

    /// This view in lower case; only ASCII letters have another.
    pub(super) fn lower_case(&self) -> Self {
        Self { bytes: self.bytes.to_ascii_lowercase(), origins: self.origins.clone() }
    }

    /// The groups of pieces of this view, one after another, zero bytes between the groups.
    pub(super) fn picked(&self, groups: &[Vec<Range<usize>>]) -> Self {
        let mut out = Pieces::new(usize::MAX, self.bytes.len());
        for group in groups {
            group.iter().for_each(|piece| out.push(self, piece.clone()));
            out.bytes.push(0);
        }
        out.view()
    }

    /// Reads the view with `step`, which is given the rest and says what stands for how many of its bytes; nothing if no byte changes.
    fn read(&self, marks: [u8; 2], step: impl Fn(&[u8]) -> Option<(Vec<u8>, usize)>) -> Option<Self> {
        let is_mark = |byte: u8| byte == marks[0] || byte == marks[1];
        let step = |at: usize| if is_mark(self.bytes[at]) { step(&self.bytes[at..]) } else { None };
        // Most texts read as they are, which costs nothing but this look.
        let mut first = 0;
        loop {
            first += memchr::memchr2(marks[0], marks[1], &self.bytes[first..])?;
            if step(first).is_some() {
                break;
            }
            first += 1;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut origins = Vec::with_capacity(self.bytes.len());
        bytes.extend_from_slice(&self.bytes[..first]);
        origins.extend((0..first).map(|at| self.origin(at)));
        let mut at = first;
        while at < self.bytes.len() {
            let start = self.origin(at);
            if let Some((decoded, length)) = step(at) {
                origins.extend(decoded.iter().map(|_| start));
                bytes.extend(decoded);
                at += length.max(1);
            } else {
                bytes.push(self.bytes[at]);
                origins.push(start);
                at += 1;
            }
        }
        Some(Self { bytes, origins: Origins::Each(origins) })
    }

    /// `%41` as `A`, and `%u0041`, as old scripts write it.
    fn percent_decoded(&self) -> Option<Self> {
        self.read([b'%'; 2], |rest| match rest.get(1)? {
            b'u' => Some((utf8(number(rest.get(2..6)?, 16)?)?, 6)),
            _ => Some((vec![number(rest.get(1..3)?, 16)? as u8], 3)),
        })
    }

    /// `=41` as `A`, as mail writes it, and no soft line breaks.
    fn unquoted_printable(&self) -> Option<Self> {
        self.read([b'='; 2], |rest| match rest.get(1)? {
            b'\n' => Some((Vec::new(), 2)),
            b'\r' if rest.get(2) == Some(&b'\n') => Some((Vec::new(), 3)),
            _ => Some((vec![number(rest.get(1..3)?, 16)? as u8], 3)),
        })
    }

    /// `\41` as `A`, as LDAP and style sheets write it.
    fn without_bare_escapes(&self) -> Option<Self> {
        self.read([b'\\'; 2], |rest| {
            let digits = rest[1..].iter().take(6).take_while(|byte| byte.is_ascii_hexdigit()).count();
            match digits {
                6 => Some((utf8(number(&rest[1..7], 16)?)?, 7)),
                2..=5 => Some((vec![number(&rest[1..3], 16)? as u8], 3)),
                _ => None,
            }
        })
    }

    /// Backslash escapes of JSON, Python and shells, and what a shell needs to write a quote.
    fn unescaped(&self) -> Option<Self> {
        self.read([b'\\', b'\''], |rest| {
            shell_quote(rest).or_else(|| if rest[0] == b'\\' { backslash(rest) } else { None })
        })
    }

    /// Only what a shell needs to write a quote: within single quotes a backslash is one.
    fn without_quotes(&self) -> Option<Self> {
        self.read([b'\''; 2], shell_quote)
    }

    /// `&amp;` and `&#38;` as `&`.
    fn without_entities(&self) -> Option<Self> {
        self.read([b'&'; 2], |rest| {
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
        b'u' if rest.get(2) == Some(&b'{') => {
            let length = rest.iter().take(12).position(|byte| *byte == b'}')?;
            Some((utf8(number(&rest[3..length], 16)?)?, length + 1))
        }
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
