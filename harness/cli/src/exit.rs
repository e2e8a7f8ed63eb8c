//! Exit codes: a public table, which scripts branch on. Pure; touches nothing.
//!
//! | code | means |
//! |---|---|
//! | 0 | clean; warnings allowed |
//! | 1 | findings, or a recipe that failed: something in the book is wrong |
//! | 2 | the command line or book.toml is wrong, or there is no book here |
//! | 3 | infrastructure that was asked for is not available, or this machine did not let the command do its work |
//! | 4 | there was nothing to check |
//! | 130 | stopped by Ctrl-C or a termination signal; what was recorded before is as it was |

use std::process::ExitCode;

use dogfood_core::blame::Blame;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0.
    Clean,
    /// 1.
    Findings,
    /// 2.
    Usage,
    /// 3.
    NotAvailable,
    /// 4.
    Nothing,
    /// 130.
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NotAvailable => 3,
            Self::Nothing => 4,
            Self::Interrupted => 130,
        }
    }

    /// Both at once: an interruption tells about nothing else; then 2, 1, 3, 4.
    pub(crate) const fn and(self, other: Self) -> Self {
        if self.rank() <= other.rank() { self } else { other }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Interrupted => 0,
            Self::Usage => 1,
            Self::Findings => 2,
            Self::NotAvailable => 3,
            Self::Nothing => 4,
            Self::Clean => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// The one place that says how a command ends for whose fault.
impl From<Blame> for Exit {
    fn from(blame: Blame) -> Self {
        match blame {
            Blame::Book => Self::Findings,
            Blame::CommandLine => Self::Usage,
            Blame::Missing | Blame::Machine => Self::NotAvailable,
        }
    }
}

/// Why a command could not do its work, with what mends it. A finding is no trouble: it is a command's result.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Trouble {
    /// The code it ends with.
    pub(crate) exit: Exit,
    /// What, where and why; a lower-case fragment.
    pub(crate) message: String,
    /// What mends it; empty if the message says it.
    pub(crate) help: String,
}

impl Trouble {
    /// The command line or book.toml is wrong, or there is no book.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::of(Blame::CommandLine, message, help)
    }

    /// Infrastructure is not there.
    pub(crate) fn not_available(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::of(Blame::Missing, message, help)
    }

    /// A file of the book is wrong.
    pub(crate) fn book(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::of(Blame::Book, message, help)
    }

    /// This machine did not let the command do its work.
    pub(crate) fn machine(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::of(Blame::Machine, message, help)
    }

    /// Of an error that is to `blame` so.
    pub(crate) fn of(blame: Blame, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { exit: blame.into(), message: message.into(), help: help.into() }
    }
}

pub(crate) use dogfood_run::causes::sentence;

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Exit; 6] =
        [Exit::Interrupted, Exit::Usage, Exit::Findings, Exit::NotAvailable, Exit::Nothing, Exit::Clean];

    #[test]
    fn several_at_once_is_two_then_one_then_three_then_four() {
        for (rank, first) in ALL.iter().enumerate() {
            for second in &ALL[rank..] {
                assert_eq!(first.and(*second), *first);
                assert_eq!(second.and(*first), *first);
            }
        }
    }

    #[test]
    fn the_table_above_names_every_code() {
        let table: String = include_str!("exit.rs").lines().take_while(|line| line.starts_with("//!")).collect();
        for exit in ALL {
            assert!(table.contains(&format!("| {} |", exit.code())), "{exit:?}");
        }
    }
}
