//! `dogfood init`.

use crate::project::Project;

#[test]
fn a_new_book_is_wired_recorded_and_passes() {
    let project = Project::empty();
    project.dogfood("init").code(0).says("book.toml").says("guides/first-guide.md").says("recipes passed");
    assert!(project.has("traces/first-guide/hello@none.yaml"));
    project.dogfood("check --deny warnings").code(0);
    project.dogfood("run --frozen").code(0);
    project.mdbook("build").code(0);
    assert!(std::fs::read_to_string(project.path("book/first-guide.html")).unwrap().contains("data-dogfood-stamp="));
}

#[test]
fn a_second_init_does_nothing() {
    let project = Project::empty();
    project.dogfood("init").code(0);
    let first = project.files();
    project.dogfood("init").code(0).says("nothing to do");
    assert_eq!(project.files(), first);
}

#[test]
fn a_folder_can_be_named() {
    let project = Project::empty();
    project.dogfood("init new/book").code(0);
    assert!(project.has("new/book/book.toml"));
    project.dogfood_in("new/book", "check").code(0);
}

#[test]
fn a_guide_that_somebody_left_is_not_run() {
    let project = Project::empty().file("guides/first-guide.md", "```sh recipe=r\ntouch /tmp/ran\n```\n");
    let before = project.files();
    project.dogfood("init").code(2).says("guides/first-guide.md` is there, and belongs to no book");
    assert_eq!(project.files(), before);
}

#[test]
fn an_existing_book_is_wired_and_its_chapters_are_listed_as_plain() {
    let project = Project::empty()
        .file(
            "book.toml",
            "# my book\n[book]\ntitle = \"Mine\"\n\n[output.html]\ngit-repository-url = \"https://example.com\"\n",
        )
        .file(
            "src/SUMMARY.md",
            "# Summary\n\n[Intro](README.md)\n\n- [One](one.md)\n  - [Deep](deep/two.md)\n- [Draft]()\n",
        )
        .file("src/README.md", "# Intro\n")
        .file("src/one.md", "# One\n\n```sh\nrm -rf /\n```\n")
        .file("src/deep/two.md", "# Two\n");
    project.mdbook("build").code(0);
    project.dogfood("init").code(0).says("one.md").says("plain");
    let wired = project.read("book.toml");
    assert!(wired.starts_with("# my book\n[book]\ntitle = \"Mine\"\n"), "{wired}");
    project.dogfood("check").code(4).says("nothing to check");
    project.mdbook("build").code(0);
    assert!(std::fs::read_to_string(project.path("book/deep/two.html")).unwrap().contains("data-dogfood-stamp="));
    let first = project.files();
    project.dogfood("init").code(0).says("nothing to do");
    assert_eq!(project.files(), first);
}

#[test]
fn a_book_toml_that_cannot_be_wired_is_left_alone() {
    let project = Project::empty().file("book.toml", "[book\n").file("src/SUMMARY.md", "# Summary\n");
    project.dogfood("init").code(2).says("book.toml");
    assert_eq!(project.read("book.toml"), "[book\n");
}

