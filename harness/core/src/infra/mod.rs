//! What recipes run with: targets (services) and toolboxes (interpreter and packages), as their files describe them.

pub mod target;
pub mod toolbox;
