//! `benchmark GROUP`: every variant of a group beside its base, on each target, with what may be said of it. Pure.

use crate::evidence::content::{Block, Content, Run};
use crate::evidence::measurements::{asked, method, table};
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::view::View;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Benchmark;

impl Kind for Benchmark {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "benchmark",
            form: "benchmark GROUP [target=T]",
            layout: Layout::Block,
            words: 1..=1,
            keys: &["target"],
        }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let (found, seen) = match asked(request, view) {
            Ok(told) => told,
            Err(problems) => return problems.into(),
        };
        let link = || found.link(request.chapter);
        let open = seen.iter().map(|(cell, trace, measured)| table(&found, cell, trace, measured, link())).collect();
        let notes = seen.iter().map(|(cell, trace, measured)| {
            let place = if seen.len() > 1 { format!("{}: ", cell.variant()) } else { String::new() };
            vec![Run::Words(format!("{place}{}", method(&found.group, measured, &trace.machine)))]
        });
        Ok(Content::Block(Block { kind: "benchmark", open, folded: None, notes: notes.collect() })).into()
    }
}
