//! Toolboxes made real: a Python environment per lock and interpreter, in the cache and outside the checkout, from which recipes and
//! target processes get their programs. Starts installers, which reach the package index; writes only below the cache.
//!
//! In reading order: what an installer gets from the host ([`HostEnv`]), which interpreter is taken, how the packages are installed,
//! the environment that comes out ([`Environment`]), and the making of it under a lock ([`prepare`]).

mod host;
mod error;
mod interpreter;
mod install;
mod environment;
mod prepare;

pub use environment::Environment;
pub use error::ToolboxError;
pub use host::HostEnv;
pub use prepare::{State, Swept, prepare, state, sweep};
