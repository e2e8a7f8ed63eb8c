//! The last line of a check.

use crate::gate::Counts;

/// `3 errors and 1 warning; 12 of 15 cells verified in 4 guides`.
pub fn summary(counts: &Counts) -> String {
    let found = match (counts.errors, counts.warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (errors, 0) => many(errors, "error"),
        (0, warnings) => many(warnings, "warning"),
        (errors, warnings) => format!("{} and {}", many(errors, "error"), many(warnings, "warning")),
    };
    let allowed = if counts.allowed == 0 { String::new() } else { format!(", {} tolerated", counts.allowed) };
    let pending = match counts.pending {
        0 => String::new(),
        pending => format!(", {pending} changed here and not verified yet"),
    };
    if counts.recipes == 0 {
        return format!("{found}{allowed}; nothing to check: {} without a recipe", many(counts.chapters, "chapter"));
    }
    format!(
        "{found}{allowed}; {} of {} verified in {}{pending}",
        counts.verified,
        many(counts.cells, "cell"),
        many(counts.guides, "guide")
    )
}

fn many(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
