//! A run that is stopped: what was there before stays, nothing is left running.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::project::{Project, ran};

/// What the slow recipe writes once it is under way.
const MARK: &str = ".home/started";

fn slow() -> Project {
    let project = Project::wired();
    let slow = format!("```sh recipe=slow\ntouch {}\nsleep 300\n```\n", project.path(MARK).display());
    let quick = "```sh recipe=quick\necho hello\n```\n\n```text expect\nhello\n```\n\n";
    project.guide("a", "targets: [none]", &format!("{quick}{slow}"))
}

/// Starts a run and sends it a signal once its slow recipe is under way.
fn stopped_by(project: &Project, signal: &str) -> Option<i32> {
    let mut child = project
        .command(Path::new(env!("CARGO_BIN_EXE_dogfood")))
        .args(["run", "--jobs", "1"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while !project.has(MARK) {
        assert!(began.elapsed() < Duration::from_secs(120), "the slow recipe did not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    ran(project.command(Path::new("kill")).args([signal, &child.id().to_string()])).code(0);
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "still running after {signal}");
        std::thread::sleep(Duration::from_millis(50));
    };
    status.code()
}

/// Processes whose command line names the sleep of the slow recipe and whose environment is this test's.
fn left_over(project: &Project) -> usize {
    let home = project.path(".home").to_str().unwrap().to_owned();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok).map(|entry| entry.path());
    let ours = |path: &std::path::PathBuf| {
        std::fs::read(path.join("environ")).is_ok_and(|text| String::from_utf8_lossy(&text).contains(&home))
    };
    processes.filter(ours).count()
}

#[test]
fn an_interrupted_run_keeps_what_was_recorded_and_leaves_nothing_running() {
    for signal in ["-INT", "-TERM", "-KILL"] {
        let project = slow();
        project.write("traces/a/slow@none.yaml", "what was there before\n");
        let code = stopped_by(&project, signal);
        assert_eq!(code, if signal == "-KILL" { None } else { Some(130) }, "{signal}");
        assert_eq!(project.read("traces/a/slow@none.yaml"), "what was there before\n", "{signal}");
        let began = Instant::now();
        while left_over(&project) > 0 {
            assert!(began.elapsed() < Duration::from_secs(120), "{signal}: {} processes are left", left_over(&project));
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(project.files().keys().all(|file| !file.contains(".tmp")), "{signal}: {:?}", project.files().keys());
        project.dogfood("clean").code(0);
        project.dogfood("run a/quick").code(0).says("1 recipe passed");
    }
}
