//! `chart GROUP`: the samples of a group, drawn, with the same as a table for whoever does not see it. Pure.

use crate::bench::{Line, Measured};
use crate::evidence::content::{Bar, Chart, Content, Fold, Plot};
use crate::evidence::measurements::{FoundGroup, asked, method, place, table, verdict};
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::{Seen, View};
use crate::trace::Trace;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Drawn;

impl Kind for Drawn {
    fn meta(&self) -> &'static Meta {
        &Meta { name: "chart", form: "chart GROUP [target=T]", layout: Layout::Block, words: 1..=1, keys: &["target"] }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let (found, seen) = match asked(request, view) {
            Ok(told) => told,
            Err(problems) => return problems.into(),
        };
        let plots = seen.iter().map(|(cell, trace, measured)| plot(request, &found, cell, trace, measured));
        Ok(Content::Chart(Chart { kind: "chart", plots: plots.collect() })).into()
    }
}

fn plot(request: &Request<'_>, found: &FoundGroup<'_>, cell: &Seen<'_>, trace: &Trace, measured: &Measured) -> Plot {
    let base = measured.base().map_or(1.0, |base| base.times.median()).max(f64::MIN_POSITIVE);
    let name = measured.base().map(|base| base.variant.to_string()).unwrap_or_default();
    let bars: Vec<Bar> = measured.lines.iter().map(|line| bar(line, base, measured.min_effect)).collect();
    let told: Vec<String> = bars.iter().map(|bar| format!("{}: {}", bar.label, bar.words)).collect();
    let link = found.link(request.chapter);
    Plot {
        title: format!("{} {}, {}", found.group.id, place(cell, trace), trace.recorded_on()),
        axis: format!("time, where the median of {name} is 1; each dot is one run"),
        description: told.join("; "),
        bars,
        note: method(&found.group, measured, &trace.machine),
        numbers: Fold { summary: "The same in numbers".to_owned(), table: table(found, cell, trace, measured, link) },
    }
}

fn bar(line: &Line, base: f64, least: f64) -> Bar {
    Bar {
        label: line.variant.to_string(),
        words: verdict(line, least),
        dots: line.times.sorted().iter().map(|time| time / base).collect(),
        middle: line.median().map(|median| median / base),
    }
}
