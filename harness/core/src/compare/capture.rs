//! What `[..name]` has bound so far. Pure; touches nothing.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// The texts bound by the captures of one recipe on one target, by name.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    bound: BTreeMap<String, String>,
    /// The names in the order in which they were bound: a way of laying lines beside each other that leads nowhere is taken back.
    order: Vec<String>,
}

impl PartialEq for Captures {
    fn eq(&self, other: &Self) -> bool {
        self.bound == other.bound
    }
}

impl Eq for Captures {}

impl Captures {
    /// Nothing is bound.
    pub fn new() -> Self {
        Self::default()
    }

    /// What `name` is bound to.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.bound.get(name).map(String::as_str)
    }

    /// Binds `name`, unless it is bound.
    pub fn bind(&mut self, name: impl Into<String>, text: impl Into<String>) {
        if let Entry::Vacant(vacant) = self.bound.entry(name.into()) {
            self.order.push(vacant.key().clone());
            vacant.insert(text.into());
        }
    }

    /// How many names are bound.
    pub(super) fn mark(&self) -> usize {
        self.order.len()
    }

    /// Takes back what was bound since there were `mark` names.
    pub(super) fn back_to(&mut self, mark: usize) {
        for name in self.order.drain(mark.min(self.order.len())..) {
            self.bound.remove(&name);
        }
    }

    /// Every name and its text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bound.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}
