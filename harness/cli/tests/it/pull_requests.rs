//! Pull requests: what a change leaves pending, and what it may not change about how it is judged. Real repositories, the real git.

use std::path::Path;

use crate::project::{Project, Ran, ran};
use crate::reports::{SARIF, fits};

const BODY: &str = "```sh recipe=one\necho one\n```\n\n```text expect\none\n```\n\n```sh recipe=two\necho two\n```\n\n```text expect\ntwo\n```\n";

/// Runs git in the book's folder.
#[track_caller]
pub(crate) fn git(project: &Project, words: &[&str]) -> Ran {
    let config = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    ran(project.command(Path::new("git")).args(config).args(words)).code(0)
}

#[track_caller]
pub(crate) fn commit(project: &Project) {
    git(project, &["add", "--all"]);
    git(project, &["commit", "--quiet", "--message", "x"]);
}

/// A book in a repository, recorded and committed on `main`; a branch is checked out.
pub(crate) fn proposed(project: Project) -> Project {
    project.dogfood("run").code(0);
    project.write(".gitignore", "/.home\n/.dogfood\n/book\n");
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    commit(&project);
    git(&project, &["checkout", "--quiet", "-b", "change"]);
    project
}

pub(crate) fn book() -> Project {
    proposed(Project::with_guide("a", BODY))
}

#[test]
fn what_a_change_touches_is_pending_and_fails_nothing_but_the_default_branch() {
    let project = book();
    project.dogfood("check --base main --deny warnings").code(0).silent_about("pending");
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood("check").code(1).says("stale-recipe");
    let check = project.dogfood("check --base main --deny warnings").code(0);
    let check = check.says("pending: a/one@none changed here, not verified yet").silent_about("stale-recipe");
    let check = check.says("1 of 2 cells verified in 1 guide, 1 changed here and not verified yet");
    check.says("`dogfood run --pending --base main` records 1 pending cell").silent_about("a/two");
    assert_eq!(project.dogfood("check --base main --format json").code(0).json(), serde_json::json!([]));
    // Reports tell it too, where they have a place for what is no finding.
    let junit = project.dogfood("check --base main --format junit").code(0);
    let suites = junit_parser::from_reader(junit.out.as_bytes()).unwrap();
    let suite = suites.suites.iter().find(|suite| suite.name == "pending").unwrap();
    let cases = suite.cases.iter();
    let pending: Vec<_> =
        cases.map(|case| (case.name.as_str(), case.status.is_skipped(), case.file.as_deref())).collect();
    assert_eq!(pending, [("a/one@none", true, Some("guides/a.md"))], "{}", junit.out);
    assert_eq!((suites.tests, suite.skipped, suites.failures), (2, 1, 0), "{}", junit.out);
    assert_eq!(crate::junit_schema::faults(&project, &junit.out), "");
    let sarif = project.dogfood("check --base main --format sarif").code(0).json();
    fits(SARIF, &sarif);
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notes[0]["message"]["text"], "a/one@none: changed here, not verified yet", "{notes}");
    assert_eq!((notes.as_array().unwrap().len(), &sarif["runs"][0]["results"]), (1, &serde_json::json!([])));
    // A commit makes no difference: what counts is where the change starts.
    commit(&project);
    project.dogfood("check --base main").code(0).says("pending: a/one@none");
    project.dogfood("check --base HEAD").code(1).says("stale-recipe");
}

#[test]
fn a_new_recipe_is_pending_and_a_trace_that_is_gone_is_not() {
    let project = book();
    let guide = project.read("guides/a.md") + "\n```sh recipe=three\ntrue\n```\n";
    project.write("guides/a.md", &guide);
    project.dogfood("check --base main").code(0).says("pending: a/three@none");
    std::fs::remove_file(project.path("traces/a/two@none.yaml")).unwrap();
    project.dogfood("check --base main").code(1).says("missing-evidence").says("`two` has no trace");
}

