//! What a server logs: the last bytes in memory, never on a disk, and redacted before anybody sees them. Touches nothing.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use dogfood_core::redact::{MARGIN, Redacted, Redactor};

use crate::plain::plain;

/// Bytes that are shown at most.
const KEPT: usize = 64 << 10;
/// Lines that an error repeats.
const LINES: usize = 15;
/// Characters that an error repeats: a server can log one endless line.
const CHARACTERS: usize = 4000;

/// The last bytes of a stream. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    /// More than is shown, so that a secret is whole where the shown part starts.
    bytes: Arc<Mutex<VecDeque<u8>>>,
}

impl Log {
    /// Takes bytes in; the oldest go.
    pub(super) fn push(&self, bytes: &[u8]) {
        let mut kept = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = &bytes[bytes.len().saturating_sub(KEPT + MARGIN)..];
        let surplus = (kept.len() + bytes.len()).saturating_sub(KEPT + MARGIN);
        kept.drain(..surplus);
        kept.extend(bytes);
    }

    fn raw(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// Whether the log holds `words`, whatever their case.
    pub(super) fn says(&self, words: &str) -> bool {
        String::from_utf8_lossy(&self.raw()).to_ascii_lowercase().contains(words)
    }

    /// Everything that may be shown.
    pub(super) fn whole(&self, redactor: &Redactor) -> Redacted {
        self.tail(redactor, usize::MAX, KEPT)
    }

    /// The last lines, for an error.
    pub(super) fn last_lines(&self, redactor: &Redactor) -> Redacted {
        self.tail(redactor, LINES, CHARACTERS)
    }

    /// Redacts all that is kept and then takes its end, so that no cut can hide a secret from the redactor. What may be half a secret at
    /// the very beginning lies in the margin.
    fn tail(&self, redactor: &Redactor, lines: usize, characters: usize) -> Redacted {
        let raw = self.raw();
        let full = raw.len() >= KEPT + MARGIN;
        // Once more where the colours are gone: they may have stood in the middle of a secret.
        let shown = |raw: &[u8]| redactor.told(plain(redactor.told(raw).as_str()).as_bytes()).shown();
        let text = shown(&raw);
        // Colours that are gone make the text shorter than what is kept: the margin goes all the same.
        let margin = if full { shown(&raw[..MARGIN]).as_str().chars().count() } else { 0 };
        let rest = text.as_str().trim_end().chars().count().saturating_sub(margin);
        text.end(lines, characters.min(if full { rest.min(KEPT) } else { rest }))
    }
}

#[cfg(test)]
mod tests {
    use dogfood_core::redact::Known;

    use super::*;

    const SECRET: &str = "kD93mfLq0aPz71Xw2LbC";

    fn redactor() -> Redactor {
        Redactor::new(&[Known::secret("PASSWORD", SECRET)])
    }

    #[test]
    fn the_last_lines_are_shown_redacted_and_without_colours() {
        let log = Log::default();
        assert_eq!(log.last_lines(&redactor()).as_str(), "");
        (0..100).for_each(|number| log.push(format!("line {number}\n").as_bytes()));
        log.push(format!("user me \u{1b}[1mpassword {SECRET}\u{1b}[2J\n\n").as_bytes());
        let shown = log.last_lines(&redactor());
        assert_eq!(shown.as_str().lines().count(), LINES);
        assert!(shown.as_str().starts_with("line 86\n"), "{shown}");
        assert!(
            shown.as_str().contains("password ${PASSWORD:hidden}") && !shown.as_str().contains('\u{1b}'),
            "{shown}"
        );
        assert!(log.says("password") && !log.says("address in use"));
    }

    #[test]
    fn a_server_that_logs_without_end_is_cut_and_no_secret_slips_through_the_cut() {
        let log = Log::default();
        for _ in 0..400 {
            log.push(SECRET.repeat(60).as_bytes());
        }
        assert!(log.raw().len() <= KEPT + MARGIN);
        for shown in [log.whole(&redactor()), log.last_lines(&redactor())] {
            assert!(!shown.as_str().contains(&SECRET[..12]), "{}", &shown.as_str()[..80]);
            assert!(shown.as_str().len() <= KEPT);
        }
        let coloured = Log::default();
        (0..12_000).for_each(|_| coloured.push(format!("\u{1b}[0m\u{1b}[1m{SECRET}").as_bytes()));
        let shown = coloured.whole(&redactor());
        assert!(!shown.as_str().contains(&SECRET[8..]), "{}", &shown.as_str()[..80]);
        log.push(&vec![b'x'; 1 << 20]);
        assert_eq!(log.last_lines(&redactor()).as_str().len(), CHARACTERS);
    }
}
