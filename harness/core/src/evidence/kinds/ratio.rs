//! `ratio GROUP/VARIANT`: how much faster or slower a variant is than its base, in running text. Pure.

use crate::bench::Measured;
use crate::evidence::measurements::{group, said};
use crate::evidence::problem::Problem;
use crate::evidence::request::{Request, Word};
use crate::evidence::resolve::Resolved;
use crate::evidence::single::{agreed, cells};
use crate::evidence::view::{Seen, View};
use crate::markup::spelling;

use super::kind::{Kind, Layout, Meta};

/// The kind.
pub(super) struct Ratio;

impl Kind for Ratio {
    fn meta(&self) -> &'static Meta {
        &Meta {
            name: "ratio",
            form: "ratio GROUP/VARIANT [target=T]",
            layout: Layout::Inline,
            words: 1..=1,
            keys: &["target"],
        }
    }

    fn resolve<'a>(&self, request: &Request<'a>, view: &View<'a>) -> Resolved {
        let word = request.plain[0];
        let read = || -> Result<_, Problem> {
            let (name, variant) = word.text.rsplit_once('/').ok_or_else(|| {
                Problem::new(word.range(), "the piece does not say which variant", "write `GROUP/VARIANT`")
            })?;
            let found = group(view.book, request, Word { text: name, at: word.at })?;
            let mut names = found.group.variants.iter().map(|known| known.id.as_str());
            if let Some(base) = names.clone().next().filter(|base| *base == variant) {
                let title = format!("`{base}` is the base, which is neither faster nor slower than itself");
                return Err(Problem::new(word.range(), title, "name another variant"));
            }
            if !names.clone().any(|known| known == variant) {
                let help = match spelling::nearest(variant, names.clone()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("name one of {}", names.by_ref().skip(1).collect::<Vec<_>>().join(", ")),
                };
                let title = format!("the group `{}` has no variant `{variant}`", found.group.id);
                return Err(Problem::new(word.range(), title, help));
            }
            Ok((cells(view, request, &found.found)?, variant, found))
        };
        let (cells, variant, found) = match read() {
            Ok(read) => read,
            Err(problem) => return vec![problem].into(),
        };
        let noise = |cell: &Seen<'a>| {
            let measured = Measured::read(&found.group, cell.passing?).ok()?;
            let verdict = measured.line(variant)?.verdict.filter(|verdict| !verdict.is_result())?;
            let title = format!("`{}` of `{}` is no result: {}", variant, cell.id, said(&verdict, measured.min_effect));
            let help = format!(
                "run `dogfood run {} --refresh` when the machine has nothing else to do, give the group more `rounds=`, or take the piece out",
                found.found.name()
            );
            Some(Problem::new(word.range(), title, help).note("prose takes results only").subject(&cell.id))
        };
        let noise: Vec<Problem> = cells.iter().filter_map(noise).collect();
        if !noise.is_empty() {
            return noise.into();
        }
        agreed("ratio", word.range(), &cells, |_, trace| {
            let measured = Measured::read(&found.group, trace)?;
            let line = measured.line(variant).ok_or_else(|| format!("`{variant}` does not run there"))?;
            match &line.verdict {
                Some(verdict) => Ok(said(verdict, measured.min_effect)),
                None => Err(format!("`{variant}` is the base there")),
            }
        })
        .into()
    }
}