#[test]
fn an_expectation_that_does_not_hold_and_a_recorded_failure_are_findings() {
    let project = book();
    project.edit("guides/a.md", "expect\none", "expect\nuno");
    project.dogfood("check --base main").code(1).says("output-drift");
    project.edit("guides/a.md", "expect\nuno", "expect\none");
    project.edit("guides/a.md", "echo one", "false");
    project.dogfood("run a/one").code(1);
    project.dogfood("check --base main").code(1).says("failed-evidence").silent_about("pending:");
}

#[test]
fn a_preview_shows_what_changed_as_not_verified_and_an_ordinary_build_stops() {
    let project = book();
    let page = |project: &Project| project.read("book/a.html");
    project.dogfood("build --base main").code(0).silent_about("pending");
    assert!(page(&project).contains("data-dogfood-gate=\"clean\""));
    let more = "\n{{#evidence took a/one}}\n";
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood("build").code(1).says("stale-recipe");
    project.mdbook("build").code(101).says("stale-recipe");
    project.dogfood("build --base main").code(0).says("pending: a/one@none");
    let shown = page(&project);
    assert!(
        shown.contains("changed here, not verified yet") && shown.contains("data-dogfood-gate=\"pending\""),
        "{shown}"
    );
    assert_eq!(shown.matches("<summary>Verified with").count(), 1, "{shown}");
    // A piece that reads pending evidence is as pending.
    project.write("guides/a.md", &(project.read("guides/a.md") + more));
    project.dogfood("check").code(1).says("broken-evidence");
    project.dogfood("build --base main").code(0).silent_about("broken-evidence");
    assert!(page(&project).to_lowercase().contains("not verified here"));
}

#[test]
fn pending_cells_alone_are_run_and_recorded_in_ci_too() {
    let project = book().set("CI", "true");
    project.edit("guides/a.md", "echo one", "echo  one");
    let two = project.read("traces/a/two@none.yaml");
    project
        .dogfood("run --pending --base main")
        .code(0)
        .says("a/one@none")
        .silent_about("a/two")
        .says("1 trace written");
    assert!(
        project.read("traces/a/one@none.yaml").contains("recorder: ci"),
        "{}",
        project.read("traces/a/one@none.yaml")
    );
    assert_eq!(project.read("traces/a/two@none.yaml"), two);
    project.dogfood("check").code(0);
    project.dogfood("run --pending --base main").code(4).says("nothing to run");
    project.dogfood("run --pending").code(2);
}

#[test]
fn a_base_that_is_not_there_is_told_and_one_without_a_book_leaves_all_pending() {
    let project = book();
    project.dogfood("check --base nowhere").code(2).says("git knows no commit `nowhere`").says("fetch");
    project.dogfood("check --base=--output=x").code(2);
    assert!(!project.has("x"));
    git(&project, &["checkout", "--quiet", "--orphan", "empty"]);
    git(&project, &["rm", "-r", "--quiet", "--cached", "."]);
    git(&project, &["commit", "--quiet", "--allow-empty", "--message", "nothing"]);
    for trace in ["one", "two"] {
        std::fs::remove_file(project.path(&format!("traces/a/{trace}@none.yaml"))).unwrap();
    }
    project.dogfood("check --base empty").code(0).says("2 changed here and not verified yet");
    project.dogfood("check --policy-from empty").code(2).says("the book of `empty` cannot be used");
    project.set("PATH", "/nonexistent").dogfood("check --base main").code(3).says("git cannot be started");
    let alone = Project::with_guide("a", BODY);
    alone.dogfood("check --base main").code(2).says("git:");
}

