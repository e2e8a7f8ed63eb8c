//! What stands under a recipe: a quiet line per group of cells that share library, day and verdict. Pure; touches nothing.
//!
//! Words, not only colours and signs: what was verified on what and when, and "not verified here" with the reason. Absolute UTC dates,
//! nothing of today, so that the same book gives the same bytes.

use std::fmt::Write as _;

use dogfood_core::name::Id;

use crate::colophon::Surroundings;
use crate::escape::{html, names};
use crate::evidence::{CellEvidence, RecipeEvidence, Record, Standing};
use crate::fold;

/// The block under the recipe's last fence. One line. `apart` are the recipe's targets, if what runs is not the same on all of them: the page's
/// script then offers each target's.
pub fn under(evidence: &RecipeEvidence, apart: &[Id], around: &Surroundings<'_>) -> String {
    // Writing to a String cannot fail.
    let mut out = format!("<div class=\"dogfood-evidence\" data-dogfood-recipe=\"{}\"", html(&evidence.recipe));
    if !apart.is_empty() {
        let targets: Vec<&str> = apart.iter().map(Id::as_str).collect();
        let _ = write!(out, " data-dogfood-targets=\"{}\"", html(&targets.join(" ")));
    }
    out.push('>');
    for group in groups(evidence) {
        match &group[0].standing {
            Standing::Verified(record) => verified(&evidence.recipe, &group, record, around, &mut out),
            Standing::NotVerified(why) => {
                out.push_str("<p class=\"dogfood-not-verified\">Not verified here");
                places(" on ", &group, &mut out);
                let _ = write!(out, ": {}</p>", html(why));
            }
        }
    }
    out.push_str("</div>");
    out
}

/// The cells in groups that one line can tell of, in the order of each group's first.
fn groups(evidence: &RecipeEvidence) -> Vec<Vec<&CellEvidence>> {
    let mut groups: Vec<Vec<&CellEvidence>> = Vec::new();
    for cell in &evidence.cells {
        match groups.iter_mut().find(|group| alike(&group[0].standing, &cell.standing)) {
            Some(group) => group.push(cell),
            None => groups.push(vec![cell]),
        }
    }
    groups
}

fn alike(a: &Standing, b: &Standing) -> bool {
    match (a, b) {
        (Standing::Verified(a), Standing::Verified(b)) => {
            a.libraries == b.libraries && day(a) == day(b) && a.not_yet == b.not_yet
        }
        (a, b) => a == b,
    }
}

fn day(record: &Record) -> &str {
    record.recorded.get(..10).unwrap_or(&record.recorded)
}

fn verified(recipe: &str, group: &[&CellEvidence], record: &Record, around: &Surroundings<'_>, out: &mut String) {
    let class = if record.not_yet.is_empty() { "" } else { " class=\"dogfood-shown\"" };
    let _ = write!(out, "<details{class}><summary>Verified");
    let libraries: Vec<String> =
        record.libraries.iter().map(|(library, version)| format!("{library} {version}")).collect();
    if !libraries.is_empty() {
        let _ = write!(out, " with {}", names(&libraries));
    }
    places(" on ", group, out);
    if !record.not_yet.is_empty() {
        let _ = write!(out, ", not yet on {}", names(&record.not_yet));
    }
    let _ = write!(out, ", <time>{}</time></summary>", html(day(record)));
    fold::html(recipe, group, around, out);
    out.push_str("</details>");
}

/// Says where, if that is anywhere: a recipe that needs no service and its guide's toolbox ran "here".
fn places(before: &str, group: &[&CellEvidence], out: &mut String) {
    let places: Vec<String> = group.iter().filter_map(|cell| cell.place()).collect();
    if !places.is_empty() {
        out.push_str(before);
        out.push_str(&names(&places));
    }
}

