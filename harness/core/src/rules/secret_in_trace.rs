//! secret-in-trace: a trace holds something that looks like a secret.

use crate::checkout::documented;
use crate::finding::Finding;
use crate::redact::scan;

use super::context::Context;
use super::rule::{Meta, Rule, meta};
use super::secret_in_guide::word;

/// The rule.
pub(super) struct SecretInTrace;

impl Rule for SecretInTrace {
    fn meta(&self) -> &'static Meta {
        meta!("secret-in-trace", Secrets, Error, "a trace holds something that looks like a secret")
    }

    fn check(&self, context: &Context<'_>, findings: &mut Vec<Finding>) {
        let documented = documented(&context.inputs.targets);
        for (path, file) in context.inputs.traces.iter().filter(|(_, file)| file.suspicious) {
            for leak in scan::leaks(&file.text, &documented) {
                let title = format!("this looks like a secret ({})", leak.name);
                let help = "make the secret invalid where it was issued, take the trace out of the history, and declare the output with `secret=NAME` before you record again";
                let finding = Finding::error(self.name(), word(path, &file.text, leak.offset), title, help);
                findings.push(match crate::trace::cell_of(path) {
                    Some(cell) => finding.subject(cell),
                    None => finding,
                });
            }
        }
    }
}
