//! The redactor: collects what must not be seen, settles overlaps, and writes placeholders. Pure; touches nothing.
//!
//! Everything is looked for in the bytes as they came, and only then replaced, so no finding depends on the order of the searches.
//! Secrets first: overlapping ones become one placeholder over all their bytes, so that no rest of a longer one shows. Then values that
//! are no secret, in what is left, the longest first. Values shorter than eight bytes (a port, a user name) count only where no
//! letter or digit stands beside them: `8080` in `180808` is not our port, and a trace full of such hits would say nothing true. A small
//! number counts only as the port of an address ([`port`]).

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::encode::{self, Needle, Reach, SHORTEST};
use super::redacted::Replaced;
use super::scan::Scan;
use super::spread::{self, Spread, is_base64};
use super::{Known, Redacted, Withheld, port, shapes};

/// Finds known values and secret shapes in foreign bytes, and lets pass what the second scan lets pass. Making one costs about as much as redacting a few kilobytes; make one per cell.
pub struct Redactor {
    known: Vec<Known>,
    /// The fixed texts of all secrets, and whose they are.
    needles: Vec<(Needle, usize)>,
    fixed: Option<AhoCorasick>,
    /// The hexadecimal digits of all secrets.
    digits: Owned,
    /// All secrets as lists of decimal numbers.
    numbers: Owned,
    /// The pattern of all escaped forms, a group for each secret, and whose they are; made when a text first holds an escape.
    flexible: OnceLock<Option<(Regex, Vec<usize>)>>,
    /// Index in `known` of each pattern of `long`.
    long_owners: Vec<usize>,
    long: Option<AhoCorasick>,
    /// Index in `known` of each pattern of `short`.
    short_owners: Vec<usize>,
    short: Option<AhoCorasick>,
    /// The second look; made when a text first needs it.
    scan: OnceLock<Scan>,
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redactor").field("known", &self.known).finish_non_exhaustive()
    }
}

/// Texts to look for in what was put together, and whose they are.
struct Owned {
    automaton: Option<AhoCorasick>,
    owners: Vec<usize>,
}

impl Owned {
    fn new(texts: &[(String, usize)]) -> Self {
        let automaton = automaton(MatchKind::Standard, texts.iter().map(|(text, _)| text.as_bytes()));
        Self { automaton, owners: texts.iter().map(|(_, owner)| *owner).collect() }
    }

    /// Finds the texts in `spread`; their first and last `edge` bytes only say where they end.
    fn find(&self, spread: Option<Spread>, edge: usize, found: &mut Vec<Piece>) {
        let Some((automaton, spread)) = self.automaton.as_ref().zip(spread) else { return };
        found.extend(automaton.find_overlapping_iter(&spread.bytes).map(|hit| Piece {
            range: spread.place(hit.start() + edge..hit.end() - edge),
            label: Label::Known(self.owners[hit.pattern().as_usize()]),
        }));
    }
}

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Known(usize),
    Shape(&'static str),
}

/// Bytes to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    range: Range<usize>,
    label: Label,
}

impl Redactor {
    /// A redactor for `known`; where two names have one value, the first counts.
    pub fn new(known: &[Known]) -> Self {
        let mut needles: Vec<(Needle, usize)> = Vec::new();
        let (mut digits, mut numbers) = (Vec::new(), Vec::new());
        let mut long_owners = Vec::new();
        let mut short_owners = Vec::new();
        for (at, entry) in known.iter().enumerate() {
            let repeated =
                known[..at].iter().any(|earlier| earlier.value == entry.value && earlier.secret == entry.secret);
            if repeated || entry.value.is_empty() {
                continue;
            }
            if entry.secret {
                needles.extend(encode::needles(&entry.value).into_iter().map(|needle| (needle, at)));
                let spread = encode::spread(&entry.value);
                digits.extend(spread.iter().map(|value| (spread::hexadecimal(value), at)));
                numbers.extend(spread.iter().flat_map(|value| spread::decimal(value)).map(|text| (text, at)));
            } else if entry.value.len() >= SHORTEST {
                long_owners.push(at);
            } else {
                short_owners.push(at);
            }
        }
        let fixed = automaton(MatchKind::Standard, needles.iter().map(|(needle, _)| needle.text.as_slice()));
        let long = automaton(MatchKind::LeftmostLongest, long_owners.iter().map(|at| known[*at].value.as_bytes()));
        let short = automaton(MatchKind::Standard, short_owners.iter().map(|at| known[*at].value.as_bytes()));
        Self {
            known: known.to_vec(),
            needles,
            fixed,
            digits: Owned::new(&digits),
            numbers: Owned::new(&numbers),
            flexible: OnceLock::new(),
            long_owners,
            long,
            short_owners,
            short,
            scan: OnceLock::new(),
        }
    }

