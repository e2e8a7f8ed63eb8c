//! Text that both looks let pass, and what the second one withheld. Pure; touches nothing.

use std::fmt;

use serde::Serialize;

use super::scan::{Leak, Scan};
use super::show::show_controls;

/// Text in which every known secret and every secret shape was replaced, and in which the second scan then found none.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Redacted(String);

/// Text that was replaced, and that the second scan has not seen yet. Nobody outside of this module may see it.
pub(super) struct Replaced(pub(super) String);

impl Replaced {
    /// The text, if `scan` finds no secret in it.
    pub(super) fn scanned(self, scan: &Scan) -> Result<Redacted, Withheld> {
        let leaks = scan.leaks(&self.0);
        if leaks.is_empty() { Ok(Redacted(self.0)) } else { Err(Withheld::new(leaks)) }
    }
}

impl Redacted {
    /// Text read back from a trace: it was redacted and scanned before it was written, and the gate scans it again.
    pub(crate) fn recorded(text: String) -> Self {
        Self(text)
    }

    /// Text of our own program, which cannot hold a foreign secret.
    pub fn literal(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// Redacted texts, one after another.
    pub fn concat<'a>(parts: impl IntoIterator<Item = &'a Redacted>) -> Self {
        Self(parts.into_iter().map(Self::as_str).collect())
    }

    /// The text with its control characters written out.
    #[must_use]
    pub fn shown(&self) -> Self {
        Self(show_controls(&self.0).into_owned())
    }

    /// The last lines, of the last characters: `lines` and `characters` at most, without blanks at the end.
    #[must_use]
    pub fn end(&self, lines: usize, characters: usize) -> Self {
        let text = self.0.trim_end();
        let surplus = text.chars().count().saturating_sub(characters);
        let text: String = text.chars().skip(surplus).collect();
        let said = text.lines().rev().map(str::trim_end).skip_while(|line| line.is_empty());
        let last: Vec<&str> = said.take(lines).collect();
        Self(last.into_iter().rev().skip_while(|line| line.is_empty()).collect::<Vec<_>>().join("\n"))
    }

    /// A part of the text.
    pub(super) fn part(&self, range: std::ops::Range<usize>) -> Self {
        Self(self.0[range].to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A text that may not be seen: the second scan found a secret in it that the redactor had not replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    leaks: Vec<Leak>,
}

/// Names the secrets and says how each is written. It shows none of the text.
impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, leak) in self.leaks.iter().enumerate() {
            write!(f, "{}{leak}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

impl Withheld {
    /// For the `leaks` of a text, each secret and encoding once.
    pub fn new(mut leaks: Vec<Leak>) -> Self {
        let mut seen: Vec<(String, String)> = Vec::new();
        leaks.retain(|leak| {
            let own = (leak.name.clone(), leak.encoding.clone());
            let is_new = !seen.contains(&own);
            seen.extend(is_new.then_some(own));
            is_new
        });
        Self { leaks }
    }

    /// A sentence in place of the text.
    pub fn notice(&self) -> Redacted {
        Redacted(format!("(withheld: this text holds {self})"))
    }
}
