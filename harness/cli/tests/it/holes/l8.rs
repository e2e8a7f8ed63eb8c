//! L8: a full disk, a read-only disk and too few descriptors end with 3: nothing in the book is wrong.

use super::h14::{limited, verified};
use crate::hostile_machine::mounting;

#[test]
fn a_read_only_checkout_is_no_finding() {
    let project = verified();
    project.edit("guides/a.md", "\nhello\n", "\nhallo\n");
    let run = mounting(
        &project,
        "mkdir -p .dogfood/runs && mount --bind . . && mount -o remount,ro,bind . && cd . && cd \"$PWD\" && export TMPDIR=/tmp; \
         for words in 'run --refresh' accept clean check 'run --frozen' init; do \"$0\" $words > /dev/null; echo \"$words $?\"; done",
    );
    let expected = "run --refresh 3\naccept 3\nclean 0\ncheck 1\nrun --frozen 3\ninit 3\n";
    assert_eq!(run.out, expected, "{}", run.err);
    assert!(run.err.contains("Read-only file system"), "{}", run.err);
    assert!(project.read("guides/a.md").contains("hallo"));
}

#[test]
fn a_full_disk_is_no_finding_whatever_is_written() {
    let project = verified();
    project.edit("guides/a.md", "\nhello\n", "\nhallo\n");
    for words in ["check --format json", "check --format sarif", "list --format json", "completions bash"] {
        limited(&project, "exec > /dev/full", words).code(3).says("No space left on device");
    }
    let run = mounting(
        &project,
        "mkdir kept && cp -a guides/. kept && mount -t tmpfs -o size=16k full guides && cp -a kept/. guides && \
         cat /dev/zero > guides/filler 2> /dev/null; \"$0\" accept; echo $?; cat guides/a.md | grep -c hallo",
    );
    assert_eq!(run.out, "3\n1\n", "{}", run.err);
    assert!(run.err.contains("No space left on device") && run.err.contains("have room"), "{}", run.err);
}

#[test]
fn a_book_that_cannot_be_read_for_want_of_descriptors_is_not_called_wrong() {
    let project = verified();
    for number in 3..16 {
        let run = limited(&project, &format!("ulimit -n {number}"), "check");
        // What the loader of the system says of itself, it says with 127.
        assert!(matches!(run.code, Some(0 | 3 | 127)), "{number}: {:?} {}", run.code, run.err);
        assert!(run.code != Some(3) || run.err.contains("Too many open files"), "{number}: {}", run.err);
    }
}
