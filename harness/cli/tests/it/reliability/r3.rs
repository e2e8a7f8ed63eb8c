//! R3: what could not be run because of the engine is not available, never failed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use crate::containers::{assert_nothing_left, contained, nonce, records, wait_until};
use crate::engine::{Answer, Proxy};
use crate::project::Project;

/// How long the engine stands still: no load makes one as slow.
const STOP: Duration = Duration::from_secs(14);

/// Three recipes that wait for the test: one that ends badly, one that says something else, one that says what it should.
fn project(mark: &str) -> Project {
    let recipe = |name: &str, end: &str, expect: &str| {
        let wait = format!("touch {mark}-{name}\nuntil [ -e {mark}-on ]; do sleep 0.1; done\n");
        format!("```sh recipe={name} timeout=9m\n{wait}{end}\n```\n\n```text expect\n{expect}\n```\n\n")
    };
    let recipes = [("ends", "exit 3", "fine"), ("says", "echo other", "fine"), ("right", "echo fine", "fine")];
    contained(&recipes.map(|(name, end, expect)| recipe(name, end, expect)).concat())
}

/// Runs them, and what `meanwhile` does while they are under way; the run's JSON.
fn run(project: &Project, mark: &str, meanwhile: impl FnOnce()) -> (Option<i32>, serde_json::Value) {
    let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
    let run = command.args(["run", "--jobs", "3", "--format", "json"]).stderr(Stdio::null()).stdout(Stdio::piped());
    let run = run.spawn().unwrap();
    let file = |name: &str| PathBuf::from(format!("{mark}-{name}"));
    wait_until("the recipes run", || ["ends", "says", "right"].iter().all(|name| file(name).exists()));
    meanwhile();
    let output = run.wait_with_output().unwrap();
    ["ends", "says", "right", "on"].iter().for_each(|name| drop(std::fs::remove_file(file(name))));
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
}

fn results(json: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    json["cells"].as_array().unwrap().iter().map(|cell| (text(&cell["cell"]), text(&cell["result"]))).collect()
}

#[test]
fn a_stop_of_the_engine_is_no_recipe_s_failure() {
    let mark = format!("/tmp/{:x}", nonce());
    let plain = project(&mark);
    let proxy = Proxy::start(&plain, Answer::Engine);
    let project = plain.set("DOCKER_HOST", &proxy.host());
    let (code, json) = run(&project, &mark, || {
        proxy.freeze();
        std::fs::write(format!("{mark}-on"), "").unwrap();
        std::thread::sleep(STOP);
        proxy.thaw();
    });
    let expected = [("ends", "not-available"), ("says", "not-available"), ("right", "passed")];
    let expected = expected.map(|(recipe, result)| (format!("c/{recipe}@openssh"), result.to_owned()));
    assert_eq!((code, results(&json)), (Some(3), expected.to_vec()), "{json:#}");
    let why = json["cells"][0]["why"].as_str().unwrap();
    assert!(
        why.contains("target openssh did not last: the Docker engine at") && why.contains("did not answer for 1"),
        "{why}"
    );
    assert!(project.has("traces/c/right@openssh.yaml") && !project.has("traces/c/ends@openssh.yaml"));
    assert!(!project.has("traces/c/says@openssh.yaml"), "what could not be judged leaves no trace");
    // With an engine that was well they fail.
    let (code, json) = run(&project, &mark, || std::fs::write(format!("{mark}-on"), "").unwrap());
    let results: Vec<String> = results(&json).into_iter().map(|(_, result)| result).collect();
    assert_eq!((code, results), (Some(1), ["failed", "failed", "passed"].map(str::to_owned).to_vec()), "{json:#}");
    assert_nothing_left(&project, &records(&project));
}
