//! What a rule is. One rule is one file in this folder, one test module, one fixture folder and one section of the manual, all of one name.

use crate::finding::{Finding, RuleName, Severity};

use super::context::Context;

/// The groups of rules, in the order of the manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Recipes and traces belong together.
    Evidence,
    /// What was printed is what the guide says.
    Output,
    /// A guide says what it means.
    Markup,
    /// Nothing secret is published.
    Secrets,
}

impl Group {
    /// The group's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Output => "output",
            Self::Markup => "markup",
            Self::Secrets => "secrets",
        }
    }
}

/// What is said of a rule wherever it is listed.
#[derive(Clone, Copy, Debug)]
pub struct Meta {
    /// Its name.
    pub name: RuleName,
    /// Its group.
    pub group: Group,
    /// How bad a finding of it is, as a rule.
    pub severity: Severity,
    /// One line: what it finds.
    pub summary: &'static str,
    /// Its section of the manual, as it stands in the book's source.
    pub manual: &'static str,
}

/// A rule. Most look at the whole [`Context`]; those whose findings reading the files already makes leave [`Rule::check`] as it is.
pub trait Rule: Sync {
    /// What is said of it.
    fn meta(&self) -> &'static Meta;

    /// Adds what it finds.
    fn check(&self, _context: &Context<'_>, _findings: &mut Vec<Finding>) {}

    /// Its name.
    fn name(&self) -> RuleName {
        self.meta().name
    }

    /// How bad a finding of it is, as a rule.
    fn severity(&self) -> Severity {
        self.meta().severity
    }
}

/// The [`Meta`] of the rule `$name`, with the section of the manual that has its name.
macro_rules! meta {
    ($name:literal, $group:ident, $severity:ident, $summary:literal) => {
        &$crate::rules::Meta {
            name: $name,
            group: $crate::rules::Group::$group,
            severity: $crate::finding::Severity::$severity,
            summary: $summary,
            manual: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../guides/manual/rules/", $name, ".md")),
        }
    };
}

pub(super) use meta;
