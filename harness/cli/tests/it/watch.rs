//! `run --watch` and `serve`: saved recipes run again on servers that stay, and the page with them.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
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

    /// How often `text` was said so far.
    fn times(&self, text: &str) -> usize {
        self.said().matches(text).count()
    }

    /// Stops it as Ctrl-C does; returns the exit code.
    fn stop(mut self) -> Option<i32> {
        ran(self.project.command(Path::new("kill")).args(["-INT", &self.child.id().to_string()])).code(0);
        self.child.wait().unwrap().code()
    }
}

/// A test that fails leaves nothing running.
impl Drop for Running<'_> {
    fn drop(&mut self) {
        // It may be over already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What is said at the end of every round.
const WAITS: &str = "waiting for the next change";

#[test]
fn what_is_saved_runs_again_on_a_server_that_stays() {
    let project = Project::with_sftp_server(RECIPE);
    let watch = Running::start(&project, &["run", "--watch"]);
    watch.says(WAITS, 1);
    let first = project.read("traces/a/place@rclone-sftp.yaml");

    project.edit("guides/a.md", "&& echo one", "&& echo two");
    let said = watch.says("+ two", 1);
    assert!(said.contains("error[output-drift]"), "{said}");
    let holds = "nothing to run: the evidence of every selected recipe holds";
    project.edit("guides/a.md", "expect\none\n", "expect\ntwo\n");
    watch.says(holds, 1);
    assert_ne!(project.read("traces/a/place@rclone-sftp.yaml"), first);
    // A half-saved book.toml stops a round, not the watch.
    let book = project.read("book.toml");
    project.write("book.toml", "[book\n");
    watch.says("error: book.toml cannot be used", 1);
    let before = watch.times(holds);
    project.write("book.toml", &book);
    let said = watch.says(holds, before + 1);

    assert_eq!(said.matches("is ready after").count(), 1, "{said}");
    assert_eq!(watch.stop(), Some(0));
    assert_eq!(std::fs::read_dir(project.path(".dogfood/runs")).unwrap().count(), 0);
    project.dogfood("check").code(0);
}

#[test]
fn a_source_that_is_the_root_is_heard() {
    let guide = "---\nguide: a\nkind: sidebar\ntargets: [none]\n---\n\n# a\n\n```sh recipe=r\necho one\n```\n\n```text expect\none\n```\n";
    let toml = crate::project::BOOK_TOML.replace("\"guides\"", "\".\"");
    let project =
        Project::empty().file("book.toml", &toml).file("SUMMARY.md", "- [a](sub/a.md)\n").file("sub/a.md", guide);
    let watch = Running::start(&project, &["run", "--watch"]);
    watch.says(WAITS, 1);
    project.edit("sub/a.md", "echo one", "echo two");
    watch.says("+ two", 1);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn what_a_page_includes_is_heard_wherever_it_lies_and_so_is_what_comes_later() {
    let body = "```sh recipe=r\n{{#include ../shared/step.sh}}\n```\n\n```text expect\none\n```\n";
    let project = Project::with_guide("a", body).file("shared/step.sh", "echo one\n");
    let watch = Running::start(&project, &["run", "--watch"]);
    watch.says(WAITS, 1);
    project.edit("shared/step.sh", "echo one", "echo two");
    watch.says("+ two", 1);
    // A file in a folder that the book had nothing from until now.
    project.write("other/step.sh", "echo three\n");
    project.edit("guides/a.md", "../shared/step.sh", "../other/step.sh");
    watch.says("+ three", 1);
    project.edit("other/step.sh", "echo three", "echo four");
    watch.says("+ four", 1);
    // `infra` was not there when it began.
    watch.says(WAITS, 4);
    let rounds = watch.times(WAITS);
    std::fs::create_dir(project.path("infra")).unwrap();
    watch.says(WAITS, rounds + 1);
    let rounds = watch.times(WAITS);
    project.write("infra/notes.txt", "x\n");
    watch.says(WAITS, rounds + 1);
    assert_eq!(watch.stop(), Some(0));
}

#[test]
fn an_end_while_a_recipe_runs_is_the_end() {
    let project = Project::with_guide("a", "```sh recipe=r\ntouch MARK\nsleep 300\n```\n");
    project.edit("guides/a.md", "MARK", project.path(".home/started").to_str().unwrap());
    let serve = Running::start(&project, &["serve", "--port", "0"]);
    let began = Instant::now();
    while !project.has(".home/started") {
        assert!(began.elapsed() < Duration::from_secs(120), "{}", serve.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(serve.stop(), Some(0));
    // The page from before the first run is the only one that was built.
    assert_eq!(project.read(".home/log").matches("shows the book").count(), 1, "{}", project.read(".home/log"));
    assert_eq!(std::fs::read_dir(project.path(".dogfood/preview")).unwrap().count(), 0);
}

#[test]
fn a_target_whose_file_is_edited_is_started_anew_and_the_old_one_stopped() {
    // The port itself is recorded as the variable that it came from.
    let project = Project::with_sftp_server("```sh recipe=place\necho $((SFTP_PORT + 1))\n```\n");
    let port = || {
        let trace = project.read("traces/a/place@rclone-sftp.yaml");
        let said = trace.split_once("stdout: |\n").unwrap_or_else(|| panic!("{trace}")).1.lines().next().unwrap();
        said.trim().parse::<u16>().unwrap() - 1
    };
    let watch = Running::start(&project, &["run", "--watch"]);
    watch.says(WAITS, 1);
    let old = port();
    TcpStream::connect(("127.0.0.1", old)).unwrap();

    // A server that does not start is no obstacle for the one that does.
    let target = "infra/targets/rclone-sftp.yaml";
    project.edit(target, "    - serve\n", "    - swerve\n");
    watch.says(WAITS, 2);
    assert!(TcpStream::connect(("127.0.0.1", old)).is_err(), "the server of the old file still runs");
    project.edit(target, "    - swerve\n    - sftp\n", "    - serve\n    - sftp\n    - --no-checksum\n");
    let said = watch.says(WAITS, 3);
    assert!(!said.contains("cannot make the target's folder"), "{said}");
    assert_eq!(said.matches("is ready after").count(), 2, "{said}");
    TcpStream::connect(("127.0.0.1", port())).unwrap();
    assert_eq!(watch.stop(), Some(0));
    project.dogfood("check").code(0);
}

#[test]
fn ci_is_no_place_to_watch() {
    let project = Project::wired().set("CI", "1");
    project.dogfood("run --watch").code(2).says("CI is set");
    Project::wired().dogfood("run --watch --frozen").code(2);
}

/// Asks the server at `address`, with more header lines; the connection and what has come so far.
fn asked(address: &str, path: &str, headers: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n").unwrap();
    stream
}

fn page(address: &str, path: &str) -> String {
    let mut text = Vec::new();
    asked(address, path, "Connection: close\r\n").read_to_end(&mut text).unwrap();
    String::from_utf8_lossy(&text).into_owned()
}

/// Asks until the page has all of `parts`. Whatever is built meanwhile, a whole page is always there.
fn page_with(address: &str, path: &str, parts: &[&str]) -> String {
    let began = Instant::now();
    loop {
        let page = page(address, path);
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        if parts.iter().all(|part| page.contains(part)) {
            return page;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "no {parts:?} in\n{page}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Reads until `end` has come.
fn until(stream: &mut TcpStream, end: &str) {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(end.as_bytes()) {
        stream.read_exact(&mut byte).unwrap_or_else(|error| panic!("{error} after {}", String::from_utf8_lossy(&text)));
        text.extend(byte);
    }
}

#[test]
fn a_page_that_is_saved_reloads_with_its_new_evidence_or_its_findings() {
    let project = Project::with_guide("a", "```sh recipe=hello\necho one\n```\n\n```text expect\none\n```\n");
    let serve = Running::start(&project, &["serve", "--port", "0"]);
    let waits = "the next change is waited for";
    let said = serve.says(waits, 1);
    let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    assert!(address.starts_with("127.0.0.1:"), "{said}");
    page_with(&address, "/a.html", &["Verified", "__livereload"]);
    assert!(page(&address, "/nowhere.html").starts_with("HTTP/1.1 404"));
    // The pages lie three folders below book.toml.
    for up in ["/../../../book.toml", "/%2e%2e/%2e%2e/%2e%2e/book.toml", "/..%2f..%2f..%2fbook.toml"] {
        let answer = page(&address, up);
        assert!(answer.starts_with("HTTP/1.1 4") && !answer.contains("preprocessor"), "{up}: {answer}");
    }

    // Another site's name that points here, and another site's page.
    for from in ["Host: example.org", "Origin: http://example.org"] {
        let mut answer = String::new();
        let mut stream = TcpStream::connect(&address).unwrap();
        let host = if from.starts_with("Host") { from } else { &format!("{from}\r\nHost: {address}") };
        write!(stream, "GET /a.html HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n").unwrap();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403") && !answer.contains("Verified"), "{answer}");
    }

    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    let mut open = asked(&address, "/__livereload", upgrade);
    until(&mut open, "\r\n\r\n");
    project.edit("guides/a.md", "echo one", "echo two");
    until(&mut open, "reload");
    page_with(&address, "/a.html", &["output-drift", "- one", "+ two", "data-dogfood-gate=\"findings\""]);

    serve.says(waits, 2);
    let mut open = asked(&address, "/__livereload", upgrade);
    until(&mut open, "\r\n\r\n");
    project.edit("guides/a.md", "expect\none\n", "expect\ntwo\n");
    until(&mut open, "reload");
    page_with(&address, "/a.html", &["data-dogfood-gate=\"clean\"", "two"]);
    assert_eq!(serve.stop(), Some(0));
    assert!(!project.has("book"), "a preview is no build");
}

#[test]
fn a_book_with_another_output_is_shown_too() {
    let project = Project::with_guide("a", "```sh recipe=hello\ntrue\n```\n");
    let toml = project.read("book.toml").replace("[\"html\"]", "[\"html\", \"markdown\", \"other\"]");
    // A program of the book's that a preview has no use for.
    project.script("other", "#!/bin/sh\ntouch ran-other\n");
    let other = project.path("other");
    let toml = format!(
        "{toml}\n[output.html]\ndefault-theme = \"navy\"\n[output.markdown]\n[output.other]\ncommand = \"{}\"\n",
        other.display()
    );
    project.write("book.toml", &toml);
    let serve = Running::start(&project, &["serve", "--port", "0"]);
    let said = serve.says("the next change is waited for", 1);
    let address = said.split("http://").nth(1).unwrap().split('/').next().unwrap().to_owned();
    page_with(&address, "/a.html", &["Verified", "navy"]);
    assert_eq!(serve.stop(), Some(0));
    assert!(!project.files().keys().any(|file| file.ends_with("ran-other")), "{:?}", project.files().keys());
}
