//! Pieces that tell of benchmarks and capabilities: what they show, and what stops the build.

use std::time::Duration;

use dogfood_core::event::Timed;
use dogfood_core::evidence::{Content, Run, Table};
use dogfood_core::redact::Redacted;

use super::book::Book;

const END: &str = "```sh teardown\nrm -rf in\n```\n";

const GROUP: &str = "```sh recipe=speed bench=pace/base rounds=6 min-effect=1.2\nslow\n```\n\n```sh recipe=speed bench=pace/tuned\nfast\n```\n\n\
                     ```sh recipe=speed bench=pace/wild\nodd\n```\n\n";

const STEADY: [u64; 6] = [100, 101, 99, 100, 102, 98];
const HALF: [u64; 6] = [50, 51, 49, 50, 51, 50];
const WILD: [u64; 6] = [100, 300, 150, 220, 90, 190];
const HUMPS: [u64; 6] = [100, 101, 102, 400, 401, 402];

/// The good book with the group `pace` and `piece`, and these times in milliseconds for its three variants.
fn measured(piece: &str, times: [[u64; 6]; 3]) -> Book {
    Book::good().edit("guides/demo.md", END, &format!("{GROUP}{piece}\n\n{END}")).recorded(move |trace| {
        if trace.cell.recipe.as_str() != "speed" {
            return;
        }
        let own = trace.steps.iter_mut().filter(|step| step.at.part == dogfood_core::event::Part::Recipe);
        for (step, times) in own.zip(times) {
            let samples = times.map(Duration::from_millis).to_vec();
            step.timed = Some(Box::new(Timed { load: Some(0.5), warm_up: Duration::from_secs(1), samples }));
        }
    })
}

fn words(runs: &[Run]) -> String {
    let word = |run: &Run| match run {
        Run::Words(text) | Run::Code(text) | Run::Link { text, .. } => text.clone(),
        Run::Day(moment) => moment[..10].to_owned(),
        Run::Break => " / ".to_owned(),
    };
    runs.iter().map(word).collect()
}

fn lines(table: &Table) -> Vec<String> {
    let row = |row: &dogfood_core::evidence::Row| {
        let cells = std::iter::once(&row.head).chain(&row.cells);
        cells.map(|cell| words(&cell.runs)).collect::<Vec<_>>().join(" | ")
    };
    table.groups.iter().flat_map(|group| group.rows.iter().map(row)).collect()
}

#[test]
fn a_table_shows_ratios_with_intervals_and_what_may_be_said() {
    let block = measured("{{#evidence benchmark pace}}", [STEADY, HALF, WILD]).block();
    assert_eq!(words(&block.open[0].caption), "pace on box 3.2, 2026-11-01");
    let lines = lines(&block.open[0]);
    assert_eq!(lines[0], "base (base) | 1, the base | 100 ms | 6, 98.0 ms to 102 ms | the base");
    assert!(lines[1].starts_with("tuned | 0.500 (0.4"), "{lines:?}");
    assert!(lines[1].ends_with("| 50.0 ms | 6, 49.0 ms to 51.0 ms | 2.0 times faster"), "{lines:?}");
    assert!(lines[2].starts_with("wild | none | none | 6, 90.0 ms to 300 ms | cannot be told: "), "{lines:?}");
    let note = words(&block.notes[0]);
    assert!(note.contains("6 rounds") && note.contains("below 1.20 times do not count"), "{note}");
    assert!(note.contains("0.50 processes wanted to run"), "{note}");
}

#[test]
fn the_same_trace_makes_the_same_page() {
    let book = measured("{{#evidence chart pace}}", [STEADY, HALF, WILD]);
    assert_eq!(book.pieces(), book.clone().pieces());
    let [Some(Content::Chart(chart))] = &book.pieces()[..] else { panic!("{:?}", book.findings()) };
    let plot = &chart.plots[0];
    assert_eq!(plot.bars.iter().map(|bar| bar.dots.len()).collect::<Vec<_>>(), [6, 6, 6]);
    assert_eq!([0, 1, 2].map(|at| plot.bars[at].middle), [Some(1.0), Some(0.5), None]);
    assert!(
        plot.description.starts_with("base: the base; tuned: 2.0 times faster; wild: cannot be told"),
        "{}",
        plot.description
    );
    assert_eq!(lines(&plot.numbers.table).len(), 3);
}

#[test]
fn prose_takes_results_only() {
    let ratio = |variant: &str, times| {
        let book = measured(&format!("It is {{{{#evidence ratio pace/{variant}}}}}."), times);
        match book.pieces().as_slice() {
            [Some(Content::Inline(inline))] => inline.value.clone(),
            _ => book.findings().join("\n"),
        }
    };
    assert_eq!(ratio("tuned", [STEADY, HALF, WILD]), "2.0 times faster");
    assert_eq!(ratio("tuned", [HALF, STEADY, WILD]), "2.0 times slower");
    assert_eq!(ratio("tuned", [STEADY, STEADY, WILD]), "no difference of at least 1.20 times shown");
    for (variant, times, why) in [
        ("wild", [STEADY, HALF, WILD], "`wild` of `demo/speed@box` is no result: cannot be told: "),
        ("wild", [STEADY, HALF, HUMPS], "is no result: bimodal: 3 near 101 ms, 3 near 401 ms"),
        ("tuned", [HUMPS, HALF, WILD], "is no result: the base is bimodal"),
        ("base", [STEADY, HALF, WILD], "`base` is the base, which is neither faster nor slower than itself"),
        ("tund", [STEADY, HALF, WILD], "the group `pace` has no variant `tund`"),
    ] {
        let said = ratio(variant, times);
        assert!(said.contains("broken-evidence guides/demo.md:") && said.contains(why), "{said}");
    }
}