    /// This redactor with more values, for a secret that a step has just made.
    #[must_use]
    pub fn and(&self, more: &[Known]) -> Self {
        let known: Vec<Known> = self.known.iter().chain(more).cloned().collect();
        Self::new(&known)
    }

    /// What it knows.
    pub fn known(&self) -> &[Known] {
        &self.known
    }

    /// `bytes` as text, with placeholders in place of everything known and of everything that looks like a secret.
    ///
    /// Bytes that are no UTF-8 are written `\xff`, so that different bytes stay different; control bytes stay as they are (see
    /// [`super::show_controls`] for a terminal).
    ///
    /// # Errors
    /// If the second scan still finds a secret.
    pub fn redact(&self, bytes: &[u8]) -> Result<Redacted, Withheld> {
        self.window(bytes, 0..bytes.len())
    }

    /// As [`Self::redact`], for a text that people read and nothing is compared with: if the second scan finds a secret, a sentence that
    /// names it takes the place of the whole.
    pub fn told(&self, bytes: &[u8]) -> Redacted {
        self.redact(bytes).unwrap_or_else(|withheld| withheld.notice())
    }

    /// Holds a text that is to be seen as it is, or of which more is known by now than when it was redacted, against the second scan.
    ///
    /// # Errors
    /// If the scan finds a secret.
    pub fn check(&self, text: &str) -> Result<(), Withheld> {
        Replaced(text.to_owned()).scanned(self.scan()).map(drop)
    }

    fn scan(&self) -> &Scan {
        self.scan.get_or_init(|| Scan::new(&self.known))
    }

    /// The part `window` of `bytes`, redacted with all of `bytes` in sight. A secret that lies across an edge of the window is replaced
    /// whole.
    pub(super) fn window(&self, bytes: &[u8], window: Range<usize>) -> Result<Redacted, Withheld> {
        let replaced = self.replaced(bytes, window);
        // Of a dump, only a part may have been replaced.
        let dumped = if replaced.0.contains(":hidden}") { self.scan().dumped(bytes) } else { Vec::new() };
        if dumped.is_empty() { replaced.scanned(self.scan()) } else { Err(Withheld::new(dumped)) }
    }

    pub(super) fn replaced(&self, bytes: &[u8], window: Range<usize>) -> Replaced {
        let mut out = String::with_capacity(window.len());
        let mut at = window.start;
        for piece in self.pieces(bytes) {
            if piece.range.end <= window.start {
                continue;
            }
            if piece.range.start >= window.end {
                break;
            }
            if piece.range.start > at {
                push_lossless(&bytes[at..piece.range.start], &mut out);
            }
            self.push_placeholder(piece.label, &mut out);
            at = piece.range.end;
        }
        if at < window.end {
            push_lossless(&bytes[at..window.end], &mut out);
        }
        Replaced(out)
    }

    /// Where `text` holds known secrets or something that looks like one: ascending, without overlaps, each with its name.
    pub fn secrets_of(&self, text: &str) -> Vec<(&str, Range<usize>)> {
        let name = |label| match label {
            Label::Known(at) => self.known[at].secret.then(|| self.known[at].name.as_str()),
            Label::Shape(name) => Some(name),
        };
        self.pieces(text.as_bytes()).into_iter().filter_map(|piece| Some((name(piece.label)?, piece.range))).collect()
    }

