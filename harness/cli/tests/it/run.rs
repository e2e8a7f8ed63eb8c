//! `dogfood run`: what it records, what it says, and which code it ends with.

use crate::project::Project;

const HELLO: &str = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";

#[test]
fn a_passing_recipe_is_recorded_and_counted() {
    let project = Project::with_guide("a", HELLO);
    let run = project.dogfood("run").code(0).says("1 recipe passed");
    assert_eq!(run.out, "");
    let trace = project.read("traces/a/hello@none.yaml");
    assert!(trace.starts_with("schema: 1\n"), "{trace}");
    assert!(trace.contains("recorder: local") && trace.contains("hello") && trace.contains("sealed: "), "{trace}");
    project.dogfood("check").code(0);
}

#[test]
fn a_second_run_that_says_the_same_leaves_the_trace_alone() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    let first = project.files();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    project.dogfood("run").code(0);
    assert_eq!(project.files(), first);
    project.dogfood("run --refresh").code(0);
    assert_ne!(project.files(), first);
}

#[test]
fn one_run_shows_all_differences_at_their_lines() {
    let body = "```sh recipe=r\necho one\n```\n\n```text expect\n1\n```\n\n```sh recipe=r\necho two\n```\n\n```text expect\n2\n```\n";
    let project = Project::with_guide("a", body);
    project
        .dogfood("run")
        .code(1)
        .says("output-drift")
        .says("guides/a.md:14")
        .says("guides/a.md:22")
        .says("1 failed")
        .says("dogfood accept a/r");
    assert!(project.has("traces/a/r@none.yaml"), "what happened is recorded, whatever it is");
}

#[test]
fn a_recipe_that_fails_is_recorded_and_never_green() {
    let body = "```sh recipe=r\necho before\nfalse | true\necho after\n```\n";
    let project = Project::with_guide("a", body);
    project.dogfood("run").code(1).says("failed-evidence").silent_about("recipe passed");
    assert!(project.read("traces/a/r@none.yaml").contains("before"));
    project.dogfood("check").code(1).says("failed-evidence");
    project.edit("guides/a.md", "false | true\n", "true\n");
    project.dogfood("run").code(0).says("1 recipe passed");
}

#[test]
fn selectors_choose_and_slips_are_understood() {
    let project = Project::with_guide("a", HELLO).guide("b", "targets: [none]", HELLO);
    project.dogfood("run b").code(0).says("1 recipe passed");
    assert!(project.has("traces/b/hello@none.yaml") && !project.has("traces/a/hello@none.yaml"));
    project.dogfood("run guides/a.md").code(0).says("1 recipe passed");
    project.dogfood("run a/hello b/hello").code(0).says("2 recipes passed");
    project.dogfood("run @none").code(0).says("2 recipes passed");
    project.dogfood("run a/helo").code(2).says("a/hello");
    project.dogfood("run @nnoe").code(2).says("@none");
}

#[test]
fn nothing_to_run_is_four() {
    Project::wired().dogfood("run").code(4);
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run").code(0);
    project.dogfood("run --stale").code(4).says("nothing");
}

#[test]
fn stale_runs_what_the_gate_names() {
    let project = Project::with_guide("a", HELLO).guide("b", "targets: [none]", HELLO);
    project.dogfood("run").code(0);
    project.edit("guides/b.md", "echo hello", "echo  hello");
    project.dogfood("run --stale").code(0).says("1 recipe passed").says("b/hello");
    project.dogfood("check").code(0);
}

#[test]
fn the_plan_is_told_and_not_run() {
    let project = Project::with_guide("a", HELLO);
    project.dogfood("run --plan").code(0).says("a/hello@none");
    let plan = project.dogfood("run --plan --format json").code(0).json();
    assert_eq!(plan["cells"][0]["cell"], "a/hello@none");
    assert!(!project.has("traces"));
}

