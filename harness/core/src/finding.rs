//! Findings: what the gate says is wrong, as data. A finding is a fault in a file of the book; an error means that we could not check.
//! Pure; touches nothing.

use std::fmt;

use crate::place::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Stops the build.
    Error,
    /// Shown; stops the build only under `--deny warnings`.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// The name of a rule, for example `stale-recipe`: also the name of its file, test, fixture folder and section of the manual.
pub type RuleName = &'static str;

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What is to be seen there, a fragment such as ``the recipe starts here``.
    pub label: String,
}

/// One thing that is wrong in a file of the book, with its place and its cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleName,
    /// Usually the rule's own severity.
    pub severity: Severity,
    /// Where it stands.
    pub span: Span,
    /// One line, a lower-case fragment without a full stop: what is wrong.
    pub title: String,
    /// What the place shows, printed under the marked bytes; may be empty.
    pub label: String,
    /// What is there now, where a comparison says more than a sentence (a digest, a version, an output line).
    pub current: Option<String>,
    /// What should be there.
    pub actual: Option<String>,
    /// Why it matters or how it came about, one sentence each.
    pub notes: Vec<String>,
    /// A difference to print as it is (already redacted, control bytes shown).
    pub diff: Option<String>,
    /// What to do: a sentence that names the command or the edit that mends it.
    pub help: String,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// `guide/recipe@target` if it concerns one cell, or `guide/recipe` if it concerns one recipe.
    pub subject: Option<String>,
}

impl Finding {
    /// An error of `rule` at `span`; fill in the rest with the methods below.
    pub fn error(rule: RuleName, span: Span, title: impl Into<String>, help: impl Into<String>) -> Self {
        Self::with(rule, Severity::Error, span, title.into(), help.into())
    }

    /// A warning of `rule` at `span`.
    pub fn warning(rule: RuleName, span: Span, title: impl Into<String>, help: impl Into<String>) -> Self {
        Self::with(rule, Severity::Warning, span, title.into(), help.into())
    }

    fn with(rule: RuleName, severity: Severity, span: Span, title: String, help: String) -> Self {
        Self {
            rule,
            severity,
            span,
            title,
            label: String::new(),
            current: None,
            actual: None,
            notes: Vec::new(),
            diff: None,
            help,
            related: Vec::new(),
            subject: None,
        }
    }

    /// Says what the marked place shows.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds a sentence of explanation.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds the compared values: what is there, and what should be.
    #[must_use]
    pub fn compared(mut self, current: impl Into<String>, actual: impl Into<String>) -> Self {
        self.current = Some(current.into());
        self.actual = Some(actual.into());
        self
    }

    /// Adds a difference to print.
    #[must_use]
    pub fn diff(mut self, diff: impl Into<String>) -> Self {
        self.diff = Some(diff.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push(Related { span, label: label.into() });
        self
    }

    /// Names the cell or recipe that it concerns.
    #[must_use]
    pub fn subject(mut self, subject: impl fmt::Display) -> Self {
        self.subject = Some(subject.to_string());
        self
    }

    /// This finding with each of its texts passed through `text`: all that a report could print but places and names of rules.
    #[must_use]
    pub fn with_texts(&self, text: impl Fn(&str) -> String) -> Self {
        // Named one by one, so that a new field has to be thought of.
        let Self { rule, severity, span, title, label, current, actual, notes, diff, help, related, subject } = self;
        Self {
            rule,
            severity: *severity,
            span: span.clone(),
            title: text(title),
            label: text(label),
            current: current.as_deref().map(&text),
            actual: actual.as_deref().map(&text),
            notes: notes.iter().map(|note| text(note)).collect(),
            diff: diff.as_deref().map(&text),
            help: text(help),
            related: related
                .iter()
                .map(|related| Related { span: related.span.clone(), label: text(&related.label) })
                .collect(),
            subject: subject.as_deref().map(&text),
        }
    }
}
