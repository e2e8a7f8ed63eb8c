//! `infra/compose.yaml` does what the target files' `start:` lines promise a reader: Debian's docker-compose starts every service that
//! is built here, each answers with the credentials that pages show, refuses others, and nothing stays behind. Starts containers, under
//! a project name of its own; their ports are those that readers get, so they must be free.

#![allow(clippy::panic, reason = "a test's own helpers fail the test")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use dogfood_core::date::Date;
use dogfood_core::yaml::{self, FileKind};
use dogfood_run::toolboxes::{self, HostEnv};
use serde_json::{Value, json};

/// A client of each protocol, from what guides use. Its answer per service: whether it read what it wrote, and others were refused.
const CLIENTS: &str = include_str!("clients.py");

/// The longest that all services may take until they are healthy, their images being there.
const HEALTHY: Duration = Duration::from_secs(300);

/// The project: takes everything down again, whatever happens.
struct Project {
    name: String,
    /// A copy of `infra`: with the machine's certificates beside each Dockerfile, which must not lie in the checkout.
    infra: tempfile::TempDir,
}

impl Project {
    fn new(root: &Path) -> Self {
        let infra = tempfile::tempdir().expect("a temporary folder");
        fs::copy(root.join("infra/compose.yaml"), infra.path().join("compose.yaml")).expect("compose.yaml");
        copy(&root.join("infra/images"), &infra.path().join("images"));
        let bundle = Path::new("/etc/ssl/certs/ca-certificates.crt");
        if bundle.exists() {
            for image in fs::read_dir(infra.path().join("images")).expect("images") {
                let image = image.expect("an image's folder").path();
                fs::copy(bundle, image.join("ca-certificates.crt")).expect("the bundle can be copied");
            }
        }
        Self { name: format!("dogfood-compose-test-{}", std::process::id()), infra }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new("docker-compose");
        command.args(["--project-name", &self.name, "--file"]).arg(self.infra.path().join("compose.yaml")).args(words);
        command.stdin(Stdio::null());
        command
    }

