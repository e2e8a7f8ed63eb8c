//! H4: a build deletes only what a build made.

use std::os::unix::fs::symlink;

use super::h2::verified;
use crate::project::{Project, Ran};

/// A verified book whose `build-dir` is `dir`, and a folder that somebody needs.
fn built_in(dir: &str) -> Project {
    let project = verified();
    project.write("precious/thesis.doc", "years of work\n");
    project.write("book.toml", &(project.read("book.toml") + &format!("\n[build]\nbuild-dir = \"{dir}\"\n")));
    project
}

/// Sees that the gate finds it and that nobody builds; nothing is touched.
#[track_caller]
fn refused(project: &Project, says: &str) -> Ran {
    let before = project.files();
    project.dogfood("check").code(1).says("error[unsafe-output]").says(says);
    let build = project.dogfood("build").code(2).says("error[unsafe-output]").says("nothing is built");
    project.dogfood("serve --port 0").code(2).says("nothing is built");
    let mdbook = project.mdbook("build");
    assert_ne!(mdbook.code, Some(0), "{}", mdbook.err);
    let mdbook = project.mdbook("serve --port 0 --hostname 127.0.0.1");
    assert_ne!(mdbook.code, Some(0), "{}", mdbook.err);
    assert_eq!(project.files(), before);
    build
}

#[test]
fn nothing_is_built_over_what_no_build_made() {
    refused(&built_in("precious"), "holds `thesis.doc`, which no build made");
    refused(&built_in("./x/../precious/"), "holds `thesis.doc`, which no build made");
    let project = built_in("precious/thesis.doc");
    refused(&project, "is a file");
    let project = built_in("precious");
    project.write("precious/.git/HEAD", "ref: x\n");
    project.write("precious/.nojekyll", "This file makes sure that Github Pages doesn't process mdBook's output.\n");
    refused(&project, "holds `.git`");
}

#[test]
fn nothing_is_built_over_the_book_itself_or_outside() {
    for (dir, says) in [
        (".", "the whole checkout"),
        ("guides", "that holds `guides`"),
        ("guides/out", "that is in `guides`"),
        ("traces", "that holds `traces`"),
        ("traces/a", "that is in `traces`"),
        (".git", "in git's own folder"),
        ("theme", "that holds `theme`"),
        ("infra/x", "that is in `infra`"),
        ("..", "outside the checkout"),
        ("../dogfood-test-elsewhere", "outside the checkout"),
        ("/tmp/dogfood-test-elsewhere", "an absolute path"),
    ] {
        refused(&built_in(dir), says);
    }
}

#[test]
fn nothing_is_built_through_a_link() {
    for (dir, link, aim) in [("book", "book", "precious"), ("out/book", "out", "precious"), ("book", "book", "nowhere")]
    {
        let project = built_in(dir);
        symlink(aim, project.path(link)).unwrap();
        refused(&project, &format!("leads through the symbolic link `{link}`"));
    }
}

#[test]
fn each_of_several_outputs_is_looked_at() {
    let project = built_in("out");
    project.edit("book.toml", "renderers = [\"html\"]", "renderers = [\"html\", \"markdown\"]");
    project.write("book.toml", &(project.read("book.toml") + "[output.html]\n[output.markdown]\n"));
    project.write("out/markdown/notes.md", "# Mine\n");
    refused(&project, "holds `notes.md`, which no build made");
    std::fs::remove_dir_all(project.path("out/markdown")).unwrap();
    // What stands beside the outputs is nobody's to remove.
    project.write("out/mine.txt", "mine\n");
    for _ in 0..2 {
        project.dogfood("build").code(0);
        project.mdbook("build").code(0);
    }
    project.write("out/markdown/notes.md", "# Mine\n");
    refused(&project, "holds `notes.md`, which no build made");
}

#[test]
fn a_book_is_built_again_wherever_it_was_built_before() {
    for dir in ["book", "target/book", "site/"] {
        let project = built_in(dir);
        for _ in 0..2 {
            project.dogfood("build").code(0);
            project.mdbook("build").code(0);
        }
        // An output of an mdBook without the gate, and one of a build that ended early.
        let file = format!("{}/.nojekyll", dir.trim_end_matches('/'));
        let text = project.read(&file);
        assert_eq!(text, "This file makes sure that Github Pages doesn't process mdBook's output.\n");
        std::fs::remove_file(project.path(&file)).unwrap();
        project.dogfood("build").code(2).says("which no build made");
    }
}

