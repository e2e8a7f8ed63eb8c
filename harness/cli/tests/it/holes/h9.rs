//! H9: evidence that a change brings for itself is named and holds the merge.

use crate::project::Project;
use crate::pull_requests::{book, commit, git, step};

/// What a pull request is checked with where nobody may record evidence for it.
const GATE: &str = "check --deny warnings --base main --policy-from main";

/// The text of the trace of `a/one@none` that `from` pins, with what `to` pins instead and a checksum that fits.
fn forged(real: &str, from: &str) -> String {
    let text = real.replace(from, "uno\n");
    assert_ne!(text, real, "{real}");
    let (body, _) = text.rsplit_once("sealed: ").unwrap();
    let digest = dogfood_core::digest::Digest::of_bytes(body.as_bytes());
    format!("{body}sealed: {digest}\n")
}

/// A changed recipe with a trace that no run made: it says what the changed page expects.
fn attack() -> Project {
    let project = book();
    project.edit("guides/a.md", "echo one", "echo eins");
    project.dogfood("run a/one").code(1);
    let trace = project.read("traces/a/one@none.yaml");
    let forged = forged(&trace, "eins\n");
    project.write("traces/a/one@none.yaml", &forged);
    project
}

#[test]
fn h9_a_forged_trace_of_a_changed_recipe_holds_the_merge() {
    let project = book();
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood(GATE).code(0).says("pending: a/one@none").silent_about("own-evidence");
    project.dogfood("run a/one").code(0);
    commit(&project);
    let held = project.dogfood(GATE).code(1).says("error[own-evidence]").says("traces/a/one@none.yaml:1:1");
    held.says("it claims that `local` recorded it").says("pending: a/one@none").says("docs-record");
    // Every report names it.
    for format in ["json", "sarif", "junit", "github"] {
        let report = project.dogfood(&format!("{GATE} --format {format}")).code(1);
        assert!(report.out.contains("own-evidence"), "{format}: {}", report.out);
        assert!(report.out.contains("traces/a/one@none.yaml"), "{format}: {}", report.out);
    }
    // So does the preview: it does not call verified what nobody of the project recorded.
    project.dogfood("build --base main --policy-from main").code(1).says("own-evidence");
    // The command of the help takes it back.
    git(&project, &["checkout", "main", "--", "traces/a/one@none.yaml"]);
    project.dogfood(GATE).code(0).says("pending: a/one@none");
}

#[test]
fn h9_a_trace_of_a_new_recipe_and_one_that_cannot_be_read_are_own_evidence_too() {
    let project = book();
    project.write("guides/a.md", &(project.read("guides/a.md") + "\n```sh recipe=three\ntrue\n```\n"));
    project.dogfood("run a/three").code(0);
    project.dogfood(GATE).code(1).says("own evidence of `a/three@none`");
    project.write("traces/a/three@none.yaml", "not a trace");
    project.dogfood(GATE).code(1).says("own evidence of `a/three@none`").says("not a complete trace");
    std::fs::remove_file(project.path("traces/a/three@none.yaml")).unwrap();
    project.dogfood(GATE).code(0).says("pending: a/three@none");
}

#[test]
fn h9_what_a_commit_of_the_maintainers_has_is_believed_byte_for_byte() {
    let project = book();
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood("run a/one").code(0);
    commit(&project);
    git(&project, &["branch", "recorded"]);
    let believed = project.dogfood(&format!("{GATE} --evidence-from recorded")).code(0);
    believed.silent_about("pending").says("2 of 2 cells verified");
    project.dogfood("build --base main --policy-from main --evidence-from recorded").code(0);
    assert!(project.read("book/a.html").contains("data-dogfood-gate=\"clean\""));
    project.edit("traces/a/one@none.yaml", "recorder: local", "recorder: ci");
    project.dogfood(&format!("{GATE} --evidence-from recorded")).code(1).says("own-evidence");
    project.dogfood("check --evidence-from recorded").code(2).says("--policy-from");
    project.dogfood(&format!("{GATE} --evidence-from nowhere")).code(2).says("git knows no commit `nowhere`");
}

