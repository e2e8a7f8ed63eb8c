//! Redaction: the only way from foreign bytes to text that may be recorded, printed or reported. Pure; touches nothing.

use serde::Serialize;

/// Text in which every known secret and every secret shape was replaced. Only this module makes one from foreign bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Text read back from a trace, which only redacted text gets into.
    pub fn recorded(text: String) -> Self {
        Self(text)
    }
}
