//! What this machine still has to give: limits of this process, room on a disk, memory.

use std::fs;
use std::path::Path;

/// A limit of this process that its children inherit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Open files.
    Files,
    /// Processes and threads of the user.
    Processes,
    /// Bytes of address space.
    Memory,
    /// Bytes of data.
    Data,
    /// Bytes of the main thread's stack.
    Stack,
    /// Bytes of a file.
    FileSize,
    /// Seconds of processor time.
    Time,
}

/// The soft limit; `None` if there is none, or the system does not say.
pub fn limit(of: Limit) -> Option<u64> {
    // The system call may be forbidden (seccomp); a file that cannot be read is no limit.
    parse_limit(&fs::read_to_string("/proc/self/limits").ok()?, of)
}

/// Reads `/proc/PID/limits`: a name, the soft limit, the hard one.
fn parse_limit(limits: &str, of: Limit) -> Option<u64> {
    let name = match of {
        Limit::Files => "Max open files",
        Limit::Processes => "Max processes",
        Limit::Memory => "Max address space",
        Limit::Data => "Max data size",
        Limit::Stack => "Max stack size",
        Limit::FileSize => "Max file size",
        Limit::Time => "Max cpu time",
    };
    limits.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

/// Room on the disk of `path`: bytes that this user may still write, and whether a file can still be made. `None` if the system does not say.
pub fn room(path: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    // Some file systems count no files; they say 0 of 0.
    let no_file_left = disk.f_files > 0 && disk.f_favail == 0;
    Some(if no_file_left { 0 } else { disk.f_bavail.saturating_mul(disk.f_frsize) })
}

/// How many bytes of disk the files below `folder` take. Links are not followed.
pub fn taken(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    let mut bytes: u64 = 0;
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(data) = entry.metadata() else { continue };
            bytes = bytes.saturating_add(data.blocks().saturating_mul(512));
            if data.is_dir() {
                todo.push(entry.path());
            }
        }
    }
    bytes
}

/// How many processes this machine has killed because it had no memory left, since it was started.
pub fn killed_for_memory() -> u64 {
    let counters = fs::read_to_string("/proc/vmstat").unwrap_or_default();
    let count = counters.lines().find_map(|line| line.strip_prefix("oom_kill "));
    count.and_then(|count| count.trim().parse().ok()).unwrap_or(0)
}

/// Makes a file that may not grow any more an error (`File too large`) instead of this process's death. A handler, not "ignored": children do
/// not inherit it.
pub fn survive_file_size() -> std::io::Result<()> {
    let passed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGXFSZ, passed).map(drop)
}

/// Starts a thread that does nothing, to see whether one can be started: some libraries panic where they cannot.
///
/// # Errors
/// If none can be.
pub fn try_thread() -> std::io::Result<()> {
    let thread = std::thread::Builder::new().spawn(|| ())?;
    let _ = thread.join();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_the_system_writes_them() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
                    Max cpu time              60                   unlimited            seconds   \n\
                    Max file size             unlimited            unlimited            bytes     \n\
                    Max open files            1024                 524288               files     \n";
        let read = |of| parse_limit(text, of);
        assert_eq!(
            [Limit::Time, Limit::FileSize, Limit::Files, Limit::Data].map(read),
            [Some(60), None, Some(1024), None]
        );
        assert!(limit(Limit::Files).is_some(), "whoever runs this has a limit");
    }
}
