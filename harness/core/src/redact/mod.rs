//! Redaction: the only way from foreign bytes to text that may be recorded, printed or reported. Pure; touches nothing.
//!
//! [`Redactor`] looks for what it knows ([`Known`], in every encoding of `encode`) and for what looks like a secret ([`shapes`]), and puts
//! placeholders there. [`scan`] is the second, independent look: it decodes where the redactor encodes, and shares nothing with it but
//! these types. [`Redacted`] is text that went through both: nothing else in this program makes one of foreign bytes, so what the scan
//! refuses ([`Withheld`]) cannot be recorded, printed or reported in any mode. [`cap`] cuts a long stream so that no secret shows in part.
//! [`show_controls`] and [`neutralise_commands`] make text fit for a terminal and for a CI log.

mod documented;
mod encode;
mod known;
mod port;
mod redacted;
mod redactor;
pub mod scan;
pub mod shapes;
mod show;
mod spread;
mod stream;

pub use documented::{DOCUMENTED, Documented};
pub use known::Known;
pub use redacted::{Redacted, Withheld};
pub use redactor::Redactor;
pub use show::{hidden, is_hidden, neutralise_commands, show_controls};
pub use stream::{Captured, KEPT, MARGIN, RECORDED, WHOLE, cap};

#[cfg(test)]
mod tests;
