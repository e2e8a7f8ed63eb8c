//! What runs: sessions, toolboxes, targets, and the cleaning up after them. Starts processes, writes temporary folders, listens on
//! loopback; knows nothing of Markdown or of the terminal.
//!
//! In reading order: the operating system ([`sys`]).

pub mod sys;