#[test]
fn the_fastest_is_named_with_those_that_cannot_be_told_from_it() {
    let told = |times| lines(&measured("{{#evidence fastest pace}}", times).block().open[0]).join("\n");
    let faster = "pace | base | tuned: 2.0 times faster";
    assert_eq!(told([STEADY, HALF, STEADY]), faster);
    assert_eq!(told([STEADY, HALF, WILD]), format!("{faster}; cannot be told: wild"));
    assert_eq!(told([STEADY, HALF, HUMPS]), format!("{faster}; cannot be told: wild"));
    assert_eq!(told([STEADY, HALF, HALF]), "pace | base | tuned: 2.0 times faster; or wild");
    assert_eq!(told([HALF, STEADY, STEADY]), "pace | base | none is faster by 1.20 times");
    let wild = [50, 150, 75, 110, 45, 95];
    assert_eq!(told([HALF, STEADY, wild]), "pace | base | none is faster by 1.20 times; cannot be told: wild");
}

#[test]
fn noise_and_missing_times_stop_the_build() {
    for piece in ["benchmark pace", "chart pace", "fastest pace"] {
        let book = measured(&format!("{{{{#evidence {piece}}}}}"), [HUMPS, HALF, WILD]);
        book.finds(&["broken-evidence guides/demo.md:83:"]);
        assert!(book.only("broken-evidence").title.ends_with("measured nothing in `pace` but noise"));
        let untimed = measured(&format!("{{{{#evidence {piece}}}}}"), [STEADY, HALF, WILD]).recorded(|_| ());
        let title = untimed.only("broken-evidence").title;
        assert_eq!(title, "`demo/speed@box` cannot be told: the trace has no times of `pace/base`");
        let gone =
            measured(&format!("{{{{#evidence {piece}}}}}"), [STEADY, HALF, WILD]).without("traces/demo/speed@box.yaml");
        assert!(gone.findings().iter().any(|finding| finding.contains("`demo/speed` is not verified on `box`")));
    }
    let unknown = measured("{{#evidence benchmark pase}}", [STEADY, HALF, WILD]).only("broken-evidence");
    assert_eq!(
        (unknown.title.as_str(), unknown.help.as_str()),
        ("the guide `demo` measures no group `pase`", "did you mean `pace`?")
    );
}

#[test]
fn more_rounds_than_were_run_need_a_new_run() {
    let book =
        measured("{{#evidence benchmark pace}}", [STEADY, HALF, WILD]).edit("guides/demo.md", "rounds=6", "rounds=7");
    assert!(book.findings().iter().any(|finding| finding.starts_with("stale-recipe")), "{:?}", book.findings());
}

#[test]
fn capabilities_are_yes_and_no_and_anything_else() {
    const SAYS: &str = "atomic: yes\nranges: no\nlargest: 5\n";
    let recipe = format!(
        "```sh recipe=able\nask\n```\n\n```text expect\n{SAYS}```\n\n{{{{#evidence capability able}}}}\n\n{END}"
    );
    let book = Book::good().edit("guides/demo.md", END, &recipe).recorded(|trace| {
        if trace.cell.recipe.as_str() == "able" {
            let own = trace.steps.iter_mut().find(|step| step.at.part == dogfood_core::event::Part::Recipe);
            own.expect("a step").stdout.text = Redacted::literal(SAYS);
        }
    });
    let table = &book.block().open[0];
    assert_eq!(lines(table), ["atomic | yes", "ranges | no", "largest | 5"]);
    let marks: Vec<_> = table.groups[0].rows.iter().map(|row| row.cells[0].mark.map(|mark| mark.sign())).collect();
    assert_eq!(marks, [Some("✓"), Some("–"), None]);
}

/// The heads of the first table on the demo's page, once the target has moved and policy still shows the evidence.
fn heads_after_a_move(book: Book) -> Vec<String> {
    let policy = "plain = [\"README.md\"]\nshown = { process = 99 }";
    let moved = book.edit("infra/targets/box.yaml", "[serve, ", "[serve, --loud, ").edit(
        "book.toml",
        "plain = [\"README.md\"]",
        policy,
    );
    moved.finds(&["stale-target guides/demo.md:4:11"]);
    let pieces = moved.pieces();
    let [Some(Content::Block(block))] = pieces.as_slice() else { panic!("{pieces:?}") };
    block.open[0].head.iter().map(|cell| words(&cell.runs)).collect()
}

#[test]
fn what_was_recorded_on_a_target_that_moved_says_so() {
    const LATER: &str = "changed since then, not verified yet";
    let fastest = || measured("{{#evidence fastest pace}}", [STEADY, HALF, STEADY]);
    assert_eq!(words(&fastest().block().open[0].head[2].runs), "box / 3.2");
    assert_eq!(heads_after_a_move(fastest())[2], format!("box / 3.2 / {LATER}"));
    let capability = || {
        let recipe = format!(
            "```sh recipe=able\nask\n```\n\n```text expect\natomic: yes\n```\n\n{{{{#evidence capability able}}}}\n\n{END}"
        );
        Book::good().edit("guides/demo.md", END, &recipe).recorded(|trace| {
            let own = trace.steps.iter_mut().find(|step| step.at.part == dogfood_core::event::Part::Recipe);
            if trace.cell.recipe.as_str() == "able" {
                own.expect("a step").stdout.text = Redacted::literal("atomic: yes\n");
            }
        })
    };
    assert_eq!(words(&capability().block().open[0].head[1].runs), "box / 3.2 / 2026-11-01");
    assert_eq!(heads_after_a_move(capability())[1], format!("box / 3.2 / 2026-11-01 / {LATER}"));
}
