//! secret-in-guide: a page, or a file that it includes, holds something that looks like a secret.

use crate::finding::Finding;
use crate::place::{RelPath, Span};

use super::context::Context;
use super::rule::{Meta, Rule, meta};

/// The rule.
pub(super) struct SecretInGuide;

impl Rule for SecretInGuide {
    fn meta(&self) -> &'static Meta {
        meta!(
            "secret-in-guide",
            Secrets,
            Error,
            "a page, or a file of the book, holds something that looks like a secret"
        )
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        for (path, leaks) in &context.inputs.leaks {
            let text = context.inputs.source(path).unwrap_or_default();
            for leak in leaks {
                let title = format!("this looks like a secret ({})", leak.name);
                let help = "take it out, make the secret invalid where it was issued, and read it from a variable instead; if it is made up, make it look so";
                findings.push(Finding::error(self.name(), word(path, text, leak.offset), title, help));
            }
        }
    }
}

/// From `offset` to the end of the word.
pub(super) fn word(path: &RelPath, text: &str, offset: usize) -> Span {
    let rest = text.get(offset..).unwrap_or_default();
    let length =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>')).unwrap_or(rest.len());
    Span::new(path.clone(), offset..offset + length)
}