    /// The placeholder of the secret `name` alone, for a text of which nothing may be seen.
    pub fn hidden(name: &str) -> Redacted {
        let mut out = String::new();
        push_name(name, true, &mut out);
        Redacted::recorded(out)
    }

    fn push_placeholder(&self, label: Label, out: &mut String) {
        match label {
            Label::Known(at) => push_name(&self.known[at].name, self.known[at].secret, out),
            Label::Shape(name) => push_name(name, true, out),
        }
    }

    /// What to replace: ascending, without overlaps.
    fn pieces(&self, bytes: &[u8]) -> Vec<Piece> {
        let placed = self.placed(bytes);
        let mut hidden = self.secrets(bytes);
        hidden.retain(|piece| {
            let next = placed.partition_point(|region| region.start <= piece.range.start);
            next.checked_sub(1).is_none_or(|at| piece.range.end > placed[at].end)
        });
        let mut covered = Cow::Borrowed(bytes);
        let cover =
            |covered: &mut Cow<'_, [u8]>, range: &Range<usize>| covered.to_mut()[range.clone()].fill(shapes::COVERED);
        placed.iter().chain(hidden.iter().map(|piece| &piece.range)).for_each(|range| cover(&mut covered, range));
        // Where one shape ends, another may start, as a second redaction would see. Two rounds find all but what was made for this.
        for _ in 0..8 {
            let found: Vec<Piece> = self.shapes(&covered);
            if found.is_empty() {
                break;
            }
            found.iter().for_each(|piece| cover(&mut covered, &piece.range));
            hidden.extend(found);
        }
        let mut pieces = self.merged(hidden);
        let barriers = barriers(&placed, &pieces);
        let long = self.long_values(bytes, &barriers);
        pieces.extend(long.iter().cloned());
        let barriers = join(barriers, long.into_iter().map(|piece| piece.range).collect());
        pieces.extend(self.short_values(bytes, &barriers));
        pieces.sort_by_key(|piece| piece.range.start);
        pieces
    }

    /// Where placeholders of ours stand already: redacting twice changes nothing.
    fn placed(&self, bytes: &[u8]) -> Vec<Range<usize>> {
        static OPENER: OnceLock<AhoCorasick> = OnceLock::new();
        let opener = OPENER.get_or_init(|| AhoCorasick::new(["${"]).expect("one fixed word makes an automaton"));
        let mut found: Vec<Range<usize>> = Vec::new();
        for hit in opener.find_iter(bytes) {
            let rest = &bytes[hit.end()..bytes.len().min(hit.end() + 200)];
            let Some(close) = rest.iter().position(|byte| *byte == b'}') else { continue };
            let inner = &rest[..close];
            let ours = match inner.strip_suffix(b":hidden") {
                Some(name) => shapes::is_name(name) || self.has_name(name),
                None => self.has_name(inner),
            };
            if ours {
                found.push(hit.start()..hit.end() + close + 1);
            }
        }
        found
    }

    fn has_name(&self, name: &[u8]) -> bool {
        self.known.iter().any(|known| safe_name(&known.name).as_bytes() == name)
    }

    /// Known secrets, in every form, overlapping ones too.
    fn secrets(&self, bytes: &[u8]) -> Vec<Piece> {
        let mut found = Vec::new();
        let Some(fixed) = &self.fixed else { return found };
        self.fixed_forms(fixed, bytes, |range| range, &mut found);
        for spread in [spread::unwrapped(bytes), spread::uncoloured(bytes)].into_iter().flatten() {
            self.fixed_forms(fixed, &spread.bytes, |range| spread.place(range), &mut found);
        }
        self.digits.find(spread::digits(bytes, 2 * SHORTEST), 0, &mut found);
        // A number in a list is itself between its commas only.
        self.numbers.find(spread::numbers(bytes, SHORTEST), 1, &mut found);
        self.escaped_forms(bytes, &mut found);
        found
    }

