//! Whose fault an error is. Every error that ends a command or keeps a recipe from running has one; the program maps it to an exit code,
//! at one place. Pure; touches nothing.

use std::io::{self, ErrorKind};

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// A file of the book: a guide, a trace, a target, a toolbox, a lock.
    Book,
    /// What was typed, or book.toml.
    CommandLine,
    /// Infrastructure that was asked for and is not on this machine: a program, a server, a download. `--available` accepts it.
    Missing,
    /// This machine, which did not let dogfood do its work: a full disk, a folder that cannot be written, too few processes, descriptors or
    /// bytes of memory. Nothing is known of the book then, so `--available` does not accept it.
    Machine,
}

/// Errors of Linux without an [`ErrorKind`] of their own: EIO, ENFILE, EMFILE, ENOLCK, ENOBUFS.
const OF_THE_MACHINE: [i32; 5] = [5, 23, 24, 37, 105];

impl Blame {
    /// Whose fault an error of the system is: the machine's, if it has run out of something or does not work, whatever was asked of it;
    /// `otherwise` if what was asked of it was at fault.
    pub fn of(error: &io::Error, otherwise: Self) -> Self {
        let kind = matches!(
            error.kind(),
            ErrorKind::StorageFull
                | ErrorKind::QuotaExceeded
                | ErrorKind::FileTooLarge
                | ErrorKind::ReadOnlyFilesystem
                | ErrorKind::OutOfMemory
                | ErrorKind::WouldBlock
                | ErrorKind::ExecutableFileBusy
                | ErrorKind::StaleNetworkFileHandle
        );
        let machine = kind || error.raw_os_error().is_some_and(|code| OF_THE_MACHINE.contains(&code));
        if machine { Self::Machine } else { otherwise }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_machine_has_run_out_of_is_its_own_fault() {
        // EIO, EAGAIN, ENOMEM, ENFILE, EMFILE, ETXTBSY, EFBIG, ENOSPC, EROFS, EDQUOT.
        for code in [5, 11, 12, 23, 24, 26, 27, 28, 30, 122] {
            assert_eq!(Blame::of(&io::Error::from_raw_os_error(code), Blame::Book), Blame::Machine, "{code}");
        }
        // ENOENT, EACCES, EEXIST, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG.
        for code in [2, 13, 17, 20, 21, 40, 36] {
            assert_eq!(Blame::of(&io::Error::from_raw_os_error(code), Blame::Book), Blame::Book, "{code}");
        }
    }
}
