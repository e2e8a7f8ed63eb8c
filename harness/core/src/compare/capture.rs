//! What `[..name]` has bound so far. Pure; touches nothing.

use std::collections::BTreeMap;

/// The texts bound by the captures of one recipe on one target, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures(BTreeMap<String, String>);

impl Captures {
    /// Nothing is bound.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `name` is bound to.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Binds `name`, unless it is bound.
    pub fn bind(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.entry(name.into()).or_insert_with(|| text.into());
    }

    /// Every name and its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