/// What stood in the way of the recipe's step with this number, for the line under its fence: every fault once, with where it stood unless
/// that is everywhere. One line; nothing if nothing did.
pub fn faults(evidence: &RecipeEvidence, step: usize) -> Option<String> {
    let mut told = Vec::new();
    let mut out = String::new();
    for fault in evidence.cells.iter().flat_map(|cell| &cell.faults).filter(|fault| fault.step == step) {
        if told.contains(&fault) {
            continue;
        }
        told.push(fault);
        out.push_str("<p class=\"dogfood-fault\">While this ran");
        let with: Vec<&CellEvidence> = evidence.cells.iter().filter(|cell| cell.faults.contains(fault)).collect();
        if with.len() < evidence.cells.len() {
            let places: Vec<&str> = with.iter().map(|cell| cell.target.as_str()).collect();
            let _ = write!(out, " on {}", names(&places));
        }
        let _ = write!(out, ": {}.</p>", html(&fault.words));
    }
    (!told.is_empty()).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colophon::Colophon;
    use crate::evidence::{Hindrance, Observed};

    fn record() -> Record {
        Record {
            recorded: "2026-11-20T06:07:08Z".to_owned(),
            libraries: vec![("remote-store".to_owned(), "0.33.0".to_owned())],
            server: Some("<1>`{{#x}}`".to_owned()),
            took: vec!["0.41".to_owned()],
            trace: "traces/a/hello@openssh.yaml".to_owned(),
            ..Record::default()
        }
    }

    fn cell(target: &str, standing: Standing) -> CellEvidence {
        CellEvidence { target: target.to_owned(), toolbox: None, standing, faults: vec![], observed: vec![] }
    }

    fn page(cells: Vec<CellEvidence>) -> String {
        let evidence = [RecipeEvidence { recipe: "hello".to_owned(), cells }];
        under(&evidence[0], &[], &Surroundings { colophon: &Colophon::of(&evidence), repository: None })
    }

    #[test]
    fn a_verified_cell_says_with_what_where_and_when() {
        insta::assert_snapshot!(page(vec![cell("openssh", Standing::Verified(record()))]), @r#"<div class="dogfood-evidence" data-dogfood-recipe="hello"><details><summary>Verified with <b>remote-store 0.33.0</b> on <b>openssh &#60;1&#62;&#96;&#123;&#123;#x&#125;&#125;&#96;</b>, <time>2026-11-20</time></summary> hello, openssh: 0.41 s</details></div>"#);
        let none = Record { server: None, libraries: vec![], ..record() };
        let mut here = cell("none", Standing::Verified(none));
        assert!(page(vec![here.clone()]).contains("<summary>Verified, <time>"));
        here.toolbox = Some("python-0-34".to_owned());
        assert!(page(vec![here]).contains(">Verified on <b>toolbox python-0-34</b>, <time"));
    }

    #[test]
    fn cells_that_agree_share_a_line_and_others_have_their_own() {
        let other = Record { recorded: "2026-11-19T01:00:00Z".to_owned(), ..record() };
        let cells = vec![
            cell("a", Standing::Verified(record())),
            cell("b", Standing::NotVerified("never run".to_owned())),
            cell("c", Standing::Verified(record())),
            cell("d", Standing::Verified(other)),
            cell("e", Standing::NotVerified("never run".to_owned())),
        ];
        let html = page(cells);
        assert_eq!(html.matches("<details>").count(), 2, "{html}");
        let words = "<p class=\"dogfood-not-verified\">Not verified here on <b>b, e</b>: never run</p>";
        assert!(html.contains(words), "{html}");
        let (a, c) = (html.find(">a ").unwrap(), html.find(", c ").unwrap());
        assert!(a < c && c < html.find("</summary>").unwrap(), "{html}");
    }

    #[test]
    fn evidence_that_is_merely_shown_says_what_it_does_not_hold_for() {
        let shown = Record { not_yet: vec!["remote-store 0.34.0".to_owned()], server: None, ..record() };
        let html = page(vec![cell("none", Standing::Verified(shown))]);
        let words = "<details class=\"dogfood-shown\"><summary>Verified with <b>remote-store 0.33.0</b>, \
                     not yet on <b>remote-store 0.34.0</b>, <time";
        assert!(html.contains(words), "{html}");
    }

    #[test]
    fn a_fault_is_told_once_under_its_step_and_where_it_stood_if_that_is_not_everywhere() {
        let fault = |step: usize, words: &str| Hindrance { step, words: words.to_owned() };
        let mut cells =
            vec![cell("openssh", Standing::Verified(record())), cell("rclone-sftp", Standing::Verified(record()))];
        cells[0].faults = vec![fault(2, "every byte was swallowed"), fault(3, "<{{#x}}>")];
        cells[1].faults = vec![fault(2, "every byte was swallowed")];
        let evidence = RecipeEvidence { recipe: "hello".to_owned(), cells };
        assert_eq!(faults(&evidence, 1), None);
        let second = faults(&evidence, 2).unwrap();
        assert_eq!(second, "<p class=\"dogfood-fault\">While this ran: every byte was swallowed.</p>");
        let third = faults(&evidence, 3).unwrap();
        assert!(
            third.contains("While this ran on <b>openssh</b>: &#60;&#123;&#123;#x&#125;&#125;&#62;.</p>"),
            "{third}"
        );
    }

    #[test]
    fn hostile_words_stay_words_on_one_line() {
        let hostile = "\n\n</summary></details><script>alert(1)</script>{{#include ../../x}}`\\";
        let record = Record {
            libraries: vec![(hostile.to_owned(), hostile.to_owned())],
            not_yet: vec![hostile.to_owned()],
            tools: [(hostile.to_owned(), hostile.to_owned())].into(),
            machine: hostile.to_owned(),
            took: vec![hostile.to_owned()],
            trace: hostile.to_owned(),
            recorded: hostile.to_owned(),
            server: Some(hostile.to_owned()),
        };
        let mut cell = cell(hostile, Standing::Verified(record));
        cell.observed =
            vec![Observed { place: hostile.to_owned(), asserted: false, text: hostile.to_owned(), dropped: 1 }];
        let html = page(vec![cell]);
        assert!(!html.contains(['\n', '{', '`', '\\']) && !html.contains("<script>"), "{html}");
        assert_eq!(html.matches("</details>").count(), 1, "{html}");
    }
}
