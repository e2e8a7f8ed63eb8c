//! Bytes of one direction that wait for their time under a delay. Bounded: what is full is not read on, and the sender waits as it would
//! for a slow network. Memory only; touches nothing.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::line::Line;

/// What one direction of one connection may hold, in bytes: 20 MB a second under a delay of 200 ms.
const MOST: usize = 4 << 20;
/// What all connections of a relay may hold together; one that holds nothing may always start.
const MOST_OF_ALL: usize = 64 << 20;
/// What a piece costs besides its bytes: many small ones must not get around the bound.
const PIECE: usize = 64;

/// What waits.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Bytes.
    Bytes(Vec<u8>),
    /// The sender's orderly end.
    End,
    /// The sender's reset.
    Reset,
}

/// What waits in one direction of one connection, in order.
#[derive(Debug)]
pub(super) struct Held<'a> {
    line: &'a Line,
    waiting: VecDeque<(Instant, What)>,
    size: usize,
    /// Whether its last piece is held: nothing comes after an end.
    over: bool,
}

impl<'a> Held<'a> {
    pub(super) fn new(line: &'a Line) -> Self {
        Self { line, waiting: VecDeque::new(), size: 0, over: false }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether more may be read.
    pub(super) fn has_room(&self) -> bool {
        !self.over && (self.size == 0 || (self.size < MOST && self.line.held.get() < MOST_OF_ALL))
    }

    /// When the first piece is due.
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// Holds `what` for `time` from now.
    pub(super) fn push(&mut self, what: What, time: Duration) {
        self.over |= !matches!(what, What::Bytes(_));
        self.grow(cost(&what));
        let now = Instant::now();
        self.waiting.push_back((now.checked_add(time).unwrap_or(now), what));
    }

    /// The first piece.
    pub(super) fn pop(&mut self) -> Option<What> {
        let (_, what) = self.waiting.pop_front()?;
        self.shrink(cost(&what));
        Some(what)
    }

    fn grow(&mut self, bytes: usize) {
        self.size = self.size.saturating_add(bytes);
        self.line.held.set(self.line.held.get().saturating_add(bytes));
    }

    fn shrink(&mut self, bytes: usize) {
        self.size = self.size.saturating_sub(bytes);
        self.line.held.set(self.line.held.get().saturating_sub(bytes));
    }
}

fn cost(what: &What) -> usize {
    match what {
        What::Bytes(bytes) => bytes.len().saturating_add(PIECE),
        What::End | What::Reset => PIECE,
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.shrink(self.size);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_is_not_read_on_and_what_goes_leaves_room() {
        let line = Line::new();
        let mut held = Held::new(&line);
        let mut pieces = 0;
        while held.has_room() {
            held.push(What::Bytes(vec![7]), Duration::MAX);
            pieces += 1;
        }
        assert_eq!(pieces, MOST.div_ceil(PIECE + 1), "small pieces count for what they cost");
        assert_eq!(held.pop(), Some(What::Bytes(vec![7])));
        assert!(held.has_room());
        held.push(What::End, Duration::ZERO);
        assert!(!held.has_room(), "nothing comes after an end");
        drop(held);
        assert_eq!(line.held.get(), 0);
    }

    #[test]
    fn all_together_are_bounded_and_each_may_start() {
        let line = Line::new();
        line.held.set(MOST_OF_ALL);
        let mut held = Held::new(&line);
        assert!(held.has_room());
        held.push(What::Bytes(vec![1]), Duration::ZERO);
        assert!(!held.has_room());
    }
}
