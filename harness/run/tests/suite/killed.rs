//! Nothing stays behind, whoever dies.

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use dogfood_core::markup::model::Session;
use dogfood_run::lease;
use dogfood_run::supervise::client::{NoFrame, Supervisor};
use dogfood_run::supervise::frames::Frame;
use dogfood_run::sys;

use crate::world::{PROGRAM, World, steps};

const MARK: &str = "DOGFOOD_TEST_MARK";

/// Leaves its group, its session and its parents, and more than one of each.
const STRAY: &str =
    "setsid -f sleep 300; (setsid sh -c 'sleep 301 & sleep 302' &) ; sleep 303 & touch started; sleep 304";

fn marked_world() -> (World, String) {
    let mark = sys::random_hex(8).unwrap();
    let mut world = World::new();
    world.job.environment.insert(MARK.into(), mark.clone());
    world.job.acts = vec![steps(Session::Bash, &[STRAY])];
    (world, mark)
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(120), "{what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn the_end_of_the_parent_s_pipe_ends_everything() {
    let (world, mark) = marked_world();
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), &world.job, &[]).unwrap();
    wait_until("the recipe starts", || world.work().join("started").exists() && sys::marked(MARK, &mark).len() >= 5);
    assert!(!supervisor.end());
    assert_eq!(sys::marked(MARK, &mark), []);
}

#[test]
fn a_parent_that_is_killed_leaves_nothing() {
    let (world, mark) = marked_world();
    let job = world.folder.path().join("job");
    std::fs::write(&job, serde_json::to_string(&world.job).unwrap()).unwrap();
    let mut parent = Command::new(PROGRAM).arg("hold").arg(&job).stdin(Stdio::null()).spawn().unwrap();
    wait_until("the recipe starts", || world.work().join("started").exists() && sys::marked(MARK, &mark).len() >= 5);
    parent.kill().unwrap();
    assert_eq!(parent.wait().unwrap().signal(), Some(9));
    wait_until("everything is gone", || sys::marked(MARK, &mark).is_empty());
}

#[test]
fn a_signal_to_the_supervisor_ends_everything() {
    let (world, mark) = marked_world();
    let mut supervisor =
        Supervisor::start(Path::new(PROGRAM), &world.job, &[("DOGFOOD_TEST_SUPERVISOR", &mark)]).unwrap();
    wait_until("the recipe starts", || world.work().join("started").exists());
    let process = sys::marked("DOGFOOD_TEST_SUPERVISOR", &mark)[0];
    sys::terminate_group(process.pid);
    let stop = AtomicBool::new(false);
    while supervisor.next_frame(&stop).is_ok() {}
    assert_eq!(sys::marked(MARK, &mark), []);
    assert!(!supervisor.end());
}

#[test]
fn a_caller_that_is_asked_to_stop_stops_waiting() {
    let (world, mark) = marked_world();
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), &world.job, &[]).unwrap();
    let stop = AtomicBool::new(false);
    assert!(matches!(supervisor.next_frame(&stop), Ok(Frame::Started { act: 0, unit: 0 })));
    stop.store(true, Ordering::Relaxed);
    assert!(matches!(supervisor.next_frame(&stop), Err(NoFrame::Stopped)));
    drop(supervisor);
    assert_eq!(sys::marked(MARK, &mark), []);
}

#[test]
fn a_recipe_that_kills_its_supervisor_is_seen_and_its_strays_can_be_found() {
    let (mut world, mark) = marked_world();
    world.job.acts = vec![steps(Session::Bash, &["setsid -f sleep 300; kill -9 $PPID; sleep 301"])];
    let mut supervisor = Supervisor::start(Path::new(PROGRAM), &world.job, &[]).unwrap();
    let stop = AtomicBool::new(false);
    while supervisor.next_frame(&stop).is_ok() {}
    assert!(!supervisor.end());
    wait_until("every stray is found by its mark and killed", || {
        let left = sys::marked(MARK, &mark);
        left.iter().for_each(|process| sys::kill(process.pid));
        left.is_empty()
    });
}

/// A run of its own process, in the middle of a recipe that leaves strays about.
struct Killable {
    root: tempfile::TempDir,
    mark: String,
    program: std::process::Child,
}

impl Killable {
    fn start() -> Self {
        let (root, mark) = (tempfile::tempdir().unwrap(), sys::random_hex(8).unwrap());
        let guide = root.path().join("g.md");
        let strays = STRAY.replace("touch started", &format!("touch {}/started", root.path().display()));
        let text = format!(
            "---\nguide: g\nkind: guide\ntargets: [none]\n---\n\n```sh recipe=a\nexport {MARK}={mark}; {strays}\n```\n"
        );
        std::fs::write(&guide, text).unwrap();
        let program =
            Command::new(PROGRAM).arg("run").arg(root.path()).arg(&guide).stdin(Stdio::null()).spawn().unwrap();
        let run = Self { root, mark, program };
        wait_until("the recipe starts", || run.root.path().join("started").exists() && run.strays() >= 4);
        run
    }

    fn strays(&self) -> usize {
        sys::marked(MARK, &self.mark).len()
    }

    fn record(&self) -> std::path::PathBuf {
        let mut records = std::fs::read_dir(self.root.path().join(".dogfood/runs")).unwrap();
        records.next().unwrap().unwrap().path()
    }

    /// The folder that the run wrote down.
    fn folder(&self) -> std::path::PathBuf {
        let record: serde_json::Value = serde_json::from_slice(&std::fs::read(self.record()).unwrap()).unwrap();
        record["folder"].as_str().unwrap().into()
    }
}

#[test]
fn a_killed_run_leaves_no_process_and_the_next_removes_its_folder() {
    let mut run = Killable::start();
    let (record, folder) = (run.record(), run.folder());
    run.program.kill().unwrap();
    run.program.wait().unwrap();
    wait_until("everything is gone", || run.strays() == 0);
    assert!(folder.exists() && record.exists());
    let swept = lease::sweep(run.root.path());
    assert_eq!((swept.runs, swept.folders, swept.problems), (1, 1, Vec::new()));
    assert!(!folder.exists() && !record.exists());
}

#[test]
fn what_a_killed_run_and_a_killed_supervisor_leave_the_next_run_removes() {
    let mut run = Killable::start();
    let id = run.record().file_stem().unwrap().to_str().unwrap().to_owned();
    // Held first, or it would clean up when its supervisor dies.
    let pid = run.program.id().to_string();
    assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
    let supervisor = sys::marked(lease::VARIABLE, &format!("{id}.0"));
    let supervisor = supervisor.iter().find(|process| {
        let line = std::fs::read(format!("/proc/{}/cmdline", process.pid.as_raw_nonzero())).unwrap_or_default();
        line.ends_with(b"__supervise\0")
    });
    sys::kill(supervisor.unwrap().pid);
    run.program.kill().unwrap();
    run.program.wait().unwrap();
    assert!(run.strays() >= 4, "nobody is left to kill them");
    let swept = lease::sweep(run.root.path());
    assert!(swept.runs == 1 && swept.processes >= 4 && swept.folders == 1, "{swept:?}");
    assert_eq!(run.strays(), 0);
}

#[test]
fn a_supervisor_refuses_what_is_no_job() {
    for text in ["", "{}\n", "no json\n", "half a line"] {
        let mut child = Command::new(PROGRAM)
            .arg("__supervise")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        assert!(!child.wait_with_output().unwrap().status.success(), "{text:?}");
    }
}