#[test]
fn workflows_are_written_once_with_no_more_rights_than_they_need() {
    let project = Project::empty();
    project
        .dogfood("init --ci github")
        .code(0)
        .says("wrote .github/workflows/docs-check.yml")
        .says("fill in DOGFOOD_ARCHIVE");
    let read = |name: &str| -> (String, serde_json::Value) {
        let text = project.read(&format!(".github/workflows/{name}.yml"));
        let value = serde_yaml::from_str(&text).unwrap();
        (text, value)
    };
    let (check, parsed) = read("docs-check");
    assert_eq!(parsed["permissions"], serde_json::json!({ "contents": "read" }));
    assert!(parsed["on"].get("pull_request").is_some() && parsed["on"].get("pull_request_target").is_none());
    assert!(!check.contains("secrets.") && !check.contains("dogfood run"), "{check}");
    let (record, parsed) = read("docs-record");
    assert_eq!(parsed["on"].as_object().unwrap().keys().collect::<Vec<_>>(), ["workflow_dispatch"]);
    assert_eq!(parsed["permissions"], serde_json::json!({}));
    let jobs = parsed["jobs"].as_object().unwrap();
    for (name, job) in jobs {
        let writes = job["permissions"]["contents"] == "write";
        let text = job.to_string();
        // What may write runs nothing of the pull request: no recipe, and no file of it on the disk.
        assert_eq!(writes, name == "record", "{name}");
        assert_eq!(text.contains("dogfood run"), name == "run", "{name}");
        if writes {
            assert!(
                !text.contains("\"ref\"") && !text.contains("git checkout") && !text.contains("git commit "),
                "{text}"
            );
        }
        assert!(!text.contains("secrets."), "{name}");
    }
    assert!(!record.contains("persist-credentials: true"));
    for line in [check, record].iter().flat_map(|text| text.lines()).filter(|line| line.contains("uses:")) {
        let (action, tag) = line.split_once('#').expect("the release beside its commit");
        let (_, commit) = action.trim().rsplit_once('@').unwrap();
        assert!(
            commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()) && tag.starts_with(" v"),
            "{line}"
        );
    }
    // Nothing of a workflow's context is pasted into a script: GitHub would expand it before the shell reads it.
    for (_, parsed) in [read("docs-check"), read("docs-record")] {
        for job in parsed["jobs"].as_object().unwrap().values() {
            for step in job["steps"].as_array().unwrap() {
                assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
            }
        }
    }
    project.write(".github/workflows/docs-check.yml", "mine");
    project.dogfood("init --ci github").code(0).says("nothing to do");
    assert_eq!(project.read(".github/workflows/docs-check.yml"), "mine");
}

#[test]
fn workflows_of_a_book_below_the_repository_s_root_are_to_be_moved() {
    let project = Project::empty().file(".git/HEAD", "ref: refs/heads/main\n");
    project.dogfood("init docs --ci github").code(0).says("move `.github` there, call `dogfood --root docs` in them");
    project.dogfood("init --ci github").code(0).silent_about("move `.github`");
}

/// The last job's script, run as GitHub's runner would, on a real repository: what a recipe could leave in the artifact changes traces and
/// nothing else.
#[test]
fn recording_commits_traces_and_nothing_else() {
    let project = Project::empty();
    project.dogfood("init --ci github").code(0);
    let workflow: serde_json::Value = serde_yaml::from_str(&project.read(".github/workflows/docs-record.yml")).unwrap();
    let script = workflow["jobs"]["record"]["steps"][2]["run"].as_str().unwrap().to_owned();
    let setup = "git init --quiet --initial-branch=main origin && cd origin && mkdir -p traces/a && echo old > traces/a/x@none.yaml && \
                 echo guide > guide.md && ln -s .git/hooks hooks && git add --all && git -c user.name=t -c user.email=t@example.com commit --quiet -m x && \
                 git clone --quiet . ../clone";
    let bash = |folder: &str, script: &str, files: &[&str]| {
        let temp = project.path("temp");
        let _ = std::fs::remove_dir_all(&temp);
        for file in files {
            let path = temp.join("traces").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("new {file}\n")).unwrap();
        }
        let head = std::fs::read_to_string(project.path("origin/.git/refs/heads/main")).unwrap_or_default();
        let mut bash = project.command(std::path::Path::new("bash"));
        bash.arg("-c").arg(script).current_dir(project.path(folder));
        bash.env("RUNNER_TEMP", &temp).env("TRACES", temp.join("traces")).env("COMMIT", head.trim()).env("NUMBER", "7");
        crate::project::ran(bash.env("GITHUB_STEP_SUMMARY", project.path("summary.md")))
    };
    bash(".", setup, &[]).code(0);
    bash("clone", &script, &["a/x@none.yaml", "b/y@box+py.yaml", "criterion/redact-1-mib.yaml"]).code(0);
    let changed =
        bash("origin", "git diff --name-status main docs-record/7 && git show docs-record/7:traces/a/x@none.yaml", &[])
            .code(0);
    assert_eq!(changed.out, "M\ttraces/a/x@none.yaml\nA\ttraces/b/y@box+py.yaml\nnew a/x@none.yaml\n");
    for bad in [
        "a/x.yaml",
        "criterion/a/b.yaml",
        "criterion/A.yaml",
        ".git/hooks@x.yaml",
        "a/b/c@none.yaml",
        "a/X@none.yaml",
        "a/x@none.yaml.sh",
    ] {
        bash("clone", &script, &[bad]).code(1);
    }
}
