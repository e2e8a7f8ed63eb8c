//! One stream of a session: keeps what is said, and finds the marker at which a step's bytes end. Reads a pipe.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::capture::{Capture, Raw};
use crate::sys;

/// The byte around markers.
pub const MARK: u8 = 0x1e;
/// A marker's payload is shorter than this; what is longer is no marker.
const LONGEST_PAYLOAD: usize = 64;

/// A pipe from a session, cut into steps by markers `MARK nonce : payload MARK`. What comes after a marker belongs to the next step.
#[derive(Debug)]
pub struct Stream {
    pipe: Option<File>,
    cutter: Cutter,
}

impl Stream {
    /// Reads from `pipe`, with markers of this `nonce`.
    pub fn new(pipe: OwnedFd, nonce: &str) -> io::Result<Self> {
        sys::set_nonblocking(&pipe)?;
        Ok(Self { pipe: Some(File::from(pipe)), cutter: Cutter::new(nonce) })
    }

    /// What to poll; nothing once the pipe's last writer is gone.
    pub fn fd(&self) -> Option<BorrowedFd<'_>> {
        self.pipe.as_ref().map(AsFd::as_fd)
    }

    /// Reads once, at most what `buffer` holds. Returns whether there may be more.
    pub fn read(&mut self, buffer: &mut [u8]) -> bool {
        let Some(pipe) = &mut self.pipe else { return false };
        match pipe.read(buffer) {
            Ok(0) => self.pipe = None,
            Ok(count) => {
                self.cutter.feed(&buffer[..count]);
                return true;
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {}
            Err(_) => self.pipe = None,
        }
        false
    }

    /// Reads until nothing is there, but never for ever: a process that is not ours to kill may go on writing.
    pub fn drain(&mut self, buffer: &mut [u8]) {
        for _ in 0..1024 {
            if !self.read(buffer) {
                return;
            }
        }
    }

    /// The marker's payload, once it has arrived.
    pub fn marker(&self) -> Option<&str> {
        self.cutter.payload.as_deref()
    }

    /// What the step said, up to its marker or, without one, up to now. The next step's bytes start after it.
    pub fn take(&mut self) -> Raw {
        self.cutter.take()
    }
}

/// The part of a [`Stream`] that has nothing to do with pipes.
#[derive(Debug)]
struct Cutter {
    prefix: Vec<u8>,
    capture: Capture,
    held: Vec<u8>,
    payload: Option<String>,
    later: Vec<u8>,
}

/// What the bytes from a [`MARK`] on are.
enum Candidate {
    Marker { payload: String, length: usize },
    TooShortToTell,
    Text,
}

impl Cutter {
    fn new(nonce: &str) -> Self {
        let prefix = [&[MARK], nonce.as_bytes(), b":"].concat();
        Self { prefix, capture: Capture::default(), held: Vec::new(), payload: None, later: Vec::new() }
    }

    fn feed(&mut self, bytes: &[u8]) {
        if self.payload.is_some() {
            self.later.extend_from_slice(bytes);
        } else if self.held.is_empty() {
            self.scan(bytes);
        } else {
            let mut all = std::mem::take(&mut self.held);
            all.extend_from_slice(bytes);
            self.scan(&all);
        }
    }

    fn scan(&mut self, mut bytes: &[u8]) {
        while let Some(at) = bytes.iter().position(|byte| *byte == MARK) {
            self.capture.push(&bytes[..at]);
            bytes = &bytes[at..];
            match self.candidate(bytes) {
                Candidate::Marker { payload, length } => {
                    self.payload = Some(payload);
                    self.later.extend_from_slice(&bytes[length..]);
                    return;
                }
                Candidate::TooShortToTell => {
                    self.held = bytes.to_vec();
                    return;
                }
                Candidate::Text => {
                    self.capture.push(&bytes[..1]);
                    bytes = &bytes[1..];
                }
            }
        }
        self.capture.push(bytes);
    }

