//! Machines that run out of disk, and clocks that jump: what a run says, which traces it leaves, and that nothing of it stays.

use std::os::unix::fs::MetadataExt as _;
use std::process::Command;

use crate::project::{Project, Ran, ran};

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

/// Runs a shell script that may mount, in the book's folder: what it mounts is gone with it.
pub(crate) fn mounting(project: &Project, script: &str) -> Ran {
    // The superuser of a container may lack the right to make a user namespace, and needs none.
    let kind = if std::fs::metadata("/proc/self").unwrap().uid() == 0 { "-m" } else { "-rm" };
    let mut command: Command = project.command("unshare".as_ref());
    ran(command.args([kind, "sh", "-c", script, env!("CARGO_BIN_EXE_dogfood")]))
}

#[test]
fn a_recipe_that_fills_the_disk_harms_itself_alone() {
    let told = "```text expect=stderr\nhead: error writing 'standard output': No space left on device\n```";
    for (fills, code, says) in [
        ("head -c 100000000 /dev/zero > big\n```", 1, "1 recipe passed, 1 failed"),
        // Its own later steps need no room for themselves.
        (
            &format!(
                "head -c 100000000 /dev/zero > big || true\n```\n\n{told}\n\n```sh recipe=fill\n:\n```\n\n```sh recipe=fill\n:\n```"
            ),
            0,
            "2 recipes passed",
        ),
    ] {
        let project = Project::with_guide("a", &format!("```sh recipe=fill\n{fills}\n\n{HELLO}"));
        let run = mounting(
            &project,
            "mount -t tmpfs -o size=4m full .home/tmp && \"$0\" run --jobs 1; code=$?; ls -A .home/tmp; exit $code",
        );
        let run = run.code(code).says(says);
        assert!(code == 0 || run.err.contains("No space left on device"), "{}", run.err);
        assert_eq!(run.out, "", "left in the folder for temporary files");
        assert!(project.has("traces/a/hello@none.yaml"), "{}", run.err);
        assert_eq!(std::fs::read_dir(project.path(".dogfood/runs")).unwrap().count(), 0, "records of runs");
    }
}

#[test]
fn a_full_disk_keeps_the_trace_that_was_there() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let trace = project.read("traces/a/hello@none.yaml");
    project.edit("guides/a.md", "echo hello", "echo hello # again");
    let run = mounting(
        &project,
        "mkdir kept && cp -a traces/. kept && mount -t tmpfs -o size=64k full traces && cp -a kept/. traces && \
         head -c 1000000 /dev/zero > traces/filler 2> /dev/null; \"$0\" run; code=$?; rm traces/filler; ls -A traces/a; \
         cat traces/a/*; exit $code",
    );
    assert_eq!(run.out, format!("hello@none.yaml\n{trace}"));
    run.code(3).says("traces/a/hello@none.yaml").says("No space left on device");
}

/// The library by which libfaketime (the package `faketime`) gives a program another wall clock.
fn another_clock() -> String {
    let mut command = Command::new("faketime");
    let found = command.args(["-f", "+0", "printenv", "LD_PRELOAD"]).output();
    let found = found.expect("no faketime: install it with `apt-get install faketime`");
    String::from_utf8(found.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_clock_that_jumps_moves_dates_and_nothing_else() {
    let project = Project::wired();
    let clock = project.path("clock");
    let jump = |by: &str| {
        format!("```sh recipe=jump took=200ms..50s timeout=55s\nsleep 0.2; echo {by} > {}\n```\n\n", clock.display())
    };
    let body = format!("{}{}{HELLO}", jump("+30d"), jump("-60d"));
    let project = project.guide("a", "targets: [none]", &body).file("clock", "+0d\n");
    // The clock that durations and limits are measured by goes on; the other one is read again at every call.
    let project = project
        .set("LD_PRELOAD", &another_clock())
        .set("FAKETIME_TIMESTAMP_FILE", clock.to_str().unwrap())
        .set("FAKETIME_NO_CACHE", "1")
        .set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let run = project.dogfood("run --jobs 1").code(0).says("2 recipes passed");
    let dates = |recipe: &str| {
        let trace = project.read(&format!("traces/a/{recipe}@none.yaml"));
        let line = |start: &str| trace.lines().find(|line| line.starts_with(start)).unwrap().to_owned();
        let seconds: f64 = line("  seconds:").rsplit(' ').next().unwrap().parse().unwrap();
        assert!(seconds < 60.0, "a month or two, if the wrong clock was asked: {trace}");
        line("recorded:")
    };
    // Each has the date at which its recipe began; the clock went back in between.
    assert!(dates("hello") < dates("jump"), "{}", run.err);
    project.write("clock", "+0d\n");
    project.dogfood("check").code(0).says("2 of 2 cells verified");
}
