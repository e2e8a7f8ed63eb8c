//! Streams that may be longer than what is kept: head and tail, cut so that no secret shows in part. Pure; touches nothing.

use std::ops::Range;

use crate::digest::Digest;

use super::{Redacted, Redactor, Withheld};

/// The longest redacted stream that stands whole in a trace, in bytes.
pub const RECORDED: usize = 256 * 1024;

/// The longest raw stream that is to be kept whole until it is redacted, in bytes: placeholders may be much shorter than what they
/// stand for. Of a longer one, whoever captures it keeps at least [`KEPT`] and [`MARGIN`] of each end.
pub const WHOLE: usize = 1024 * 1024;

/// How much is recorded of the head, and of the tail, of a longer one, in bytes.
pub const KEPT: usize = 128 * 1024;

/// Raw bytes that are kept beyond each cut, looked at and thrown away, so that a secret across a cut is seen whole. A secret of 3 KiB,
/// percent-encoded twice, is 15 KiB long.
pub const MARGIN: usize = 32 * 1024;

/// One captured stream, redacted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captured {
    /// What was kept: everything, or the head if the stream was over the cap.
    pub text: Redacted,
    /// The tail, where the stream was cut.
    pub tail: Option<Redacted>,
    /// Bytes between head and tail that were not kept.
    pub dropped: u64,
    /// SHA-256 of the redacted whole, where it was cut and could be known.
    pub digest: Option<Digest>,
}

impl Captured {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.text.as_str().is_empty() && self.tail.is_none()
    }

    /// The whole text, where the stream was not cut.
    pub fn whole(&self) -> Option<&str> {
        self.tail.is_none().then(|| self.text.as_str())
    }
}

/// Redacts a stream of which `head` and `tail` are there and `dropped` bytes between them are not.
///
/// Where nothing was dropped, the redacted whole is kept up to [`RECORDED`]. Else [`MARGIN`] raw bytes at the inner ends of both are
/// looked at and not kept: a secret that the cut went through lies there.
///
/// # Errors
/// If the second scan finds a secret in what is kept.
pub fn cap(redactor: &Redactor, head: &[u8], tail: &[u8], dropped: u64) -> Result<Captured, Withheld> {
    capped(&|bytes, window| redactor.window(bytes, window), head, tail, dropped)
}

/// Redacts a part of some bytes.
type Window<'a> = dyn Fn(&[u8], Range<usize>) -> Result<Redacted, Withheld> + 'a;

/// As [`cap`], with the redaction that it is given.
pub(super) fn capped(window: &Window<'_>, head: &[u8], tail: &[u8], dropped: u64) -> Result<Captured, Withheld> {
    if dropped == 0 {
        let both;
        let whole = if tail.is_empty() {
            head
        } else {
            both = [head, tail].concat();
            &both
        };
        return window(whole, 0..whole.len()).map(fit);
    }
    let end = head.len().saturating_sub(MARGIN);
    let head_end = char_boundary(head, line_end(head, end.min(KEPT)));
    let start = MARGIN.min(tail.len()).max(tail.len().saturating_sub(KEPT));
    let tail_start = char_boundary(tail, start);
    let lost = (head.len() - head_end) + tail_start;
    Ok(Captured {
        text: window(head, 0..head_end)?,
        tail: Some(window(tail, tail_start..tail.len())?),
        dropped: dropped + lost as u64,
        digest: None,
    })
}

/// A redacted text, cut if it is longer than [`RECORDED`]; placeholders stay whole.
fn fit(whole: Redacted) -> Captured {
    let text = whole.as_str();
    if text.len() <= RECORDED {
        return Captured { text: whole, ..Captured::default() };
    }
    let head_end = outside_placeholder(text, char_boundary(text.as_bytes(), line_end(text.as_bytes(), KEPT)));
    let tail_start = outside_placeholder(text, char_boundary(text.as_bytes(), text.len() - KEPT));
    Captured {
        text: whole.part(0..head_end),
        tail: Some(whole.part(tail_start..text.len())),
        dropped: (tail_start - head_end) as u64,
        digest: Some(Digest::of_bytes(text.as_bytes())),
    }
}

/// The end of the last whole line before `at`, if there is one nearby.
fn line_end(bytes: &[u8], at: usize) -> usize {
    let near = at.saturating_sub(4096);
    bytes[near..at].iter().rposition(|byte| *byte == b'\n').map_or(at, |newline| near + newline + 1)
}

/// The place at or before `at` where a character starts.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    let continues = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (0..4).filter_map(|back| at.checked_sub(back)).find(|at| !continues(*at)).unwrap_or(at)
}

/// `at`, or the start of the placeholder that it would cut.
fn outside_placeholder(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[at.saturating_sub(200)..at];
    if before.ends_with(b"$") {
        return at - 1;
    }
    let opened = before.windows(2).rposition(|pair| pair == b"${").filter(|opened| !before[*opened..].contains(&b'}'));
    opened.map_or(at, |opened| at - before.len() + opened)
}
