//! Targets that really run: the servers of this repository, and fakes that die, hang, flood and lie.

#![allow(unreachable_pub, reason = "modules of one test binary share what they share")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what clippy allows in a test function goes for what such functions share"
)]

mod client;
mod ours;
mod world;

mod conformance;
mod fake;
mod faults;
mod killed;
mod real;