#[test]
fn a_folder_that_is_named_on_the_command_line_is_looked_at_too() {
    let project = built_in("book");
    let before = project.files();
    for dir in ["precious", "guides", "."] {
        project.mdbook(&format!("build --dest-dir {dir}")).says("which no build made");
    }
    assert_eq!(project.files(), before);
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().join("site");
    for _ in 0..2 {
        project.mdbook(&format!("build --dest-dir {}", place.display())).code(0);
    }
    std::fs::write(elsewhere.path().join("mine"), "mine").unwrap();
    project
        .mdbook(&format!("build --dest-dir {}", elsewhere.path().display()))
        .says("holds `mine`, which no build made");
    assert!(elsewhere.path().join("mine").exists());
}

#[test]
fn nothing_is_written_or_published_beside_the_output() {
    let toml = |line: &str| {
        let project = built_in("book");
        project.write("book.toml", &(project.read("book.toml") + &format!("[output.html]\n{line}\n")));
        project
    };
    refused(&toml("additional-css = [\"../x.css\"]"), "climbs out");
    refused(&toml("additional-js = [\"/etc/hostname\"]"), "absolute");
    refused(&toml("redirect = { \"/../../x.html\" = \"a.html\" }"), "redirect");
    refused(&toml("theme = \"/etc\""), "theme");

    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret"), "secret").unwrap();
    let aim = outside.path().join("secret");
    for link in ["guides/picture.png", "guides/.hidden", "theme/index.hbs"] {
        let project = built_in("book");
        std::fs::create_dir_all(project.path("theme")).unwrap();
        symlink(&aim, project.path(link)).unwrap();
        refused(&project, &format!("the symbolic link `{link}` leads outside the checkout"));
    }
    let project = built_in("book");
    project.write(".git/config", "token\n");
    symlink("../.git", project.path("guides/all")).unwrap();
    refused(&project, "leads to a place whose name starts with a dot");
    std::fs::remove_file(project.path("guides/all")).unwrap();
    symlink("..", project.path("guides/all")).unwrap();
    refused(&project, "leads to a folder that holds it");
    // Links inside the checkout are as fine as ever.
    std::fs::remove_file(project.path("guides/all")).unwrap();
    symlink("../precious", project.path("guides/all")).unwrap();
    project.dogfood("build").code(0);
    assert_eq!(project.read("book/all/thesis.doc"), "years of work\n");
}

#[test]
fn a_server_builds_below_no_link_and_writes_no_chapter_outside() {
    for link in [".dogfood", ".dogfood/preview"] {
        let project = built_in("book");
        let _ = std::fs::remove_dir_all(project.path(link));
        std::fs::create_dir_all(project.path(link).parent().unwrap()).unwrap();
        symlink(project.path("precious"), project.path(link)).unwrap();
        std::fs::create_dir_all(project.path("precious/preview")).unwrap();
        project.write("precious/preview/thesis.doc", "years of work\n");
        project.dogfood("serve --port 0").code(2).says("is a symbolic link");
        assert!(project.has("precious/thesis.doc") && project.has("precious/preview/thesis.doc"));
    }
    let project = built_in("book");
    project.write("guides/SUMMARY.md", &(project.read("guides/SUMMARY.md") + "- [X](../../dogfood-test-x.md)\n"));
    project.dogfood("serve --port 0").code(2).says("outside the book");
}

#[test]
fn a_pull_request_cannot_move_the_build() {
    let project = verified();
    project.write(".gitignore", "/.home\n/.dogfood\n/book\n");
    super::h2::git(&project, &["init", "--quiet", "--initial-branch=main"]);
    super::h2::git(&project, &["add", "--all"]);
    super::h2::git(&project, &["commit", "--quiet", "--message", "x"]);
    project.write("book.toml", &(project.read("book.toml") + "\n[build]\nbuild-dir = \"site\"\n"));
    project.dogfood("check --deny warnings").code(0);
    let judged = project.dogfood("check --deny warnings --base main --policy-from main").code(1);
    judged.says("error[changed-policy]").says("`build-dir` is `site` here and `book` in `main`");
    // In the repository, above the book's own folder: a place like any.
    let project = Project::empty();
    project.write(
        "docs/book.toml",
        &(crate::project::BOOK_TOML.to_owned() + "plain = [\"a.md\"]\n[build]\nbuild-dir = \"../target/book\"\n"),
    );
    project.write("docs/guides/SUMMARY.md", "- [A](a.md)\n");
    project.write("docs/guides/a.md", "# A\n");
    project.dogfood_in("docs", "check").code(1).says("outside the checkout");
    super::h2::git(&project, &["init", "--quiet"]);
    project.dogfood_in("docs", "check").code(4);
    project.dogfood_in("docs", "build").code(0);
    assert!(project.has("target/book/index.html"));
}
