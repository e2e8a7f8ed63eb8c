//! R5: a server that somebody killed is started again once, and that is told.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::containers::{assert_nothing_left, contained, nonce, records, wait_until};
use crate::engine::docker;
use crate::project::{Project, Ran};

/// Reaches the server, or fails.
const REACH: &str = "exec 3<>\"/dev/tcp/$SFTP_HOST/$SFTP_PORT\"\necho reached";

fn recipe(name: &str, first: &str) -> String {
    format!("```sh recipe={name} timeout=9m\n{first}{REACH}\n```\n\n```text expect\nreached\n```\n\n")
}

/// Two recipes, one after the other; the first waits for what the test does.
fn recipes(mark: &str) -> String {
    let wait = format!("touch {mark}-up\nuntil [ -e {mark}-on ]; do sleep 0.1; done\n");
    recipe("first", &wait) + &recipe("second", "")
}

/// Runs `project`, and what `meanwhile` does while its first recipe is under way.
fn run(project: &Project, mark: &str, meanwhile: impl FnOnce()) -> Ran {
    let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
    command.args(["run", "--jobs", "1", "--format", "json"]).stderr(Stdio::piped()).stdout(Stdio::piped());
    let run = command.spawn().unwrap();
    let up = PathBuf::from(format!("{mark}-up"));
    wait_until("the recipe runs", || up.exists());
    meanwhile();
    std::fs::write(format!("{mark}-on"), "").unwrap();
    let output = run.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    ["up", "on"].iter().for_each(|name| drop(std::fs::remove_file(format!("{mark}-{name}"))));
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Asserts that both recipes passed, and that the summary names what became of the server of `target`.
fn assert_started_again(ran: Ran, target: &str, why: &str) {
    let ran = ran.code(0);
    let json = ran.json();
    let results: Vec<&str> =
        json["cells"].as_array().unwrap().iter().map(|cell| cell["result"].as_str().unwrap()).collect();
    assert_eq!(results, ["passed", "passed"], "{json:#}");
    let restarted = &json["restarted"][target];
    assert!(restarted["why"].as_str().unwrap_or_default().contains(why), "{json:#}");
    let ran_again = format!("{}/first@{target}", if target == "openssh" { "c" } else { "a" });
    assert_eq!((&restarted["started_again"], &restarted["ran_again"]), (&true.into(), &serde_json::json!([ran_again])));
}

fn containers(runs: &[String]) -> Vec<String> {
    let listed = docker(&["ps", "-aq", "--filter", &format!("label=dev.dogfood.run={}", runs[0])]).code(0);
    listed.out.lines().map(str::to_owned).collect()
}

#[test]
fn a_container_that_somebody_took_away_is_started_again() {
    for (words, why) in [
        (&["kill"][..], "its server ended (killed, exit code 137)"),
        // Killed first: which of both is seen is chance.
        (&["rm", "-f"], "its "),
        (&["pause"], "its container is paused"),
        (&["restart", "-t", "0"], "its container was started anew by somebody else"),
    ] {
        let mark = format!("/tmp/{:x}", nonce());
        let project = contained(&recipes(&mark));
        let mut runs = Vec::new();
        let ran = run(&project, &mark, || {
            runs = records(&project);
            let found = containers(&runs);
            let words: Vec<&str> = words.iter().copied().chain(found.iter().map(String::as_str)).collect();
            docker(&words).code(0);
        });
        assert_started_again(ran, "openssh", why);
        assert_nothing_left(&project, &runs);
    }
}

#[test]
fn a_process_that_somebody_killed_is_started_again() {
    let mark = format!("/tmp/{:x}", nonce());
    let project = Project::with_sftp_server(&recipes(&mark));
    let ran = run(&project, &mark, || {
        let run = records(&project).remove(0);
        let is_of_run = |process: &Path, file: &str, text: &str| {
            std::fs::read(process.join(file)).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(text))
        };
        let server = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path())).find(|process| {
            is_of_run(process, "environ", &format!("DOGFOOD_RUN={run}."))
                && is_of_run(process, "cmdline", "serve\0sftp")
        });
        let pid = server.unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        crate::project::ran(std::process::Command::new("kill").args(["-9", &pid])).code(0);
    });
    assert_started_again(ran, "rclone-sftp", "137");
}

#[test]
fn a_recipe_that_ends_its_own_server_fails() {
    let steps = "docker kill $(docker ps -q --filter label=dev.dogfood.run=${DOGFOOD_RUN%%.*}) >/dev/null\n";
    let project = contained(&(recipe("ends", steps) + &recipe("innocent", "")));
    let ran = project.dogfood("run --jobs 1").code(1).says("1 recipe passed, 1 failed");
    let ran = ran.says("; each time it ran, its server ended (killed, exit code 137)");
    ran.says("target openssh: its server ended (killed, exit code 137); it was started again;");
    assert_eq!(records(&project), Vec::<String>::new());
}
