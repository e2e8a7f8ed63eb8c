//! The processes that run a recipe's steps: one bash, one Python. Runs inside a supervisor only; starts processes, writes into the
//! recipe's private folder of scripts, reads and writes pipes. Nothing in here redacts: raw bytes leave over the supervisor's pipe.
//!
//! In reading order: what is run and what is reported ([`mod@unit`]), how much of a stream is kept ([`capture`]), where one step's bytes
//! end ([`stream`]), how positions in it are told ([`positions`]), what both kinds of session have in common ([`process`]), and the two kinds ([`bash`], [`python`]).

pub mod unit;
pub mod capture;
pub mod stream;
pub mod positions;
pub mod process;
pub mod bash;
pub mod python;

/// The module that records which modules the Python processes of a recipe import. It belongs into the site-packages of a toolbox's
/// environment, as `dogfood_imports.py`, beside a file `dogfood_imports.pth` that holds `import dogfood_imports`.
pub const IMPORTS_HOOK: &str = include_str!("imports.py");

/// The environment variable that names the file into which [`IMPORTS_HOOK`] writes: one module name per line.
pub const IMPORTS_VARIABLE: &str = "DOGFOOD_IMPORTS";
