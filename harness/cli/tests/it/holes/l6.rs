//! L6: what a recipe left below its supervisor ends with the run, and a closed terminal ends a run in order.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::project::{Project, ran};

/// Processes whose command line holds `word`.
fn running(word: &str) -> usize {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            line.windows(word.len()).any(|bytes| bytes == word.as_bytes())
        })
        .count()
}

#[track_caller]
fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_outlives_its_supervisor_without_a_mark_is_ended() {
    for (at, way) in [
        "setsid sleep SECONDS &",
        "setsid -f sh -c 'sleep SECONDS & sleep SECONDS'",
        "sh -c 'trap \"\" TERM HUP; sleep SECONDS & wait' &",
    ]
    .iter()
    .enumerate()
    {
        let seconds = format!("{}.{at}", 100_000 + std::process::id());
        let way = way.replace("SECONDS", &seconds);
        let other = "```sh recipe=other\nsleep 1; echo fine\n```\n\n```text expect\nfine\n```\n";
        let body = format!("```sh recipe=r\nenv -i {way}\nsleep 0.2; kill -9 $PPID; sleep 10\n```\n\n{other}");
        let project = Project::with_guide("a", &body);
        project.dogfood("run").code(1).says("does a step kill its parent?").says("1 recipe passed, 1 failed");
        assert_eq!(running(&seconds), 0, "{way}");
        project.dogfood("run --walk a/r").code(1);
        assert_eq!(running(&seconds), 0, "{way}");
    }
}

/// A run in the middle of a recipe that ends once `.home/go` is there.
fn waiting(shell: &str) -> (Project, Child) {
    let project = Project::wired();
    let (started, go) = (project.path(".home/started"), project.path(".home/go"));
    let script = format!("touch {}; until [ -e {} ]; do sleep 0.1; done", started.display(), go.display());
    let project = project.guide("a", "targets: [none]", &format!("```sh recipe=slow timeout=200s\n{script}\n```\n"));
    // A test that runs in the background of a script has SIGINT and SIGQUIT ignored from its start.
    let mut command: Command = project.command(Path::new("env"));
    let script = format!("{shell} exec \"$0\" run");
    let words = ["--default-signal", "sh", "-c", &script, env!("CARGO_BIN_EXE_dogfood")];
    let child = command.args(words).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the recipe begins", || project.has(".home/started"));
    (project, child)
}

fn signal(project: &Project, child: &Child, name: &str) {
    ran(project.command(Path::new("kill")).args([name, &child.id().to_string()])).code(0);
}

#[test]
fn a_closed_terminal_ends_a_run_in_order() {
    for name in ["-HUP", "-QUIT", "-TERM", "-INT"] {
        let (project, child) = waiting("");
        signal(&project, &child, name);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(130), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
        let left = |folder: &str| std::fs::read_dir(project.path(folder)).unwrap().count();
        assert_eq!((left(".home/tmp"), left(".dogfood/runs")), (0, 0), "{name}");
    }
}

#[test]
fn what_was_ignored_at_the_start_stays_ignored() {
    let (project, child) = waiting("trap '' HUP QUIT;");
    for name in ["-HUP", "-QUIT"] {
        signal(&project, &child, name);
    }
    project.write(".home/go", "");
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && said.contains("1 recipe passed"), "{said}");
}
