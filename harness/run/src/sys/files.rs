//! What is on a file besides its bytes and its mode.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use rustix::fs::{IFlags, OFlags};

/// Takes from a file or folder what keeps its owner from removing it, as `chattr -i -a` does. Whether it could shows when it is removed.
/// Follows no link.
pub fn make_mutable(path: &Path) {
    let flags = i32::try_from((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits()).unwrap_or_default();
    let Ok(file) = OpenOptions::new().read(true).custom_flags(flags).open(path) else { return };
    let held = IFlags::IMMUTABLE | IFlags::APPEND;
    if let Ok(flags) = rustix::fs::ioctl_getflags(&file)
        && flags.intersects(held)
    {
        let _ = rustix::fs::ioctl_setflags(&file, flags - held);
    }
}

/// The user that this process acts as.
pub fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}
