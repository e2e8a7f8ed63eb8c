//! What mdBook warns about while it builds in process: it logs, and without a listener nobody would hear of a missing file or an open tag.
//! Pure, but for the list that it fills.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// One thing that mdBook logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Logged {
    /// Whether it calls it an error; else a warning.
    pub(crate) error: bool,
    /// Its words; they may quote the book.
    pub(crate) message: String,
}

/// Listens for warnings and errors of mdBook's crates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listener(Arc<Mutex<Vec<Logged>>>);

impl Listener {
    /// Runs `work` and gives back what was logged meanwhile.
    pub(crate) fn hear<T>(work: impl FnOnce() -> T) -> (T, Vec<Logged>) {
        let listener = Self::default();
        let result = tracing::subscriber::with_default(listener.clone(), work);
        let heard = std::mem::take(&mut *listener.0.lock().unwrap_or_else(PoisonError::into_inner));
        (result, heard)
    }
}

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= Level::WARN && metadata.target().starts_with("mdbook")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut message = Message::default();
        event.record(&mut message);
        let logged = Logged { error: *event.metadata().level() == Level::ERROR, message: message.0 };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(logged);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_and_errors_are_heard_and_nothing_else() {
        let (result, heard) = Listener::hear(|| {
            tracing::info!(target: "mdbook_driver", "building");
            tracing::warn!(target: "mdbook_driver", "open tag {}", 5);
            tracing::error!(target: "mdbook_html", "no file");
            tracing::error!(target: "another", "noise");
            7
        });
        let logged = |error, message: &str| Logged { error, message: message.to_owned() };
        assert_eq!((result, heard), (7, vec![logged(false, "open tag 5"), logged(true, "no file")]));
    }
}
