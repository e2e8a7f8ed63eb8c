//! What recipes run with: targets (services) and toolboxes (interpreter and packages), as their files describe them.
//!
//! Reading never stops at the first fault: a file comes back as a value, or as every finding that it deserves, each under the rule
//! `broken-infra`. Starting and installing is the run crate's. Pure; touches nothing.

mod source;
pub mod template;
pub mod toolbox;
pub mod image;
pub mod target;

pub use source::RULE;
