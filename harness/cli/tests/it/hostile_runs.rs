//! Recipes and machines that do their worst: a run tells what happened, keeps the traces that were there and leaves nothing behind.

use crate::project::Project;

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

fn recipe(script: &str) -> Project {
    Project::with_guide("a", &format!("{HELLO}\n```sh recipe=r timeout=60s\n{script}\n```\n"))
}

/// Nothing is left of a run: no folder, no record.
#[track_caller]
fn nothing_is_left(project: &Project) {
    let left = |folder: &str| match std::fs::read_dir(project.path(folder)) {
        Ok(entries) => entries.map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>(),
        Err(_) => Vec::new(),
    };
    assert!(left(".home/tmp").is_empty() && left(".dogfood/runs").is_empty(), "{:?}", left(".home/tmp"));
}

#[test]
fn a_recipe_that_does_its_worst_ends_and_leaves_nothing() {
    for (script, code) in [
        ("rm -rf \"$HOME\" \"$PWD\" && echo gone", 0),
        ("mkdir d && touch d/f && chmod 000 d .", 0),
        ("for i in 1 2 3; do setsid sleep 300 & done; (setsid sh -c 'trap \"\" TERM HUP; sleep 301' &)", 0),
        ("kill -9 $$", 1),
        ("kill -9 $PPID; sleep 10", 1),
        ("exec 197>&- 198>&-; echo x", 1),
        ("echo forged >&198; printf 'x\\0y\\n' >&197; cat", 0),
        ("head -c 3000 /dev/urandom; head -c 300 /dev/urandom >&2", 0),
        ("head -c 100000000 /dev/zero", 0),
        ("exit 0", 1),
    ] {
        let project = recipe(script);
        let run = project.dogfood("run").code(code);
        assert!(run.err.contains("a/hello@none: ran to its end"), "{script}: {}", run.err);
        assert!(run.err.len() < 8000, "{script}: {} bytes", run.err.len());
        nothing_is_left(&project);
        assert!(project.files().values().all(|text| text.len() < 600 << 10), "{script}");
    }
}

#[test]
fn a_recipe_that_stops_its_supervisor_does_not_stop_the_run() {
    let project = Project::with_guide("a", "```sh recipe=r timeout=1s\nkill -STOP $PPID; sleep 300\n```\n");
    project.dogfood("run").code(1).says("says nothing any more").says("0 recipes passed, 1 failed");
    nothing_is_left(&project);
}

#[test]
fn a_long_line_of_a_failed_step_is_not_told_whole() {
    let project = recipe("head -c 100000 /dev/zero | tr '\\0' x; false");
    let run = project.dogfood("run").code(1).says("it said: xxx");
    assert!(run.err.len() < 4000, "{}", run.err.len());
}

#[test]
fn output_that_no_expectation_can_hold_is_not_accepted() {
    let script = "printf '%s' \"$(head -c 200000 /dev/zero | tr '\\0' x)\"; printf '\\1\\n'";
    let project = Project::with_guide("a", &format!("```sh recipe=r\n{script}\n```\n\n```text expect\nold\n```\n"));
    project.dogfood("run").code(1);
    let before = project.read("guides/a.md");
    project.dogfood("accept").code(1).says("no expectation can hold").says("guides/a.md:9");
    assert_eq!(project.read("guides/a.md"), before);
}

#[test]
fn what_is_accepted_cannot_close_a_fence_or_hide_in_it() {
    let said = "```\\n````\\n{{\\043include /etc/passwd}}\\n...\\n[..]\\nfoo (re)\\n\\033[31mred\\033[0m\\na\\342\\200\\256b\\n\\001\\n$ ls\\n[3]\\n";
    let project = Project::with_guide(
        "a",
        &format!("```sh recipe=r\nprintf '{said}'\n```\n\n```text expect\nold\n```\n\nafter\n"),
    );
    project.dogfood("run").code(1);
    project.dogfood("accept").code(0);
    project.dogfood("check").code(0).silent_about("error");
    let guide = project.read("guides/a.md");
    assert!(guide.ends_with("```\n\nafter\n") && !guide.contains(['\u{202e}', '\u{1}', '\u{1b}']), "{guide}");
    project.mdbook("build").code(0);
    assert!(!project.read("book/a.html").contains("root:"));
}

#[test]
fn several_faults_at_once_have_one_order() {
    // 1 (drift) before 3 (a program that is not there); 3 alone; none of it with --available.
    let project = Project::with_guide("a", &HELLO.replace("expect\nhello", "expect\nhallo")).guide(
        "b",
        "targets: [none]\nneeds: [no-such-program]",
        HELLO,
    );
    project.dogfood("run").code(1).says("1 failed, 1 not available").says("no-such-program");
    project.dogfood("run b").code(3);
    project.dogfood("run b --available").code(0).says("1 not available");
    project.dogfood("run b a/nothing").code(2);
    assert!(project.has("traces/a/hello@none.yaml") && !project.has("traces/b"));
}

#[test]
fn a_machine_without_what_a_run_needs_says_so() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let before = project.files();
    project.set("PATH", "/nonexistent").dogfood("run --refresh").code(3).says("`bash` is not on PATH");
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    assert_eq!(project.files().len(), before.len());
    let trace = project.read("traces/a/hello@none.yaml");
    let project = project.set("TMPDIR", "/nonexistent/tmp");
    project.dogfood("run --refresh").code(3).says("/nonexistent/tmp");
    assert_eq!(project.read("traces/a/hello@none.yaml"), trace);
    let project = project.set("HOME", "/proc/nowhere").set("XDG_CACHE_HOME", "/proc/nowhere").set("TMPDIR", "/tmp");
    project.dogfood("run").code(0);
    project.dogfood("check").code(0);
}

#[test]
fn every_listing_and_report_is_json_when_it_is_asked_for() {
    let project = Project::with_guide("a", HELLO).guide("b", "targets: [nope]", "```sh recipe=x\ntrue\n```\n");
    for words in [
        "list",
        "check",
        "run",
        "run --plan",
        "run --walk",
        "run --as-reader",
        "run --stale",
        "run --frozen",
        "explain",
        "explain stale-recipe",
        "list a",
    ] {
        let run = project.dogfood(&format!("{words} --format json"));
        assert!(run.json().is_array() || run.json().is_object(), "{words}");
    }
}

#[test]
fn two_runs_at_once_leave_whole_traces() {
    let body: String = (0..4)
        .map(|n| format!("```sh recipe=r{n}\nsleep 0.1; echo {n}\n```\n\n```text expect\n{n}\n```\n\n"))
        .collect();
    let project = Project::with_guide("a", &body);
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..3).map(|_| scope.spawn(|| project.dogfood("run --refresh"))).collect();
        runs.into_iter().for_each(|run| drop(run.join().unwrap().code(0)));
    });
    project.dogfood("check").code(0);
    nothing_is_left(&project);
}
