//! `dogfood run --walk` and `--as-reader`: the page from top to bottom.

use crate::project::Project;

#[test]
fn a_walk_shares_one_world_and_records_nothing() {
    let body = "```sh recipe=one\necho kept > kept.txt\n```\n\n```sh recipe=two\ncat kept.txt\n```\n\n```text expect\nkept\n```\n";
    let project = Project::with_guide("a", body);
    project.dogfood("run --walk").code(0).says("1 walk passed");
    assert!(!project.has("traces"));
    // As recipes of their own the second has no file to read.
    project.dogfood("run").code(1);
}

#[test]
fn a_walk_shows_differences_and_failures() {
    let project = Project::with_guide("a", "```sh recipe=one\necho 1\n```\n\n```text expect\n2\n```\n");
    project.dogfood("run --walk").code(1).says("guides/a.md:14");
    let project = Project::with_guide("a", "```sh recipe=one\nfalse\n```\n");
    project.dogfood("run --walk").code(1).says("guides/a.md");
}

#[test]
fn what_no_walk_came_to_is_named() {
    let project = Project::with_guide("a", "```sh recipe=one\nfalse\n```\n\n```sh recipe=two\ntrue\n```\n");
    project.dogfood("run --walk").code(1).says("1 recipe not judged on any walk: a/two@none");
    project.edit("guides/a.md", "false", "true");
    project.dogfood("run --walk").code(0).silent_about("not judged");
}

#[test]
fn as_reader_executes_what_is_given() {
    let body = "```sh given=toolbox\nexport GREETING=hello\n```\n\n```sh recipe=one\necho \"$GREETING\"\n```\n\n```text expect\nhello\n```\n";
    let project = Project::with_guide("a", body);
    project.dogfood("run --as-reader").code(0);
    assert!(!project.has("traces"));
}