    fn escaped_forms(&self, bytes: &[u8], found: &mut Vec<Piece>) {
        if !bytes.iter().any(|byte| b"%\\&+'".contains(byte)) {
            return;
        }
        let Some((pattern, owners)) = self.flexible.get_or_init(|| self.flexible_pattern()) else { return };
        let mut from = 0;
        while let Some(hit) = pattern.find_at(bytes, from) {
            // Which secret it is only matters now: a search with captures over this one place.
            let captures = pattern.captures_at(bytes, hit.start());
            let group = captures.and_then(|captures| (1..captures.len()).find(|at| captures.get(*at).is_some()));
            let owner = group.and_then(|group| owners.get(group - 1)).or(owners.first());
            found.extend(owner.map(|owner| Piece { range: hit.range(), label: Label::Known(*owner) }));
            from = hit.start() + 1;
        }
    }

    fn fixed_forms(
        &self,
        fixed: &AhoCorasick,
        bytes: &[u8],
        place: impl Fn(Range<usize>) -> Range<usize>,
        found: &mut Vec<Piece>,
    ) {
        for hit in fixed.find_overlapping_iter(bytes) {
            let (needle, owner) = &self.needles[hit.pattern().as_usize()];
            let range = match needle.reach {
                Reach::Exact => hit.range(),
                Reach::Base64 { left, right } => widened(bytes, hit.range(), left, right),
            };
            found.push(Piece { range: place(range), label: Label::Known(*owner) });
        }
    }

    fn flexible_pattern(&self) -> Option<(Regex, Vec<usize>)> {
        let mut owners: Vec<usize> = self.needles.iter().map(|(_, owner)| *owner).collect();
        owners.dedup();
        owners.sort_by_key(|at| std::cmp::Reverse(self.known[*at].value.len()));
        let all = owners
            .into_iter()
            .filter_map(|at| encode::flexible(&self.known[at].value).map(|pattern| (format!("({pattern})"), at)));
        let (patterns, owners): (Vec<String>, Vec<usize>) = all.unzip();
        if patterns.is_empty() {
            return None;
        }
        let pattern =
            RegexBuilder::new(&patterns.join("|")).unicode(false).size_limit(1 << 28).dfa_size_limit(1 << 24).build();
        Some((pattern.expect("escaped values make a pattern"), owners))
    }

    /// What looks like a secret, but for values that may be seen.
    fn shapes(&self, covered: &[u8]) -> Vec<Piece> {
        let documented = |text: &[u8]| {
            let holds =
                |value: &[u8]| value == text || (text.len() >= 6 && value.windows(text.len()).any(|part| part == text));
            self.known.iter().any(|known| !known.secret && holds(known.value.as_bytes()))
        };
        let found = shapes::find(covered).into_iter().filter(move |found| !documented(&covered[found.range.clone()]));
        found.map(|found| Piece { range: found.range, label: Label::Shape(found.name) }).collect()
    }

    /// Overlapping pieces as one. It is called after the known secret in it (the longest), or else after the shape.
    fn merged(&self, mut pieces: Vec<Piece>) -> Vec<Piece> {
        pieces.sort_by_key(|piece| (piece.range.start, std::cmp::Reverse(piece.range.end)));
        let rank = |label: Label| match label {
            Label::Known(at) => (1, self.known[at].value.len()),
            Label::Shape(_) => (0, 0),
        };
        let mut merged: Vec<Piece> = Vec::new();
        for piece in pieces {
            match merged.last_mut() {
                Some(last) if piece.range.start < last.range.end => {
                    last.range.end = last.range.end.max(piece.range.end);
                    if rank(piece.label) > rank(last.label) {
                        last.label = piece.label;
                    }
                }
                _ => merged.push(piece),
            }
        }
        merged
    }

    fn long_values(&self, bytes: &[u8], barriers: &[Range<usize>]) -> Vec<Piece> {
        let Some(long) = &self.long else { return Vec::new() };
        let mut found = Vec::new();
        for gap in gaps(barriers, bytes.len()) {
            for hit in long.find_iter(Input::new(bytes).span(gap)) {
                found.push(Piece {
                    range: hit.range(),
                    label: Label::Known(self.long_owners[hit.pattern().as_usize()]),
                });
            }
        }
        found
    }

