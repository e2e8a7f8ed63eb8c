//! The lines of a page that stand for no recipe: its scope, what is not run, the stamp. Pure; touches nothing.

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
        for line in [unverified_html(&["x"]), not_run_html("a", "b\nc", None), stamp_html("1", "clean")] {
            assert!(!line.contains('\n') && line.starts_with("<div "), "{line}");
        }
    }
}
