//! One direction of one connection: reads from one side, does to the bytes what the armed fault does, writes to the other side. Reads
//! and writes sockets.

use std::cell::Cell;
use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::held::{Held, What};
use super::line::{Changes, Effect, Line, Way};

/// What is read at once. Large: every read and write is a call into the kernel.
const BUFFER: usize = 256 << 10;
/// The largest piece of a paced direction.
const PIECE: u64 = 64 << 10;

/// How a direction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The sender closed it, and that was passed on as far as the fault allows.
    Finished,
    /// The receiver takes nothing any more. What it still has to say is heard first.
    Refused,
    /// The sender reset the connection.
    Reset,
}

/// One direction of one connection.
#[derive(Debug)]
pub(super) struct Pump<'a> {
    way: Way,
    from: &'a TcpStream,
    to: &'a TcpStream,
    line: &'a Line,
    changes: Changes,
    touched: &'a Touched<'a>,
    held: Held<'a>,
    closed: bool,
}

/// Whether a connection lost bytes or was closed by a fault: both of its directions say so, and the line counts it.
#[derive(Debug)]
pub(super) struct Touched<'a> {
    line: &'a Line,
    is: Cell<bool>,
}

impl<'a> Touched<'a> {
    pub(super) fn new(line: &'a Line) -> Self {
        Self { line, is: Cell::new(false) }
    }

    pub(super) fn get(&self) -> bool {
        self.is.get()
    }

    fn set(&self) {
        if !self.is.replace(true) {
            self.line.touched.set(self.line.touched.get() + 1);
        }
    }
}

impl Drop for Touched<'_> {
    fn drop(&mut self) {
        if self.is.get() {
            self.line.touched.set(self.line.touched.get().saturating_sub(1));
        }
    }
}

impl<'a> Pump<'a> {
    pub(super) fn new(
        way: Way,
        from: &'a TcpStream,
        to: &'a TcpStream,
        line: &'a Line,
        touched: &'a Touched<'a>,
    ) -> Self {
        Self { way, from, to, line, changes: line.changes(), touched, held: Held::new(line), closed: false }
    }

    /// Passes bytes on until the direction is over.
    pub(super) async fn run(mut self) -> End {
        let mut buffer = vec![0; BUFFER];
        loop {
            let effect = self.changes.effect(self.way);
            if effect == Effect::Close {
                self.close();
            }
            let time = match effect {
                Effect::Hold(time) => Some(time),
                // What was held goes first, at once: the order stays.
                _ if !self.held.is_empty() => None,
                _ => {
                    let count = tokio::select! {
                        biased;
                        () = self.changes.changed() => continue,
                        count = read(self.from, &mut buffer) => count,
                    };
                    match self.direct(count, &buffer).await {
                        Some(end) => return end,
                        None => continue,
                    }
                }
            };
            if let Some(end) = self.delayed(time, &mut buffer).await {
                return end;
            }
        }
    }

    /// Passes on what was read while nothing is held.
    async fn direct(&mut self, count: io::Result<usize>, buffer: &[u8]) -> Option<End> {
        match count {
            Ok(0) => self.finish(),
            Ok(count) => self.pass(&buffer[..count]).await.err().map(|_| End::Refused),
            Err(_) => match self.changes.effect(self.way) {
                // The reset is lost like any byte.
                Effect::Swallow | Effect::Close => {
                    self.touched.set();
                    Some(End::Finished)
                }
                Effect::Hold(time) => {
                    self.held.push(What::Reset, time);
                    None
                }
                _ => Some(End::Reset),
            },
        }
    }

    /// The sender closed its side.
    fn finish(&mut self) -> Option<End> {
        match self.changes.effect(self.way) {
            Effect::Swallow | Effect::Close => self.touched.set(),
            Effect::Hold(time) => {
                self.held.push(What::End, time);
                return None;
            }
            _ => shutdown(self.to),
        }
        Some(End::Finished)
    }

    /// The fault closes this direction: its receiver sees an orderly end, and what still comes is swallowed.
    fn close(&mut self) {
        if !std::mem::replace(&mut self.closed, true) {
            self.touched.set();
            shutdown(self.to);
        }
    }

    /// Does to `bytes` what the fault does now; it may change while they pass.
    async fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.changes.effect(self.way) {
                Effect::Pass => {
                    write(self.to, rest).await?;
                    return Ok(());
                }
                Effect::Count => match self.line.take(rest.len()) {
                    (0, _) => self.changes.changed().await,
                    (taken, last) => {
                        let (now, later) = rest.split_at(taken);
                        write(self.to, now).await?;
                        drop(last);
                        rest = later;
                    }
                },
                Effect::Hold(time) => {
                    self.held.push(What::Bytes(rest.to_vec()), time);
                    return Ok(());
                }
                Effect::Pace(rate) => {
                    // Twenty pieces a second, so that a slow line is slow and not jerky.
                    let piece = usize::try_from((rate / 20).clamp(1, PIECE)).unwrap_or(1).min(rest.len());
                    let until = self.line.reserve(self.way, piece, rate);
                    tokio::select! {
                        biased;
                        () = self.changes.changed() => {}
                        () = sleep_until(until) => {
                            let (now, later) = rest.split_at(piece);
                            write(self.to, now).await?;
                            rest = later;
                        }
                    }
                }
                Effect::Swallow => {
                    self.touched.set();
                    return Ok(());
                }
                Effect::Close => {
                    self.close();
                    return Ok(());
                }
                // The connection goes under this.
                Effect::Reset => self.changes.changed().await,
            }
        }
        Ok(())
    }

    /// Reads on while earlier bytes wait; `time` is how long new ones are held, nothing if they and all others go on at once.
    async fn delayed(&mut self, time: Option<Duration>, buffer: &mut [u8]) -> Option<End> {
        let due = self.held.due().map(|due| if time.is_some() { due } else { due.min(Instant::now()) });
        tokio::select! {
            biased;
            () = self.changes.changed() => None,
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => match self.held.pop()? {
                What::Bytes(bytes) => write(self.to, &bytes).await.err().map(|_| End::Refused),
                What::End => {
                    shutdown(self.to);
                    Some(End::Finished)
                }
                What::Reset => Some(End::Reset),
            },
            count = read(self.from, buffer), if time.is_some() && self.held.has_room() => {
                let what = match count {
                    Ok(0) => What::End,
                    Ok(count) => What::Bytes(buffer[..count].to_vec()),
                    Err(_) => What::Reset,
                };
                self.held.push(what, time.unwrap_or_default());
                None
            }
        }
    }
}

/// Reads what is there, as soon as anything is; 0 at the end. Loses nothing when it is dropped.
async fn read(from: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        from.readable().await?;
        match from.try_read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            other => return other,
        }
    }
}

async fn write(to: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        to.writable().await?;
        match to.try_write(rest) {
            Ok(count) => rest = &rest[count.min(rest.len())..],
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Says FIN. That the other side is gone already is found out by reading from it.
fn shutdown(to: &TcpStream) {
    let _ = rustix::net::shutdown(to, rustix::net::Shutdown::Write);
}
