//! One supervisor per recipe: this program again, as `PROGRAM __supervise`. It owns the recipe's sessions, is handed every orphan
//! below it, and kills them all at the end, or when its parent is gone. Starts and kills processes; says what happens in frames on
//! its standard output, raw: the parent redacts.
//!
//! In reading order: what is said between parent and supervisor ([`frames`]), the supervisor itself ([`supervisor`]), and the
//! parent's handle on it ([`client`]).

pub mod frames;
pub mod supervisor;
pub mod client;

pub use supervisor::supervise;
