//! What a step with `secret=NAME` must hide: the text that `[..NAME]` would bind, found in the raw output before that is redacted. Pure;
//! touches nothing.

use crate::markup::model::ExpectFormat;
use crate::redact::Known;

use super::capture::Captures;
use super::work::Work;

/// What was found for the names of `secret=`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretCaptures {
    /// The secrets that the step made, for [`crate::redact::Redactor::and`].
    pub bound: Vec<Known>,
    /// Names that no line bound. The step's output may hold the secret anywhere, so nothing of it may be recorded: its streams are
    /// [`crate::redact::Redactor::hidden`].
    pub unbound: Vec<String>,
}

/// Finds what `names` bind in a step's raw outputs (each with the expectation that holds for it).
///
/// `known` is what the redactor knows: an expectation writes `${BUCKET}` where the raw output has the value. `captures` are the bindings
/// of earlier steps.
pub fn secret_captures(
    names: &[String],
    outputs: &[(&str, ExpectFormat, &str)],
    known: &[Known],
    captures: &Captures,
) -> SecretCaptures {
    let mut raw = Captures::new();
    for (name, text) in captures.iter().filter(|(name, _)| !names.iter().any(|secret| secret == name)) {
        raw.bind(name, revealed(text, known));
    }
    for (expected, format, actual) in outputs {
        // A fault in the expectation is told when it is compared; here it binds nothing.
        let _ = super::compare(&revealed(expected, known), *format, actual, &mut raw, &mut Work::new());
    }
    let mut found = SecretCaptures::default();
    for name in names {
        match raw.get(name).filter(|text| !text.trim().is_empty()) {
            Some(text) => found.bound.push(Known::secret(name.as_str(), text)),
            None => found.unbound.push(name.clone()),
        }
    }
    found
}

/// `text` with values in place of placeholders.
fn revealed(text: &str, known: &[Known]) -> String {
    let mut text = text.to_owned();
    if text.contains("${") {
        for known in known {
            let suffix = if known.secret { ":hidden" } else { "" };
            text = text.replace(&format!("${{{}{suffix}}}", known.name), &known.value);
        }
    }
    text
}