#[test]
fn what_a_partial_clone_lacks_does_not_count_as_what_the_base_has_not() {
    let project = book();
    // Both the recipe and the trace are the base's no longer, and its expectation is wrong besides.
    project.edit("guides/a.md", "echo one", "echo  one");
    project.write("traces/a/two@none.yaml", "");
    commit(&project);
    let source = format!("file://{}", project.path("").display());
    for filter in ["blob:none", "tree:0"] {
        let clone = Project::empty();
        git(&project, &["config", "uploadpack.allowFilter", "true"]);
        let filter = format!("--filter={filter}");
        git(&clone, &["clone", "--quiet", &filter, "--branch=change", &source, "book"]);
        for words in ["check --base origin/main", "check --policy-from origin/main", "build --base origin/main"] {
            let check = clone.dogfood_in("book", words).code(3).says("git has the commit `origin/main` without");
            check.says("git fetch --refetch --no-filter origin").silent_about("pending:");
        }
        let fetched = clone
            .command(Path::new("git"))
            .current_dir(clone.path("book"))
            .args(["fetch", "--quiet", "--refetch", "--no-filter", "origin"])
            .status()
            .unwrap();
        assert!(fetched.success());
        clone
            .dogfood_in("book", "check --base origin/main")
            .code(1)
            .says("pending: a/one@none")
            .silent_about("a/two@none changed");
    }
}

#[test]
fn a_book_below_the_repository_s_root_is_found() {
    let project = Project::empty().file("docs/book.toml", crate::project::BOOK_TOML);
    project.write("docs/guides/SUMMARY.md", "- [a](a.md)\n");
    project.write("docs/guides/a.md", &format!("---\nguide: a\nkind: sidebar\ntargets: [none]\n---\n\n# a\n\n{BODY}"));
    project.dogfood_in("docs", "run").code(0);
    project.write(".gitignore", ".home\n.dogfood\n");
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    commit(&project);
    project.edit("docs/guides/a.md", "echo one", "echo  one");
    project
        .dogfood_in("docs", "check --base main --policy-from main")
        .code(0)
        .says("pending: a/one@none")
        .silent_about("a/two");
}

#[test]
fn a_folder_that_looks_like_a_repository_is_not_asked() {
    let project = book();
    // What a pull request could add to a book that lies below the repository's root.
    git(&project, &["clone", "--quiet", "--bare", ".", "docs"]);
    project.write("docs/book.toml", crate::project::BOOK_TOML);
    project.write("docs/guides/SUMMARY.md", "# Summary\n");
    let owned = project.path("owned");
    let config = project.read("docs/config") + &format!("[core]\n\tfsmonitor = \"touch {}\"\n", owned.display());
    project.write("docs/config", &config);
    project.dogfood_in("docs", "check --base main").code(2).says("bare repository");
    assert!(!owned.exists());
}

/// Every change is one that `check` alone lets pass, or would, and that the base does not.
#[track_caller]
fn caught(project: &Project, rule: &str, words: &str) {
    project.dogfood("check --policy-from main").code(1).says(rule).says(words);
    commit(project);
    let check = project.dogfood("check --base main --policy-from main").code(1).says(rule).says(words);
    assert!(check.err.contains("error["), "{}", check.err);
}

#[test]
fn a_book_that_changes_nothing_is_judged_as_before() {
    let project = book();
    project.dogfood("check --base main --policy-from main --deny warnings").code(0);
    project.edit("guides/a.md", "# a\n", "# a\n\nProse.\n");
    project.dogfood("check --base main --policy-from main --deny warnings").code(0);
}

#[test]
fn a_policy_that_is_weakened_is_caught() {
    let project = book();
    let toml = project.read("book.toml");
    project.write("book.toml", &toml.replace("renderers", "old-evidence = 9999\nrenderers"));
    project.dogfood("check --today 2029-01-01").code(0).silent_about("old-evidence");
    let check = project.dogfood("check --policy-from main --today 2029-01-01").code(1);
    check.says("changed-policy").says("old-evidence");
    caught(&project, "changed-policy", "`old-evidence` is `9999` here and `180` in `main`");

    let project = book();
    let toml = project.read("book.toml");
    project.write("book.toml", &toml.replace("renderers", "plain = [\"a.md\"]\nrenderers"));
    caught(&project, "changed-policy", "is listed as plain here, and is a guide in `main`");

    let project = book();
    let allow = "<!-- dogfood: allow missing-evidence until=2099-01-01 because trust-me -->\n```sh recipe=two";
    project.edit("guides/a.md", "```sh recipe=two", allow);
    std::fs::remove_file(project.path("traces/a/two@none.yaml")).unwrap();
    project.dogfood("check").code(0);
    caught(&project, "missing-evidence", "`two` has no trace");
}