    fn candidate(&self, bytes: &[u8]) -> Candidate {
        let known = bytes.len().min(self.prefix.len());
        if bytes[..known] != self.prefix[..known] {
            return Candidate::Text;
        }
        let payload = &bytes[known..];
        match payload.iter().take(LONGEST_PAYLOAD).position(|byte| *byte == MARK) {
            Some(end) => Candidate::Marker {
                payload: String::from_utf8_lossy(&payload[..end]).into_owned(),
                length: known + end + 1,
            },
            None if payload.len() < LONGEST_PAYLOAD => Candidate::TooShortToTell,
            None => Candidate::Text,
        }
    }

    fn take(&mut self) -> Raw {
        let held = std::mem::take(&mut self.held);
        self.capture.push(&held);
        let raw = self.capture.take();
        self.payload = None;
        let later = std::mem::take(&mut self.later);
        self.feed(&later);
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `bytes` in pieces of every size and holds what comes out equal each time.
    fn check(bytes: &[u8], steps: &[(&[u8], Option<&str>)]) {
        for size in 1..=bytes.len().max(1) {
            let mut cutter = Cutter::new("n0nce");
            bytes.chunks(size).for_each(|piece| cutter.feed(piece));
            for (text, payload) in steps {
                assert_eq!(cutter.payload.as_deref(), *payload, "pieces of {size}");
                assert_eq!(cutter.take().head, *text, "pieces of {size}");
            }
        }
    }

    #[test]
    fn a_marker_ends_a_step_wherever_reads_cut_it() {
        check(b"", &[(b"", None)]);
        check(b"no end", &[(b"no end", None)]);
        check(b"one\n\x1en0nce:0\x1e", &[(b"one\n", Some("0")), (b"", None)]);
        check(b"\x1en0nce:\x1etwo\x1en0nce:1 x\x1erest", &[(b"", Some("")), (b"two", Some("1 x")), (b"rest", None)]);
    }

    #[test]
    fn what_only_looks_like_a_marker_is_text() {
        check(b"\x1e", &[(b"\x1e", None)]);
        check(b"a\x1e\x1en0nce!\x1eb", &[(b"a\x1e\x1en0nce!\x1eb", None)]);
        check(b"\x1en0n\x1en0nce:7\x1e", &[(b"\x1en0n", Some("7"))]);
        check(b"\x1en0nce:never closed", &[(b"\x1en0nce:never closed", None)]);
        let long = [b"\x1en0nce:".as_slice(), &[b'x'; 80], b"\x1e"].concat();
        check(&long, &[(&long, None)]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_comes_out_as_it_went_in(
            steps in proptest::collection::vec((proptest::collection::vec(0_u8..40, 0..60), 0_u8..200), 1..5),
            size in 1_usize..20,
        ) {
            let mut bytes = Vec::new();
            for (text, code) in &steps {
                bytes.extend_from_slice(text);
                bytes.extend_from_slice(format!("\x1en0nce:{code}\x1e").as_bytes());
            }
            let mut cutter = Cutter::new("n0nce");
            bytes.chunks(size).for_each(|piece| cutter.feed(piece));
            for (text, code) in &steps {
                proptest::prop_assert_eq!(&cutter.payload, &Some(code.to_string()));
                proptest::prop_assert_eq!(&cutter.take().head, text);
            }
            proptest::prop_assert_eq!(&cutter.payload, &None);
        }
    }

    #[test]
    fn a_pipe_is_read_to_its_end() {
        use std::io::Write;
        let (read, write) = sys::pipe().unwrap();
        let mut stream = Stream::new(read, "n").unwrap();
        let mut buffer = [0; 16];
        assert!(!stream.read(&mut buffer) && stream.fd().is_some(), "nothing yet is not the end");
        let mut write = File::from(write);
        write.write_all(b"text of more than one buffer\x1en:0\x1e").unwrap();
        drop(write);
        stream.drain(&mut buffer);
        assert!(stream.fd().is_none());
        assert_eq!(stream.marker(), Some("0"));
        assert_eq!(stream.take(), Raw::whole("text of more than one buffer"));
    }
}
