//! How much of a stream is kept: everything up to a cap, and beyond it a head and a tail, each with a margin for redaction. Memory
//! only; touches nothing.

use std::collections::VecDeque;

use dogfood_core::redact::WHOLE;
use serde::{Deserialize, Serialize};

/// Bytes kept from the start.
pub const HEAD: usize = WHOLE / 2;
/// Bytes kept from the end, beyond the head. Both are longer than what a trace keeps of a cut stream and the margin that redaction wants.
pub const TAIL: usize = WHOLE - HEAD;

/// A stream as it was kept, raw.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Raw {
    /// Its first bytes; all of them, if nothing was dropped.
    pub head: Vec<u8>,
    /// Its last bytes, where some were dropped.
    pub tail: Vec<u8>,
    /// Bytes between the two that were not kept.
    pub dropped: u64,
}

/// The sizes of a [`Raw`], for the head line of a frame; the bytes follow it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sizes {
    /// Bytes of the head.
    pub head: usize,
    /// Bytes of the tail.
    pub tail: usize,
    /// Bytes that were not kept.
    pub dropped: u64,
}

impl Raw {
    /// A stream that was kept whole.
    pub fn whole(bytes: impl Into<Vec<u8>>) -> Self {
        Self { head: bytes.into(), ..Self::default() }
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.head.is_empty()
    }

    /// Everything that was kept, for a search.
    pub fn kept(&self) -> String {
        String::from_utf8_lossy(&self.head).into_owned() + &String::from_utf8_lossy(&self.tail)
    }

    /// Its sizes.
    pub fn sizes(&self) -> Sizes {
        Sizes { head: self.head.len(), tail: self.tail.len(), dropped: self.dropped }
    }
}

/// A stream that is being kept.
#[derive(Debug, Default)]
pub struct Capture {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    dropped: u64,
}

impl Capture {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = HEAD - self.head.len();
        let (head, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(head);
        if rest.is_empty() {
            return;
        }
        let kept = &rest[rest.len().saturating_sub(TAIL)..];
        let over = (self.tail.len() + kept.len()).saturating_sub(TAIL);
        self.dropped += (over + (rest.len() - kept.len())) as u64;
        self.tail.drain(..over);
        self.tail.extend(kept);
    }

    /// What was kept; the capture starts anew. Where nothing was lost between head and tail, it is one piece.
    pub fn take(&mut self) -> Raw {
        let Self { mut head, tail, dropped } = std::mem::take(self);
        let mut tail = Vec::from(tail);
        if dropped == 0 {
            head.append(&mut tail);
        }
        Raw { head, tail, dropped }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pieces: &[&[u8]]) -> Raw {
        let mut capture = Capture::default();
        pieces.iter().for_each(|piece| capture.push(piece));
        capture.take()
    }

    #[test]
    fn what_fits_is_kept_whole() {
        assert_eq!(kept(&[]), Raw::default());
        assert_eq!(kept(&[b"ab", b"", b"c"]), Raw::whole("abc"));
        let most = vec![b'x'; HEAD + TAIL];
        assert_eq!(kept(&[&most]), Raw::whole(most.clone()), "one piece at the very cap");
        assert_eq!(kept(&[&most[..HEAD], &most[HEAD..]]), Raw::whole(most.clone()), "two pieces");
    }

    #[test]
    fn beyond_the_cap_head_and_tail_and_the_count_between_them_are_exact() {
        let bytes: Vec<u8> = (0..HEAD + 3 * TAIL + 7).map(|at| (at % 251) as u8).collect();
        let expected = Raw {
            head: bytes[..HEAD].to_vec(),
            tail: bytes[bytes.len() - TAIL..].to_vec(),
            dropped: (bytes.len() - HEAD - TAIL) as u64,
        };
        for size in [1, 1000, 65536, bytes.len()] {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            assert_eq!(kept(&pieces), expected, "pieces of {size}");
        }
    }

    #[test]
    fn a_capture_starts_anew_after_it_was_taken() {
        let mut capture = Capture::default();
        capture.push(b"one");
        assert_eq!(capture.take(), Raw::whole("one"));
        capture.push(b"two");
        assert_eq!(capture.take(), Raw::whole("two"));
    }
}