#[test]
fn a_baseline_that_the_change_brings_is_not_read() {
    let project = book();
    std::fs::remove_file(project.path("traces/a/two@none.yaml")).unwrap();
    project.write("known.json", &project.dogfood("check --format json").code(1).out);
    project.dogfood("check --baseline known.json").code(0);
    project.dogfood("check --baseline known.json --policy-from main").code(2).says("in `main`: ").says("known.json");
    // One from elsewhere is the caller's own.
    let elsewhere = Project::empty().file("known.json", &project.read("known.json"));
    let words = format!("check --policy-from main --baseline {}", elsewhere.path("known.json").display());
    project.dogfood(&words).code(0).says("1 finding tolerated");
    git(&project, &["checkout", "--quiet", "main", "--", "."]);
    git(&project, &["checkout", "--quiet", "main"]);
    project.write("known.json", "[]\n");
    commit(&project);
    project.write("known.json", &elsewhere.read("known.json"));
    std::fs::remove_file(project.path("traces/a/two@none.yaml")).unwrap();
    project.dogfood("check --baseline known.json --policy-from main").code(1).says("missing-evidence");
}

#[test]
fn a_change_that_mends_what_the_base_tolerates_takes_it_out_of_its_own_list() {
    let project = book();
    git(&project, &["checkout", "--quiet", "main"]);
    let right = project.read("guides/a.md");
    project.write("guides/a.md", &format!("{right}\n```\nof no class\n```\n"));
    project.write("known.json", &project.dogfood("check --format json").code(1).out);
    commit(&project);
    git(&project, &["checkout", "--quiet", "-b", "mends"]);
    project.write("guides/a.md", &right);
    let judged = "check --baseline known.json --policy-from main";
    project.dogfood(judged).code(1).says("unclassified-fence in `guides/a.md`").says("still listed in `known.json`");
    project.write("known.json", "[]\n");
    project.dogfood(judged).code(0);
    // What is pending was not looked at, so nothing of it is mended.
    git(&project, &["checkout", "--quiet", "main", "--", "known.json"]);
    project.edit("guides/a.md", "```sh recipe=two\n", "```sh recipe=two\ntrue\n");
    project.dogfood("check --baseline known.json --base main").code(0).says("pending");
}

#[test]
fn a_command_that_is_added_is_caught() {
    let project = book();
    let toml = project.read("book.toml")
        + "\n[preprocessor.toc]\ncommand = \"sh -c 'curl example.com'\"\nafter = [\"dogfood\"]\n";
    project.write("book.toml", &toml);
    project.dogfood("check").code(0);
    caught(&project, "changed-policy", "`[preprocessor.toc]` starts `sh -c 'curl example.com'`, and is not in `main`");
}

/// This repository's SFTP target, with a guide that names it and does not run.
fn with_target(live: bool) -> Project {
    let target = include_str!("../../../../infra/targets/rclone-sftp.yaml");
    let lock = include_str!("../../../../infra/toolboxes/servers/requirements.lock");
    let toolbox = include_str!("../../../../infra/toolboxes/servers/toolbox.yaml");
    let target = if live { live_target(target) } else { target.to_owned() };
    proposed(
        Project::with_guide("a", BODY)
            .file("infra/targets/box.yaml", &target)
            .file("infra/toolboxes/servers/toolbox.yaml", toolbox)
            .file("infra/toolboxes/servers/requirements.lock", lock),
    )
}

/// The same protocol at an account: nothing starts, nothing is documented.
fn live_target(process: &str) -> String {
    let mut live = String::new();
    let mut in_process = false;
    for line in process.lines() {
        in_process = if line == "process:" { true } else { in_process && line.starts_with(' ') };
        if !in_process && !line.contains("documented: true") {
            live.push_str(&line.replace("kind: process", "kind: live").replace("{port}", "{secret:port}"));
            live.push('\n');
        }
    }
    live
}

