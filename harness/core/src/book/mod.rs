//! What the book itself says: book.toml (our policy and how the gate is wired, [`config`]), SUMMARY.md ([`summary`]), what mdBook calls
//! its pages ([`names`]), and which environment variables would make mdBook use another book.toml than the one that was read
//! ([`environment`]). Pure; touches nothing.

mod html;
pub mod config;
pub mod environment;
pub mod names;
pub mod summary;
