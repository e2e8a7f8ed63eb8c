use super::book::{Book, path};

pub(crate) fn book() -> Book {
    Book::fixture("changed-policy").on_top_of(Book::good())
}

const RULE: &str = "changed-policy";

#[track_caller]
fn found(change: Book) -> String {
    change.on_top_of(Book::good()).only(RULE).title
}

#[test]
fn a_state_judged_by_itself_is_what_it_was() {
    Book::good().on_top_of(Book::good()).finds(&[]);
}

#[test]
fn the_base_s_policy_holds_and_the_difference_is_found() {
    let book = book().on("2029-01-01");
    assert!(book.findings().iter().any(|finding| finding.starts_with("old-evidence ")), "{:?}", book.findings());
    let shown = Book::good().edit("book.toml", "renderers", "shown = { process = 9 }\nrenderers");
    assert!(found(shown).contains("`process 9, container 0, live 0` here and `process 0"));
}

#[test]
fn a_guide_does_not_become_plain_and_a_new_page_may_be() {
    let hidden = Book::good().edit("book.toml", "\"README.md\"", "\"README.md\", \"demo.md\"");
    let hidden = hidden.on_top_of(Book::good());
    assert!(
        hidden.findings().iter().any(|finding| finding.starts_with("changed-policy book.toml:9:23 ")),
        "{:?}",
        hidden.findings()
    );
    let page =
        Book::good().edit("book.toml", "\"README.md\"", "\"README.md\", \"new.md\"").with("guides/new.md", "# New\n");
    let summary = page.files[&path("guides/SUMMARY.md")].clone() + "- [New](new.md)\n";
    page.with("guides/SUMMARY.md", &summary).on_top_of(Book::good()).finds(&[]);
}

#[test]
fn a_program_that_mdbook_would_start_is_found() {
    let added = Book::good().with(
        "book.toml",
        &(Book::good().files[&path("book.toml")].clone() + "[preprocessor.toc]\nafter = [\"dogfood\"]\n"),
    );
    assert_eq!(found(added), "`[preprocessor.toc]` starts `mdbook-toc`, and is not in `main`");
    let other = Book::good().edit("book.toml", "\"mdbook-dogfood\"", "\"./mdbook-dogfood\"");
    assert!(found(other).contains("starts `./mdbook-dogfood` here and `mdbook-dogfood` in `main`"));
}

#[test]
fn a_secret_that_is_documented_now_is_found() {
    let told = Book::good().edit(
        "infra/targets/box.yaml",
        "shown: change-me-please",
        "shown: change-me-please\n    documented: true",
    );
    let told = told.on_top_of(Book::good());
    assert!(
        told.findings()
            .iter()
            .any(|finding| finding.contains("`SFTP_PASSWORD` of the target `box` is a secret in `main`")),
        "{:?}",
        told.findings()
    );
}

#[test]
fn a_comment_that_tolerates_counts_if_it_was_there() {
    let allow = |book: Book| {
        book.edit("guides/demo.md", "```console recipe=terminal target=none", "<!-- dogfood: allow missing-evidence until=2027-01-01 because why not -->\n```console recipe=terminal target=none")
            .without("traces/demo/terminal@none.yaml")
    };
    allow(Book::good()).finds(&[]);
    allow(Book::good()).on_top_of(allow(Book::good())).finds(&[]);
    allow(Book::good()).on_top_of(Book::good()).finds(&["missing-evidence guides/demo.md"]);
}

#[test]
fn a_trace_that_is_not_the_base_s_is_no_evidence() {
    let resealed = Book::good().recorded(|trace| trace.recorded = "2026-11-02T10:00:00Z".to_owned());
    let resealed = resealed.on_top_of(Book::good());
    let findings = resealed.findings();
    assert!(
        findings.len() == 3 && findings.iter().all(|finding| finding.starts_with("changed-policy traces/demo/")),
        "{findings:?}"
    );
    assert!(
        findings[0].ends_with("the trace is not the one of `main`, and nothing that it pins has changed"),
        "{findings:?}"
    );
}

#[test]
fn a_changed_recipe_s_own_trace_is_passed_over_and_the_cell_is_pending() {
    let change = || Book::good().edit("guides/demo.md", "echo world", "echo  world").recorded(|_| ());
    let strict = change().on_top_of(Book::good());
    strict.finds(&["changed-policy traces/demo/hello@none.yaml:1:1 the trace is not the one of `main`"]);
    let pending = change().on_top_of(Book::good()).with_pending();
    pending.finds(&[]);
    let counts = pending.check().counts;
    assert_eq!((counts.pending, counts.verified, counts.cells), (1, 2, 3));
}

#[test]
fn only_what_the_change_touches_is_pending() {
    // A recipe that nobody touched, and whose trace is gone, is a finding beside one that is pending.
    let change = Book::good().edit("guides/demo.md", "echo world", "echo  world").without("traces/demo/ask@box.yaml");
    change.on_top_of(Book::good()).with_pending().finds(&["missing-evidence guides/demo.md:41:1 the recipe `ask`"]);
    let target = Book::good().edit("infra/targets/box.yaml", "[serve, ", "[serve, --loud, ");
    let target = target.on_top_of(Book::good()).with_pending();
    assert_eq!((target.check().counts.pending, target.findings().len()), (1, 0), "{:?}", target.findings());
    // What was recorded and failed is known, and no longer pending; prose touches nothing.
    let prose = Book::good().edit("guides/demo.md", "Say hello:", "Say hello, loudly:");
    assert_eq!(prose.on_top_of(Book::good()).with_pending().check().counts.pending, 0);
}
