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