#[test]
fn h9_recording_replaces_it_and_refuses_if_anything_else_is_wrong() {
    let project = attack().set("CI", "true");
    project.edit("guides/a.md", "expect\none", "expect\neins");
    commit(&project);
    let record = "run --pending --base main --policy-from main";
    project.write("traces/a/two@none.yaml", "");
    let refused =
        project.dogfood(record).code(1).says("missing-evidence").says("nothing is recorded before that is fixed");
    refused.silent_about("trace written");
    git(&project, &["checkout", "--", "traces/a/two@none.yaml"]);
    project.dogfood(record).code(0).says("1 trace written");
    assert!(project.read("traces/a/one@none.yaml").contains("recorder: ci"));
}

#[test]
fn h9_the_workflow_holds_a_fork_until_docs_record_has_recorded_it() {
    let project = book();
    project.dogfood("init --ci github").code(0);
    project.edit("guides/a.md", "echo one", "echo  one");
    project.dogfood("run a/one").code(0);
    commit(&project);
    git(&project, &["checkout", "--quiet", "-b", "merge", "main"]);
    git(&project, &["merge", "--quiet", "--no-ff", "--message=x", "change"]);
    let project = project.set("CI", "true").set("GITHUB_ACTIONS", "true");
    let check = |own: &str| {
        let variables = [("FROM_THIS_REPOSITORY", own), ("NUMBER", "7")];
        step(&project, "docs-check", "docs-check", "Check a pull request", &variables)
    };
    assert!(check("false").code(1).out.contains("::error"));
    // A branch of the repository is pushed by people with write access.
    check("true").code(0).says("2 of 2 cells verified");
    // A fork's pull request passes with the traces of the branch that docs-record pushed, and with no others.
    git(&project, &["update-ref", "refs/remotes/origin/docs-record/7", "main"]);
    check("false").code(1);
    git(&project, &["update-ref", "refs/remotes/origin/docs-record/7", "change"]);
    check("false").code(0).says("2 of 2 cells verified");
}

#[test]
fn h9_what_no_rule_judges_is_listed_in_the_summary_of_a_pull_request() {
    let project = book();
    project.write("theme/index.hbs", "<script>1</script>");
    project.write(".github/workflows/docs-check.yml", "on: push\n");
    project.edit("guides/a.md", "# a\n", "# a\n\nSee <b>[there](https://example.org/|x)</b>.\n");
    project.edit("guides/a.md", "expect\none", "expect\n[..]");
    commit(&project);
    let expected = [
        ".github/workflows/docs-check.yml: no rule reads this file",
        "theme/index.hbs: no rule reads this file",
        "guides/a.md: 1 line of prose new",
        "a line with raw HTML is new or different",
        "step 1 of `a/one`: the expectation of stdout accepts more than before",
        "an address that the book did not have: https://example.org/|x",
    ];
    for command in ["check --base main", "check --policy-from main", GATE] {
        let check = project.dogfood(command).code(0);
        for text in expected {
            assert!(check.err.contains(text), "{command}: no {text:?} in {}", check.err);
        }
    }
    let sarif = project.dogfood(&format!("{GATE} --format sarif")).code(0).json();
    crate::reports::fits(crate::reports::SARIF, &sarif);
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    let notes: Vec<&str> =
        notes.as_array().unwrap().iter().map(|note| note["message"]["text"].as_str().unwrap()).collect();
    assert_eq!(notes.len(), expected.len(), "{notes:?}");
    let file = project.path("summary.md");
    let project = project.set("GITHUB_ACTIONS", "true").set("GITHUB_STEP_SUMMARY", file.to_str().unwrap());
    project.dogfood(GATE).code(0);
    let summary = project.read("summary.md");
    assert!(summary.contains("Changed here and judged by no rule. Read these:"), "{summary}");
    assert!(summary.contains("- .github/workflows/docs-check.yml: no rule reads this file"), "{summary}");
    // Foreign text stays text: no table, link or tag of the change is one in the summary.
    assert!(!summary.contains("<b>") && !summary.contains("](https") && !summary.contains("/|x"), "{summary}");
    assert_eq!(summary.matches("\n- ").count(), expected.len(), "{summary}");
}
