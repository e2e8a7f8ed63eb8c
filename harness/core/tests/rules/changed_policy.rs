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

const ALLOW: &str = "<!-- dogfood: allow missing-evidence until=2027-01-01 because why not -->\n";

/// The good book with a comment above each of these lines, which it has once.
fn allowing(lines: &[&str]) -> Book {
    lines.iter().fold(Book::good(), |book, line| book.edit("guides/demo.md", line, &format!("{ALLOW}{line}")))
}

const TERMINAL: &str = "```console recipe=terminal target=none";
const HELLO: &str = "```sh recipe=hello";

#[test]
fn a_comment_that_tolerates_counts_if_it_was_there() {
    let allow = || allowing(&[TERMINAL]).without("traces/demo/terminal@none.yaml");
    allow().finds(&[]);
    allow().on_top_of(allow()).finds(&[]);
    allow().on_top_of(Book::good()).finds(&["missing-evidence guides/demo.md"]);
    // What the fence says may change under it.
    allow().edit("guides/demo.md", "$ echo one\none", "$ echo two\ntwo").on_top_of(allow()).finds(&[]);
}

#[test]
fn a_comment_counts_neither_twice_nor_where_it_was_moved_to() {
    let base = || allowing(&[TERMINAL]).without("traces/demo/terminal@none.yaml");
    let bare = |book: Book| book.without("traces/demo/terminal@none.yaml").without("traces/demo/hello@none.yaml");
    let copied = || bare(allowing(&[TERMINAL, HELLO]));
    copied().finds(&[]);
    copied().on_top_of(base()).finds(&["missing-evidence guides/demo.md:30:1 the recipe `hello`"]);
    let moved = || allowing(&[HELLO]).without("traces/demo/hello@none.yaml");
    moved().finds(&[]);
    moved().on_top_of(allowing(&[TERMINAL])).finds(&["missing-evidence guides/demo.md:30:1 the recipe `hello`"]);
}

#[test]
fn a_comment_above_a_line_counts_above_that_line() {
    let lines = ["It takes 20 minutes.", "It takes 30 minutes."];
    let with = |allowed: &[&str]| {
        let text = |line: &str| format!("{}{line}\n\n", if allowed.contains(&line) { &ALLOW_FIGURE } else { "" });
        let prose: String = lines.map(text).concat();
        Book::good().edit("guides/demo.md", "Say hello:", &format!("{prose}Say hello:"))
    };
    with(&lines).finds(&[]);
    with(&lines[..1]).on_top_of(with(&lines[..1])).finds(&["unbound-number guides/demo.md"]);
    let found = with(&lines).on_top_of(with(&lines[..1])).findings();
    assert!(found.len() == 1 && found[0].contains("`30 minutes`"), "{found:?}");
}

const ALLOW_FIGURE: &str = "<!-- dogfood: allow unbound-number until=2027-01-01 because why not -->\n";

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
fn a_changed_recipe_s_own_trace_is_a_finding_and_the_cell_is_pending() {
    let change = || Book::good().edit("guides/demo.md", "echo world", "echo  world").recorded(|_| ());
    let strict = change().on_top_of(Book::good());
    strict.finds(&["changed-policy traces/demo/hello@none.yaml:1:1 the trace is not the one of `main`"]);
    let pending = change().on_top_of(Book::good()).with_pending();
    pending.finds(&["own-evidence traces/demo/hello@none.yaml:1:1 the change brings its own evidence"]);
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
