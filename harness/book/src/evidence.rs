//! What a page says about its recipes: values, and the one line of HTML that each becomes. Pure; touches nothing.
//!
//! Words, not only colours and signs: what was verified on what and when, and "not verified here" with the reason. Absolute UTC dates,
//! nothing of today, so that the same book gives the same bytes.

use std::fmt::Write as _;

use crate::escape::html;

/// Bytes of one observed stream that a page shows; the trace holds more.
const OBSERVED_LIMIT: usize = 16 * 1024;

/// What is known about one recipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecipeEvidence {
    /// The recipe's id.
    pub recipe: String,
    /// One entry per target (and toolbox), in the recipe's order.
    pub cells: Vec<CellEvidence>,
}

/// What is known about one recipe on one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellEvidence {
    /// The target; `none` for no service.
    pub target: String,
    /// The toolbox, if the recipe asks for another than its guide's.
    pub toolbox: Option<String>,
    /// Verified, or not and why.
    pub standing: Standing,
    /// What was made to go wrong meanwhile, step by step.
    pub faults: Vec<Hindrance>,
    /// What it printed that no expectation judges.
    pub observed: Vec<Observed>,
}

/// Whether a cell's trace vouches for its recipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A passing trace of exactly this text.
    Verified {
        /// When, as in the trace: `YYYY-MM-DDTHH:MM:SSZ`.
        recorded: String,
        /// What it ran with: name and version.
        versions: Vec<(String, String)>,
        /// What a reader has to know besides, for example that a newer version is not verified yet. Fragments.
        remarks: Vec<String>,
    },
    /// Anything else, with the reason as a fragment.
    NotVerified(String),
}

/// What stood in a step's way, as the trace tells it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hindrance {
    /// Which step, for people: `step 2`, or `this step` of a recipe that has one.
    pub step: String,
    /// The rest of the sentence.
    pub words: String,
}

/// A stream that was recorded and that no expectation judges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// Which, for people: `step 2, standard error`.
    pub place: String,
    /// What it said; redacted, as all of a trace is.
    pub text: String,
    /// Bytes that the trace itself left out.
    pub dropped: u64,
}

impl RecipeEvidence {
    /// The block under the recipe's last fence. One line.
    pub fn html(&self) -> String {
        let mut out = format!("<div class=\"dogfood-evidence\" data-dogfood-recipe=\"{}\">", html(&self.recipe));
        match self.cells.as_slice() {
            // Most recipes have one: a list of one says no more, and mdBook has to read it.
            [only] => only.line("p", &mut out),
            cells => {
                out.push_str("<ul>");
                cells.iter().for_each(|cell| cell.line("li", &mut out));
                out.push_str("</ul>");
            }
        }
        self.faults(&mut out);
        self.cells.iter().for_each(|cell| cell.details(&mut out));
        out.push_str("</div>");
        out
    }

    /// Every fault once, with where it stood unless that is everywhere.
    fn faults(&self, out: &mut String) {
        let mut told: Vec<&Hindrance> = Vec::new();
        for fault in self.cells.iter().flat_map(|cell| &cell.faults) {
            if told.contains(&fault) {
                continue;
            }
            told.push(fault);
            let _ = write!(out, "<p class=\"dogfood-fault\">While {} ran", html(&fault.step));
            let with: Vec<&CellEvidence> = self.cells.iter().filter(|cell| cell.faults.contains(fault)).collect();
            if with.len() < self.cells.len() {
                let places: Vec<String> = with.iter().map(|cell| cell.places().join(" with ")).collect();
                let _ = write!(out, " on {}", places.join(", "));
            }
            let _ = write!(out, ": {}.</p>", html(&fault.words));
        }
    }
}

impl CellEvidence {
    fn line(&self, element: &str, out: &mut String) {
        // Writing to a String cannot fail.
        match &self.standing {
            Standing::Verified { recorded, versions, remarks } => {
                let day = recorded.get(..10).unwrap_or(recorded);
                let _ = write!(out, "<{element} class=\"dogfood-verified\">Verified");
                self.place(" on ", out);
                let _ = write!(out, ", <time datetime=\"{}\">{}</time>", html(recorded), html(day));
                self.versions(versions, out);
                remarks.iter().for_each(|remark| {
                    let _ = write!(out, "; {}", html(remark));
                });
            }
            Standing::NotVerified(why) => {
                let _ = write!(out, "<{element} class=\"dogfood-not-verified\">Not verified here");
                self.place(" on ", out);
                let _ = write!(out, ": {}", html(why));
            }
        }
        let _ = write!(out, "</{element}>");
    }

