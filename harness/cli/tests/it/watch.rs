//! `run --watch`: saved recipes run again on servers that stay.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::project::{Project, ran};

const RECIPE: &str = "```sh recipe=place\ntest -n \"$SFTP_BASE\" && echo one\n```\n\n```text expect\none\n```\n";

/// A program that runs until it is stopped, and what it has said so far.
struct Running<'a> {
    project: &'a Project,
    child: Child,
}

impl<'a> Running<'a> {
    fn start(project: &'a Project, words: &[&str]) -> Self {
        let log = File::create(project.path(".home/log")).unwrap();
        let mut command = project.command(Path::new(env!("CARGO_BIN_EXE_dogfood")));
        let child = command.args(words).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { project, child }
    }

    fn said(&self) -> String {
        self.project.read(".home/log")
    }

    /// Waits until `text` was said so often.
    #[track_caller]
    fn says(&self, text: &str, times: usize) -> String {
        let began = Instant::now();
        while self.said().matches(text).count() < times {
            assert!(began.elapsed() < Duration::from_secs(120), "no {text:?} in\n{}", self.said());
            std::thread::sleep(Duration::from_millis(20));
        }
        self.said()
    }

    /// Stops it as Ctrl-C does; returns the exit code.
    fn stop(mut self) -> Option<i32> {
        ran(self.project.command(Path::new("kill")).args(["-INT", &self.child.id().to_string()])).code(0);
        self.child.wait().unwrap().code()
    }
}

#[test]
fn what_is_saved_runs_again_on_a_server_that_stays() {
    let project = Project::with_sftp_server(RECIPE);
    let watch = Running::start(&project, &["run", "--watch"]);
    let waits = "waiting for the next change";
    watch.says(waits, 1);
    let first = project.read("traces/a/place@rclone-sftp.yaml");

    project.edit("guides/a.md", "&& echo one", "&& echo two");
    let said = watch.says(waits, 2);
    assert!(said.contains("error[output-drift]") && said.contains("+ two"), "{said}");
    project.edit("guides/a.md", "expect\none\n", "expect\ntwo\n");
    watch.says(waits, 3);
    assert_ne!(project.read("traces/a/place@rclone-sftp.yaml"), first);
    // A half-saved book.toml stops a round, not the watch.
    let book = project.read("book.toml");
    project.write("book.toml", "[book\n");
    watch.says(waits, 4);
    project.write("book.toml", &book);
    let said = watch.says(waits, 5);
    assert!(said.contains("error: ") && said.contains("nothing to run"), "{said}");

    assert_eq!(said.matches("is ready after").count(), 1, "{said}");
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(std::fs::read_dir(project.path(".dogfood/runs")).unwrap().count(), 0);
    project.dogfood("check").code(0);
}

#[test]
fn ci_is_no_place_to_watch() {
    let project = Project::wired().set("CI", "1");
    project.dogfood("run --watch").code(2).says("CI is set");
    Project::wired().dogfood("run --watch --frozen").code(2);
}
