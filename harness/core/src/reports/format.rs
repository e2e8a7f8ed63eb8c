//! What a format is.

use crate::finding::Finding;

use super::sources::Sources;

/// A way to write findings.
pub trait Format: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;

    /// All findings in this format, in their order, with a line break at the end. Foreign text comes out with its control bytes shown or
    /// escaped.
    fn render(&self, findings: &[Finding], sources: &Sources<'_>, look: Look) -> String;
}

/// How it looks, where the format leaves a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// ANSI colours.
    pub colour: bool,
    /// The terminal's width.
    pub width: usize,
    /// Whether lines could start workflow commands (under GITHUB_ACTIONS): then no foreign one does.
    pub workflow: bool,
}

impl Look {
    /// For a log or a file.
    pub const PLAIN: Self = Self { colour: false, width: 140, workflow: false };
}
