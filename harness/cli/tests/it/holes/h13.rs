//! H13: `clean` removes what it can and names what it cannot, each time.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::hostile_machine::mounting;
use crate::project::Project;

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

#[test]
fn a_half_written_file_goes_at_once_and_that_of_a_live_writer_stays() {
    let project = Project::with_guide("a", HELLO).file("guides/parts/piece.md", "text\n");
    project.edit("guides/a.md", "# a\n", "# a\n\n{{#include parts/piece.md}}\n");
    project.dogfood("run").code(0);
    // As a killed `run`, `accept`, and `init` leave them.
    let left = [
        "traces/a/.dogfood-1",
        "guides/.dogfood-2",
        "guides/parts/.dogfood-3",
        ".dogfood-4",
        ".github/workflows/.dogfood-5",
    ];
    left.iter().for_each(|file| project.write(file, "half"));
    let live = project.path("traces/a/.dogfood-live");
    let held = fs::File::create(&live).unwrap();
    held.lock().unwrap();
    project.dogfood("clean").code(0).says("removed: 5 half-written files");
    assert!(live.exists() && left.iter().all(|file| !project.has(file)), "{:?}", project.files().keys());
    drop(held);
    // The next run is enough for those of traces.
    project.dogfood("run").code(0);
    assert!(!live.exists());
    project.dogfood("clean").code(0).says("nothing was left behind");
}

#[test]
fn what_a_killed_write_leaves_is_never_committed() {
    let new = Project::empty();
    new.dogfood("init").code(0);
    assert!(new.read(".gitignore").lines().any(|line| line == ".dogfood-*"), "{}", new.read(".gitignore"));
    for before in [&b"/book/\n.dogfood"[..], b"# caf\xe9\r\n/target\r\n", b""] {
        let project = Project::with_guide("a", HELLO);
        fs::write(project.path(".gitignore"), before).unwrap();
        project.dogfood("init");
        let after = fs::read(project.path(".gitignore")).unwrap();
        assert!(after.starts_with(before), "{after:?}");
        let added = String::from_utf8(after[before.len()..].to_vec()).unwrap();
        assert!(added.lines().any(|line| line == ".dogfood-*"), "{added}");
        project.dogfood("init").silent_about(".gitignore");
        assert_eq!(fs::read(project.path(".gitignore")).unwrap(), after);
    }
    assert!(include_str!("../../../../../.gitignore").lines().any(|line| line == ".dogfood-*"));
}

#[test]
fn a_folder_that_cannot_be_removed_is_named_until_it_is_gone() {
    // A folder that something is mounted on is busy, for everybody.
    let stays = "```sh recipe=stays\nmkdir held\nmount -t tmpfs none held\necho secret > file\n```\n\n";
    let project = Project::with_guide("a", &format!("{stays}{HELLO}"));
    let script = "\"$0\" run --jobs 1; echo \"run $?\"; ls traces/a; for again in 1 2; do \"$0\" clean; echo \"clean $?\"; done; \
                  \"$0\" run a/hello --refresh; echo \"run $?\"; find .home/tmp -type f -name file; \
                  umount .home/tmp/df-*/0/work/held; \"$0\" clean; echo \"clean $?\"; ls .home/tmp";
    let run = mounting(&project, script);
    // The traces are written and the summary is told; what stays is an error all the same.
    let expected = "run 3\nhello@none.yaml\nstays@none.yaml\nclean 3\nclean 3\nrun 0\nclean 0\n";
    assert_eq!(run.out, expected, "{}", run.err);
    assert_eq!(run.err.matches("2 recipes passed").count(), 1, "{}", run.err);
    assert_eq!(run.err.matches("held").count(), 4, "{}", run.err);
    assert_eq!(run.err.matches("nothing was removed; 1 thing cannot be").count(), 2, "{}", run.err);
    assert!(run.err.contains("removed: 1 run, 1 folder"), "{}", run.err);
}

/// A run in the middle of its recipe.
fn running(project: &Project) -> Child {
    let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
    let child = command.arg("run").stderr(Stdio::null()).process_group(0).spawn().unwrap();
    let began = Instant::now();
    while !project.has(".home/started") {
        assert!(began.elapsed() < Duration::from_secs(120), "the recipe did not begin");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

fn folders(project: &Project) -> usize {
    fs::read_dir(project.path(".home/tmp")).unwrap().count()
}

#[test]
fn a_folder_whose_record_was_cleaned_away_is_found_by_clean() {
    let project = Project::wired();
    let body = format!("```sh recipe=slow\ntouch {}\nsleep 300\n```\n", project.path(".home/started").display());
    let project = project.guide("a", "targets: [none]", &body);
    let mut child = running(&project);
    fs::remove_dir_all(project.path(".dogfood")).unwrap();
    project.dogfood("clean").code(0).says("nothing was left behind");
    assert_eq!(folders(&project), 1, "the run lives");
    child.kill().unwrap();
    child.wait().unwrap();
    project.dogfood("clean").code(0).says("1 folder");
    assert_eq!(folders(&project), 0);
}

#[test]
fn previews_of_a_server_that_was_killed_go_too() {
    let project = Project::with_guide("a", HELLO);
    project.write(".dogfood/preview/gone/1/index.html", "");
    project.write(".dogfood/preview/gone/lock", "");
    project.write(".dogfood/preview/4-1/index.html", "as an older version left it");
    project.write(".dogfood/preview/live/lock", "");
    let held = fs::File::open(project.path(".dogfood/preview/live/lock")).unwrap();
    held.lock().unwrap();
    project.dogfood("clean").code(0).says("removed: 2 previews");
    assert!(project.has(".dogfood/preview/live/lock") && !project.has(".dogfood/preview/gone"));
}
