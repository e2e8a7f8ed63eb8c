//! What people get: the archive, the action that fetches it by checksum, the hook, completions. The programs are those of this test run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::project::{Project, Ran, ran};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn programs() -> &'static Path {
    crate::project::programs()
}

/// Makes the archive, as a user whose files get another mode.
fn release(project: &Project, out: &str, umask: &str) -> Ran {
    let mut bash = Command::new("bash");
    bash.arg("-c").arg(format!("umask {umask}; exec \"$@\"")).arg("bash").arg(repository().join("scripts/release"));
    ran(bash.arg("--programs").arg(programs()).arg(project.path(out)).env("SOURCE_DATE_EPOCH", "1700000000")).code(0)
}

#[test]
fn an_archive_holds_what_it_should_has_its_checksum_and_is_the_same_twice() {
    let project = Project::empty();
    let archive = PathBuf::from(release(&project, "one", "022").out.trim());
    let name = archive.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(
        name.starts_with(&format!("dogfood-{}-", env!("CARGO_PKG_VERSION"))) && name.ends_with(".tar.gz"),
        "{name}"
    );
    release(&project, "two", "077");
    let bytes = |folder: &str| std::fs::read(project.path(folder).join(&name)).unwrap();
    assert!(bytes("one") == bytes("two"), "the archives differ");
    ran(Command::new("sha256sum")
        .arg("--check")
        .arg("--strict")
        .arg(format!("{name}.sha256"))
        .current_dir(project.path("one")))
    .code(0);
    let listed = ran(Command::new("tar")
        .args(["--list", "--verbose", "--numeric-owner", "--utc", "--full-time", "--file"])
        .arg(&archive))
    .code(0);
    let inside: Vec<&str> = listed
        .out
        .lines()
        .filter_map(|line| line.split_whitespace().nth(5)?.split_once('/'))
        .map(|(_, path)| path)
        .collect();
    assert_eq!(
        inside,
        [
            "",
            "CHANGELOG.md",
            "LICENSE-APACHE",
            "LICENSE-MIT",
            "README.md",
            "completions/",
            "completions/_dogfood",
            "completions/dogfood.bash",
            "completions/dogfood.fish",
            "dogfood",
            "mdbook-dogfood"
        ],
        "{}",
        listed.out
    );
    for line in listed.out.lines() {
        assert!(line.contains(" 0/0 ") && line.contains("2023-11-14 22:13:20"), "{line}");
        assert!(["drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--"].contains(&line.split(' ').next().unwrap()), "{line}");
    }
}

