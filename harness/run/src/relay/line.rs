//! What all connections of one relay share: the armed fault, how far it is from taking effect, and how much is held. One thread's
//! alone, so plain cells do. Reads the clock.

use std::cell::Cell;
use std::time::Duration;

use dogfood_core::fault::{Direction, Fault, FaultKind, Limit};
use tokio::sync::watch;
use tokio::time::Instant;

/// Further away than any run lasts.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

/// One of the two directions of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// From client to server.
    Up,
    /// From server to client.
    Down,
}

/// What the armed fault does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// No fault is armed.
    Idle,
    /// Armed, and its moment has not come.
    Waiting(Fault),
    /// It stands.
    Standing(Fault),
}

/// What happens to a byte of one direction now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It passes.
    Pass,
    /// It passes, and counts towards the limit.
    Count,
    /// It passes after this time.
    Hold(Duration),
    /// It passes when this many bytes a second allow it.
    Pace(u64),
    /// It is swallowed.
    Swallow,
    /// Its direction is closed.
    Close,
    /// Its connection goes.
    Reset,
}

/// What all connections share.
#[derive(Debug)]
pub(super) struct Line {
    state: watch::Sender<State>,
    /// Bytes that may still pass before the fault trips.
    left: Cell<u64>,
    tripped: Cell<Option<Instant>>,
    /// When a paced direction is free again.
    free: [Cell<Option<Instant>>; 2],
    /// Bytes held under a delay, over all connections.
    pub(super) held: Cell<usize>,
    /// Connections that lost bytes or were closed: to be reset when the fault is cleared.
    pub(super) touched: Cell<usize>,
}

/// A connection's view of the line, which can wait for changes.
#[derive(Clone, Debug)]
pub(super) struct Changes(watch::Receiver<State>);

impl Line {
    pub(super) fn new() -> Self {
        Self {
            state: watch::Sender::new(State::Idle),
            left: Cell::new(0),
            tripped: Cell::new(None),
            free: [Cell::new(None), Cell::new(None)],
            held: Cell::new(0),
            touched: Cell::new(0),
        }
    }

    pub(super) fn changes(&self) -> Changes {
        Changes(self.state.subscribe())
    }

    /// Arms `fault`; returns how long it waits for its moment, if it waits for one.
    pub(super) fn arm(&self, fault: Fault) -> Option<Duration> {
        self.tripped.set(None);
        self.free.iter().for_each(|free| free.set(None));
        match fault.trigger() {
            None => {
                self.state.send_replace(State::Standing(fault));
                None
            }
            Some(Limit::Bytes(0)) => {
                self.state.send_replace(State::Waiting(fault));
                self.trip();
                None
            }
            Some(Limit::Bytes(bytes)) => {
                self.left.set(bytes);
                self.state.send_replace(State::Waiting(fault));
                None
            }
            Some(Limit::Time(time)) => {
                // No bytes trip it.
                self.left.set(u64::MAX);
                self.state.send_replace(State::Waiting(fault));
                Some(time)
            }
        }
    }

    /// The armed fault takes effect, if it was waiting.
    pub(super) fn trip(&self) {
        let waiting = match *self.state.borrow() {
            State::Waiting(fault) => Some(fault),
            State::Idle | State::Standing(_) => None,
        };
        if let Some(fault) = waiting {
            self.tripped.set(Some(Instant::now()));
            self.state.send_replace(State::Standing(fault));
        }
    }

    /// No fault any more. Returns when the one that there was took effect, if it had to wait for that.
    pub(super) fn clear(&self) -> Option<Instant> {
        self.state.send_replace(State::Idle);
        self.tripped.take()
    }

    /// Whether connections are reset on sight.
    pub(super) fn resets(&self) -> bool {
        matches!(*self.state.borrow(), State::Standing(fault) if fault.kind() == FaultKind::Reset)
    }

    /// How many of `wanted` bytes may pass before the fault trips: fewer than `wanted`, or 0, where its moment is now. Who gets the last
    /// of them trips it, by dropping what is returned once they are written.
    pub(super) fn take(&self, wanted: usize) -> (usize, Option<Last<'_>>) {
        let left = self.left.get();
        let taken = usize::try_from(left).unwrap_or(usize::MAX).min(wanted);
        self.left.set(left.saturating_sub(taken as u64));
        let is_last = taken > 0 && self.left.get() == 0;
        (taken, is_last.then(|| Last(self)))
    }

    /// The moment at which `bytes` more may be sent in a paced direction, which is taken until then.
    pub(super) fn reserve(&self, way: Way, bytes: usize, rate: u64) -> Instant {
        let nanos = u128::from(bytes as u64) * 1_000_000_000 / u128::from(rate.max(1));
        let takes = u64::try_from(nanos).map_or(FAR, Duration::from_nanos).min(FAR);
        let free = &self.free[usize::from(way == Way::Up)];
        let now = Instant::now();
        let from = free.get().unwrap_or(now).max(now);
        let until = from.checked_add(takes).unwrap_or(from);
        free.set(Some(until));
        until
    }
}

/// The last bytes before a fault trips: it does when this goes, also because their connection went.
#[derive(Debug)]
pub(super) struct Last<'a>(&'a Line);

impl Drop for Last<'_> {
    fn drop(&mut self) {
        self.0.trip();
    }
}

impl Changes {
    /// What happens to a byte of `way` now.
    pub(super) fn effect(&mut self, way: Way) -> Effect {
        let meant = |direction: Direction| match way {
            Way::Up => direction.is_up(),
            Way::Down => direction.is_down(),
        };
        match *self.0.borrow_and_update() {
            State::Standing(fault) if fault.kind() == FaultKind::Reset => Effect::Reset,
            State::Waiting(fault) if meant(fault.direction()) => Effect::Count,
            State::Standing(fault) if meant(fault.direction()) => match (fault.kind(), fault.limit()) {
                (FaultKind::Delay, Some(Limit::Time(time))) => Effect::Hold(time),
                (FaultKind::Throttle, Some(Limit::Bytes(rate))) => Effect::Pace(rate),
                (FaultKind::Blackhole, _) => Effect::Swallow,
                (FaultKind::Cut, _) => Effect::Close,
                // Not the relay's: it is never armed with one.
                _ => Effect::Pass,
            },
            _ => Effect::Pass,
        }
    }

    /// Whether connections are reset, or those that were touched.
    pub(super) fn resets(&mut self, touched: bool) -> bool {
        match *self.0.borrow_and_update() {
            State::Standing(fault) => fault.kind() == FaultKind::Reset,
            State::Idle => touched,
            State::Waiting(_) => false,
        }
    }

    /// Waits until something is armed, trips or is cleared that was not looked at yet.
    pub(super) async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            // The line is gone, and every connection goes with it.
            std::future::pending::<()>().await;
        }
    }
}