#[test]
fn a_skipped_recipe_is_named_and_does_not_count_as_passed() {
    let body = format!("{HELLO}\n```sh recipe=later skip=needs-an-account until=2099-01-01\nfalse\n```\n");
    let project = Project::with_guide("a", &body);
    project.dogfood("run").code(0).says("1 recipe passed").says("1 skipped").says("needs-an-account");
}

#[test]
fn several_jobs_write_in_order_and_isolate() {
    let recipes: String = (0..12)
        .map(|n| format!("```sh recipe=r{n}\ntest ! -e mine; touch mine; sleep 0.{}; echo {n}\n```\n\n```text expect\n{n}\n```\n\n", 12 - n))
        .collect();
    let project = Project::with_guide("a", &recipes);
    project.dogfood("run --jobs 4").code(0).says("12 recipes passed");
    assert_eq!(project.files().keys().filter(|file| file.starts_with("traces/")).count(), 12);
}

#[test]
fn fail_fast_stops_and_says_what_did_not_run() {
    let recipes: String = (0..6).map(|n| format!("```sh recipe=r{n}\nsleep 0.2; test {n} -ne 0\n```\n\n")).collect();
    let project = Project::with_guide("a", &recipes);
    let run = project.dogfood("run --jobs 1 --fail-fast").code(1).says("1 failed").says("not run");
    assert!(!run.err.contains("5 recipes passed"), "{}", run.err);
}

#[test]
fn a_kept_folder_is_named_and_there() {
    let project = Project::with_guide("a", "```sh recipe=r\necho data > made.txt\n```\n");
    let run = project.dogfood("run --keep").code(0);
    let folder =
        run.err.lines().find_map(|line| line.split_once("kept in ")).map(|(_, folder)| std::path::Path::new(folder));
    assert!(folder.is_some_and(|folder| folder.join("made.txt").is_file()), "{}", run.err);
    project.dogfood("clean").code(0).says("1 folder");
    assert!(!folder.unwrap().exists());
}

#[test]
fn results_are_told_to_programs_too() {
    let project = Project::with_guide("a", &format!("{HELLO}\n```sh recipe=bad\nexit 3\n```\n"));
    let json = project.dogfood("run --format json").code(1).json();
    let cells: Vec<_> = json["cells"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cell| (cell["cell"].as_str().unwrap(), cell["result"].as_str().unwrap()))
        .collect();
    assert_eq!(cells, [("a/hello@none", "passed"), ("a/bad@none", "failed")]);
    assert_eq!((json["passed"].as_u64(), json["failed"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn a_guide_with_a_fault_is_told_and_is_not_green() {
    let project = Project::with_guide("a", &format!("{HELLO}\n```sh\nnobody knows\n```\n"));
    project.dogfood("run").code(1).says("unclassified-fence");
}

#[test]
fn foreign_markdown_runs_and_nothing_is_recorded() {
    let page = "# Setup\n\n```bash\n$ echo hi\nhi\n```\n\n## Two\n\n```python\n>>> print(1)\n1\n```\n\n```sh\nls ..; false\n```\n\n\
                ## Three\n\n!!! note\n    ```sh\n    --8<-- \"x.sh\"\n    ```\n\n## Four\n\n```console\n$ echo a\nb\n```\n";
    let project = Project::empty().file("docs/page.md", page);
    let before = project.files();
    project
        .dogfood("run --discover docs")
        .code(1)
        .says("page/two@none: failed: page.md:15: ")
        .says("page/three@none: failed: page.md:22: the snippet `x.sh`")
        .says("page/four@none: failed: page.md:28: it said something else")
        .says("1 recipe passed, 3 failed");
    let listed = project.dogfood("run --discover docs --format json").code(1).json();
    assert_eq!((&listed["passed"], &listed["failed"]), (&1.into(), &3.into()));
    assert_eq!(project.files(), before);
    Project::empty().file("docs/page.md", "# No fence\n").dogfood("run --discover docs").code(4).says("nothing to run");
    Project::empty().dogfood("run --discover nowhere").code(2);
}
