//! The price of each pure stage, beside the floor below it: extraction beside the Markdown parser alone, reading a trace beside the YAML
//! library alone, redaction beside looking at every byte once. Run with `cargo bench -p dogfood-core`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use dogfood_core::markup::{ChapterKind, HideLines, extract};
use dogfood_core::place::RelPath;
use dogfood_core::redact::{Known, Redactor, scan};
use pulldown_cmark::{Options, Parser};

fn chapter() -> String {
    let mut text = "---\nguide: bench\nkind: sidebar\ntargets: [none]\n---\n\n# Bench\n\n".to_owned();
    for n in 0..100 {
        let _ = write!(
            text,
            "Some prose with `code` and **emphasis**.\n\n```sh recipe=r-{n}\necho {n}\n```\n\n```text expect\n{n}\n```\n\n"
        );
    }
    text
}

fn extraction(criterion: &mut Criterion) {
    let text = chapter();
    let path = RelPath::new("guides/bench.md").expect("a path");
    let files: BTreeMap<RelPath, String> = BTreeMap::new();
    let mut group = criterion.benchmark_group("extract 100 recipes");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("floor: the Markdown parser", |b| {
        b.iter(|| Parser::new_ext(black_box(&text), Options::all()).into_offset_iter().count());
    });
    group.bench_function("extract", |b| {
        b.iter(|| extract(&path, black_box(&text), ChapterKind::Guide, &HideLines::default(), &files));
    });
    group.finish();
}

fn redaction(criterion: &mut Criterion) {
    let line = "2026-11-20T10:00:00Z INFO wrote reports/june.csv, 13 bytes, checksum 3610a686, in 12 ms\n";
    let text = line.repeat((1 << 20) / line.len());
    let known: Vec<Known> =
        (0..7).map(|n| Known::secret(format!("SECRET_{n}"), format!("correct-horse-{n}-battery/{n}"))).collect();
    let redactor = Redactor::new(&known);
    let mut group = criterion.benchmark_group("redact 1 MiB");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("floor: every byte once", |b| {
        b.iter(|| black_box(text.as_bytes()).iter().filter(|byte| **byte == b'\n').count());
    });
    group.bench_function("redact", |b| b.iter(|| redactor.redact(black_box(text.as_bytes()))));
    group.bench_function("second scan", |b| b.iter(|| scan::leaks(black_box(&text), &known)));
    group.finish();
}

criterion_group!(benches, extraction, redaction);
criterion_main!(benches);
