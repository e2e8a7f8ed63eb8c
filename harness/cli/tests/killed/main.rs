//! Kills the real program at random moments, image builds included, lets it run once more, and counts what is left: nothing may be.
//! Prints the counts. Needs a Docker engine: `scripts/engine` installs it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]
#![allow(dead_code, reason = "`project` is shared with the tests of single commands")]

#[path = "../it/given.rs"]
mod given;
#[path = "../it/project.rs"]
mod project;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use dogfood_run::sys;

use crate::given::given;
use crate::project::{Project, ran};

/// How many times.
const KILLS: u64 = 30;
/// A recipe that talks to its server long enough to be killed at it, and a stray process besides.
const BODY: &str = "```sh recipe=first\nsleep 0.5\nsetsid -f sleep 300\necho \"$SFTP_BASE\" > base\n```\n\n```sh recipe=second\nsleep 0.3\n```\n\n```sh recipe=own fresh\nsleep 0.2\n```\n";

#[test]
fn thirty_kills_and_one_run_leave_nothing() {
    let project = book();
    // Builds what the others build on, and is the first run of many: everything must be as after it in the end.
    project.dogfood("run").code(0);
    let begun = Instant::now();
    project.dogfood("run").code(0);
    let whole = begun.elapsed();
    let base = image_of_openssh();
    let volumes = volumes();
    let mut runs = BTreeSet::new();
    let before = Before { sockets: sockets(), volumes };
    for number in 0..KILLS {
        // Every third one builds an image that nobody has built.
        if number % 3 == 0 {
            project.write("infra/images/openssh/Dockerfile", &slow_build(&base, number));
        } else {
            restore(&project);
        }
        let mut child = start(&project);
        let at = whole.mul_f64(fraction());
        std::thread::sleep(at);
        let children = if number % 2 == 0 { sys::descendants(sys::pid_of(&child)) } else { Vec::new() };
        child.kill().unwrap();
        // Its supervisors would clean up after it: sometimes they are killed with it.
        children.iter().copied().for_each(sys::kill);
        let ended = child.wait().unwrap();
        runs.extend(records(&project));
        say(&format!(
            "kill {number} after {at:.2?} ({ended}), {} below it too; left then: {}",
            children.len(),
            left(&project, &runs, &before)
        ));
    }
    assert!(runs.len() > 10, "hardly any run had begun when it was killed: {runs:?}");
    restore(&project);
    project.dogfood("run").code(0).says("4 recipes passed");
    let begun = Instant::now();
    // A process that was told to end takes a moment.
    while left(&project, &runs, &before).total() > 0 && begun.elapsed() < Duration::from_secs(120) {
        std::thread::sleep(Duration::from_millis(100));
    }
    let left = left(&project, &runs, &before);
    say(&format!("after {KILLS} kills of {} runs and one run to its end: {left}", runs.len()));
    remove_images(&project);
    assert_eq!(left.total(), 0, "{left}");
}

fn book() -> Project {
    let shown =
        |name: &str| given(name, &fs::read_to_string(root().join(format!("infra/targets/{name}.yaml"))).unwrap());
    let project = Project::wired().guide("c", "targets: [openssh]", &(shown("openssh") + BODY)).guide(
        "s",
        "targets: [seaweedfs]",
        &(shown("seaweedfs") + "```sh recipe=bucket\nsleep 0.5\n```\n"),
    );
    for file in [
        "infra/targets/openssh.yaml",
        "infra/targets/seaweedfs.yaml",
        "infra/toolboxes/servers/toolbox.yaml",
        "infra/toolboxes/servers/requirements.lock",
    ] {
        project.write(file, &fs::read_to_string(root().join(file)).unwrap());
    }
    restore(&project);
    project.with_the_callers_cache()
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The image's folder as this repository has it.
fn restore(project: &Project) {
    let folder = "infra/images/openssh";
    fs::create_dir_all(project.path(folder)).unwrap();
    for entry in fs::read_dir(root().join(folder)).unwrap().map(Result::unwrap) {
        fs::copy(entry.path(), project.path(folder).join(entry.file_name())).unwrap();
    }
}

/// Some seconds of building in two stages, with layers of its own at each step.
fn slow_build(base: &str, number: u64) -> String {
    let nonce = format!("{number}-{}", random());
    format!(
        "FROM {base} AS build\nRUN echo {nonce} > /one && sleep 1\nRUN echo {nonce} > /two && sleep 1\nFROM {base}\nVOLUME /data\nCOPY --from=build /two /two\nRUN sleep 0.5\n"
    )
}

fn image_of_openssh() -> String {
    let listed = docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "dogfood/openssh"]);
    listed.into_iter().find(|tag| !tag.ends_with(":dev")).unwrap()
}

