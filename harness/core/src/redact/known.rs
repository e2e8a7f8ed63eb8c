//! Values that we hand out or know of: what the redactor looks for by value. Pure; touches nothing.

use std::fmt;

/// A value that dogfood hands to a recipe, or a secret of the environment.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    /// The name under which it is recorded: `${NAME}`, or `${NAME:hidden}` for a secret.
    pub name: String,
    /// The value.
    pub value: String,
    /// Whether nobody may see it. What a target file lists under `documented:` is not secret: it may be printed on a page, and both
    /// the shapes and the scan leave it alone.
    pub secret: bool,
}

impl Known {
    /// A value that nobody may see.
    pub fn secret(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), secret: true }
    }

    /// A value that may be seen, recorded by its name so that two runs compare equal.
    pub fn plain(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into(), secret: false }
    }
}

/// Never shows the value: a `{:?}` in a log line or a failed assertion must not be the leak.
impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("name", &self.name).field("secret", &self.secret).finish_non_exhaustive()
    }
}