#[test]
fn a_live_endpoint_that_is_moved_is_caught() {
    let project = with_target(true);
    project.dogfood("check --policy-from main").code(0);
    let target = project.read("infra/targets/box.yaml");
    assert!(target.contains("127.0.0.1"), "{target}");
    project.write("infra/targets/box.yaml", &target.replace("127.0.0.1", "evil.example.com"));
    project.dogfood("check").code(0);
    caught(&project, "changed-policy", "the live target `box` is not the one of `main`");
}

#[test]
fn a_secret_that_is_no_longer_declared_is_caught() {
    let project = with_target(false);
    project.dogfood("check --policy-from main").code(0);
    let target = project.read("infra/targets/box.yaml");
    let (head, tail) = target.split_once("  - name: SFTP_PASSWORD\n").unwrap();
    let (entry, rest) = tail.split_once("shown: change-me-please\n").unwrap();
    let told = format!("{head}  - name: SFTP_PASSWORD\n{entry}shown: change-me-please\n    documented: true\n{rest}");
    project.write("infra/targets/box.yaml", &told);
    caught(
        &project,
        "changed-policy",
        "`SFTP_PASSWORD` of the target `box` is a secret in `main`, and documented here",
    );
}

#[test]
fn an_include_through_a_link_is_caught() {
    let project = book();
    std::os::unix::fs::symlink("/etc/hostname", project.path("guides/host.txt")).unwrap();
    project.write("guides/a.md", &(project.read("guides/a.md") + "\n{{#include host.txt}}\n"));
    caught(&project, "broken-include", "symbolic link");
}

#[test]
fn a_trace_that_is_sealed_anew_is_caught() {
    let project = book();
    // What a forger does: other output, an expectation to match, and the seal of the new bytes.
    let forged =
        Project::with_guide("a", &BODY.replace("echo one", "echo eins").replace("expect\none", "expect\neins"));
    forged.dogfood("run").code(0);
    let (real, other) = (project.read("traces/a/one@none.yaml"), forged.read("traces/a/one@none.yaml"));
    let pin =
        |trace: &str| trace.lines().find(|line| line.trim_start().starts_with("recipe: sha256:")).unwrap().to_owned();
    let unsealed = other.replace(&pin(&other), &pin(&real));
    let (body, _) = unsealed.rsplit_once("sealed: ").unwrap();
    let digest = dogfood_core::digest::Digest::of_bytes(body.as_bytes());
    project.write("traces/a/one@none.yaml", &format!("{body}sealed: {digest}\n"));
    project.edit("guides/a.md", "expect\none", "expect\neins");
    project.dogfood("check").code(0);
    caught(&project, "changed-policy", "the trace is not the one of `main`, and nothing that it pins has changed");
}

#[test]
fn a_changed_recipe_s_own_trace_is_not_believed() {
    let project = book();
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood("run").code(0);
    project.dogfood("check").code(0);
    project.dogfood("check --policy-from main").code(1).says("the trace is not the one of `main`");
    // Beside `--base` the cell waits for a maintainer, and so does the merge.
    let held = project.dogfood("check --base main --policy-from main").code(1).says("pending: a/one@none");
    held.says("own-evidence").says("the change brings its own evidence of `a/one@none`");
    // Nor does it keep the maintainer's run from recording the cell, though it says the same.
    project.dogfood("run --pending --base main").code(4);
    let project = project.set("CI", "true");
    let recorded = project.dogfood("run --pending --base main --policy-from main").code(0);
    recorded.says("1 recipe passed").says("1 trace written");
    assert!(project.read("traces/a/one@none.yaml").contains("recorder: ci"));
}

/// The script of a step of a workflow that `init --ci github` wrote, run as GitHub's runner runs it.
#[track_caller]
pub(crate) fn step(project: &Project, workflow: &str, job: &str, name: &str, variables: &[(&str, &str)]) -> Ran {
    let text = project.read(&format!(".github/workflows/{workflow}.yml"));
    let parsed: serde_json::Value = serde_yaml::from_str(&text).unwrap();
    let steps = parsed["jobs"][job]["steps"].as_array().unwrap();
    let script = steps.iter().find(|step| step["name"] == name).unwrap()["run"].as_str().unwrap();
    let mut bash = project.command(Path::new("bash"));
    ran(bash.args(["-e", "-c", script]).envs(variables.iter().copied()))
}

