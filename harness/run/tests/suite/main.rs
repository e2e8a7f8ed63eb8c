//! Tests of real sessions under a real supervisor: every sentence of "Sessions" in the design is one of them.

#![allow(unreachable_pub, reason = "modules of one test binary share what they share")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what clippy allows in a test function goes for what such functions share"
)]

mod world;

mod bash;
mod console;
mod failures;
mod faults;
mod limits;
mod python;
mod exports;
mod killed;

mod book;
mod execute;
mod walk;
