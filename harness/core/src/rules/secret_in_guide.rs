//! secret-in-guide: a page, or a file that it includes, holds something that looks like a secret.

use crate::finding::Finding;
use crate::place::{RelPath, Span};
use crate::redact::{Known, scan};

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
        let documented = documented(context);
        // A lock holds nothing but names, versions and hashes, or it is broken-infra; and a thousand hashes look like anything.
        let sources = context.inputs.sources.iter().filter(|(path, _)| path.file_name() != "requirements.lock");
        for (path, text) in sources {
            for leak in scan::leaks(text, &documented) {
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

/// What target files document: values that a page may show.
pub(super) fn documented(context: &Context<'_>) -> Vec<Known> {
    let handed = context.inputs.targets.values().flat_map(|target| &target.spec.environment);
    handed
        .filter(|handed| handed.documented)
        .flat_map(|handed| [&handed.value, &handed.shown].map(|value| Known::plain(&handed.name, value)))
        .collect()
}
