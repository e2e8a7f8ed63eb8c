//! Whether this machine, and not the recipe, is why something went wrong: limits that a shell or a service manager set, a full disk, no
//! memory. Reads what the system says of them; changes nothing.
//!
//! A recipe that passes passes, whatever the limits. One that fails while a limit was in its way says nothing of the guide: it counts as not run.

use std::io;
use std::path::{Path, PathBuf};

use crate::sessions::unit::Ended;
use crate::sys::{self, Limit};

/// What `ulimit -n` a run needs at least: below, there is no room for the private descriptors of a session.
const FEWEST_FILES: u64 = 64;
/// A disk with less room counts as full.
const FULL: u64 = 64 << 10;
/// A disk that had less room when the recipe began cannot have been filled by it.
const SCARCE: u64 = 1 << 20;

/// How a limit is known, and from where on it is in the way of ordinary programs.
struct Row {
    limit: Limit,
    /// What `ulimit` calls it.
    flag: &'static str,
    /// What it limits, in words.
    what: &'static str,
    /// How many of the system's units `ulimit` counts as one.
    unit: u64,
    /// Below this, any failure may be its doing.
    tight: u64,
    /// Below this, a failure that looks like it is its doing.
    finite: u64,
    /// Words that a program says whom it stopped, all of one line.
    words: &'static [&'static [&'static str]],
    /// Signals by which it, or a program that it stopped, ends.
    signals: &'static [i32],
}

const SIGABRT: i32 = 6;
const SIGKILL: i32 = 9;
const SIGSEGV: i32 = 11;
const SIGTRAP: i32 = 5;
const SIGXCPU: i32 = 24;
const SIGXFSZ: i32 = 25;

const NO_MEMORY: &[&[&str]] = &[
    &["annot allocate memory"],
    &["ut of memory"],
    &["MemoryError"],
    &["bad_alloc"],
    &["memory allocation", "failed"],
    &["memory exhausted"],
    &["failed to map segment"],
];
const NO_PROCESS: &[&[&str]] = &[
    &["fork", "esource temporarily unavailable"],
    &["thread", "esource temporarily unavailable"],
    &["spawn", "esource temporarily unavailable"],
    &["annot fork"],
    &["can't start new thread"],
    &["EAGAIN"],
    &["fork", "annot allocate memory"],
];

const ROWS: [Row; 7] = [
    Row {
        limit: Limit::Files,
        flag: "n",
        what: "open files",
        unit: 1,
        tight: 200,
        finite: 1024,
        words: &[&["oo many open files"], &["[Errno 24]"], &["EMFILE"]],
        signals: &[],
    },
    // No figure is small by itself: it counts what the user runs already.
    Row {
        limit: Limit::Processes,
        flag: "u",
        what: "processes",
        unit: 1,
        tight: 0,
        finite: u64::MAX,
        words: NO_PROCESS,
        signals: &[],
    },
    Row {
        limit: Limit::Memory,
        flag: "v",
        what: "address space",
        unit: 1 << 10,
        tight: 1 << 30,
        finite: u64::MAX,
        words: NO_MEMORY,
        signals: &[SIGTRAP, SIGABRT, SIGSEGV],
    },
    Row {
        limit: Limit::Data,
        flag: "d",
        what: "data",
        unit: 1 << 10,
        tight: 256 << 20,
        finite: u64::MAX,
        words: NO_MEMORY,
        signals: &[SIGTRAP, SIGABRT, SIGSEGV],
    },
    Row {
        limit: Limit::Stack,
        flag: "s",
        what: "stack",
        unit: 1 << 10,
        tight: 1 << 20,
        finite: 8 << 20,
        words: &[&["rgument list too long"]],
        signals: &[SIGSEGV],
    },
    Row {
        limit: Limit::FileSize,
        flag: "f",
        what: "a file's size",
        unit: 1 << 10,
        tight: 64 << 10,
        finite: u64::MAX,
        words: &[&["ile too large"], &["ile size limit exceeded"], &["[Errno 27]"]],
        signals: &[SIGXFSZ],
    },
    Row {
        limit: Limit::Time,
        flag: "t",
        what: "processor time",
        unit: 1,
        tight: 1,
        finite: u64::MAX,
        words: &[&["CPU time limit exceeded"]],
        signals: &[SIGKILL, SIGXCPU],
    },
];

/// Refuses to begin where no session could be started.
///
/// # Errors
/// In words: which limit, and the command that raises it.
pub fn refuse() -> Result<(), String> {
    match sys::limit(Limit::Files).filter(|files| *files < FEWEST_FILES) {
        Some(files) => Err(format!(
            "the limit of open files is {files}, and a run needs {FEWEST_FILES}; raise it: `ulimit -n 1024`"
        )),
        None => Ok(()),
    }
}

/// An error of this machine with what mends it, where one thing usually does.
pub fn told(error: &io::Error) -> String {
    /// ENFILE and EMFILE.
    const TOO_MANY_FILES: [i32; 2] = [23, 24];
    let mends = match error.kind() {
        io::ErrorKind::WouldBlock => "; raise `ulimit -u`, or end other programs",
        io::ErrorKind::OutOfMemory => "; raise `ulimit -v`, or end other programs",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; make room there, or set TMPDIR to a folder that has some"
        }
        _ if error.raw_os_error().is_some_and(|code| TOO_MANY_FILES.contains(&code)) => "; raise `ulimit -n`",
        _ => "",
    };
    format!("{error}{mends}")
}

