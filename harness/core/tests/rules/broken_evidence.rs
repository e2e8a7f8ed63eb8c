use dogfood_core::event::{Captured, StepEnd};
use dogfood_core::evidence::{Content, Inline, KINDS, Layout, Run, Table};
use dogfood_core::fault::FaultSeen;
use dogfood_core::redact::Redacted;

use super::book::{Book, path};

pub(crate) fn book() -> Book {
    Book::fixture("broken-evidence")
}

const END: &str = "```sh teardown\nrm -rf in\n```\n";

/// A second target like the first one.
fn two_targets() -> Book {
    let book = Book::good();
    let target = book.files[&path("infra/targets/box.yaml")].clone();
    let target = target.replace("\"3.2\"", "\"9.9\"");
    book.with("infra/targets/other.yaml", &target)
        .edit("guides/demo.md", "targets: [box]", "targets: [box, other]\nunverified: [paper]")
        .with("infra/targets/paper.yaml", &target)
        .edit("guides/demo.md", "```sh given=service target=box", "```sh given=service")
}

/// Two targets that say these lines to the recipe `conform`.
fn conform(box_says: &'static str, other_says: &'static str, piece: &str) -> Book {
    let expects = [("box", box_says), ("other", other_says)]
        .map(|(target, says)| format!("```text expect target={target}\n{says}```\n\n"));
    let recipe = format!("```sh recipe=conform\nask\n```\n\n{piece}\n\n{}{END}", expects.concat());
    two_targets().edit("guides/demo.md", END, &recipe).recorded(move |trace| {
        let text = if trace.cell.target.as_str() == "box" { box_says } else { other_says };
        if trace.cell.recipe.as_str() == "conform" {
            trace.steps[1].stdout.text = Redacted::literal(text);
        }
    })
}

/// The good book with `piece` on its guide's page.
fn with(piece: &str) -> Book {
    Book::good().edit("guides/demo.md", END, &format!("{piece}\n\n{END}")).recorded(|_| ())
}

fn inline(piece: &str) -> Inline {
    let book = with(&format!("It is {piece}."));
    book.finds(&[]);
    match book.pieces().as_slice() {
        [Some(Content::Inline(inline))] => inline.clone(),
        other => panic!("{other:?}"),
    }
}

fn words(runs: &[Run]) -> String {
    let word = |run: &Run| match run {
        Run::Words(text) | Run::Code(text) => text.clone(),
        Run::Day(moment) => moment[..10].to_owned(),
        Run::Link { to, text } => format!("[{text}]({to})"),
        Run::Break => " / ".to_owned(),
    };
    runs.iter().map(word).collect()
}

/// A table as lines.
fn lines(table: &Table) -> Vec<String> {
    let cell = |cell: &dogfood_core::evidence::Cell| {
        let sign = cell.mark.map(|mark| format!("{} ", mark.sign())).unwrap_or_default();
        sign + &words(&cell.runs)
    };
    let head = table.head.iter().map(cell).collect::<Vec<_>>().join(" | ");
    let rows = table.groups.iter().flat_map(|group| {
        let title = (!group.title.is_empty()).then(|| format!("-- {}", words(&group.title)));
        let rows = group
            .rows
            .iter()
            .map(|row| std::iter::once(&row.head).chain(&row.cells).map(cell).collect::<Vec<_>>().join(" | "));
        title.into_iter().chain(rows).collect::<Vec<_>>()
    });
    [words(&table.caption), head].into_iter().chain(rows).collect()
}

