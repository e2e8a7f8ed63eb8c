//! Redaction: the only way from foreign bytes to text that may be recorded, printed or reported. Pure; touches nothing.
//!
//! [`Redactor`] looks for what it knows ([`Known`], in every encoding of `encode`) and for what looks like a secret ([`shapes`]), and puts
//! placeholders there. [`cap`] cuts a long stream so that no secret shows in part. [`scan`] is the second, independent look: it
//! decodes where the redactor encodes, and shares nothing with it but these types. [`show_controls`] and [`neutralise_commands`] make
//! text fit for a terminal and for a CI log.

mod documented;
mod encode;
mod known;
mod redactor;
pub mod scan;
pub mod shapes;
mod show;
mod stream;

use serde::Serialize;

pub use documented::{DOCUMENTED, Documented};
pub use known::Known;
pub use redactor::Redactor;
pub use show::{hidden, is_hidden, neutralise_commands, show_controls};
pub use stream::{Captured, KEPT, MARGIN, RECORDED, WHOLE, cap};

/// Text in which every known secret and every secret shape was replaced. Only this module makes one from foreign bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Redacted(String);

impl Redacted {
    /// Text read back from a trace: it was redacted before it was written, and scanned.
    pub fn recorded(text: String) -> Self {
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

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl std::fmt::Display for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests;
