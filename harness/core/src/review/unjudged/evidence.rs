//! Evidence that the change brings and that counts, because nobody else's traces judge or because somebody who may record it did. Pure.

use crate::place::Span;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Evidence;

impl Look for Evidence {
    fn name(&self) -> &'static str {
        "evidence"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        for (path, file) in states.now.traces.iter().filter(|(path, file)| states.traces.get(*path) != Some(&file.text))
        {
            let claims = file.sound().map_or("it is not a complete trace".to_owned(), |trace| {
                format!("it claims that `{}` recorded it at {}", trace.recorder.word(), trace.recorded)
            });
            found.at(states.now, &Span::top(path.clone()), format!("a trace that the change brings: {claims}"));
        }
        for path in states.traces.keys().filter(|path| !states.now.traces.contains_key(path)) {
            // One that the judge passed over is a finding of its own.
            if !states.now.sources.contains_key(path) {
                found.whole(path, "the trace is gone".to_owned());
            }
        }
    }
}
