//! H15: `check` of anybody's pull request is bounded in time and memory. Nothing is timed here: what is past a bound is a finding, and the
//! program gets so much memory and processor time as the bounds promise and no more.

use std::path::Path;

use crate::project::{Project, Ran, ran};

/// `dogfood check` in a gigabyte of addresses and 60 s of processor time: the programs under test are not optimised, and share their
/// machine. Before there were bounds, these inputs took more of either.
fn check(project: &Project) -> Ran {
    let words = "ulimit -v 1500000; ulimit -t 60; exec \"$0\" check";
    ran(project.command(Path::new("bash")).args(["-c", words, env!("CARGO_BIN_EXE_dogfood")]))
}

/// A book whose one recipe prints what `command` does, recorded, that then expects `expected`.
fn judged(command: &str, format: &str, expected: &str) -> Ran {
    let step = format!("```sh recipe=r\n{command}\n```\n");
    let project = Project::with_guide("a", &format!("{step}\n```{format} expect\n...\n```\n"));
    if format != "text" {
        project.write("guides/a.md", &project.read("guides/a.md").replace("\n...\n", "\n\"...\"\n"));
    }
    project.dogfood("run").code(0);
    let guide = project.read("guides/a.md");
    let (head, _) = guide.split_once(&format!("```{format} expect\n")).unwrap();
    project.write("guides/a.md", &format!("{head}```{format} expect\n{expected}\n```\n"));
    check(&project)
}

#[track_caller]
fn over_budget(ran: Ran, why: &str) {
    let ran = ran.code(1).says("error[over-budget]").says(why).says("0 of 1 cell verified");
    assert!(ran.err.len() < 4000, "{} bytes", ran.err.len());
}

#[test]
fn regular_expressions() {
    let lines: Vec<String> = (0..4000).map(|number| format!("\\w+ {number} (re)")).collect();
    over_budget(judged("seq 1 4000", "text", &lines.join("\n")), "more than 8 MiB when they are compiled");
}

#[test]
fn lines_that_almost_match_everywhere() {
    let expected = format!("...\n{}b\n...", "a\n".repeat(50_000));
    over_budget(judged("seq 1 120000 | sed s/.*/a/", "text", &expected), "more than 10000000 steps");
}

#[test]
fn a_glob() {
    let expected = format!("*{}b* (glob)", "a".repeat(100_000));
    over_budget(judged("head -c 250000 /dev/zero | tr '\\0' a", "text", &expected), "more than 10000000 steps");
}

#[test]
fn data_of_nested_lists() {
    fn nested(depth: usize, many: usize) -> String {
        if depth == 0 { "1".to_owned() } else { format!("[[{}]]", vec![nested(depth - 1, many); many].join(",")) }
    }
    over_budget(judged(&format!("echo '{}'", nested(3, 21)), "json", &nested(3, 20)), "more than 10000000 steps");
}

#[test]
fn a_difference_of_many_lines_is_a_drift_and_not_more() {
    let expected: String = (0..20_000).map(|number| format!("x{number}\n")).collect();
    judged("seq 1 20000", "text", expected.trim_end()).code(1).says("output-drift").says("more lines …");
}

#[test]
fn many_recipes_files_and_comments() {
    let recipes: String = (0..8000)
        .map(|number| {
            format!(
                "<!-- dogfood: allow missing-evidence until=2999-01-01 because later -->\n\n```sh recipe=r{number}\ntrue\n```\n\n\
                 ```text file=f{number} recipe=r{number}\nx\n```\n\n"
            )
        })
        .collect();
    check(&Project::with_guide("a", &recipes)).code(0).says("8000 tolerated");
}

#[test]
fn what_grows_with_recipes_and_something_else() {
    let recipes: String = (0..1000).map(|number| format!("```sh recipe=r{number}\ntrue\n```\n\n")).collect();
    let file = format!("```text file=big.txt\n{}```\n\n", "x\n".repeat(500_000));
    check(&Project::with_guide("a", &(file + &recipes))).code(1).says("would be written 1000 times");
    let targets: Vec<String> = (0..400).map(|number| format!("t{number}")).collect();
    let front = format!("targets: [{}]", targets.join(", "));
    check(&Project::wired().guide("a", &front, &recipes)).code(1).says("a book has at most 200000 runs");
}

#[test]
fn includes_and_chapters_that_are_listed_often() {
    let big = format!("{}\n", "y".repeat(79)).repeat(100_000);
    let mut project = Project::wired().file("big.txt", &big);
    for number in 0..12 {
        project = project.guide(
            &format!("g{number}"),
            "targets: [none]",
            "{{#include ../big.txt}}\n\n```sh recipe=r\ntrue\n```\n",
        );
    }
    check(&project).code(1).says("error[over-budget]").says("hold more than 64 MiB");
    let project =
        Project::with_guide("a", "```sh recipe=r\ntrue\n```\n").file("guides/b.md", &"x *y* [z](u)\n".repeat(100_000));
    project.edit("book.toml", "renderers = [\"html\"]\n", "renderers = [\"html\"]\nplain = [\"b.md\"]\n");
    project.write("guides/SUMMARY.md", &(project.read("guides/SUMMARY.md") + &"- [b](b.md)\n".repeat(2_000)));
    check(&project).code(1).says("Duplicate file in SUMMARY.md").silent_about("over-budget");
}

#[test]
fn many_findings_in_one_line() {
    let comments = "<!-- dogfood: x --> ".repeat(50_000);
    let project = Project::with_guide("a", &format!("{comments}\n\n```sh recipe=r\ntrue\n```\n"));
    check(&project).code(1).says("more findings are not shown");
    let json = project.dogfood("check --format json").code(1).json();
    assert_eq!(json.as_array().unwrap().len(), 10_001);
}
