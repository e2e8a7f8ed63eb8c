//! Pages from top to bottom: one world, page order, and as a reader with nothing handed over.

use std::sync::Arc;

use dogfood_core::event::NotRun;
use dogfood_core::redact::Known;
use dogfood_run::execute::{Page, PageTarget, WalkEvent, Walked, walk_on};

use crate::book::{Book, guide, path, record_line, target, toolbox};

/// A page for `front` matter and `body`, with a toolbox and a target if the front matter names them.
fn page(front: &str, body: &str, as_reader: bool) -> Page {
    Page {
        path: path("guides/g.md"),
        guide: Arc::new(guide(front, body)),
        targets: front.contains("targets: [one").then(|| page_target("one")).into_iter().collect(),
        toolbox: front.contains("toolbox: tools").then(|| Arc::new(toolbox("tools"))),
        as_reader,
    }
}

fn page_target(name: &str) -> PageTarget {
    PageTarget { target: Arc::new(target(name)), toolbox: None }
}

fn walk(book: &Book, page: &Page) -> (Walked, Vec<String>) {
    let mut lines = Vec::new();
    let walked = walk_on(&book.fake, page, &book.deps, &mut |event| {
        if let WalkEvent::Ended(step, record) = event {
            let recipe = step.recipe.map_or("-".to_owned(), |recipe| recipe.to_string());
            lines.push(format!("{recipe} {}", record_line(&record)));
        }
    });
    assert_eq!(book.records(), 0, "everything is given back");
    (walked.unwrap(), lines)
}

const PAGE: &str = "```sh recipe=b\nX=b; touch b; echo b ${S-no-setup-yet}\n```\n```sh setup\nS=set\n```\n```sh recipe=b\necho $X $S; ls\n```\n\
                    ```python recipe=a\nn = 1; print(n)\n```\n```sh teardown\nls; echo ${X-fresh}\n```\n```console recipe=a\n$ echo $X\nb\n$ false\n[1]\n```\n\
                    ```python recipe=a\nn += 1; print(n)\n```\n";

#[test]
fn a_page_runs_in_page_order_in_one_world() {
    let (walked, lines) = walk(&Book::new(), &page("targets: [none]\ntoolbox: tools\n", PAGE, false));
    let expected = [
        "b recipe 1: b no-setup-yet|",
        "- setup 1:",
        "b recipe 2: b set|b|",
        "a recipe 1: 1|",
        "a recipe 2.1: b|",
        "a recipe 2.2 exit(1):",
        "a recipe 3: 2|",
        "- teardown 1: b|fresh|",
    ];
    assert_eq!((walked, lines), (Walked::Completed, expected.map(str::to_owned).to_vec()));
}

#[test]
fn what_runs_before_each_variant_does_so_on_a_walk_too() {
    let body = "```sh recipe=a bench=g\necho b >> log\n```\n```sh recipe=a bench=g/one rounds=3\necho 1 >> log\n```\n\
                ```sh recipe=a bench=g/two\necho 2 >> log\n```\n```sh recipe=a bench=g/three\necho 3 >> log\n```\n```sh recipe=a\ncat log\n```\n";
    let (walked, lines) = walk(&Book::new(), &page("targets: [none]\n", body, false));
    assert_eq!(walked, Walked::Completed);
    assert_eq!(lines.last().unwrap(), "a recipe 5: b|1|b|2|b|3|");
}

#[test]
fn a_failure_ends_the_walk_where_it_is_but_not_the_teardown() {
    let body = "```sh recipe=a\nexit 4\n```\n```sh recipe=b\necho no\n```\n```sh teardown\necho down\n```\n";
    let (walked, lines) = walk(&Book::new(), &page("targets: [none]\n", body, false));
    assert_eq!(lines, ["a recipe 1 sessionended(4):", "- teardown 1: down|"]);
    let Walked::Failed(step, why) = walked else { panic!("{walked:?}") };
    assert_eq!((step.recipe.unwrap().as_str(), why.as_str()), ("a", "step 1 exited with 4"));
}

#[test]
fn skipped_recipes_and_those_of_other_targets_are_left_out() {
    let body = "```sh recipe=a\necho a\n```\n```sh recipe=b target=two\necho b\n```\n```sh recipe=c skip=broken until=2099-01-01\necho c\n```\n";
    let (walked, lines) = walk(&Book::new(), &page("targets: [one, two]\n", body, false));
    assert_eq!((walked, lines), (Walked::Completed, vec!["a recipe 1: a|".to_owned()]));
}

#[test]
fn a_page_with_two_services_has_both_at_once() {
    let body = "```sh recipe=a target=one\necho a\n```\n```sh recipe=b target=two\necho b\n```\n\
                ```sh recipe=c target=three\necho c\n```\n```sh recipe=d target=none\necho d\n```\n";
    let page = page("targets: [one, two, three]\n", body, false);
    let page = Page { targets: vec![page_target("one"), page_target("two")], ..page };
    let (walked, lines) = walk(&Book::new(), &page);
    assert_eq!(walked, Walked::Completed);
    assert_eq!(lines, ["a recipe 1: a|", "b recipe 1: b|", "d recipe 1: d|"]);
}

#[test]
fn one_bucket_is_handed_over_for_the_whole_page() {
    let mut book = Book::new();
    book.fake.variables = vec![Known::secret("SECRET", "a-very-secret-value-1234")];
    let body = "```sh recipe=a\necho $BUCKET $SECRET\n```\n```sh recipe=b\necho $BUCKET\n```\n";
    let (_, lines) = walk(&book, &page("targets: [one]\n", body, false));
    assert_eq!(lines, ["a recipe 1: ${bucket} ${secret:hidden}|", "b recipe 1: ${bucket}|"]);
    let services = book.fake.services.lock().unwrap();
    assert_eq!(*services[0].handed.lock().unwrap(), ["g-walk"]);
}

#[test]
fn as_a_reader_the_given_fences_are_executed_and_nothing_is_handed_over() {
    let body = "```sh given=toolbox\nmkdir -p venv/bin; ln -s $(command -v python3) venv/bin/python; export PATH=$PWD/venv/bin:$PATH MARK=$FROM_CALLER\n```\n\
                ```sh given=service target=two\necho not ours\n```\n```sh given=service target=one\nsleep 300 & echo serving\n```\n```sh given=env\nexport BUCKET=mine\n```\n\
                ```sh recipe=a\necho $BUCKET $MARK\n```\n```python recipe=a\nimport os; print(os.environ['BUCKET'], os.environ['PATH'].split(':')[0].split('/')[-2:])\n```\n";
    let mut book = Book::new();
    book.deps.reader = vec![("FROM_CALLER".into(), "proxy".into())];
    let (walked, lines) = walk(&book, &page("targets: [one, two]\ntoolbox: tools\n", body, true));
    let expected = [
        "- setup 0:",
        "- setup 0: serving|",
        "- setup 0:",
        "a recipe 1: mine proxy|",
        "a recipe 2: mine ['venv', 'bin']|",
    ];
    assert_eq!((walked, lines), (Walked::Completed, expected.map(str::to_owned).to_vec()));
    assert!(book.fake.services.lock().unwrap().is_empty());
}

#[test]
fn a_walk_needs_what_the_page_needs() {
    let (walked, lines) =
        walk(&Book::new(), &page("targets: [none]\nneeds: [no-such-program]\n", "```sh recipe=a\ntrue\n```\n", false));
    assert!(matches!(walked, Walked::NotRun(NotRun::NotAvailable(why)) if why.contains("no-such-program")));
    assert!(lines.is_empty());
}
