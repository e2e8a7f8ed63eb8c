//! `dogfood build`: mdBook in process, with the same gate.

use crate::check::recorded;
use crate::project::Project;

#[test]
fn a_clean_book_is_built_and_its_place_is_named() {
    let project = recorded();
    let built = project.dogfood("build").code(0);
    assert!(built.err.trim_end().lines().last().unwrap().contains("book"), "{}", built.err);
    assert!(std::fs::read_to_string(project.path("book/a.html")).unwrap().contains("data-dogfood-stamp="));
}

#[test]
fn it_builds_what_mdbook_builds() {
    let project = recorded();
    // Around it stands the name of the search index, which says in what order a map was written.
    let main = || {
        let page = project.read("book/a.html");
        page[page.find("<main>").unwrap()..page.find("</main>").unwrap()].to_owned()
    };
    project.dogfood("build").code(0);
    let ours = main();
    project.mdbook("build").code(0);
    assert_eq!(main(), ours);
}

#[test]
fn findings_stop_it_and_leave_the_old_book() {
    let project = recorded();
    project.dogfood("build").code(0);
    let before = std::fs::read(project.path("book/a.html")).unwrap();
    project.edit("guides/a.md", "echo hello", "echo hallo");
    project.dogfood("build").code(1).says("stale-recipe");
    assert_eq!(std::fs::read(project.path("book/a.html")).unwrap(), before);
}

#[test]
fn a_book_that_is_not_wired_is_not_built() {
    let project = recorded();
    project.write("book.toml", "[book]\nsrc = \"guides\"\n");
    project.dogfood("build").code(1).says("unwired-gate");
    assert!(!project.has("book"));
}

#[test]
fn a_book_mdbook_cannot_load_is_a_clear_error() {
    let project = Project::wired();
    std::fs::remove_file(project.path("guides/SUMMARY.md")).unwrap();
    let built = project.dogfood("build");
    assert!(matches!(built.code, Some(1 | 2)), "{:?} {}", built.code, built.err);
    assert!(built.err.contains("SUMMARY.md"), "{}", built.err);
}