#[test]
fn a_release_pins_the_action_to_its_own_archive() {
    let project = Project::empty();
    for name in ["scripts/release", "scripts/fetch", "action.yml", "Cargo.toml", "README.md", "CHANGELOG.md"] {
        project.write(name, &std::fs::read_to_string(repository().join(name)).unwrap());
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        project.write(name, name);
    }
    let mut bash = Command::new("bash");
    bash.arg(project.path("scripts/release")).arg("--programs").arg(programs()).arg("--pin").arg(project.path("out"));
    let archive = ran(bash.env("SOURCE_DATE_EPOCH", "1700000000")).code(0).out.trim().to_owned();
    let before: serde_json::Value =
        serde_yaml::from_str(&std::fs::read_to_string(repository().join("action.yml")).unwrap()).unwrap();
    let mut action: serde_json::Value = serde_yaml::from_str(&project.read("action.yml")).unwrap();
    let sum = std::fs::read_to_string(format!("{archive}.sha256")).unwrap().split(' ').next().unwrap().to_owned();
    let inputs = action["inputs"].as_object_mut().unwrap();
    for (name, pinned) in [("version", env!("CARGO_PKG_VERSION")), ("sha256", sum.as_str())] {
        assert_eq!(inputs[name]["default"].as_str(), Some(pinned));
        inputs[name]["default"] = "".into();
    }
    assert_eq!(action, before, "nothing else changes");
    // With nothing but the action's own defaults, as five lines of a workflow call it.
    let address = format!("file://{archive}");
    let own = [("VERSION", env!("CARGO_PKG_VERSION")), ("SHA256", sum.as_str()), ("ARCHIVE", address.as_str())];
    step(&project, 0, &[own.as_slice(), &[("RELEASES", "https://example.invalid")]].concat()).code(0);
    assert!(project.has(&format!("temp/dogfood-{}/dogfood", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_release_refuses_what_would_not_be_the_same_anywhere_else() {
    let project = Project::empty().file("Cargo.toml", "version = \"1.0.0\"\n");
    project.write("scripts/release", &std::fs::read_to_string(repository().join("scripts/release")).unwrap());
    project.script("bin/rustc", "#!/bin/sh\necho host: aarch64-unknown-linux-gnu\n");
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    let release = |folder: &str, words: &str| {
        let mut bash = project.command(Path::new("bash"));
        bash.arg("-c").arg(format!("bash scripts/release {words} out")).current_dir(project.path(folder));
        ran(bash.env("PATH", &path).env_remove("SOURCE_DATE_EPOCH"))
    };
    release(".", "--pin").code(2).says("this one is for aarch64-unknown-linux-gnu");
    let git = "git init --quiet --initial-branch=main . && git add scripts Cargo.toml && \
               git -c user.name=t -c user.email=t@example.com commit --quiet -m x && git clone --quiet --depth 1 file://$PWD shallow";
    ran(project.command(Path::new("bash")).arg("-c").arg(git)).code(0);
    release("shallow", "").code(2).says("this clone is shallow");
}

#[test]
fn a_path_with_a_space_and_the_caller_s_own_flags_reach_the_compiler() {
    let project = Project::empty().file("a b/Cargo.toml", "version = \"1.0.0\"\n");
    project.write("a b/scripts/release", &std::fs::read_to_string(repository().join("scripts/release")).unwrap());
    // Stand-ins: what is looked at is what cargo is told.
    project.script("bin/rustc", "#!/bin/sh\necho host: here\n");
    project.script("bin/cargo", "#!/bin/sh\nprintf %s \"$CARGO_ENCODED_RUSTFLAGS\" > \"$HOME/flags\"\nexit 7\n");
    let root = project.path("a b");
    let remaps = [format!("--remap-path-prefix={}=.", root.display()), "--remap-path-prefix=/c d=cargo".to_owned()];
    for (caller, own) in [
        (vec![], vec![]),
        (vec![("RUSTFLAGS", "-C debuginfo=0\n --cfg=x*")], vec!["-C", "debuginfo=0", "--cfg=x*"]),
        (vec![("CARGO_ENCODED_RUSTFLAGS", "-C\u{1f}link-arg=e f"), ("RUSTFLAGS", "-g")], vec!["-C", "link-arg=e f"]),
    ] {
        let mut bash = project.command(Path::new("bash"));
        let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
        bash.arg(root.join("scripts/release")).arg("out").env("PATH", path).env("CARGO_HOME", "/c d");
        ran(bash.env("SOURCE_DATE_EPOCH", "1").envs(caller)).code(7);
        let told = project.read(".home/flags");
        let expected: Vec<&str> = own.into_iter().chain(remaps.iter().map(String::as_str)).collect();
        assert_eq!(told.split('\u{1f}').collect::<Vec<_>>(), expected);
    }
}

/// Runs the step `number` of action.yml with these variables, as the runner does.
fn step(project: &Project, number: usize, variables: &[(&str, &str)]) -> Ran {
    let action: serde_json::Value =
        serde_yaml::from_str(&std::fs::read_to_string(repository().join("action.yml")).unwrap()).unwrap();
    let script = action["runs"]["steps"][number]["run"].as_str().unwrap();
    assert!(!script.contains("${{"), "GitHub would expand it before the shell reads it: {script}");
    let mut bash = project.command(Path::new("bash"));
    bash.arg("-c").arg(script).env("RUNNER_TEMP", project.path("temp")).env("GITHUB_PATH", project.path("path"));
    std::fs::create_dir_all(project.path("temp")).unwrap();
    ran(bash.env("GITHUB_ACTION_PATH", repository()).envs(variables.iter().copied()))
}

#[test]
fn the_action_fetches_by_checksum_and_checks() {
    let project = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    let archive = release(&project, "out", "022").out.trim().to_owned();
    let sum = std::fs::read_to_string(format!("{archive}.sha256")).unwrap().split(' ').next().unwrap().to_owned();
    let address = format!("file://{archive}");
    let fetch = |sum: &str| {
        step(
            &project,
            0,
            &[("VERSION", "1"), ("SHA256", sum), ("ARCHIVE", &address), ("RELEASES", "https://example.invalid")],
        )
    };
    fetch(&"0".repeat(64)).code(1).says("has the checksum").says(&sum);
    assert!(!project.has("temp/dogfood-1/dogfood") && !project.has("path"), "nothing of it is unpacked");
    fetch("x").code(2).says("is no SHA-256");
    fetch("").code(2).says("pinned to no release");
    fetch(&sum).code(0);
    let folder = project.read("path").trim().to_owned();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let check = |arguments: &str| step(&project, 1, &[("ROOT", "."), ("ARGUMENTS", arguments), ("PATH", &path)]);
    check("--deny warnings").code(1).says("missing-evidence");
    project.dogfood("run").code(0);
    check("--deny warnings").code(0);
    check("").code(0);
    // A block of YAML has an argument on each line.
    let lines = check("--deny warnings\n--format json\n--today\n2029-01-01\n").code(1);
    assert_eq!(lines.json()[0]["rule"], "old-evidence", "{}", lines.out);
}

#[test]
fn the_hook_s_entry_is_a_command_that_checks() {
    let hooks: serde_json::Value =
        serde_yaml::from_str(&std::fs::read_to_string(repository().join(".pre-commit-hooks.yaml")).unwrap()).unwrap();
    let hook = &hooks[0];
    assert_eq!((hook["id"].as_str(), hook["pass_filenames"].as_bool()), (Some("dogfood-check"), Some(false)));
    // What a recipe includes may be any file: no list of them says when to run.
    assert_eq!(hook["always_run"].as_bool(), Some(true));
    assert!(["files", "types", "exclude"].iter().all(|key| hook[key].is_null()), "{hook}");
    let words = hook["entry"].as_str().unwrap().strip_prefix("dogfood ").unwrap();
    let project = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    project.dogfood(words).code(1).says("missing-evidence");
    let project =
        Project::with_guide("a", "```sh recipe=r\n{{#include ../src/step.sh}}\n```\n").file("src/step.sh", "true\n");
    project.dogfood("run").code(0);
    project.dogfood(words).code(0);
    project.write("src/step.sh", "false\n");
    project.dogfood(words).code(1).says("stale-recipe");
}

#[test]
fn completions_are_what_their_shells_read() {
    let project = Project::empty();
    for (shell, word) in [
        ("bash", "complete -F"),
        ("zsh", "#compdef dogfood"),
        ("fish", "complete -c dogfood"),
        ("elvish", "edit:completion"),
        ("powershell", "Register-ArgumentCompleter"),
    ] {
        let script = project.dogfood(&format!("completions {shell}")).code(0);
        assert!(script.out.contains(word) && script.out.contains("policy-from") && script.err.is_empty(), "{shell}");
    }
    project.dogfood("completions csh").code(2);
    // bash itself completes with it.
    project.write("completions.bash", &project.dogfood("completions bash").out);
    let ask = "source ./completions.bash; COMP_WORDS=(dogfood che); COMP_CWORD=1; _dogfood dogfood che dogfood; echo \"${COMPREPLY[@]}\"";
    let told = ran(project.command(Path::new("bash")).arg("-c").arg(ask)).code(0);
    assert_eq!(told.out.trim(), "check", "{}", told.err);
}
