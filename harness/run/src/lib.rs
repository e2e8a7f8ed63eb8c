//! What runs: sessions, toolboxes, targets, and the cleaning up after them. Starts processes, writes temporary folders, listens on
//! loopback; knows nothing of Markdown or of the terminal.
//!
//! In reading order: how errors are told ([`causes`]), foreign output without colours (`plain`), the operating system ([`sys`]), the
//! processes that run steps ([`sessions`]), what keeps them from running ([`limits`]), the supervisor that owns them
//! ([`mod@supervise`]), what a run holds and how it is given back ([`lease`]), the environments that recipes run
//! in ([`toolboxes`]), the servers that they talk to ([`targets`]), what can stand in between ([`mod@relay`]), and the running of plans
//! and pages ([`execute`]).

pub mod causes;
mod plain;
pub mod sys;
pub mod owner;
pub mod sessions;
pub mod limits;
pub mod supervise;
pub mod toolboxes;
pub mod containers;
pub mod lease;
pub mod targets;
pub mod relay;
pub mod execute;

pub use supervise::supervise;
pub use targets::serve;
