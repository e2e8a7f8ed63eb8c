//! Everything that is Linux-only, behind plain functions: sessions of processes, file descriptors at fixed numbers, waiting, killing
//! whole trees through `/proc`, and facts about the machine. No other module of this crate names an operating system's call.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::OFlags;
use rustix::pipe::PipeFlags;
use rustix::process::{Signal, WaitOptions, WaitStatus};

mod files;
mod limits;
mod orphans;
mod start;

pub use rustix::process::Pid;

pub use files::{make_mutable, own_user};
pub use limits::{Limit, killed_for_memory, limit, room, survive_file_size, taken, try_thread};
pub use orphans::{adopt_orphans, end_adopted};
pub use start::{FdAt, spawn};

/// The pid of a child.
pub fn pid_of(child: &Child) -> Pid {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("the kernel hands out positive pids")
}

/// A pipe as (read end, write end), both closed on exec.
pub fn pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(rustix::pipe::pipe_with(PipeFlags::CLOEXEC)?)
}

/// Makes reads and writes on `fd` return at once.
pub fn set_nonblocking(fd: impl AsFd) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(&fd)?;
    Ok(rustix::fs::fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?)
}

/// Keeps whatever descriptors this process itself inherited (from a CI runner, an editor, a shell) out of the processes that it
/// starts: all but the standard ones are closed on exec from now on.
pub fn close_inherited_on_exec() -> io::Result<()> {
    let numbers: Vec<i32> =
        fs::read_dir("/proc/self/fd")?.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        #[expect(unsafe_code, reason = "an inherited descriptor is known by its number alone")]
        // SAFETY: the borrow ends within this statement, and a number that is closed by now only makes the call fail.
        let fd = unsafe { BorrowedFd::borrow_raw(number) };
        let _ = rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::CLOEXEC);
    }
    Ok(())
}

/// What to wait for on a file descriptor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// Bytes to read, or the end.
    Read,
    /// Room to write, or a reader that is gone.
    Write,
}

/// Waits until one of `fds` is ready, or `deadline` is past (`None`: for ever). The answer has one flag per entry, all false at the
/// deadline. A reader that hung up or an error counts as ready: the next read or write tells.
pub fn poll(fds: &[(BorrowedFd<'_>, Interest)], deadline: Option<Instant>) -> io::Result<Vec<bool>> {
    let mut entries: Vec<PollFd<'_>> = fds
        .iter()
        .map(|(fd, interest)| {
            let flags = if *interest == Interest::Read { PollFlags::IN } else { PollFlags::OUT };
            PollFd::from_borrowed_fd(*fd, flags)
        })
        .collect();
    loop {
        let left = deadline.map(|at| timespec(at.saturating_duration_since(Instant::now())));
        match rustix::event::poll(&mut entries, left.as_ref()) {
            Ok(_) => return Ok(entries.iter().map(|entry| !entry.revents().is_empty()).collect()),
            Err(rustix::io::Errno::INTR) => {}
            Err(other) => return Err(other.into()),
        }
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(duration.subsec_nanos()),
    }
}

/// Makes this process the one that orphans below it are handed to, instead of init.
pub fn become_subreaper() -> io::Result<()> {
    Ok(rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?)
}

/// A file descriptor that becomes readable whenever a child of this process ends. Read it empty, then call [`reap`].
pub fn child_events() -> io::Result<OwnedFd> {
    let (read, write) = pipe()?;
    set_nonblocking(&read)?;
    signal_hook::low_level::pipe::register(signal_hook::consts::SIGCHLD, write)?;
    Ok(read)
}

/// Whether this process was told to ignore `signal` by who started it, as `nohup` does. Meaningless once a handler is in place.
pub fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    (1..=64).contains(&signal) && mask & (1 << (signal - 1)) != 0
}

/// A file descriptor that becomes readable when somebody asks this process to end (SIGTERM, SIGINT, SIGHUP), instead of its end.
pub fn end_signals() -> io::Result<OwnedFd> {
    let (read, write) = pipe()?;
    set_nonblocking(&read)?;
    for signal in [signal_hook::consts::SIGTERM, signal_hook::consts::SIGINT, signal_hook::consts::SIGHUP] {
        signal_hook::low_level::pipe::register(signal, write.try_clone()?)?;
    }
    Ok(read)
}

/// What [`reap`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaped {
    /// Children (adopted ones too) that ended since, with their exit codes; 128 + n for signal n.
    pub ended: Vec<(Pid, i32)>,
    /// Whether this process has no child any more. For a subreaper: nothing is left below it.
    pub none_left: bool,
}

