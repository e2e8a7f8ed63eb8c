//! Identifiers: what guides, recipes, targets and toolboxes are called. Pure; touches nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of a guide, recipe, target or toolbox: `[a-z0-9][a-z0-9-]{0,63}`. Safe in a path, a URL, a label and an info string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id(String);

/// A text that is no [`Id`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id: ids are 1 to 64 of `a-z`, `0-9` and `-`, and start with a letter or a digit")]
pub struct IdProblem(pub String);

impl Id {
    /// The longest id, in bytes.
    pub const MAX: usize = 64;

    /// Checks `text`.
    pub fn new(text: &str) -> Result<Self, IdProblem> {
        let mut bytes = text.bytes();
        let head = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        let tail = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if head && tail && text.len() <= Self::MAX {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdProblem(text.chars().take(80).flat_map(char::escape_debug).collect()))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for Id {
    type Error = IdProblem;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}
