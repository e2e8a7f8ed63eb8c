//! What opens under a recipe's line: how long its steps took, a link to the trace that says so, and what was observed that the page does not show word
//! by word. Pure; touches nothing.

use std::fmt::Write as _;

use crate::colophon::Surroundings;
use crate::escape::{code, html as escaped, names};
use crate::evidence::{CellEvidence, Observed};

/// Bytes of one observed stream that a page shows; the trace holds more.
const OBSERVED_LIMIT: usize = 2 * 1024;

/// What opens under the line about `group` of a recipe's cells.
pub(crate) fn html(recipe: &str, group: &[&CellEvidence], around: &Surroundings<'_>, out: &mut String) {
    runs(recipe, group, around, out);
    let mut told: Vec<&Observed> = Vec::new();
    for observed in group.iter().flat_map(|cell| &cell.observed) {
        if told.contains(&observed) {
            continue;
        }
        told.push(observed);
        let with: Vec<&str> =
            group.iter().filter(|cell| cell.observed.contains(observed)).map(|cell| cell.target.as_str()).collect();
        self::observed(observed, if with.len() < group.len() || group.len() > 1 { &with } else { &[] }, out);
    }
}

/// The runs in one line: the recipe, which is a trace's name, then where each ran and how long its steps took. No element of its own: mdBook's
/// parser reads each, a thousand recipes long.
fn runs(recipe: &str, group: &[&CellEvidence], around: &Surroundings<'_>, out: &mut String) {
    // mdBook's search would read the words on both sides of a tag as one.
    out.push(' ');
    out.push_str(&escaped(recipe));
    for (number, cell) in group.iter().enumerate() {
        let Some(record) = cell.standing.record() else { continue };
        out.push_str(if number == 0 { ", " } else { "; " });
        match (cell.target.as_str(), &cell.toolbox) {
            ("none", None) => {}
            ("none", Some(toolbox)) => out.push_str(&(escaped(toolbox) + ": ")),
            (target, _) => out.push_str(&(escaped(target) + ": ")),
        }
        let took = if record.took.is_empty() { "0".to_owned() } else { record.took.join(" + ") };
        // Writing to a String cannot fail.
        let _ = write!(out, "{} s", escaped(&took));
        if let Some(before) = around.repository {
            let _ = write!(out, ", <a href=\"{}{}\">trace</a>", escaped(before), escaped(&record.trace));
        }
        let beyond = around.colophon.beyond(record);
        if !beyond.is_empty() {
            let _ = write!(out, ", with {}", code(&beyond.join(", ")));
        }
    }
}

fn observed(observed: &Observed, targets: &[&str], out: &mut String) {
    out.push_str("<p>Observed");
    let places: Vec<&str> = targets.iter().copied().filter(|target| *target != "none").collect();
    if !places.is_empty() {
        let _ = write!(out, " on {}", names(&places));
    }
    let word = if observed.asserted { "where the page has a pattern" } else { "not asserted" };
    let _ = write!(out, ", {word}: {}</p>", escaped(&observed.place));
    let (shown, cut) = head(&observed.text);
    let _ = write!(out, "<pre tabindex=\"0\"><code class=\"nohighlight\">{}</code></pre>", escaped(shown));
    let left_out = cut as u64 + observed.dropped;
    if left_out > 0 {
        let _ = write!(out, "<p>{left_out} bytes more are not shown here.</p>");
    }
}

/// The text that a page shows, and how many bytes of it are left out.
fn head(text: &str) -> (&str, usize) {
    let mut end = text.len().min(OBSERVED_LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    (&text[..end], text.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colophon::Colophon;
    use crate::evidence::{Record, Standing};

    fn cell(target: &str, observed: Vec<Observed>) -> CellEvidence {
        let record = Record {
            took: vec!["0.4".to_owned(), "6.5".to_owned()],
            trace: format!("traces/a/r@{target}.yaml"),
            tools: [("bash".to_owned(), "5.2".to_owned())].into(),
            machine: "x86_64".to_owned(),
            ..Record::default()
        };
        CellEvidence {
            target: target.to_owned(),
            toolbox: None,
            standing: Standing::Verified(record),
            faults: vec![],
            observed,
        }
    }

    fn fold(cells: &[CellEvidence], repository: Option<&str>) -> String {
        let mut out = String::new();
        let colophon = Colophon::default();
        html("r", &cells.iter().collect::<Vec<_>>(), &Surroundings { colophon: &colophon, repository }, &mut out);
        out
    }

    fn said(text: &str, asserted: bool) -> Observed {
        Observed { place: "step 1, standard output".to_owned(), asserted, text: text.to_owned(), dropped: 0 }
    }

    #[test]
    fn a_run_says_how_long_each_step_took_where_its_trace_lies_and_what_was_special() {
        let cells = [cell("openssh", vec![])];
        insta::assert_snapshot!(fold(&cells, None), @r#" r, openssh: 0.4 + 6.5 s, with <code class="nohighlight">bash 5.2, x86_64</code>"#);
        let linked = fold(&cells, Some("https://example.org/x/blob/HEAD/"));
        assert!(
            linked.contains(", <a href=\"https://example.org/x/blob/HEAD/traces/a/r@openssh.yaml\">trace</a>, with"),
            "{linked}"
        );
    }

    #[test]
    fn what_several_targets_said_alike_is_shown_once() {
        let cells = [cell("a", vec![said("same", false)]), cell("b", vec![said("same", false), said("own", true)])];
        let html = fold(&cells, None);
        assert_eq!(html.matches("<pre ").count(), 2, "{html}");
        let both = "Observed on <b>a, b</b>, not asserted: step 1, standard output</p>";
        assert!(html.contains(both), "{html}");
        assert!(html.contains("Observed on <b>b</b>, where the page has a pattern: step 1"), "{html}");
    }

    #[test]
    fn observed_output_is_one_line_and_capped() {
        let text = "é".repeat(OBSERVED_LIMIT) + "\n\n</code></pre><script>alert(1)</script>";
        let mut observed = said(&text, false);
        observed.dropped = 5;
        let html = fold(&[cell("none", vec![observed])], None);
        assert!(!html.contains('\n') && !html.contains("<script>"));
        assert!(html.len() < 2 * OBSERVED_LIMIT, "{}", html.len());
        let left_out = OBSERVED_LIMIT + "\n\n</code></pre><script>alert(1)</script>".len() + 5;
        assert!(
            html.contains(&format!("<p>{left_out} bytes more are not shown here.</p>")),
            "{}",
            &html[html.len() - 200..]
        );
    }
}
