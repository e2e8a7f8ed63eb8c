//! What all evidence of a page has in common: said once, at its end, instead of under each recipe. Pure; touches nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::escape::{code, html};
use crate::evidence::{RecipeEvidence, Record};

/// The tools and the machine that every record of a page agrees on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Colophon {
    tools: BTreeMap<String, String>,
    machine: Option<String>,
    /// The folder of all traces: a page's recipes are one guide's.
    folder: Option<String>,
}

/// What the page around the recipes adds.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'a> {
    /// What all records of the page have in common.
    pub colophon: &'a Colophon,
    /// What comes before a trace's path in an address; nothing if the book names no repository.
    pub repository: Option<&'a str>,
}

impl Colophon {
    /// What the records of `evidence` agree on: a tool counts where it is named, so one that few recipes use is common, too.
    pub fn of(evidence: &[RecipeEvidence]) -> Self {
        let records: Vec<&Record> =
            evidence.iter().flat_map(|recipe| &recipe.cells).filter_map(|cell| cell.standing.record()).collect();
        let mut tools: BTreeMap<&str, Option<&str>> = BTreeMap::new();
        for (name, version) in records.iter().flat_map(|record| &record.tools) {
            let seen = tools.entry(name).or_insert(Some(version));
            if *seen != Some(version) {
                *seen = None;
            }
        }
        let machine = records.first().map(|record| &record.machine);
        let agreed = machine.filter(|machine| records.iter().all(|record| record.machine == **machine));
        Self {
            tools: tools
                .into_iter()
                .filter_map(|(name, version)| Some((name.to_owned(), version?.to_owned())))
                .collect(),
            machine: agreed.cloned(),
            folder: records.first().and_then(|record| Some(record.trace.rsplit_once('/')?.0.to_owned())),
        }
    }

    /// What a record says beyond this, as fragments.
    pub fn beyond(&self, record: &Record) -> Vec<String> {
        let own = record.tools.iter().filter(|(name, _)| !self.tools.contains_key(*name));
        let machine = self.machine.is_none().then(|| record.machine.clone());
        own.map(|(name, version)| format!("{name} {version}")).chain(machine).collect()
    }

    /// The line at the page's end; nothing for a page without evidence.
    pub fn html(&self) -> Option<String> {
        let tools: Vec<String> = self.tools.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let mut out = String::from("<div class=\"dogfood-colophon\"><p>Recorded");
        // Writing to a String cannot fail.
        if let Some(machine) = &self.machine {
            let _ = write!(out, " on {}", html(machine));
        }
        if !tools.is_empty() {
            let _ = write!(out, " with {}", code(&tools.join(", ")));
        }
        if let Some(folder) = &self.folder {
            let _ = write!(out, "; traces: {}", code(&format!("{folder}/RECIPE@TARGET.yaml")));
        }
        out.push_str(".</p></div>");
        (self.machine.is_some() || !tools.is_empty()).then_some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{CellEvidence, Standing};

    fn recipe(tools: &[(&str, &str)], machine: &str) -> RecipeEvidence {
        let tools = tools.iter().map(|(name, version)| ((*name).to_owned(), (*version).to_owned())).collect();
        let standing = Standing::Verified(Record { tools, machine: machine.to_owned(), ..Record::default() });
        let cell =
            CellEvidence { target: "none".to_owned(), toolbox: None, standing, faults: vec![], observed: vec![] };
        RecipeEvidence { recipe: "r".to_owned(), cells: vec![cell] }
    }

    #[test]
    fn what_agrees_is_said_once_and_what_does_not_where_it_is_so() {
        let all =
            [recipe(&[("python", "3.11"), ("a", "1")], "x86_64"), recipe(&[("python", "3.12"), ("b", "2")], "x86_64")];
        let colophon = Colophon::of(&all);
        let words = "<p>Recorded on x86_64 with <code class=\"nohighlight\">a 1, b 2</code>.</p>";
        assert!(colophon.html().unwrap().contains(words), "{colophon:?}");
        let record = |at: usize| all[at].cells[0].standing.record().unwrap();
        assert_eq!(colophon.beyond(record(0)), ["python 3.11"]);
        assert_eq!(colophon.beyond(record(1)), ["python 3.12"]);
    }

    #[test]
    fn two_machines_are_no_machine_of_the_page_and_no_evidence_is_no_line() {
        let all = [recipe(&[], "x86_64"), recipe(&[], "aarch64")];
        let colophon = Colophon::of(&all);
        assert_eq!(colophon.html(), None);
        assert_eq!(colophon.beyond(all[1].cells[0].standing.record().unwrap()), ["aarch64"]);
        assert_eq!(Colophon::of(&[]).html(), None);
    }
}