/// Images that this test's builds got done; the repository's own stays.
fn remove_images(project: &Project) {
    let kept = project.dogfood("doctor --format json").json()["items"].to_string();
    for image in docker(&["images", "--format", "{{.Repository}}:{{.Tag}}", "dogfood/openssh"]) {
        if !kept.contains(&image) && !image.ends_with(":dev") {
            docker(&["rmi", "-f", &image]);
        }
    }
}

fn start(project: &Project) -> Child {
    let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
    command.arg("run").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// A random number from 0 to 1.
fn fraction() -> f64 {
    f64::from(u32::try_from(random() >> 32).unwrap()) / f64::from(u32::MAX)
}

fn random() -> u64 {
    let mut bytes = [0; 8];
    fs::File::open("/dev/urandom").unwrap().read_exact(&mut bytes).unwrap();
    u64::from_be_bytes(bytes)
}

/// Says a line past the capture of the test runner: the counts are the point of this test, also when it passes.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// What is left of these runs, by kind.
#[derive(Debug)]
struct Left(Vec<(&'static str, usize)>);

impl Left {
    fn total(&self) -> usize {
        self.0.iter().map(|(_, count)| count).sum()
    }
}

impl std::fmt::Display for Left {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let words: Vec<String> = self.0.iter().map(|(what, count)| format!("{count} {what}")).collect();
        f.write_str(&words.join(", "))
    }
}

/// What was there before, and is nobody's or somebody else's.
struct Before {
    sockets: BTreeSet<String>,
    volumes: BTreeSet<String>,
}

fn left(project: &Project, runs: &BTreeSet<String>, before: &Before) -> Left {
    let labelled = |words: &[&str]| {
        let format = ["--filter", "label=dev.dogfood.run", "--format"];
        let shown = if words[0] == "images" { "{{.ID}}" } else { "{{.Label \"dev.dogfood.run\"}}" };
        let listed = docker(&[words, &format[..], &[shown]].concat());
        // An image's labels are not listed: it is asked for them.
        let run = |line: &String| match words[0] {
            "images" => docker(&["inspect", "-f", "{{index .Config.Labels \"dev.dogfood.run\"}}", line]).concat(),
            _ => line.clone(),
        };
        listed.iter().map(run).filter(|run| runs.contains(run)).count()
    };
    let temporary = project.path(".home/tmp");
    let folders = fs::read_dir(&temporary)
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_str().is_some_and(|name| name.starts_with("df-")));
    let half = project.files().keys().filter(|file| file.starts_with("traces/") && !file.ends_with(".yaml")).count();
    Left(vec![
        ("containers", labelled(&["ps", "-a"])),
        ("networks", labelled(&["network", "ls"])),
        ("volumes", labelled(&["volume", "ls"]) + volumes().difference(&before.volumes).count()),
        ("unfinished images", labelled(&["images", "-f", "dangling=true"])),
        ("processes", processes(project)),
        ("folders", folders.count()),
        ("sockets", sockets().difference(&before.sockets).count()),
        ("half-written traces", half),
        ("records", records(project).len()),
    ])
}

fn records(project: &Project) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(project.path(".dogfood/runs")) else { return BTreeSet::new() };
    let name = |entry: fs::DirEntry| entry.file_name().to_str()?.split('.').next().map(str::to_owned);
    entries.map(Result::unwrap).filter_map(name).collect()
}

/// Processes with this book's folder in their environment.
fn processes(project: &Project) -> usize {
    let home = project.path(".home");
    let home = home.as_os_str().as_bytes();
    let ours = |pid: i32| {
        fs::read(format!("/proc/{pid}/environ")).is_ok_and(|text| text.windows(home.len()).any(|bytes| bytes == home))
    };
    sys::processes().into_iter().filter(|process| ours(process.pid.as_raw_nonzero().get())).count()
}

/// The sockets that SeaweedFS makes under /tmp whatever its folder, and that nobody holds: those of a living server are somebody else's.
fn sockets() -> BTreeSet<String> {
    let names = fs::read_dir("/tmp").unwrap().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let left = |name: &String| name.starts_with("seaweedfs-") && !sys::is_bound(&Path::new("/tmp").join(name));
    names.filter(left).collect()
}

/// The volumes that no container uses. Those without a name carry no labels.
fn volumes() -> BTreeSet<String> {
    docker(&["volume", "ls", "-q", "-f", "dangling=true"]).into_iter().collect()
}

fn docker(words: &[&str]) -> Vec<String> {
    ran(Command::new("docker").args(words)).out.lines().map(str::to_owned).collect()
}