/// Whose doing a failure was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The recipe's.
    Recipe,
    /// The recipe's, which filled the disk: in words.
    RecipeThatFilled(String),
    /// This machine's, in words: what was in the way, and what to do.
    Machine(String),
}

/// What this machine had to give when a recipe began.
#[derive(Clone, Debug)]
pub struct Before {
    /// The recipe's own folder.
    folder: PathBuf,
    room: Option<u64>,
    killed: u64,
}

impl Before {
    /// Now, for a recipe with this `folder`.
    pub fn now(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), room: sys::room(folder), killed: sys::killed_for_memory() }
    }

    /// Whose doing it was that a step of the recipe `ended` so and said this.
    pub fn doing(&self, ended: Ended, said: &str) -> Doing {
        let signal = signal(ended);
        if let Some(why) = self.memory(signal).or_else(|| in_the_way(sys::limit, signal, said)) {
            return Doing::Machine(why);
        }
        self.disk(said)
    }

    /// What was in the way of a process of ours that ended early, if anything is known.
    pub fn excuse(&self) -> Option<String> {
        self.memory(Some(SIGKILL)).or_else(|| in_the_way(sys::limit, None, ""))
    }

    fn memory(&self, signal: Option<i32>) -> Option<String> {
        let more = sys::killed_for_memory() > self.killed;
        (signal == Some(SIGKILL) && more)
            .then(|| "this machine ran out of memory meanwhile, and the system killed processes".to_owned())
    }

    fn disk(&self, said: &str) -> Doing {
        let quota = said.contains("quota exceeded");
        let (Some(room), Some(before)) = (sys::room(&self.folder), self.room) else { return Doing::Recipe };
        if room >= FULL && !quota {
            return Doing::Recipe;
        }
        let disk = format!("the disk of {} is full", self.folder.display());
        // What the recipe took itself it could have left.
        let own = sys::taken(&self.folder);
        if before >= SCARCE && own >= before.min(SCARCE << 10) / 2 {
            return Doing::RecipeThatFilled(format!("{disk}, and the recipe filled it"));
        }
        Doing::Machine(format!("{disk}; make room there, or set TMPDIR to a folder that has some"))
    }
}

