//! `dogfood check`.

use crate::project::Project;

const RECIPE: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

/// A book whose one recipe is recorded.
pub(crate) fn recorded() -> Project {
    let project = Project::with_guide("a", RECIPE);
    project.dogfood("run").code(0);
    project
}

#[test]
fn a_recorded_book_is_clean() {
    let project = recorded();
    let check = project.dogfood("check").code(0);
    assert_eq!(check.out, "");
    let json = project.dogfood("check --format json").code(0).json();
    assert_eq!(json.as_array().unwrap().len(), 0, "{json}");
}

#[test]
fn one_changed_character_of_a_recipe_is_found_at_its_place() {
    let project = recorded();
    project.edit("guides/a.md", "echo hello", "echo hallo");
    project.dogfood("check").code(1).says("stale-recipe").says("guides/a.md:9").says("dogfood run a/hello");
    let json = project.dogfood("check --format json").code(1).json();
    let finding = json.as_array().unwrap().iter().find(|finding| finding["rule"] == "stale-recipe").unwrap().clone();
    assert_eq!((finding["file"].as_str(), finding["severity"].as_str()), (Some("guides/a.md"), Some("error")));
    for key in ["id", "rule", "severity", "file", "line", "column", "description", "current", "actual", "help"] {
        assert!(finding.get(key).is_some(), "{key} in {finding}");
    }
}

#[test]
fn an_expectation_that_is_not_met_is_found_without_a_run() {
    let project = recorded();
    project.edit("guides/a.md", "```text expect\nhello", "```text expect\ngoodbye");
    project.dogfood("check").code(1).says("output-drift").silent_about("stale-recipe");
}

#[test]
fn prose_moves_nothing() {
    let project = recorded();
    project.edit("guides/a.md", "# a\n", "# Another title\n\nProse, *much* prose.\n\n");
    project.dogfood("check").code(0);
}

#[test]
fn warnings_fail_only_when_they_are_denied() {
    let project = Project::with_guide("a", "```sh recipe=hello\necho hello\n```\n");
    project.dogfood("run").code(0);
    project.dogfood("check").code(0).says("unasserted-output");
    project.dogfood("check --deny warnings").code(1);
}

#[test]
fn today_is_an_input() {
    let project = recorded();
    project.dogfood("check --today 2099-01-01").code(0).says("old-evidence");
    let later = recorded().set("SOURCE_DATE_EPOCH", "4102444800");
    later.dogfood("check").says("old-evidence");
    later.dogfood("check --today 2026-01-01").silent_about("old-evidence");
    recorded().set("SOURCE_DATE_EPOCH", "soon").dogfood("check").code(2).says("SOURCE_DATE_EPOCH");
}

#[test]
fn foreign_text_in_a_finding_cannot_drive_the_terminal_or_the_runner() {
    let body = "```sh recipe=r\nprintf '::error::owned\\n\\033]0;title\\007##[group]x\\n'\n```\n\n```text expect\nnothing\n```\n";
    let project = Project::with_guide("a", body).set("GITHUB_ACTIONS", "true");
    for words in ["run", "check", "check --format json"] {
        let run = project.dogfood(words).code(1);
        for (stream, text) in [("stdout", &run.out), ("stderr", &run.err)] {
            assert!(!text.contains(['\x1b', '\x07']), "{words} {stream}: {text:?}");
            // The annotations of `check` are meant; whatever is foreign in them is escaped.
            let meant = |line: &str| {
                (words, stream) == ("check", "stdout") && line.starts_with("::error file=guides/a.md,line=14,")
            };
            let commands: Vec<&str> = text
                .lines()
                .filter(|line| (line.trim_start().starts_with("::") || line.contains("##[")) && !meant(line))
                .collect();
            assert!(commands.is_empty(), "{words} {stream}: {commands:?}");
        }
        assert!((run.out + &run.err).contains("::error::owned"), "{words}: it is shown, as text");
    }
}

#[test]
fn a_book_with_no_chapter_has_nothing_to_check() {
    Project::wired().dogfood("check").code(4);
}

#[test]
fn check_starts_nothing_and_needs_no_git() {
    let project = recorded().set("PATH", "/nonexistent");
    project.dogfood("check").code(0);
}

#[test]
fn every_format_tells_every_finding() {
    let project = recorded().file("traces/a/gone@none.yaml", "schema: 1\n");
    let findings = project.dogfood("check --format json").code(1).json().as_array().unwrap().len();
    assert!(findings >= 2, "{findings}");
    let log = project.dogfood("check --format sarif").code(1).json();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), findings);
    let junit = project.dogfood("check --format junit").code(1).out;
    assert_eq!(junit.matches("<failure ").count(), findings, "{junit}");
    assert!(junit.contains(&format!("<testsuite name=\"findings\" tests=\"{findings}\"")), "{junit}");
    assert!(junit.contains("<testcase name=\"a/hello@none\" file=\"guides/a.md\"/>"), "{junit}");
    let annotations = project.dogfood("check --format github").code(1).out;
    assert_eq!(annotations.lines().filter(|line| line.starts_with("::")).count(), findings, "{annotations}");
}

#[test]
fn under_github_actions_findings_are_annotations_and_a_job_summary() {
    let project = recorded().file("traces/a/gone@none.yaml", "schema: 1\n").set("GITHUB_ACTIONS", "true");
    let summary = project.path("summary.md");
    let project = project.set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    let run = project.dogfood("check").code(1).says("orphan-trace");
    assert!(run.out.starts_with("::error file=traces/a/gone@none.yaml,line=1,"), "{}", run.out);
    let summary = project.read("summary.md");
    assert!(summary.contains("orphan-trace | traces/a/gone"), "{summary}");
    project.dogfood("check --format json").code(1).json();
}

#[test]
fn a_baseline_tolerates_what_it_lists_until_it_is_mended() {
    let project = recorded().file("traces/a/gone@none.yaml", "schema: 1\n");
    let listed = project.dogfood("check --format json").code(1).out;
    project.write("known.json", &listed);
    project.dogfood("check --baseline known.json").code(0).says("2 findings tolerated by the baseline `known.json`");
    project.edit("guides/a.md", "echo hello", "echo  hello");
    project.dogfood("check --baseline known.json").code(1).says("stale-recipe").silent_about("orphan-trace");
    project.edit("guides/a.md", "echo  hello", "echo hello");
    std::fs::remove_file(project.path("traces/a/gone@none.yaml")).unwrap();
    project
        .dogfood("check --baseline known.json")
        .code(1)
        .says("orphan-trace in `traces/a/gone@none.yaml`")
        .says("is mended and still listed in `known.json`")
        .says("dogfood check --format json > known.json");
    project.write("known.json", "{}");
    project.dogfood("check --baseline known.json").code(2).says("known.json");
    project.dogfood("check --baseline nowhere.json").code(2).says("nowhere.json");
}