    /// Short values where no letter or digit of the output (a placeholder has none at its ends) stands beside them.
    fn short_values(&self, bytes: &[u8], barriers: &[Range<usize>]) -> Vec<Piece> {
        let mut found = Vec::new();
        let Some(short) = &self.short else { return found };
        for gap in gaps(barriers, bytes.len()) {
            let free = |at: Option<usize>| {
                !at.filter(|at| gap.contains(at)).is_some_and(|at| bytes[at].is_ascii_alphanumeric())
            };
            let mut hits: Vec<Piece> = short
                .find_overlapping_iter(Input::new(bytes).span(gap.clone()))
                .filter(|hit| free(hit.start().checked_sub(1)) && free(Some(hit.end())))
                .filter(|hit| port::is_meant(&bytes[hit.range()], &bytes[..hit.start()], &self.known))
                .map(|hit| Piece {
                    range: hit.range(),
                    label: Label::Known(self.short_owners[hit.pattern().as_usize()]),
                })
                .collect();
            hits.sort_by_key(|piece| (piece.range.start, std::cmp::Reverse(piece.range.end)));
            for hit in hits {
                if found.last().is_none_or(|last: &Piece| last.range.end <= hit.range.start) {
                    found.push(hit);
                }
            }
        }
        found
    }
}

fn automaton<'a>(kind: MatchKind, texts: impl Iterator<Item = &'a [u8]>) -> Option<AhoCorasick> {
    let texts: Vec<&[u8]> = texts.collect();
    if texts.is_empty() {
        return None;
    }
    Some(AhoCorasick::builder().match_kind(kind).build(texts).expect("the values of a run fit into an automaton"))
}

fn barriers(placed: &[Range<usize>], pieces: &[Piece]) -> Vec<Range<usize>> {
    join(placed.to_vec(), pieces.iter().map(|piece| piece.range.clone()).collect())
}

fn join(mut all: Vec<Range<usize>>, more: Vec<Range<usize>>) -> Vec<Range<usize>> {
    all.extend(more);
    all.sort_by_key(|range| range.start);
    all
}

/// What lies between `barriers`, which are sorted by their start.
fn gaps(barriers: &[Range<usize>], end: usize) -> Vec<Range<usize>> {
    let mut found = Vec::with_capacity(barriers.len() + 1);
    let mut at = 0;
    for barrier in barriers {
        if barrier.start > at {
            found.push(at..barrier.start);
        }
        at = at.max(barrier.end);
    }
    if at < end {
        found.push(at..end);
    }
    found
}

/// The forms of a `=` that ends a base64 blob.
const PADDING: [&[u8]; 6] = [b"=", b"%3D", b"%3d", b"%253D", b"%253d", b"\\u003d"];

/// A base64 match with the characters beside it that hold bits of the secret, and with its padding.
fn widened(bytes: &[u8], mut range: Range<usize>, left: bool, right: bool) -> Range<usize> {
    if left && range.start > 0 && is_base64(bytes[range.start - 1]) {
        range.start -= 1;
    }
    if right && bytes.get(range.end).copied().is_some_and(is_base64) {
        range.end += 1;
    }
    for _ in 0..2 {
        let padding = PADDING.iter().find(|padding| bytes[range.end..].starts_with(padding));
        range.end += padding.map_or(0, |padding| padding.len());
    }
    range
}

/// A name that cannot end its placeholder early.
fn safe_name(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || "_.-".contains(c) { c } else { '_' }).collect()
}

fn push_name(name: &str, secret: bool, out: &mut String) {
    out.push_str("${");
    out.push_str(&safe_name(name));
    out.push_str(if secret { ":hidden}" } else { "}" });
}

fn push_lossless(bytes: &[u8], out: &mut String) {
    use std::fmt::Write as _;
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
}