/// The signal by which a step, or a command in it, ended.
fn signal(ended: Ended) -> Option<i32> {
    match ended {
        Ended::Exit(code) | Ended::SessionEnded(code) => (129..=192).contains(&code).then(|| code - 128),
        Ended::TimedOut | Ended::RecipeTimedOut | Ended::OpenHeredoc => None,
    }
}

/// The limit that was in the way of a step that ended by `signal` and `said` this, with the command that lifts it.
fn in_the_way(limit: impl Fn(Limit) -> Option<u64>, signal: Option<i32>, said: &str) -> Option<String> {
    let looks_like = |row: &Row| {
        let told = |words: &&[&str]| said.lines().any(|line| words.iter().all(|word| line.contains(word)));
        signal.is_some_and(|signal| row.signals.contains(&signal)) || row.words.iter().any(told)
    };
    let found = ROWS.iter().filter_map(|row| Some((row, limit(row.limit)?)));
    let mut found = found.filter(|(row, limit)| *limit < row.tight || (*limit < row.finite && looks_like(row)));
    found.next().map(|(row, limit)| {
        format!(
            "the limit of {} is low here (`ulimit -{}` is {}); raise it and run again: `ulimit -{} unlimited`, or as much as you may",
            row.what,
            row.flag,
            limit / row.unit,
            row.flag
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_under_an_ordinary_shell_is_the_recipe_s() {
        let ordinary = |limit| match limit {
            Limit::Files => Some(1024),
            Limit::Processes => Some(63_000),
            Limit::Stack => Some(8 << 20),
            _ => None,
        };
        for (signal, said) in [
            (None, "no such file"),
            (None, "bash: too many open files: Too many open files"),
            (Some(SIGABRT), "MemoryError: Cannot allocate memory"),
            (Some(SIGSEGV), ""),
            (Some(SIGKILL), "Killed"),
            (None, "BlockingIOError: [Errno 11] Resource temporarily unavailable"),
        ] {
            assert_eq!(in_the_way(ordinary, signal, said), None, "{said}");
        }
        let why = in_the_way(ordinary, None, "x\nbash: fork: retry: Resource temporarily unavailable\n").unwrap();
        assert!(why.contains("`ulimit -u` is 63000"), "{why}");
    }

    #[test]
    fn an_error_of_the_machine_says_what_mends_it() {
        for (code, mends) in [(11, "`ulimit -u`"), (12, "`ulimit -v`"), (24, "`ulimit -n`"), (28, "TMPDIR")] {
            let told = told(&io::Error::from_raw_os_error(code));
            assert!(told.contains(mends), "{told}");
        }
        assert_eq!(told(&io::Error::other("odd")), "odd");
    }

    #[test]
    fn a_limit_that_is_low_or_that_was_hit_is_named_with_its_command() {
        for (own, value, signal, said, flag) in [
            (Limit::Files, 80, None, "anything", "`ulimit -n` is 80"),
            (Limit::Files, 512, None, "OSError: [Errno 24] Too many open files", "`ulimit -n` is 512"),
            (Limit::Memory, 200 << 20, None, "", "`ulimit -v` is 204800"),
            (Limit::Memory, 8 << 30, Some(SIGABRT), "", "`ulimit -v` is 8388608"),
            (Limit::Data, 8 << 30, None, "MemoryError", "`ulimit -d` is 8388608"),
            (Limit::Stack, 64 << 10, None, "", "`ulimit -s` is 64"),
            (Limit::FileSize, 1 << 20, Some(SIGXFSZ), "", "`ulimit -f` is 1024"),
            (Limit::FileSize, 1 << 20, None, "cat: write error: File too large", "`ulimit -f` is 1024"),
            (Limit::Time, 60, Some(SIGKILL), "", "`ulimit -t` is 60"),
        ] {
            let why = in_the_way(|limit| (limit == own).then_some(value), signal, said).unwrap();
            assert!(why.contains(flag), "{why}");
        }
        let files = |limit| (limit == Limit::Files).then_some(512);
        assert_eq!(in_the_way(files, None, "no such file"), None);
    }
}
