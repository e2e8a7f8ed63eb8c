//! The lines of a page that stand for no recipe: its scope, what is not run, the stamp, the banner of a served page. Pure; touches nothing.

use crate::escape::{code, html};

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
