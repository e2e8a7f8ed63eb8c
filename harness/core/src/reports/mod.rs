//! Findings as text: for people and for programs. Every format shows every finding: N in, N out.

mod format;
mod sources;
mod human;
mod json;
mod sarif;
mod junit;
mod github;
mod summary;

pub use format::{Format, Look, Named, Told};
pub use github::{Github, job_summary, unjudged_summary};
pub use human::Human;
pub use json::{Json, escaped_json, ids};
pub use junit::Junit;
pub use sarif::Sarif;
pub use sources::{Place, Safe, Sources};
pub use summary::summary;

/// Every format, by the name that `--format` takes.
pub const FORMATS: &[&dyn Format] = &[&Human, &Json, &Sarif, &Junit, &Github];

/// The format called `name`.
pub fn find(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
pub(crate) mod tests;