    /// Says where, if that is anywhere: a recipe that needs no service and its guide's toolbox ran "here".
    fn place(&self, before: &str, out: &mut String) {
        let parts = self.places();
        if !parts.is_empty() {
            out.push_str(before);
            out.push_str(&parts.join(" with "));
        }
    }

    /// Target and toolbox, where they are not a matter of course.
    fn places(&self) -> Vec<String> {
        let target = (self.target != "none").then(|| code(&self.target));
        target.into_iter().chain(self.toolbox.iter().map(|toolbox| format!("toolbox {}", code(toolbox)))).collect()
    }

    fn versions(&self, versions: &[(String, String)], out: &mut String) {
        for (at, (name, version)) in versions.iter().enumerate() {
            let _ = write!(out, "{} {} {}", if at == 0 { ", with" } else { "," }, html(name), code(version));
        }
    }

    fn details(&self, out: &mut String) {
        for observed in &self.observed {
            out.push_str("<details class=\"dogfood-observed\"><summary>Observed");
            self.place(" on ", out);
            let _ = write!(out, ", not asserted: {}</summary>", html(&observed.place));
            let (shown, cut) = head(&observed.text);
            let _ = write!(out, "<pre><code class=\"nohighlight\">{}</code></pre>", html(shown));
            let left_out = cut as u64 + observed.dropped;
            if left_out > 0 {
                let _ = write!(out, "<p>{left_out} bytes more are not shown here.</p>");
            }
            out.push_str("</details>");
        }
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

/// Foreign words in running text stand in `<code>`: scripts that typeset formulas leave it alone.
fn code(text: &str) -> String {
    format!("<code class=\"nohighlight\">{}</code>", html(text))
}

/// The line at the top of a guide that is written from pattern for some targets.
pub fn unverified_html(targets: &[&str]) -> String {
    let names: Vec<String> = targets.iter().map(|target| code(target)).collect();
    format!(
        "<div class=\"dogfood-scope\"><p>Not verified here on {}: what this page says about it was never run by this book.</p></div>",
        names.join(", ")
    )
}

/// The line under a fence that does not run.
pub fn not_run_html(word: &str, reason: &str, until: Option<&str>) -> String {
    let until = until.map_or_else(String::new, |date| format!(" (until {})", html(date)));
    format!(
        "<div class=\"dogfood-not-run\"><p>{word}, not run: {}{until}</p></div>",
        html(&reason.replace(['-', '_'], " "))
    )
}

/// The stamp that says that this page went through the gate; CI looks for it. `state` is `clean`, or `findings` while mdBook serves.
pub fn stamp_html(version: &str, state: &str) -> String {
    format!(
        "<div hidden class=\"dogfood-stamp\" data-dogfood-stamp=\"{}\" data-dogfood-gate=\"{}\"></div>",
        html(version),
        html(state)
    )
}

/// The banner on a served page while the gate has findings. `lines` are `file:line:column: what is wrong`.
pub fn banner_html(errors: usize, lines: &[String]) -> String {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>", code(line))).collect();
    let findings = if errors == 1 { "1 finding stops".to_owned() } else { format!("{errors} findings stop") };
    format!(
        "<div class=\"dogfood-banner\" role=\"alert\" style=\"border:3px solid #b00;padding:0 1em;margin:1em 0\"><p><strong>{findings} a build of this \
         book.</strong> This page is served so that you can write on; run <code class=\"nohighlight\">dogfood check</code> for the whole story.</p><ul>{items}</ul></div>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verified(target: &str) -> CellEvidence {
        CellEvidence {
            target: target.to_owned(),
            toolbox: None,
            standing: Standing::Verified {
                recorded: "2026-11-20T06:07:08Z".to_owned(),
                versions: vec![
                    ("remote-store".to_owned(), "0.33.0".to_owned()),
                    ("server".to_owned(), "<1>`{{#x}}`".to_owned()),
                ],
                remarks: vec![],
            },
            faults: vec![],
            observed: vec![],
        }
    }

    #[test]
    fn a_verified_cell_says_where_when_and_with_what() {
        let mut evidence = RecipeEvidence { recipe: "hello".to_owned(), cells: vec![verified("openssh")] };
        insta::assert_snapshot!(evidence.html(), @r#"<div class="dogfood-evidence" data-dogfood-recipe="hello"><p class="dogfood-verified">Verified on <code class="nohighlight">openssh</code>, <time datetime="2026-11-20T06:07:08Z">2026-11-20</time>, with remote-store <code class="nohighlight">0.33.0</code>, server <code class="nohighlight">&#60;1&#62;&#96;&#123;&#123;#x&#125;&#125;&#96;</code></p></div>"#);
        evidence.cells = vec![verified("none")];
        assert!(evidence.html().contains("<p class=\"dogfood-verified\">Verified, <time"));
        evidence.cells[0].toolbox = Some("python-0-34".to_owned());
        assert!(evidence.html().contains(">Verified on toolbox <code class=\"nohighlight\">python-0-34</code>, <time"));
    }

    #[test]
    fn several_cells_are_a_list() {
        let html = RecipeEvidence { recipe: "r".to_owned(), cells: vec![verified("a"), verified("b")] }.html();
        assert_eq!(html.matches("<li class=\"dogfood-verified\">Verified on ").count(), 2, "{html}");
        assert!(html.contains("<ul><li ") && html.contains("</li></ul></div>"), "{html}");
    }

    #[test]
    fn an_unverified_cell_says_so_in_words() {
        let standing = Standing::NotVerified("never recorded".to_owned());
        let cell =
            CellEvidence { target: "rclone".to_owned(), toolbox: None, standing, faults: vec![], observed: vec![] };
        let evidence = RecipeEvidence { recipe: "r".to_owned(), cells: vec![cell] };
        assert!(
            evidence
                .html()
                .contains("Not verified here on <code class=\"nohighlight\">rclone</code>: never recorded</p>")
        );
    }

    #[test]
    fn a_fault_is_told_once_and_where_it_stood_if_that_is_not_everywhere() {
        let fault = |step: &str, words: &str| Hindrance { step: step.to_owned(), words: words.to_owned() };
        let mut cells = vec![verified("openssh"), verified("rclone-sftp")];
        cells[0].faults = vec![fault("step 2", "every byte was swallowed"), fault("step 3", "<{{#x}}>")];
        cells[1].faults = vec![fault("step 2", "every byte was swallowed")];
        let html = RecipeEvidence { recipe: "r".to_owned(), cells: cells.clone() }.html();
        assert!(html.contains("<p class=\"dogfood-fault\">While step 2 ran: every byte was swallowed.</p>"), "{html}");
        let third =
            "While step 3 ran on <code class=\"nohighlight\">openssh</code>: &#60;&#123;&#123;#x&#125;&#125;&#62;.</p>";
        assert!(html.contains(third) && html.matches("While ").count() == 2, "{html}");
    }

    #[test]
    fn observed_output_is_one_line_and_capped() {
        let mut cell = verified("none");
        let text = "é".repeat(OBSERVED_LIMIT) + "\n\n</code></pre><script>alert(1)</script>";
        cell.observed = vec![Observed { place: "step 1, standard output".to_owned(), text, dropped: 5 }];
        let html = RecipeEvidence { recipe: "r".to_owned(), cells: vec![cell] }.html();
        assert!(!html.contains('\n') && !html.contains("<script>"));
        assert!(html.len() < 2 * OBSERVED_LIMIT, "{}", html.len());
        let left_out = OBSERVED_LIMIT + "\n\n</code></pre><script>alert(1)</script>".len() + 5;
        assert!(
            html.contains(&format!("<p>{left_out} bytes more are not shown here.</p>")),
            "{}",
            &html[html.len() - 200..]
        );
    }

    #[test]
    fn the_other_lines_are_lines() {
        assert!(
            unverified_html(&["a", "b"])
                .contains("on <code class=\"nohighlight\">a</code>, <code class=\"nohighlight\">b</code>:")
        );
        assert!(
            not_run_html("Skipped", "needs-an-account", Some("2027-01-01"))
                .contains("Skipped, not run: needs an account (until 2027-01-01)")
        );
        assert!(banner_html(1, &["a.md:1:1: {{#x}}".to_owned()]).contains("1 finding stops a build of this book"));
        for line in [
            unverified_html(&["x"]),
            not_run_html("a", "b\nc", None),
            stamp_html("1", "clean"),
            banner_html(2, &["\n".to_owned()]),
        ] {
            assert!(!line.contains('\n') && line.starts_with("<div "), "{line}");
        }
    }
}
