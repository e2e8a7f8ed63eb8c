use super::book::Book;

pub(crate) fn book() -> Book {
    Book::fixture("broken-include")
}

#[test]
fn a_repaired_include_is_part_of_the_recipe() {
    let book = Book::good()
        .edit("guides/demo.md", "echo world\n", "{{#include ../part.sh}}\n")
        .with("part.sh", "echo world\n")
        .recorded(|_| ());
    book.finds(&[]);
    book.clone().with("part.sh", "echo moon\n").finds(&["stale-recipe"]);
    let found = book.without("part.sh").findings();
    assert!(found.iter().any(|finding| finding.starts_with("broken-include guides/demo.md:31:1")), "{found:?}");
}

#[test]
fn loops_and_climbs_end() {
    for include in ["demo.md", "../../../etc/passwd", "a.md"] {
        let book = Book::good()
            .edit("guides/demo.md", "Say hello:", &format!("{{{{#include {include}}}}}"))
            .with("guides/a.md", "{{#include a.md}}\n");
        assert!(
            book.findings().iter().any(|finding| finding.starts_with("broken-include")),
            "{include}: {:?}",
            book.findings()
        );
    }
}