/// Takes the exit codes of all children that have ended, without waiting. Do not mix with `Child::wait`.
pub fn reap() -> Reaped {
    let mut ended = Vec::new();
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => ended.extend(exit_code(status).map(|code| (pid, code))),
            Ok(None) => return Reaped { ended, none_left: false },
            Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Reaped { ended, none_left: true },
        }
    }
}

fn exit_code(status: WaitStatus) -> Option<i32> {
    status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal))
}

/// Sends SIGKILL to one process. One that is gone is no error.
pub fn kill(pid: Pid) {
    let _ = rustix::process::kill_process(pid, Signal::KILL);
}

/// Sends SIGTERM to a process group. One that is gone is no error.
pub fn terminate_group(leader: Pid) {
    let _ = rustix::process::kill_process_group(leader, Signal::TERM);
}

/// Sends SIGKILL to a process group. One that is gone is no error.
pub fn kill_group(leader: Pid) {
    let _ = rustix::process::kill_process_group(leader, Signal::KILL);
}

/// For a subreaper: kills everything below this process, adopted orphans too, and reaps it, until nothing is left or `patience` is
/// over (a process that the kernel does not let go). Returns whether nothing is left.
pub fn kill_everything_below(patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_micros(200);
    while !reap().none_left {
        for pid in descendants(rustix::process::getpid()) {
            kill(pid);
        }
        if Instant::now() > deadline {
            return reap().none_left;
        }
        // Killing is asynchronous; there is no event for "a grandchild is gone", so the wait is a short, growing pause.
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
    true
}

/// Kills the process `root`, its process group, everything in its session and every descendant, until `/proc` shows none of them or
/// `patience` is over. `root` itself stays for its parent to wait for. For a process that called setsid and whose parent is gone,
/// see [`marked`]. Returns whether nothing is left.
pub fn kill_tree(root: Pid, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    let mut known: Vec<Pid> = vec![root];
    let mut pause = Duration::from_micros(200);
    loop {
        let processes = processes();
        known.extend(
            processes
                .iter()
                .filter(|process| process.session == root || process.group == root)
                .map(|process| process.pid),
        );
        for at in 0..known.len() {
            collect_descendants(&processes, known[at], &mut known);
        }
        known.sort_by_key(|pid| pid.as_raw_nonzero());
        known.dedup();
        kill_group(root);
        let alive: Vec<Pid> = processes.iter().map(|process| process.pid).filter(|pid| known.contains(pid)).collect();
        if alive.is_empty() || Instant::now() > deadline {
            return alive.is_empty();
        }
        alive.iter().copied().for_each(kill);
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// One process, as `/proc` tells it. Zombies are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its pid.
    pub pid: Pid,
    /// Its parent's; `None` for the first process.
    pub parent: Option<Pid>,
    /// Its process group.
    pub group: Pid,
    /// Its session.
    pub session: Pid,
    /// When it started, in ticks since boot: with the pid and the boot id it names a process for good.
    pub started: u64,
}

/// Every process that is not a zombie.
pub fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter_map(process).collect()
}

/// The process with this pid, unless it is gone or a zombie.
pub fn process(pid: i32) -> Option<Process> {
    parse_stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Reads `/proc/PID/stat`. The name in it may hold anything, blanks and brackets too: the fields are counted from its last `)`.
fn parse_stat(stat: &str) -> Option<Process> {
    let pid = Pid::from_raw(stat.split(' ').next()?.parse().ok()?)?;
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 2..)?.split(' ').collect();
    if matches!(*fields.first()?, "Z" | "X") {
        return None;
    }
    let pid_at = |at: usize| Pid::from_raw(fields.get(at)?.parse().ok()?);
    // Processes of another pid namespace (group or session 0) count as their own group.
    let (group, session) = (pid_at(2).unwrap_or(pid), pid_at(3).unwrap_or(pid));
    Some(Process { pid, parent: pid_at(1), group, session, started: fields.get(19)?.parse().ok()? })
}

/// Every living process below `root`, without `root`.
pub fn descendants(root: Pid) -> Vec<Pid> {
    let mut found = Vec::new();
    collect_descendants(&processes(), root, &mut found);
    found
}

fn collect_descendants(processes: &[Process], root: Pid, found: &mut Vec<Pid>) {
    let mut todo = vec![root];
    while let Some(parent) = todo.pop() {
        for child in processes.iter().filter(|process| process.parent == Some(parent)) {
            if !found.contains(&child.pid) {
                found.push(child.pid);
            }
            // A pid can be its own ancestor only if `/proc` changed under us; `found` and the list are finite, so compare with the root.
            if child.pid != root {
                todo.push(child.pid);
            }
        }
    }
}

/// Every living process, except for this one, whose environment at its start held the variable `name` with the value `value`.
/// Processes of other users cannot be read and are left out.
pub fn marked(name: &str, value: &str) -> Vec<Process> {
    marked_by(name, |found| found == value)
}

/// As [`marked`], with any value that `accept` takes.
pub fn marked_by(name: &str, accept: impl Fn(&str) -> bool) -> Vec<Process> {
    let own = rustix::process::getpid();
    let accepted = |entry: &[u8]| {
        let value = entry.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
        value.and_then(|value| std::str::from_utf8(value).ok()).is_some_and(&accept)
    };
    let holds = |process: &Process| {
        let path = format!("/proc/{}/environ", process.pid.as_raw_nonzero());
        fs::read(path).is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(accepted))
    };
    processes().into_iter().filter(|process| process.pid != own).filter(holds).collect()
}

