//! The kinds of pieces: one file each, and this list. Pure; touches nothing.

pub(super) mod kind;
mod observed;

mod divergence;
mod matrix;
mod figure;
mod took;
mod version;
mod environment;
mod errors;
mod guides;
mod plan;
mod benchmark;
mod ratio;
mod fastest;
mod chart;
mod capability;
mod criterion;

use kind::Kind;

/// Every kind, in the order of the manual.
pub const KINDS: &[&dyn Kind] = &[
    &divergence::Divergence,
    &matrix::Matrix,
    &figure::Figure,
    &took::Took,
    &version::Version,
    &environment::Environment,
    &errors::Errors,
    &guides::Guides,
    &plan::Plan,
    &benchmark::Benchmark,
    &ratio::Ratio,
    &fastest::Fastest,
    &chart::Drawn,
    &capability::Capability,
    &criterion::Criterion,
];

/// The kind called `name`.
pub(super) fn find(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.meta().name == name)
}
