//! `dogfood list`.

use serde_json::json;

use crate::project::Project;

const BODY: &str = "\
```sh recipe=hello
echo hello
```

```text expect
hello
```

- in a list

  ~~~python recipe=other timeout=5s
  print(1)
  ~~~

> ````sh illustrative=no-server
> false
> ````

```
no language
```
";

#[test]
fn every_fence_has_a_place_and_a_class() {
    let project = Project::with_guide("a", BODY);
    let listed = project.dogfood("list --format json").code(0).json();
    let rows: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|fence| json!([fence["file"], fence["line"], fence["language"], fence["class"], fence["recipe"]]))
        .collect();
    let expected = json!([
        ["guides/a.md", 9, "sh", "step", "hello"],
        ["guides/a.md", 13, "text", "expect", "hello"],
        ["guides/a.md", 19, "python", "step", "other"],
        ["guides/a.md", 23, "sh", "illustrative", null],
        ["guides/a.md", 27, "", "unclassified", null],
    ]);
    assert_eq!(json!(rows), expected);
    assert_eq!(listed[2]["attributes"], json!({"recipe": "other", "timeout": "5s"}));
}

#[test]
fn people_get_one_line_per_fence_on_stderr() {
    let project = Project::with_guide("a", BODY);
    let listed = project.dogfood("list").code(0);
    assert_eq!(listed.out, "");
    let lines: Vec<&str> = listed.err.lines().collect();
    assert!(lines[0].starts_with("guides/a.md:9"), "{}", lines[0]);
    assert!(lines[0].contains("step") && lines[0].contains("sh") && lines[0].contains("hello"), "{}", lines[0]);
    listed.says("5 fences");
}

#[test]
fn a_selector_narrows_the_list() {
    let project = Project::with_guide("a", BODY).guide("b", "targets: [none]", "```sh recipe=only\ntrue\n```\n");
    let count = |words: &str| project.dogfood(words).code(0).json().as_array().unwrap().len();
    assert_eq!(count("list --format json"), 6);
    assert_eq!(count("list --format json b"), 1);
    assert_eq!(count("list --format json guides/b.md"), 1);
    assert_eq!(count("list --format json a/hello"), 2);
    project.dogfood("list a/helo").code(2).says("a/hello");
}

#[test]
fn discover_reads_any_tree_of_markdown() {
    let project = Project::empty()
        .file("docs/one.md", "# One\n\n```bash\necho 1\n```\n\n    indented\n")
        .file("docs/deep/two.markdown", "text\n\n1. item\n   ```python\n   print(1)\n   ```\n")
        .file("docs/not.txt", "```sh\nx\n```\n");
    let listed = project.dogfood("list --discover docs --format json").code(0).json();
    let rows: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|fence| {
            (fence["file"].as_str().unwrap(), fence["line"].as_u64().unwrap(), fence["language"].as_str().unwrap())
        })
        .collect();
    assert!(rows.contains(&("docs/one.md", 3, "bash")), "{rows:?}");
    assert!(rows.contains(&("docs/deep/two.markdown", 4, "python")), "{rows:?}");
    assert!(rows.iter().all(|(file, ..)| *file != "docs/not.txt"));
    project.dogfood("list --discover nowhere").code(2).says("nowhere");
}

#[test]
fn a_book_without_fences_has_nothing_to_list() {
    Project::wired().dogfood("list").code(4);
}

#[test]
fn the_plan_is_what_a_run_would_run() {
    let hello = "```sh recipe=hello\necho hello\n```\n\n```text expect\nhello\n```\n";
    let project = Project::with_guide("a", hello);
    project.dogfood("list --plan").code(0).says("a/hello@none: never recorded").says("1 run; 0 s of steps");
    let (listed, planned) = (project.dogfood("list --plan --format json"), project.dogfood("run --plan --format json"));
    assert_eq!(listed.json(), planned.json());
    project.dogfood("list --plan --discover .").code(2);
}