#[test]
fn a_divergence_table_shows_where_targets_disagree_first() {
    let book = conform(
        "list empty: yes\ncopy: kept\nrename: ok\n",
        "list empty: yes\ncopy: lost\nextra: 1\nrename: ok\n",
        "{{#evidence divergence conform}}",
    );
    let block = book.block();
    insta::assert_debug_snapshot!(lines(&block.open[0]), @r#"
    [
        "What [conform](#demo) observed on each target: 2 differences observed",
        "Observed | box / 3.2 / 2026-11-01 | other / 3.2 / 2026-11-01 | ? paper / not verified here",
        "≠ copy differs | kept | lost | not verified here",
        "≠ extra differs | not said | 1 | not verified here",
    ]
    "#);
    let fold = block.folded.unwrap();
    assert_eq!(fold.summary, "The same on every verified target: 2");
    insta::assert_debug_snapshot!(lines(&fold.table), @r#"
    [
        "What every verified target answers alike",
        "Observed | On every verified target",
        "list empty | yes",
        "rename | ok",
    ]
    "#);
}

#[test]
fn without_a_difference_nothing_is_folded() {
    let same = conform("a: 1\n", "a: 1\n", "{{#evidence divergence conform step=1}}").block();
    assert_eq!(same.folded, None);
    assert!(lines(&same.open[0])[0].ends_with("no difference was observed"));
    assert_eq!(lines(&same.open[0])[2], "a | 1 | 1 | not verified here");
}

#[test]
fn a_target_without_evidence_has_its_column_and_its_finding() {
    let book =
        conform("a: 1\n", "a: 2\n", "{{#evidence divergence conform}}").without("traces/demo/conform@other.yaml");
    book.finds(&[
        "missing-evidence guides/demo.md",
        "broken-evidence guides/demo.md:76:24 `demo/conform` is not verified on `other`: never run",
    ]);
    let found = book.check().findings.into_iter().find(|finding| finding.rule == "broken-evidence").unwrap();
    assert_eq!(found.help, "run `dogfood run demo/conform@other`, and commit the trace");
    assert_eq!(found.subject.as_deref(), Some("demo/conform@other"));
    let [Some(Content::Block(block))] = &book.pieces()[..] else { panic!() };
    let head = &lines(&block.open[0])[1];
    assert!(head.contains("? other / not verified here: never run | ? paper / not verified here"), "{head}");
}

#[test]
fn targets_without_evidence_are_one_finding_that_says_why_each() {
    let book =
        conform("a: 1\n", "a: 2\n", "{{#evidence divergence conform}}").without("traces/demo/conform@other.yaml");
    let book = book.edit("traces/demo/conform@box.yaml", "    a: 1", "    a: 0");
    let found = book.only("broken-evidence");
    assert_eq!(found.title, "`demo/conform` is not verified on `box` and `other`");
    assert_eq!(found.notes, ["on `box`: its record cannot be used", "on `other`: never run"]);
    assert_eq!(found.help, "run `dogfood run demo/conform`, and commit the traces");
    assert_eq!(found.subject.as_deref(), Some("demo/conform"));
}

#[test]
fn a_conformance_recipe_that_is_none_is_told() {
    for (said, why) in [
        ("hello\n", "`demo/conform@box` cannot be read as a table: the line `hello` is no `name: value`"),
        ("a: 1\na: 2\n", "`demo/conform@box` cannot be read as a table: the name `a` comes twice"),
        ("", "`demo/conform@box` printed nothing in step 1"),
    ] {
        let book = conform(said, "a: 1\n", "{{#evidence divergence conform}}");
        book.finds(&[&format!("broken-evidence guides/demo.md:76:24 {why}")]);
    }
}

#[test]
fn what_a_piece_shows_is_expected_and_whole() {
    let shown = conform("a: 1\n", "a: 2\n", "{{#evidence divergence conform}}");
    shown.finds(&[]);
    let unexpected = shown.edit("guides/demo.md", "```text expect target=box\na: 1\n```\n\n", "").edit(
        "guides/demo.md",
        "```text expect target=other\na: 2\n```\n\n",
        "",
    );
    unexpected.finds(&["unasserted-output guides/demo.md:72:1 `conform` prints on stdout"]);
    let book = conform("a: 1\n", "a: 2\n", "{{#evidence divergence conform}}").recorded(|trace| {
        if trace.cell.recipe.as_str() == "conform" {
            let text = Redacted::literal("a: 1\n");
            trace.steps[1].stdout = Captured { text, dropped: 9, ..Captured::default() };
        }
    });
    let said = "failed-evidence guides/demo.md:72:1 `conform` failed when it was recorded: stdout of step 1 does not stand whole";
    let lacks =
        "broken-evidence guides/demo.md:76:24 `demo/conform` is not verified on `box` and `other`: the last run failed";
    book.finds(&[said, lacks]);
}

#[test]
fn a_matrix_says_how_every_recipe_stands() {
    let book = two_targets()
        .edit("guides/demo.md", END, &format!("{{{{#evidence matrix}}}}\n\n{END}"))
        .edit("guides/demo.md", "```text expect\n42", "```text expect target=other\n43\n```\n\n```text expect\n42")
        .recorded(|_| ());
    insta::assert_debug_snapshot!(lines(&book.block().open[0]), @r#"
    [
        "Recipes by target: 4 of 4 verified",
        "Recipe | box / 3.2 | other / 3.2 | no service | paper",
        "[hello](#demo) | not run there | not run there | ✓ verified 2026-11-01 | not run there",
        "[ask](#demo) | ✓ verified 2026-11-01 | ≠ diverges as written, 2026-11-01 | needs a service | ? not verified here",
        "[terminal](#demo) | not run there | not run there | ✓ verified 2026-11-01 | not run there",
    ]
    "#);
}

#[test]
fn a_matrix_on_a_plain_page_is_of_the_book_and_links_to_its_guides() {
    let book =
        Book::good().edit("guides/README.md", "# ", "{{#evidence matrix}}\n\n# ").without("traces/demo/ask@box.yaml");
    let mut report = book.check();
    assert_eq!(report.findings.len(), 1, "the recipe's own: {:?}", book.findings());
    let pieces = report.pieces.remove(&path("guides/README.md")).unwrap();
    let [Some(Content::Block(block))] = &pieces[..] else { panic!("{pieces:?}") };
    let lines = lines(&block.open[0]);
    assert!(
        lines.contains(&"[ask](demo.md#demo) | ? not verified here: never run | needs a service".to_owned()),
        "{lines:#?}"
    );
}

#[test]
fn values_in_running_text() {
    for (piece, value, source) in [
        ("{{#evidence figure hello step=1 line=2}}", "world", "recorded by demo/hello, 2026-11-01"),
        ("{{#evidence figure ask step=1}}", "42", "recorded by demo/ask on box 3.2, 2026-11-01"),
        ("{{#evidence figure demo/ask step=1 target=box}}", "42", "recorded by demo/ask on box 3.2, 2026-11-01"),
        ("{{#evidence took hello}}", "12 ms", "recorded by demo/hello, 2026-11-01"),
        ("{{#evidence took terminal step=1}}", "24 ms", "recorded by demo/terminal, 2026-11-01"),
        ("{{#evidence version demo-lib}}", "1.0", "recorded by demo/ask on box 3.2, 2026-11-01"),
        ("{{#evidence version server target=box}}", "3.2", "recorded by demo/ask on box 3.2, 2026-11-01"),
        ("{{#evidence version server recipe=ask}}", "3.2", "recorded by demo/ask on box 3.2, 2026-11-01"),
    ] {
        let found = inline(piece);
        assert_eq!((found.value.as_str(), found.source.as_str()), (value, source), "{piece}");
    }
}

#[test]
fn the_environment_comes_from_the_target_file() {
    let table = with("{{#evidence environment box}}").block().open.remove(0);
    insta::assert_debug_snapshot!(lines(&table), @r#"
    [
        "Variables of the target box",
        "Variable | Value on this page | When recorded",
        "SFTP_HOST | 127.0.0.1 | the same",
        "SFTP_PORT | 2022 | chosen by every run, recorded by its name",
        "SFTP_USER | me | chosen by every run, recorded by its name",
        "SFTP_PASSWORD | change-me-please | secret: another one in every run, and hidden in what is recorded",
        "SFTP_BASE | /upload | chosen by every run, recorded by its name",
    ]
    "#);
}

#[test]
fn every_exception_is_listed_by_class() {
    let table = with("{{#evidence errors}}").block().open.remove(0);
    insta::assert_debug_snapshot!(lines(&table), @r#"
    [
        "Recorded exceptions: 1 message of 1 class",
        "Message | Recorded on | Read more",
        "-- DemoError",
        "no such port | box 3.2 | [demo/ask](#demo)",
    ]
    "#);
}

#[test]
fn an_exception_leads_to_the_section_of_the_step_that_raised_it() {
    let below = "## It fails\n\n```python recipe=ask raises=DemoError";
    let book = with("{{#evidence errors}}").edit("guides/demo.md", "```python recipe=ask raises=DemoError", below);
    let [Some(Content::Block(block))] = &book.pieces()[..] else { panic!() };
    let told = lines(&block.open[0]);
    assert!(told[3].ends_with("[demo/ask](#it-fails)"), "{told:?}");
}

#[test]
fn an_exception_under_a_fault_says_which() {
    let book = with("{{#evidence errors demo}}").recorded(|trace| {
        if trace.cell.recipe.as_str() == "ask" {
            let moment = std::time::Duration::ZERO;
            let fault = "reset@1KiB".parse().unwrap();
            trace.steps[2].fault =
                Some(Box::new(FaultSeen { fault, armed: moment, tripped: Some(moment), cleared: moment }));
        }
    });
    let [Some(Content::Block(block))] = &book.pieces()[..] else { panic!() };
    insta::assert_debug_snapshot!(lines(&block.open[0])[1..], @r#"
    [
        "Message | Recorded on | Fault | Read more",
        "-- DemoError",
        "no such port | box 3.2 | every connection was reset after 1 KiB, new ones too | [demo/ask](#demo)",
    ]
    "#);
}

#[test]
fn what_is_wrong_with_a_piece_is_told_at_its_word() {
    let mut wrong: Vec<(&str, String, Vec<String>, Vec<String>)> = Vec::new();
    for (piece, at, title, help) in [
        ("{{#evidence}}", 1, "the piece does not say what it shows", "write one of `divergence"),
        ("{{#evidence matrx}}", 13, "there is no kind of piece `matrx`", "did you mean `matrix`?"),
        ("{{#evidence graph x}}", 13, "there is no kind of piece `graph`", "write one of"),
        ("See {{#evidence matrix}}", 5, "`matrix` stands among words", "give it a paragraph of its own"),
        ("# A {{#evidence took ask}}", 5, "a piece stands in a heading", "write it below"),
        (
            "a <b title=\"{{#evidence took ask}}\">",
            13,
            "a piece stands where Markdown sees no text",
            "write it on one line",
        ),
        ("{{#evidence took}}", 1, "`took` does not say which", "write `{{#evidence took RECIPE"),
        ("{{#evidence took ask x}}", 22, "`took` takes no further word `x`", "write `{{#evidence took RECIPE"),
        ("{{#evidence divergence ask ask}}", 28, "`ask` is named twice", "name it once"),
        ("{{#evidence took ask stp=1}}", 22, "`took` knows no `stp=`", "did you mean `step=`?"),
        ("{{#evidence took ask step=1 step=2}}", 29, "`step=` is said twice", "say it once"),
        ("{{#evidence took ask step=}}", 22, "`step=` has no value", "write `{{#evidence took"),
        ("{{#evidence took ask step=0}}", 27, "`step=0` is no number", "write a whole number"),
        ("{{#evidence took ask step=3}}", 27, "`ask` has no step 3", "name one of its 2 steps"),
        ("{{#evidence took asc}}", 18, "the guide `demo` has no recipe `asc`", "did you mean `ask`?"),
        ("{{#evidence took dem/ask}}", 18, "the book has no guide `dem`", "did you mean `demo`?"),
        ("{{#evidence took ask target=bux}}", 29, "`ask` does not run on `bux`", "did you mean `box`?"),
        ("{{#evidence figure ask}}", 1, "the piece does not say which step", "say `step=N`"),
        (
            "{{#evidence figure hello step=1}}",
            20,
            "`demo/hello@none` gives no such value: step 1 printed 2 lines; say",
            "name what",
        ),
        (
            "{{#evidence figure hello step=1 line=3}}",
            20,
            "`demo/hello@none` gives no such value: step 1 printed 2",
            "name",
        ),
        ("{{#evidence figure hello step=1 line=1 key=a}}", 44, "`line=` and `key=` are two ways", "leave one"),
        ("{{#evidence figure ask step=2}}", 20, "`demo/ask@box` gives an empty value", "name what prints something"),
        ("{{#evidence version demolib}}", 21, "no trace names a version of `demolib`", "did you mean `demo-lib`?"),
        ("{{#evidence version server target=x}}", 35, "no recipe runs on `x`", "name a target"),
        ("{{#evidence environment bx}}", 25, "there is no target `bx`", "did you mean `box`?"),
        ("{{#evidence environment none}}", 25, "there is no target `none`", "`none` hands out nothing"),
        ("{{#evidence matrix dem}}", 20, "the book has no guide `dem`", "did you mean `demo`?"),
        ("{{#evidence errors x}}", 20, "the book has no guide `x`", "name a guide"),
    ] {
        let book = with(piece);
        let found = book.findings();
        let wanted = format!("broken-evidence guides/demo.md:71:{at} {title}");
        let helps = book.check().findings.iter().all(|finding| finding.help.starts_with(help));
        if !(found.len() == 1 && found[0].starts_with(&wanted) && helps) {
            wrong.push((
                piece,
                wanted,
                found,
                book.check().findings.iter().map(|finding| finding.help.clone()).collect(),
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_value_that_targets_do_not_share_is_none() {
    let piece = "It is {{#evidence figure conform step=1 key=a}}.";
    let book = conform("a: 1\n", "a: 2\n", piece);
    book.finds(&["broken-evidence guides/demo.md:76:26 the value is not one: `1` on `box`, `2` on `other`"]);
    assert_eq!(book.only("broken-evidence").help, "say which, for example `target=box`");
    let one = conform("a: 1\n", "a: 2\n", &piece.replace("key=a", "key=a target=other"));
    let [Some(Content::Inline(found))] = &one.pieces()[..] else { panic!("{:?}", one.findings()) };
    assert_eq!(found.value, "2");
    let same = conform("a: 1\n", "a: 1\n", piece);
    let [Some(Content::Inline(found))] = &same.pieces()[..] else { panic!("{:?}", same.findings()) };
    assert!(found.source.ends_with(", and 1 more with the same value"), "{}", found.source);
}

#[test]
fn evidence_that_does_not_hold_is_no_figure() {
    let book = with("It is {{#evidence figure ask step=1}} {{#evidence version demo-lib}}.");
    let pieces =
        |title: &str| format!("broken-evidence guides/demo.md:71:26 `demo/ask` is not verified on `box`: {title}");
    let check = |book: &Book, title: &str| {
        let found = book.findings();
        let wanted = pieces(title);
        assert!(found.iter().any(|finding| finding == &wanted), "{wanted} in {found:#?}");
        assert_eq!(book.pieces(), [None, None]);
    };
    check(&book.clone().without("traces/demo/ask@box.yaml"), "never run");
    check(&book.clone().edit("guides/demo.md", "import os", "import  os"), "changed since the last run");
    check(&book.clone().edit("traces/demo/ask@box.yaml", "exit: 1", "exit: 0"), "its record cannot be used");
    let drifted = book.clone().edit("guides/demo.md", "```text expect\n42", "```text expect\n43");
    check(&drifted, "the last run printed something else than the page says");
    let failed = book.clone().recorded(|trace| {
        if trace.cell.recipe.as_str() == "ask" {
            trace.steps[1].ended = StepEnd::Exit(3);
        }
    });
    check(&failed, "the last run failed");
    let skipped = book.edit(
        "guides/demo.md",
        "```python recipe=ask\n",
        "```python recipe=ask skip=no-account until=2027-01-01\n",
    );
    check(&skipped, "skipped: no account");
}

#[test]
fn a_piece_in_an_included_file_is_found_there() {
    let book = with("{{#include part.md}}").with("guides/part.md", "Read\n\n{{#evidence took asc}}\n");
    book.finds(&["broken-evidence guides/part.md:3:18 the guide `demo` has no recipe `asc`"]);
}

#[test]
fn a_piece_can_be_tolerated() {
    let allow = "<!-- dogfood: allow broken-evidence until=2026-12-31 because the server moves -->\n\n";
    with(&format!("{allow}{{{{#evidence took asc}}}}")).finds(&[]);
}

#[test]
fn code_shows_pieces_as_they_are() {
    with("`{{#evidence nonsense}}`\n\n```text illustrative=shows-a-piece\n{{#evidence nonsense}}\n```\n\n\\{{#evidence nonsense}}")
        .finds(&[]);
}

#[test]
fn every_kind_says_how_it_is_written_and_the_manual_too() {
    let manual =
        std::fs::read_to_string(super::book::fixtures().join("../../../../guides/manual/evidence.md")).unwrap();
    for kind in KINDS {
        let meta = kind.meta();
        assert!(meta.form.starts_with(meta.name), "{}", meta.form);
        assert!(meta.words.start() <= meta.words.end());
        assert!(meta.keys.iter().all(|key| meta.form.contains(&format!("{key}="))), "{}", meta.form);
        assert!(manual.contains(&format!("## `{}`", meta.name)), "{}", meta.name);
        assert!(manual.contains(&format!("\\{{{{#evidence {}}}}}", meta.form)), "{}", meta.form);
        let where_it_stands = match meta.layout {
            Layout::Block => "*A paragraph of its own.*",
            Layout::Inline => "*In running text.*",
        };
        let section = manual.split(&format!("## `{}`", meta.name)).nth(1).unwrap().split("\n## ").next().unwrap();
        assert!(section.contains(where_it_stands), "{}", meta.name);
    }
}

#[test]
fn guides_are_counted_and_what_is_not_run_stands_with_its_reason() {
    let later = "```sh recipe=later skip=needs_an-account until=2099-01-31\nfalse\n```\n\n```toml illustrative=their-file\na = 1\n```\n\n";
    let book = two_targets()
        .edit("guides/demo.md", END, &format!("{later}{{{{#evidence guides}}}}\n\n{END}"))
        .recorded(|trace| {
            if trace.cell.recipe.as_str() == "terminal" {
                trace.steps[1].stdout.text = Redacted::literal("two\n");
            }
        });
    let Some(Content::Block(block)) = book.pieces().remove(0) else { panic!("no block") };
    insta::assert_debug_snapshot!(lines(&block.open[0]), @r#"
    [
        "Guides by target: 3 of 6 runs verified, the oldest of 2026-11-01, the newest of 2026-11-01",
        "Guide | box / 3.2 | other / 3.2 | no service | paper | All",
        "[demo](#) | ? 1 of 2 verified | ? 1 of 2 verified | ? 1 of 2 verified | ? not verified here | ? 3 of 6 verified",
    ]
    "#);
    insta::assert_debug_snapshot!(lines(&block.open[1]), @r#"
    [
        "Not run: 3",
        "Where | What | Why",
        "[demo/later](#demo) | – skipped recipe | needs an account, until 2099-01-31",
        "[demo, `toml`](#demo) | – shown, never run | their file",
        "[demo on paper](#) | ? documented, not verified here | no recipe of this guide was run on it",
    ]
    "#);
    let nothing = with("{{#evidence guides nowhere}}");
    nothing.finds(&["broken-evidence guides/demo.md:71:20 the book has no guide `nowhere`"]);
}

#[test]
fn a_plan_says_what_every_guide_waits_for() {
    let planned =
        "plan: {phase: 1, verdict: greenlit, cost: laptop, waits: [words, 2], planned: [{guide: other, phase: 0}]}";
    let book = two_targets()
        .edit("guides/demo.md", "unverified: [paper]", &format!("unverified: [paper]\n{planned}"))
        .edit("guides/demo.md", END, &format!("{{{{#evidence plan}}}}\n\n{END}"))
        .recorded(|_| ());
    insta::assert_debug_snapshot!(lines(&book.block().open[0]), @r#"
    [
        "Planned guides: 2",
        "Guide | Evidence | Verdict | Cost | Waits for",
        "-- Phase 0",
        "other | ? not written |  |  | nothing",
        "-- Phase 1",
        "[demo](#) | ✓ 4 of 4 verified | greenlit | laptop | words / 2 / a run on paper",
    ]
    "#);
    with("{{#evidence plan}}")
        .finds(&["broken-evidence guides/demo.md:71:1 no front matter says `plan:` with a phase"]);
    for (plan, why) in [
        ("word", "is no mapping (guides/demo.md:6)"),
        ("{verdict: greenlit}", "has neither `phase` nor `planned` (guides/demo.md:6)"),
        ("{phase: 1, planned: {guide: other}}", "has a `planned` that is no list (guides/demo.md:6)"),
        ("{planned: other}", "has a `planned` that is no list (guides/demo.md:6)"),
        ("{planned: [{phase: 1}]}", "plans a guide without `guide: NAME` (guides/demo.md:6)"),
    ] {
        let book = with("{{#evidence plan}}");
        let book = book.edit("guides/demo.md", "toolbox: tools", &format!("toolbox: tools\nplan: {plan}"));
        book.finds(&[&format!("broken-evidence guides/demo.md:72:1 the `plan:` of `demo` {why}")]);
    }
}

#[test]
fn a_plan_says_of_a_guide_without_recipes_that_it_holds_none_and_names_a_wait_once() {
    let page = "---\nguide: notes\nkind: reference\nunverified: [paper]\nplan: {phase: 1}\n---\n\n# Notes\n\n{{#evidence plan}}\n";
    let summary = Book::good().files[&path("guides/SUMMARY.md")].clone() + "- [Notes](notes.md)\n";
    let book = two_targets()
        .with("guides/notes.md", page)
        .with("guides/SUMMARY.md", &summary)
        .edit("guides/demo.md", "unverified: [paper]", "unverified: [paper]\nplan: {phase: 1}")
        .edit("guides/demo.md", END, &format!("```sh recipe=x skip=no-key\na\n```\n\n```sh recipe=y skip=no-room\na\n```\n\n```sh recipe=z skip=no-key\na\n```\n\n{END}"))
        .recorded(|_| ());
    book.finds(&[]);
    let report = book.check();
    let Some(Some(Content::Block(block))) = report.pieces[&path("guides/notes.md")].first() else {
        panic!("{:?}", report.pieces)
    };
    let lines = lines(&block.open[0]);
    assert!(lines.iter().any(|line| line.contains("| holds no recipe |")), "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with("| no key / no room / a run on paper")), "{lines:?}");
}
