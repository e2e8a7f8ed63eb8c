//! Base64 and hexadecimal digits in a view, as the bytes that they stand for. Pure; touches nothing.

use super::views::{Runs, View};

impl View {
    /// Every run that could be base64 of `least` bytes or more, decoded from each of its first four characters.
    pub(super) fn base64(&self, least: usize) -> Vec<Self> {
        const FULL_LINE: usize = 56;
        const SHORT_LINE: usize = 4;
        let bits = |at: usize| self.bytes.get(at).map_or(64, |byte| SEXTETS[usize::from(*byte)]);
        let mut out = Packed::<6>::new(4);
        let mut run: Vec<u8> = Vec::new();
        let (mut start, mut at) = (0, 0);
        // A word after the other: nearly all are too short for anything, and are only stepped over.
        while at < self.bytes.len() {
            let from = at;
            while bits(at) < 64 {
                at += 1;
            }
            let line = at - from;
            let rest = &self.bytes[at..];
            let ends_line = line >= SHORT_LINE && rest.first().is_some_and(|byte| b"\r\n".contains(byte));
            // A word that has a line for itself may be a line of a block.
            let is_line = ends_line && (!run.is_empty() || line >= FULL_LINE || self.starts_line(from));
            if !run.is_empty() || is_line || line * 6 >= least * 8 {
                start = if run.is_empty() { from } else { start };
                run.extend((from..at).map(bits));
                // A block that was broken into lines goes on in the next one.
                let gap = rest.iter().take_while(|byte| b"\r\n\t ".contains(byte)).count();
                if is_line && bits(at + gap) < 64 {
                    at += gap;
                    continue;
                }
                if run.len() * 6 >= least * 8 {
                    out.push(&run, self.origin(start));
                }
                run.clear();
            }
            at += 1;
        }
        out.views()
    }

    /// Whether only blanks precede `at` in its line.
    fn starts_line(&self, at: usize) -> bool {
        let before = self.bytes[..at].iter().rev().find(|byte| !b"\t ".contains(byte));
        before.is_none_or(|byte| *byte == b'\n')
    }

    /// Every run of hexadecimal digits of `least` bytes or more, decoded from each of its first two. Between them may stand one blank or
    /// colon, or a line break with the next line's indentation, as `od` writes it.
    pub(super) fn hexadecimal(&self, least: usize) -> Vec<Self> {
        let bits = |byte: &u8| NIBBLES[usize::from(*byte)];
        let mut out = Packed::<4>::new(2);
        let mut run: Vec<u8> = Vec::new();
        let mut at = 0;
        while let Some(skip) = self.bytes[at..].iter().position(|byte| bits(byte) < 16) {
            at += skip;
            let start = at;
            at = self.hexadecimal_run(at, &mut run);
            if run.len() * 4 >= least * 8 {
                out.push(&run, self.origin(start));
            }
            run.clear();
        }
        out.views()
    }

    /// Reads the run of hexadecimal digits that starts at `at` into `run`, and says where it ends.
    fn hexadecimal_run(&self, mut at: usize, run: &mut Vec<u8>) -> usize {
        let (mut separated, mut indent) = (false, false);
        while let Some(byte) = self.bytes.get(at) {
            let bits = NIBBLES[usize::from(*byte)];
            if bits < 16 {
                run.push(bits);
                separated = false;
            } else if !separated && b" :\n".contains(byte) || separated && indent && *byte == b' ' {
                indent = *byte == b'\n' || (separated && indent);
                separated = true;
            } else {
                break;
            }
            at += 1;
        }
        at
    }
}

/// What each byte is in base64 and base64url; 64 for none.
static SEXTETS: [u8; 256] = {
    let mut table = [64; 256];
    let mut bits = 0;
    while bits < 26 {
        table[b'A' as usize + bits] = bits as u8;
        table[b'a' as usize + bits] = bits as u8 + 26;
        bits += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        table[b'0' as usize + digit] = digit as u8 + 52;
        digit += 1;
    }
    table[b'+' as usize] = 62;
    table[b'-' as usize] = 62;
    table[b'/' as usize] = 63;
    table[b'_' as usize] = 63;
    table
};

/// What each byte is as a hexadecimal digit; 16 for none.
static NIBBLES: [u8; 256] = {
    let mut table = [16; 256];
    let mut digit = 0;
    while digit < 16 {
        table[b"0123456789abcdef"[digit] as usize] = digit as u8;
        table[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    table
};

/// Runs of digits of `WIDTH` bits as bytes: one view for each digit with which a run could start, all runs in it, zero bytes between them.
struct Packed<const WIDTH: u32> {
    views: Vec<(Vec<u8>, Runs)>,
}

impl<const WIDTH: u32> Packed<WIDTH> {
    fn new(starts: usize) -> Self {
        Self { views: vec![(Vec::new(), Vec::new()); starts] }
    }

    fn push(&mut self, digits: &[u8], origin: usize) {
        for (skip, (bytes, runs)) in self.views.iter_mut().enumerate() {
            runs.push((bytes.len(), origin + skip));
            bytes.reserve(digits.len());
            // Four digits make whole bytes, of six bits as of four.
            let mut groups = digits[skip.min(digits.len())..].chunks_exact(4);
            for group in &mut groups {
                bytes.extend_from_slice(&whole_bytes::<WIDTH>(group).to_be_bytes()[..WIDTH as usize / 2]);
            }
            let left = groups.remainder();
            bytes.extend_from_slice(&whole_bytes::<WIDTH>(left).to_be_bytes()[..left.len() * WIDTH as usize / 8]);
            bytes.push(0);
        }
    }

    fn views(self) -> Vec<View> {
        let view = |(bytes, runs)| View::of_runs(bytes, runs, WIDTH);
        self.views.into_iter().filter(|(bytes, _)| !bytes.is_empty()).map(view).collect()
    }
}

/// At most four digits, from the highest bit on.
fn whole_bytes<const WIDTH: u32>(digits: &[u8]) -> u32 {
    let place = |at: usize| 32 - WIDTH * (at as u32 + 1);
    digits.iter().enumerate().fold(0, |bits, (at, digit)| bits | (u32::from(*digit) << place(at)))
}
