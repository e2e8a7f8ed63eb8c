//! Disk: reads a checkout into the gate's inputs, and writes traces and guides so that a killed run or a full disk leaves the old file.
//! Touches files under the checkout, and nothing else.

pub mod ground;
pub mod checkout;
pub mod hold;
pub mod write;
pub mod traces;
