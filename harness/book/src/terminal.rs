//! Text from outside on its way to a terminal or into a CI log (invariant 10). Pure, but for the writer that it wraps.
//!
//! Two dangers. A control byte moves the cursor, recolours or retitles somebody's terminal: so it is shown, not sent. And under GitHub
//! Actions a line that starts with `::` (or holds `##[`) is a command to the runner, on either stream: so no line of ours may be one,
//! whatever a recipe printed, unless a reporter means it.

use std::fmt;
use std::io::{self, Write};

use dogfood_core::redact::{neutralise_commands, show_controls};

/// Foreign text with control characters shown. Line feeds and tabs stay.
pub struct Shown<'a>(pub &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&show_controls(self.0))
    }
}

/// A writer whose lines are no workflow commands. Colour codes that we write ourselves pass through.
///
/// It holds a line back until its end has come, so it must be flushed, or dropped, at the end.
pub struct Guarded<W: Write> {
    inner: W,
    guard: bool,
    line: Vec<u8>,
}

impl<W: Write> Guarded<W> {
    /// Guards `inner` if `guard` (the program runs under GitHub Actions), else passes everything on.
    pub fn new(inner: W, guard: bool) -> Self {
        Self { inner, guard, line: Vec::new() }
    }

    /// The writer itself, for lines that are meant as commands. Flush before.
    pub fn unguarded(&mut self) -> &mut W {
        &mut self.inner
    }

    fn end_line(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.inner.write_all(neutralise_commands(&String::from_utf8_lossy(&line)).as_bytes())
    }
}

impl<W: Write> Write for Guarded<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.guard {
            return self.inner.write(bytes);
        }
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(piece);
            if matches!(piece.last(), Some(b'\n' | b'\r')) {
                self.end_line()?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.end_line()?;
        }
        self.inner.flush()
    }
}

impl<W: Write> Drop for Guarded<W> {
    fn drop(&mut self) {
        // Nobody is left to tell: a caller that cares has flushed.
        let _ = self.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_shown() {
        let check = |text: &str, expected: &str| assert_eq!(Shown(text).to_string(), expected, "{text:?}");
        check("plain\ttext\n", "plain\ttext\n");
        check("\x1b]0;title\x07", "\\x1b]0;title\\x07");
        check("50%\r100%", "50%\\r100%");
        check("\u{9b}31m\u{202e}abc", "\\u{9b}31m\\u{202e}abc");
    }

    fn guarded(pieces: &[&str], guard: bool) -> String {
        let mut out = Vec::new();
        let mut writer = Guarded::new(&mut out, guard);
        for piece in pieces {
            writer.write_all(piece.as_bytes()).unwrap();
        }
        drop(writer);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_line_is_a_workflow_command() {
        let check = |pieces: &[&str], expected: &str| assert_eq!(guarded(pieces, true), expected, "{pieces:?}");
        check(&["::error::x\n"], ": :error::x\n");
        check(&["a ::error::x\n"], "a ::error::x\n");
        check(&["  ", "\t:", ":set-output name=x::y"], "  \t: :set-output name=x::y");
        check(&["x\r::error::y\n"], "x\r: :error::y\n");
        check(&["text ##[group]x ##", "[endgroup]\n"], "text ## [group]x ## [endgroup]\n");
        check(&["::a::\n::b::\n", "::c::"], ": :a::\n: :b::\n: :c::");
    }

    #[test]
    fn without_a_runner_nothing_changes() {
        assert_eq!(guarded(&["::error::x\n##[x]"], false), "::error::x\n##[x]");
    }
}
