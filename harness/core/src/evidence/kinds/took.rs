//! `took RECIPE`: the recorded wall time of a recipe, or of a step of it. Pure.

use std::time::Duration;

use crate::event::Part;
use crate::evidence::problem::Problem;
use crate::evidence::request::Request;
use crate::evidence::resolve::Resolved;
use crate::evidence::single::{agreed, cells};
use crate::evidence::view::View;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Took;

impl Kind for Took {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "took",
            form: "took RECIPE [step=N] [target=T]",
            layout: Layout::Inline,
            words: 1..=1,
            keys: &["step", "target"],
        }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let read = || -> Result<_, Problem> {
            let found = view.book.recipe(request, request.plain[0])?;
            Ok((found.check_step(request)?, cells(view, request, &found)?))
        };
        let (step, cells) = match read() {
            Ok(read) => read,
            Err(problem) => return vec![problem].into(),
        };
        agreed("took", request.plain[0].range(), &cells, |_, trace| {
            let own = trace.steps.iter().filter(|record| record.at.part == Part::Recipe);
            let times: Vec<Duration> =
                own.filter(|record| step.is_none_or(|step| record.at.step == step)).map(|record| record.took).collect();
            if times.is_empty() {
                return Err("the trace has no record of it".to_owned());
            }
            Ok(words(times.iter().sum()))
        })
        .into()
    }
}

/// A duration for a person, with two significant digits as in traces; a sum of such has no more.
fn words(took: Duration) -> String {
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    match millis {
        0..1_000 => format!("{} ms", two_digits(millis)),
        1_000..10_000 => {
            let tenths = (millis + 50) / 100;
            if tenths % 10 == 0 { format!("{} s", tenths / 10) } else { format!("{}.{} s", tenths / 10, tenths % 10) }
        }
        _ => format!("{} s", two_digits((millis + 500) / 1000)),
    }
}

fn two_digits(number: u64) -> u64 {
    let mut unit = 1;
    while number / unit >= 100 {
        unit *= 10;
    }
    (number + unit / 2) / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_two_digits() {
        for (millis, text) in [
            (0, "0 ms"),
            (7, "7 ms"),
            (99, "99 ms"),
            (123, "120 ms"),
            (999, "1000 ms"),
            (1_000, "1 s"),
            (1_840, "1.8 s"),
            (9_960, "10 s"),
            (12_345, "12 s"),
            (75_000, "75 s"),
            (123_456, "120 s"),
        ] {
            assert_eq!(words(Duration::from_millis(millis)), text, "{millis}");
        }
    }
}
