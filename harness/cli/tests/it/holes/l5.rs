//! L5: a machine that starts no more threads is an error with exit code 3, not a panic.

use std::os::unix::fs::MetadataExt as _;

use super::h14::{limited, verified};
use crate::project::ran;

#[test]
fn no_process_and_no_thread_is_no_panic() {
    let project = verified();
    let program = env!("CARGO_BIN_EXE_dogfood");
    // The superuser is not limited: another user, who runs nothing else, is.
    let superuser = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if superuser {
        ran(project.command("chown".as_ref()).args(["-R", "61234"]).arg(project.path(".")));
    }
    let user = if superuser { "setpriv --reuid 61234 --clear-groups -- " } else { "" };
    for number in [1, 2, 3, 4, 5, 6, 8] {
        for words in ["run --refresh --jobs 3", "check", "run --walk", "list"] {
            let script = format!("{user}bash -c 'ulimit -u {number}; exec \"$0\" {words}' {program}");
            let run = ran(project.command("bash".as_ref()).args(["-c", &script]));
            assert!(!run.err.contains("panicked"), "{number} {words}: {}", run.err);
            assert!(matches!(run.code, Some(0 | 3)), "{number} {words}: {:?} {}", run.code, run.err);
            if words == "check" {
                assert_eq!(run.code, Some(0), "{number}: it starts nothing: {}", run.err);
            }
        }
    }
    project.dogfood("check").code(0);
}

#[test]
fn little_memory_harms_no_trace() {
    let project = verified();
    for kib in [60_000, 75_000, 90_000, 110_000, 150_000, 250_000, 500_000] {
        let run = limited(&project, &format!("ulimit -v {kib}"), "run --refresh --jobs 3");
        assert!(!run.err.contains("panicked"), "{kib}: {}", run.err);
        // Where the program itself cannot be loaded or gets no memory, the system ends it.
        assert!(!matches!(run.code, Some(1 | 101)), "{kib}: {:?} {}", run.code, run.err);
        project.dogfood("check").code(0).says("1 of 1 cell verified");
    }
}
