//! R2: an engine that stops answering in the middle ends the run in bounded time.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::containers::{assert_nothing_left, contained, nonce, records, wait_until};
use crate::engine::{Answer, ENGINE, Proxy};
use crate::project::{Project, ran};

/// A run whose recipe waits for the test, on an engine that the test can stop.
struct Held {
    project: Project,
    proxy: Proxy,
    run: Child,
    goes_on: PathBuf,
    up: PathBuf,
}

impl Held {
    /// Starts it and waits until its recipe is under way. Then the engine stands still.
    fn start(end: &str) -> Self {
        let mark = format!("/tmp/{:x}", nonce());
        let (up, goes_on) = (PathBuf::from(format!("{mark}-up")), PathBuf::from(format!("{mark}-on")));
        let steps = format!("touch {mark}-up\nuntil [ -e {mark}-on ]; do sleep 0.1; done\n{end}\n");
        let project = contained(&format!("```sh recipe=remote timeout=9m\n{steps}```\n"));
        let proxy = Proxy::start(&project, Answer::Engine);
        let project = project.set("DOCKER_HOST", &proxy.host());
        let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
        let run = command.arg("run").stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        wait_until("the recipe runs", || up.exists());
        proxy.freeze();
        Self { project, proxy, run, goes_on, up }
    }

    /// Waits for the run's end; its exit code and what it said.
    fn end(&mut self) -> (Option<i32>, String) {
        use std::io::Read;
        let mut said = String::new();
        self.run.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.run.wait().unwrap().code(), said)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let _ = self.run.kill();
        let _ = self.run.wait();
        let _ = std::fs::remove_file(&self.goes_on);
        let _ = std::fs::remove_file(&self.up);
    }
}

#[test]
fn an_engine_that_stops_answering_ends_the_run_in_bounded_time() {
    let mut held = Held::start("false");
    let runs = records(&held.project);
    std::fs::write(&held.goes_on, "").unwrap();
    // Every other command ends, too, while the engine stands still.
    let socket = held.proxy.host().replace("unix://", "");
    held.project.dogfood("doctor").code(3).says(&format!("{socket} does not answer: no answer for"));
    held.project.dogfood("up openssh").code(3).says(&socket);
    held.project.dogfood("list --plan").code(0).says("needs Docker engine (not found)");
    let (code, said) = held.end();
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains(&format!("the Docker engine at {socket} has not answered for 3")), "{said}");
    assert!(said.contains("the run's containers may still be there, and the next run looks again"), "{said}");
    assert!(!held.project.has("traces/c"), "what could not run leaves no trace");
    // It cannot be asked yet: what it may hold is not forgotten.
    held.project.dogfood("clean").code(3).says("a killed run's containers may still be there");
    assert_eq!(records(&held.project), runs);
    held.proxy.thaw();
    held.project.dogfood("clean").code(0).says("removed: 1 run");
    assert_nothing_left(&held.project, &runs);
}

#[test]
fn ctrl_c_ends_a_run_whose_engine_does_not_answer_within_seconds() {
    let mut held = Held::start("true");
    let runs = records(&held.project);
    let began = Instant::now();
    ran(held.project.command(Path::new("kill")).args(["-INT", &held.run.id().to_string()])).code(0);
    let (code, said) = held.end();
    assert_eq!(code, Some(130), "{said}");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}\n{said}", began.elapsed());
    assert!(said.contains("has not answered for") && said.contains("the next run looks again"), "{said}");
    held.proxy.thaw();
    let project =
        std::mem::replace(&mut held.project, Project::empty()).set("DOCKER_HOST", &format!("unix://{ENGINE}"));
    project.dogfood("clean").code(0).says("removed: 1 run");
    assert_nothing_left(&project, &runs);
}
