//! Benchmarks: which steps of a recipe are measured against each other, and what their times say. Pure; touches nothing.
//!
//! In reading order: the groups of a recipe and the order of their turns ([`Group`]), numbers about one list of times ([`Times`]), whether
//! such a list has two humps ([`modes`]), a source of chance that gives the same numbers every time ([`Random`]), the ratio of two lists with
//! what chance makes of it ([`Ratio`]), what that allows to say ([`Verdict`]), a group as one trace has it ([`Measured`]), and two measurements of one group
//! held against each other ([`Change`]).

mod group;
mod times;
mod modes;
mod random;
mod ratio;
mod verdict;
mod measured;
mod change;

pub use change::Change;
pub use group::{DEFAULT_EFFECT, DEFAULT_ROUNDS, Group, Turn, Variant, groups};
pub use measured::{Line, Measured};
pub use modes::{Modes, modes};
pub use random::Random;
pub use ratio::{Ratio, ratio};
pub use times::Times;
pub use verdict::{FEWEST, Verdict, verdict};
