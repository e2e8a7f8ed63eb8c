//! L1: what looks like a secret in a file is shown by no finding, whatever the finding is about, and in no format.

use crate::project::Project;

/// Findings of other rules on lines that hold a key, and on lines beside one; what a report could quote is in all of them.
fn project(key: &str) -> Project {
    let guide = format!(
        "```sh recipe=r bogus={key}\necho one\n```\n\n```text expect\n{key} and more\n```\n\n\
         ```{key}\nsome text\n```\n\n[a](b.md \"{key}\") {{{{#include {key}.md}}}}\n\n\
         ```sh recipe=s\necho {key} > /dev/null; echo \"$NOT_THERE_{key}\"\n```\n"
    );
    Project::with_guide("a", &guide)
        .guide("b", &format!("targets: [{key}]"), "```sh recipe=r\necho one\n```\n")
        .file("guides/c.md", &format!("# c {key}\n"))
}

#[test]
fn no_report_shows_a_line_that_holds_a_secret() {
    for key in [
        format!("AKIA{}", "2E0A8F3B244C9986"),
        format!("ghp_{}", "a1B2c3D4e5".repeat(4)),
        format!("sk_live_{}", "a1B2c3D4e5".repeat(3)),
    ] {
        let project = project(&key);
        let summary = project.path(".home/summary");
        let commands = [
            "check",
            "check --format json",
            "check --format sarif",
            "check --format junit",
            "check --format github",
            "run",
            "run --format json",
            "run --walk",
            "accept",
            "accept --dry-run",
            "list --format json",
            "list",
            "list --plan",
            "build",
        ];
        for words in commands {
            std::fs::write(&summary, "").unwrap();
            let mut command = project.command(std::path::Path::new(env!("CARGO_BIN_EXE_dogfood")));
            let ran = crate::project::ran(command.args(words.split(' ')).env("GITHUB_STEP_SUMMARY", &summary));
            let told = format!("{}{}{}", ran.out, ran.err, std::fs::read_to_string(&summary).unwrap());
            assert!(!told.contains(&key[4..]), "{words} shows {key}:\n{told}");
        }
        let told = project.dogfood("check").code(1);
        assert!(told.err.contains("secret-in-guide") && told.err.contains("unknown-attribute"), "{}", told.err);
    }
}

#[test]
fn a_line_beside_the_secret_is_shown() {
    let key = format!("AKIA{}", "2E0A8F3B244C9986");
    let guide = format!("{key}\n\n```sh recipe=r bogus=yes\necho one\n```\n");
    Project::with_guide("a", &guide).dogfood("check").code(1).says("```sh recipe=r bogus=yes");
}