/// Kills every process that [`marked_by`] finds, until it finds none or `patience` is over. Returns how many were there, or `None`
/// if some are left.
pub fn kill_marked(name: &str, accept: impl Fn(&str) -> bool, patience: Duration) -> Option<usize> {
    let deadline = Instant::now() + patience;
    let mut pause = Duration::from_micros(200);
    let mut killed: Vec<Pid> = Vec::new();
    loop {
        let found = marked_by(name, &accept);
        if found.is_empty() {
            return Some(killed.len());
        }
        if Instant::now() > deadline {
            return None;
        }
        for process in found {
            kill(process.pid);
            if !killed.contains(&process.pid) {
                killed.push(process.pid);
            }
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// This process's pid.
pub fn own_pid() -> Pid {
    rustix::process::getpid()
}

/// Changes at every boot: a pid and start time mean nothing across two of them.
pub fn boot_id() -> io::Result<String> {
    Ok(fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned())
}

/// Names the pid namespace of this process: a pid means nothing in another one.
pub fn pid_namespace() -> String {
    fs::read_link("/proc/self/ns/pid").map(|link| link.display().to_string()).unwrap_or_default()
}

/// A TCP port that nothing listened on a moment ago, on 127.0.0.1. Somebody else may take it before the caller does: try again then.
pub fn free_loopback_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether a process holds the unix socket at `path`; if the kernel does not say, one might.
pub fn is_bound(path: &Path) -> bool {
    let Ok(table) = fs::read_to_string("/proc/net/unix") else { return true };
    path.to_str()
        .is_none_or(|path| table.lines().any(|line| line.ends_with(path) && line.split(' ').next_back() == Some(path)))
}

/// `count` random bytes from the kernel.
pub fn random_bytes(count: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; count];
    fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// `2 * count` random hex digits from the kernel.
pub fn random_hex(count: usize) -> io::Result<String> {
    Ok(random_bytes(count)?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The first executable file called `name` on the search path `path`. A name with a `/` is not searched for.
pub fn find_program(name: &str, path: &OsStr) -> Option<PathBuf> {
    if name.is_empty() || name.contains('/') {
        return None;
    }
    let runs = |file: &Path| file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok();
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|file| runs(file))
}

/// The machine, as far as evidence names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineFacts {
    /// `linux` and the kernel's release.
    pub kernel: String,
    /// For example `x86_64`.
    pub architecture: &'static str,
    /// Processors that this process may use.
    pub cpus: usize,
    /// Memory in bytes, 0 if unknown.
    pub memory: u64,
}

/// Facts about this machine.
pub fn machine() -> MachineFacts {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let memory = fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse_memory(&text)).unwrap_or(0);
    MachineFacts {
        kernel: format!("linux {}", release.trim()).trim().to_owned(),
        architecture: std::env::consts::ARCH,
        cpus: std::thread::available_parallelism().map_or(1, usize::from),
        memory,
    }
}

/// How many processes this machine had to run, as an average of the last minute.
pub fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}

fn parse_memory(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests;