    fn succeed(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap_or_else(|error| {
            let line = "scripts/engine compose, or apt-get install --no-install-recommends docker-compose";
            panic!("docker-compose does not start ({error}); install it with: {line}")
        });
        assert!(output.status.success(), "docker-compose {}:\n{}", words.join(" "), shown(&output));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// As the `start:` lines of the target files wait for it.
    fn wait(&self, service: &str, until: Instant) {
        while !self.succeed(&["ps", service]).contains("(healthy)") {
            assert!(
                Instant::now() < until,
                "{service} is not healthy:\n{}",
                self.succeed(&["logs", "--tail=30", service])
            );
            thread::sleep(Duration::from_millis(500));
        }
    }

    /// What the engine still has of the project: containers, networks, volumes, by name.
    fn left(&self) -> Vec<String> {
        let label = format!("label=com.docker.compose.project={}", self.name);
        let lists: [&[&str]; 3] = [&["ps", "-aq"], &["network", "ls", "-q"], &["volume", "ls", "-q"]];
        let mut left = Vec::new();
        for list in lists {
            let output = Command::new("docker").args(list).args(["--filter", &label]).output().expect("docker starts");
            assert!(output.status.success(), "{}", shown(&output));
            left.extend(String::from_utf8_lossy(&output.stdout).lines().map(|id| format!("{} {id}", list[0])));
        }
        let images = format!("reference={}_*", self.name);
        let output =
            Command::new("docker").args(["images", "-q", "--filter", &images]).output().expect("docker starts");
        left.extend(String::from_utf8_lossy(&output.stdout).lines().map(|id| format!("image {id}")));
        left
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // The layers stay in the engine's cache; the names go. It may run while the test fails, so it fails silently itself.
        let _ = self.command(&["down", "--volumes", "--rmi", "local", "--timeout", "5"]).output();
    }
}

#[test]
fn every_service_answers_with_the_credentials_that_pages_show_and_nothing_stays() {
    let root = root();
    let targets = built(&root.join("infra/targets"));
    assert!(targets.len() >= 7, "the container targets are read");

    let project = Project::new(&root);
    let services: BTreeMap<&str, &Value> = targets.iter().map(|target| (service(target), target)).collect();
    let mut listed: Vec<String> = project.succeed(&["config", "--services"]).lines().map(str::to_owned).collect();
    listed.retain(|name| !PUBLIC.contains(&name.as_str()));
    listed.sort();
    assert_eq!(listed, services.keys().copied().collect::<Vec<_>>(), "compose.yaml has a service for each target");

    project.succeed(&["up", "--detach"]);
    let until = Instant::now() + HEALTHY;
    for service in services.keys() {
        project.wait(service, until);
    }
    let asked: Vec<Value> = services.iter().map(|(name, target)| question(name, target)).collect();
    for (name, answer) in services.keys().zip(ask(&root, &asked)) {
        // Paramiko of today speaks no ssh-rsa: that a client is refused for it is what this service is there for.
        let expected =
            if *name == "openssh-legacy" { "no acceptable host key" } else { "written and read; refused others" };
        assert_eq!(answer, expected, "{name}");
    }

    let took = Instant::now();
    project.succeed(&["down", "--volumes", "--rmi", "local"]);
    assert!(took.elapsed() < Duration::from_secs(180), "servers stop when they are told to");
    assert_eq!(project.left(), Vec::<String>::new());
}

/// Services of public images: they start only when named, and nobody says that they can be pulled here.
const PUBLIC: [&str; 3] = ["atmoz-sftp", "minio", "sftpgo"];

/// The values of the target files whose image is built here.
fn built(folder: &Path) -> Vec<Value> {
    let files = fs::read_dir(folder).expect("the targets").map(|entry| entry.expect("an entry").path());
    let values = files.map(|file| {
        let text = fs::read_to_string(&file).expect("a target file");
        yaml::read::<Value>(FileKind::Target, &text).unwrap_or_else(|problem| panic!("{}: {problem:?}", file.display()))
    });
    values.filter(|target| target["container"]["image"]["build"].is_string()).collect()
}

/// The service that the target's `start:` names; the lines must be those that this test goes by.
fn service(target: &Value) -> &str {
    let start = target["start"].as_str().expect("a start line");
    let first = start.lines().next().unwrap_or_default();
    let name = first.strip_prefix("docker-compose -f infra/compose.yaml up --detach ").expect("the start line");
    let wait =
        format!("until docker-compose -f infra/compose.yaml ps {name} | grep -q \"(healthy)\"; do sleep 1; done\n");
    assert_eq!(start, format!("{first}\n{wait}"));
    name
}

/// What pages show of the target, for the clients.
fn question(name: &str, target: &Value) -> Value {
    let variables = target["environment"].as_array().expect("variables");
    let shown: BTreeMap<&str, &Value> =
        variables.iter().filter_map(|one| Some((one["name"].as_str()?, &one["shown"]))).collect();
    json!({"service": name, "protocol": target["protocol"], "shown": shown})
}

/// Lets the guides' own clients talk to the services.
fn ask(root: &Path, asked: &[Value]) -> Vec<String> {
    let inputs = dogfood_store::checkout::load(root, Date::from_unix(0)).expect("the checkout loads");
    let toolbox =
        inputs.toolboxes.values().find(|toolbox| toolbox.id.as_str() == "python").expect("the toolbox is there");
    let home = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache"))).expect("a cache folder");
    let host = HostEnv::new(std::env::vars_os(), Arc::default());
    let environment =
        toolboxes::prepare(toolbox, &home.join("dogfood"), &host, &mut |_| {}).expect("the toolbox can be made");
    let output = Command::new(&environment.python)
        .args(["-c", CLIENTS, &Value::from(asked.to_vec()).to_string()])
        .stdin(Stdio::null())
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", shown(&output));
    serde_json::from_slice(&output.stdout).expect("a list of answers")
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Copies a folder, modes included: the engine's cache goes by them.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder").map(|entry| entry.expect("an entry")) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy(&from, &to) } else { fs::copy(&from, &to).map(drop).expect("a file") }
    }
}

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the workspace");
    root.to_owned()
}
