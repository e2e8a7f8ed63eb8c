//! The class of the machine that a trace names as a fact. Touches /proc.

use dogfood_core::trace::Machine;

/// One GiB in the unit of /proc/meminfo.
const GIB_IN_KIB: u64 = 1 << 20;

/// This machine.
pub(crate) fn this() -> Machine {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    Machine {
        arch: std::env::consts::ARCH.to_owned(),
        cpus: std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX)),
        memory: memory_class(&read("/proc/meminfo")),
        kernel: kernel(&read("/proc/sys/kernel/osrelease")),
    }
}

/// Memory as the power of two of GiB that is nearest: what the kernel keeps for itself must not make two equal machines differ.
fn memory_class(meminfo: &str) -> String {
    let total =
        meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:")).and_then(|rest| rest.split_whitespace().next());
    let Some(kib) = total.and_then(|word| word.parse::<u64>().ok()) else {
        return "unknown".to_owned();
    };
    let mut class = 1;
    // The middle between two classes, as a ratio, is the square root of two: 17/12 is near enough.
    while kib * 12 > class * GIB_IN_KIB * 17 && class < 1 << 20 {
        class *= 2;
    }
    format!("{class} GiB")
}

/// The kernel's version without what a distribution or a provider puts behind it.
fn kernel(release: &str) -> String {
    let version: String = release.trim().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    if version.is_empty() { "unknown".to_owned() } else { version }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_a_class() {
        let check = |kib: u64, expected: &str| {
            assert_eq!(memory_class(&format!("MemTotal: {kib:>14} kB\nMemFree: 5 kB\n")), expected, "{kib}")
        };
        check(16_302_000, "16 GiB");
        check(24_600_000, "32 GiB");
        check(23_000_000, "16 GiB");
        check(400_000, "1 GiB");
        check(u64::MAX / 20, "1048576 GiB");
        assert_eq!(memory_class("nothing"), "unknown");
    }

    #[test]
    fn the_kernel_is_a_version() {
        assert_eq!(kernel("6.1.0-28-cloud-amd64\n"), "6.1.0");
        assert_eq!(kernel(""), "unknown");
    }
}
