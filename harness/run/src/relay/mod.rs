//! The relay that can stand between a recipe and its server: one loopback port, one thread, no privilege. Until a fault is armed it
//! passes every byte on, in order, each direction and its end (FIN) by itself; a fault is armed and cleared while connections are open.
//! Opens sockets on loopback and to the server.
//!
//! In reading order: what an armed fault means at this moment ([`line`](mod@line)), bytes that are held under a delay ([`held`]), one
//! direction of one connection ([`pump`]), a connection from its dial to its end ([`connection`]), and the thread with the hold on it
//! ([`relay`](mod@relay)).

mod line;
mod held;
mod pump;
mod connection;
#[expect(clippy::module_inception, reason = "the folder is the family, the file its public type")]
mod relay;

pub use relay::{Gone, Relay, Upstream};

#[cfg(test)]
mod tests;
