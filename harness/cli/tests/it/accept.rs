//! `dogfood accept`: the guide follows its evidence.

use crate::project::Project;

const BODY: &str =
    "```sh recipe=r\necho one; echo two; echo id-$$; echo four\n```\n\n```text expect\none\nzwei\nid-[..]\nfour\n```\n";

#[test]
fn only_lines_that_moved_change_and_patterns_stay() {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(1);
    let before = project.read("guides/a.md");
    project.dogfood("accept --dry-run").code(0).says("- zwei").says("+ two");
    assert_eq!(project.read("guides/a.md"), before);
    project.dogfood("accept").code(0).says("- zwei").says("+ two");
    assert_eq!(project.read("guides/a.md"), before.replace("zwei", "two"));
    project.dogfood("check").code(0);
    project.dogfood("accept").code(0).says("nothing");
}

#[test]
fn under_ci_nothing_is_accepted() {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(1);
    let project = project.set("CI", "1");
    let before = project.files();
    project.dogfood("accept").code(2).says("CI");
    assert_eq!(project.files(), before);
}

#[test]
fn console_output_is_accepted_in_place() {
    let project = Project::with_guide("a", "```console recipe=r\n$ echo one\n1\n$ echo two\ntwo\n```\n");
    project.dogfood("run").code(1);
    project.dogfood("accept a").code(0);
    assert!(
        project.read("guides/a.md").contains("$ echo one\none\n$ echo two\ntwo\n```"),
        "{}",
        project.read("guides/a.md")
    );
    project.dogfood("check").code(0);
}

#[test]
fn a_stale_trace_is_not_accepted() {
    let project = Project::with_guide("a", BODY);
    project.dogfood("run").code(1);
    project.edit("guides/a.md", "echo one;", "echo uno;");
    let before = project.read("guides/a.md");
    project.dogfood("accept").code(1).says("dogfood run a/r");
    assert_eq!(project.read("guides/a.md"), before);
}

#[test]
fn selectors_narrow_what_is_accepted() {
    let project = Project::with_guide("a", BODY).guide("b", "targets: [none]", BODY);
    project.dogfood("run").code(1);
    project.dogfood("accept b/r").code(0);
    assert!(project.read("guides/a.md").contains("zwei") && !project.read("guides/b.md").contains("zwei"));
}

/// The expectation of a setup is that of every recipe.
#[test]
fn what_is_not_selected_goes_on_holding() {
    let project = Project::wired().file("word", "old\n");
    let path = project.path("word").display().to_string();
    let body = format!(
        "```console setup\n$ cat {path}\nold\n```\n\n```sh recipe=one\ntrue\n```\n\n```sh recipe=two\ntrue\n```\n"
    );
    let project = project.guide("a", "targets: [none]", &body);
    project.dogfood("run").code(0);
    project.write("word", "new\n");
    project.dogfood("run a/one").code(1);
    let guide = project.read("guides/a.md");
    project.dogfood("accept a/two").code(0);
    project.dogfood("accept a/one").code(1);
    assert_eq!(project.read("guides/a.md"), guide, "a/two still says the old word");
    project.dogfood("run a/two").code(1);
    project.dogfood("accept a/one").code(0);
    assert_eq!(project.read("guides/a.md"), guide.replace("old", "new"));
    project.dogfood("check").code(0);
}
