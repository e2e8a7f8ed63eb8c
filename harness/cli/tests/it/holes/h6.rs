//! H6: the second scan looks in every mode, also where nothing is written.

use crate::project::Project;

/// A secret of the caller's environment. Recipes print a dump of it, which only the second scan reads.
const SECRET: &str = "u2chSwME9GcMOOrE8EpyHdsg";

/// What `xxd` prints of the secret, and a line of it that gives it away.
const DUMP: &str = "00000000: 7532 6368 5377 4d45 3947 634d 4f4f 7245  u2chSwME9GcMOOrE\n00000010: 3845 7079 4864 7367                      8EpyHdsg\n";
const TELLS: [&str; 2] = ["7532 6368", "u2chSwME9GcMOOrE"];

/// A book whose one recipe prints the dump where it prints something else in its trace.
fn dumping() -> Project {
    let project = Project::wired().set("MY_TOKEN", SECRET);
    let body = format!("```sh recipe=r\ncat '{}'\n```\n\n```text expect\nhello\n```\n", project.path("said").display());
    let project = project.guide("a", "targets: [none]", &body).file("said", "hello\n");
    project.dogfood("run").code(0);
    project.write("said", DUMP);
    project
}

#[track_caller]
fn refuses(project: &Project, words: &str) {
    let ran = project.dogfood(words);
    let all = ran.out + &ran.err;
    assert_eq!(ran.code, Some(1), "{words}: {all}");
    assert!(TELLS.iter().all(|tell| !all.contains(tell)), "{words}: {all}");
    assert!(all.contains("the secret `MY_TOKEN` (a hexadecimal dump), in stdout of "), "{words}: {all}");
}

#[test]
fn no_mode_prints_what_only_the_second_scan_knows() {
    let project = dumping();
    let trace = project.read("traces/a/r@none.yaml");
    for words in [
        "run",
        "run --refresh",
        "run --fail-fast",
        "run --frozen",
        "run --frozen --format json",
        "run --walk",
        "run --walk --format json",
        "run --as-reader",
        "run --keep",
    ] {
        refuses(&project, words);
    }
    assert_eq!(project.read("traces/a/r@none.yaml"), trace);
    let project = project.set("CI", "true");
    refuses(&project, "run");
    refuses(&project, "run --format json");
    assert_eq!(project.read("traces/a/r@none.yaml"), trace);
    project.dogfood("clean").code(0);
}

/// A difference and a failure are told from what the scan let pass, also where a step fails after it printed.
#[test]
fn a_step_that_fails_shows_no_dump_either() {
    let project = dumping();
    let before = project.read("guides/a.md");
    project.write("guides/a.md", &before.replace("cat '", "false || { cat >&2 '").replace("said'", "said'; exit 3; }"));
    for words in ["run", "run --frozen", "run --walk"] {
        let ran = project.dogfood(words);
        let all = ran.out + &ran.err;
        assert!(ran.code == Some(1) && TELLS.iter().all(|tell| !all.contains(tell)), "{words}: {all}");
        assert!(all.contains("the secret `MY_TOKEN` (a hexadecimal dump), in stderr of step 1"), "{words}: {all}");
    }
}

#[test]
fn markdown_of_others_shows_none() {
    let project = dumping();
    let body = format!("# Page\n\n```console\n$ cat '{}'\nhello\n```\n", project.path("said").display());
    project.write("docs/page.md", &body);
    refuses(&project, "run --discover docs");
    refuses(&project, "run --discover docs --format json");
}

#[test]
fn a_benchmark_shows_none() {
    let variant = |name: &str, path: String| format!("```sh recipe=r bench=g/{name}\ncat '{path}'\n```\n\n");
    let project = Project::wired().set("MY_TOKEN", SECRET).file("said", "hello\n");
    let path = project.path("said").display().to_string();
    let body = variant("base", path.clone()) + &variant("other", path);
    let project = project.guide("a", "targets: [none]", &body);
    let recorded = project.dogfood("run");
    assert!(project.has("traces/a/r@none.yaml"), "{}", recorded.err);
    project.write("said", DUMP);
    refuses(&project, "bench");
    refuses(&project, "bench --format json");
}

/// What a secret was printed as before the step that made it secret: the look at the end of the cell finds it.
#[test]
fn what_was_printed_before_it_was_secret_is_not_shown() {
    let project = Project::wired();
    let path = project.path("said").display().to_string();
    let body = format!(
        "```sh recipe=r\ncat '{path}'\n```\n\n```text expect\nhello\n```\n\n```sh recipe=r secret=KEY\necho {SECRET}\n```\n\n```text expect\n[..KEY]\n```\n"
    );
    let project = project.guide("a", "targets: [none]", &body).file("said", DUMP);
    for words in ["run", "run --frozen", "run --walk"] {
        let ran = project.dogfood(words);
        let all = ran.out + &ran.err;
        assert!(ran.code == Some(1) && TELLS.iter().all(|tell| !all.contains(tell)), "{words}: {all}");
        assert!(all.contains("the secret `KEY` (a hexadecimal dump), in stdout of "), "{words}: {all}");
    }
    assert!(!project.has("traces"));
}
