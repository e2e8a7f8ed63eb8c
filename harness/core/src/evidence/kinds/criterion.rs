//! `criterion GROUP`: what criterion estimated of the project's own benches, each held against the group's first. Pure.

use crate::criterion::{self, Benchmark, Estimate, Record};
use crate::evidence::content::{Block, Cell, Content, Group, Row, Run, Table};
use crate::evidence::measurements::digits;
use crate::evidence::problem::Problem;
use crate::evidence::request::{Request, Word};
use crate::evidence::resolve::Resolved;
use crate::evidence::view::View;
use crate::markup::spelling;
use crate::trace::Seal;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Criterion;

impl Kind for Criterion {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "criterion", form: "criterion GROUP", layout: Layout::Block, words: 1..=1, keys: &[] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        match record(request.plain[0], view) {
            Ok(record) => Ok(Content::Block(block(record))).into(),
            Err(problem) => vec![problem].into(),
        }
    }
}

/// The record that `word` names, if it holds for today's bench.
fn record<'a>(word: Word<'_>, view: &View<'a>) -> Result<&'a Record, Problem> {
    let problem = |title: String, help: String| Err(Problem::new(word.range(), title, help));
    let found = criterion::path(word.text).and_then(|path| view.criterion.get_key_value(&path));
    let Some((path, file)) = found else {
        let known = view.criterion.keys().map(|path| path.file_name().trim_end_matches(".yaml"));
        let help = match spelling::nearest(word.text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "run `cargo bench` and `dogfood bench --criterion SOURCE`, and commit what that writes".to_owned(),
        };
        return problem(format!("nothing of criterion is recorded as `{}`", word.text), help);
    };
    let (record, seal) = match &file.read {
        Ok(read) => read,
        Err(why) => return problem(format!("`{path}` is no record: {why}"), again("SOURCE")),
    };
    let again = again(record.source.as_str());
    match file.source {
        _ if *seal == Seal::Broken => problem(format!("`{path}` was edited after it was recorded"), again),
        None => {
            problem(format!("the bench `{}` is not there", record.source), format!("{again}, or take the piece out"))
        }
        Some(now) if now != record.digest => {
            problem(format!("the bench `{}` has changed since it was measured", record.source), again)
        }
        Some(_) => Ok(record),
    }
}

fn again(source: &str) -> String {
    format!("run `cargo bench` and `dogfood bench --criterion {source}`, and commit what that writes")
}

fn block(record: &Record) -> Block {
    let first = record.benchmarks.first();
    let rows = record.benchmarks.iter().map(|benchmark| row(benchmark, first));
    let base = first.map(|first| format!("Times {}", first.name)).unwrap_or_default();
    let level = first.map_or(0.95, |first| first.median.level) * 100.0;
    let table = Table {
        caption: vec![
            Run::words("criterion's estimates of "),
            Run::Code(record.group.clone()),
            Run::words(", "),
            Run::Day(record.recorded.clone()),
        ],
        head: vec![
            Cell::words("Bench"),
            Cell::words(&base),
            Cell::words("Median"),
            Cell::words(format!("{} % interval", digits(level, 2))),
            Cell::words("Mean"),
            Cell::words("Samples"),
        ],
        groups: vec![Group { title: Vec::new(), rows: rows.collect() }],
    };
    let machine = &record.machine;
    let note = format!(
        "From {}, measured on {}, {} processors, {}, Linux {}.",
        record.source, machine.arch, machine.cpus, machine.memory, machine.kernel
    );
    Block { kind: "criterion", open: vec![table], folded: None, notes: vec![vec![Run::words(note)]] }
}

fn row(benchmark: &Benchmark, first: Option<&Benchmark>) -> Row {
    let Estimate { ns, low, high, .. } = benchmark.median;
    let ratio = first.map_or(1.0, |first| ns / first.median.ns.max(f64::MIN_POSITIVE));
    Row {
        head: Cell::words(&benchmark.name),
        cells: vec![
            Cell::words(digits(ratio, 2)),
            Cell::words(time(ns)),
            Cell::words(format!("{} to {}", time(low), time(high))),
            Cell::words(time(benchmark.mean.ns)),
            Cell::words(benchmark.samples.to_string()),
        ],
    }
}

/// Nanoseconds in the unit that reads best.
fn time(ns: f64) -> String {
    let (unit, name) =
        [(1e9, "s"), (1e6, "ms"), (1e3, "µs")].into_iter().find(|(unit, _)| ns >= *unit).unwrap_or((1.0, "ns"));
    format!("{} {name}", digits(ns / unit, 3))
}
