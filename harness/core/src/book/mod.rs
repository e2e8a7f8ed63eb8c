//! What the book itself says: book.toml (our policy and how the gate is wired, [`config`]), SUMMARY.md ([`summary`]), and which environment
//! variables would make mdBook use another book.toml than the one that was read ([`environment`]). Pure; touches nothing.

pub mod config;
pub mod environment;
pub mod summary;
