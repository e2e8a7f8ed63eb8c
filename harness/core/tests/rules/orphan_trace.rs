use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("orphan-trace")
}

#[test]
fn each_says_what_is_gone() {
    let trace = "x";
    for (path, title) in [
        ("traces/demo/gone@none.yaml", "the guide `demo` has no recipe `gone`"),
        ("traces/demo/hello@box.yaml", "the recipe `hello` does not run on `box`"),
        ("traces/demo/hello@none+old.yaml", "the recipe `hello` does not ask for the toolbox `old`"),
        ("traces/gone/hello@none.yaml", "the book has no guide `gone`"),
        ("traces/hello.yaml", "no trace belongs at this place"),
        ("traces/demo/hello@none.yml", "no trace belongs at this place"),
    ] {
        let found = Book::good().with(path, trace).findings();
        assert!(found.iter().any(|finding| *finding == format!("orphan-trace {path}:1:1 {title}")), "{found:#?}");
    }
}

#[test]
fn other_files_among_the_traces_are_left_alone() {
    Book::good().with("traces/README.md", "x").with("traces/demo/.dogfood-tmp", "x").finds(&[]);
}

#[test]
fn the_trace_of_a_skipped_recipe_stays() {
    Book::good()
        .edit("guides/demo.md", "recipe=terminal target=none", "recipe=terminal target=none skip=away until=2027-01-01")
        .finds(&[]);
}

#[test]
fn a_guide_that_cannot_be_read_orphans_nothing() {
    let book = Book::good().edit("guides/demo.md", "guide: demo", "guide: Demo!");
    assert!(book.findings().iter().all(|finding| !finding.starts_with("orphan-trace")), "{:?}", book.findings());
    assert!(!book.findings().is_empty());
}