#[test]
fn the_workflows_take_a_change_from_pending_to_recorded() {
    let project = book();
    project.dogfood("init --ci github").code(0);
    project.edit("guides/a.md", "echo one", "echo  one");
    commit(&project);
    // What somebody else merged meanwhile is no part of the pull request.
    git(&project, &["checkout", "--quiet", "main"]);
    project.edit("guides/a.md", "echo two", "echo  two");
    project.dogfood("run").code(0);
    commit(&project);
    git(&project, &["update-ref", "refs/remotes/origin/main", "main"]);
    let project = project.set("CI", "true").set("GITHUB_ACTIONS", "true");
    // GitHub checks out the merge; the workflows are there with the change.
    git(&project, &["checkout", "--quiet", "-b", "merge"]);
    git(&project, &["merge", "--quiet", "--no-ff", "--message=x", "change"]);
    let check = |project: &Project| step(project, "docs-check", "docs-check", "Check a pull request", &[]);
    let summary = project.path("summary.md");
    let project = project.set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    let told = check(&project).code(0).says("pending: a/one@none").says("the book is built");
    assert!(!told.out.contains("::error"), "{}", told.out);
    let summary = project.read("summary.md");
    assert!(summary.contains("- `a/one@none` changed here, not verified yet\n"), "{summary}");
    assert!(!summary.contains("| error |") && !summary.contains("What is wrong"), "no table of nothing: {summary}");
    step(&project, "docs-check", "docs-check", "Check the default branch", &[]).code(1);
    let branch = [("DEFAULT_BRANCH", "main")];
    git(&project, &["checkout", "--quiet", "change"]);
    assert!(check(&project).code(2).out.contains("not a merge of a pull request"));
    let old = step(&project, "docs-record", "run", "Run what is pending", &branch).code(1).silent_about("written");
    assert!(old.out.contains("merge main into the pull request first"), "{}", old.out);
    git(&project, &["merge", "--quiet", "--message=x", "main"]);
    step(&project, "docs-record", "run", "Run what is pending", &branch).code(0).says("1 trace written");
    assert!(
        !project.read("traces/a/two@none.yaml").contains("recorder: ci"),
        "what the default branch has is not recorded"
    );
    // Merged with its traces, the change passes where nothing is pending.
    step(&project, "docs-check", "docs-check", "Check the default branch", &[]).code(0);
    // What is wrong otherwise is mended first: nothing is recorded on top of it.
    commit(&project);
    git(&project, &["checkout", "--quiet", "merge"]);
    git(&project, &["merge", "--quiet", "--no-ff", "--message=x", "change"]);
    project.write("traces/a/two@none.yaml", "");
    check(&project).code(1);
    git(&project, &["checkout", "--quiet", "--force", "change"]);
    project.write("traces/a/two@none.yaml", "");
    step(&project, "docs-record", "run", "Run what is pending", &branch).code(1).silent_about("written");
    // Without an archive filled in, the workflows say what to do.
    assert!(
        step(&project, "docs-check", "docs-check", "Install dogfood", &[("DOGFOOD_ARCHIVE", "")])
            .code(2)
            .out
            .contains("fill in")
    );
}

#[test]
fn nothing_is_run_where_a_fork_s_code_would_see_secrets() {
    let project = Project::with_guide("a", "```sh recipe=r\ntouch /tmp/never; echo ran > \"$HOME/ran\"\n```\n")
        .set("GITHUB_EVENT_NAME", "pull_request_target");
    let before = project.files();
    for words in [
        "run",
        "run --walk",
        "run --discover guides",
        "run --frozen",
        "run --watch",
        "bench",
        "serve --port 0",
        "up box",
    ] {
        project.dogfood(words).code(2).says("pull_request_target").says("dogfood init --ci github");
    }
    assert_eq!(project.files(), before);
    project.dogfood("run --plan").code(0);
    project.dogfood("check").code(1).says("missing-evidence");
    project.set("GITHUB_EVENT_NAME", "pull_request").dogfood("run").code(0);
}
