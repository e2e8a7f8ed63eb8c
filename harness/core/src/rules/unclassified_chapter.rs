//! unclassified-chapter: a chapter that is neither a guide nor listed as plain. Extraction finds chapters without front matter; here are
//! those that book.toml and SUMMARY.md disagree about.

use crate::book::config::FILE;
use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct UnclassifiedChapter;

impl Rule for UnclassifiedChapter {
    fn meta(&self) -> &'static Meta {
        meta!("unclassified-chapter", Markup, Error, "a chapter that is neither a guide nor listed as plain")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let inputs = context.inputs;
        let file = RelPath::new(FILE).expect("a file name makes a path");
        for (path, range) in &inputs.book.policy.plain {
            let is_page =
                inputs.chapters.iter().any(|chapter| chapter.path == *path) || inputs.own_pages.contains(path);
            if !is_page {
                let title = format!("`plain` lists `{path}`, which is no chapter of the book");
                let help = "take it out of `plain`, or put the chapter back into SUMMARY.md";
                findings.push(Finding::error(self.name(), Span::new(file.clone(), range.clone()), title, help));
            }
        }
        for path in &inputs.unlisted {
            let title = format!("the guide `{path}` is not in SUMMARY.md");
            let help = "add it to SUMMARY.md, or delete it: no reader gets there, and nothing checks it";
            findings.push(Finding::error(self.name(), Span::top(path.clone()), title, help));
        }
    }
}
