//! The rules, each against its fixture: one module per rule, of its name.
#![allow(clippy::disallowed_methods, reason = "tests read their fixtures")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test's own helpers fail the test")]

mod allows;
mod benchmarks;
mod book;
mod broken_chapter;
mod broken_evidence;
mod broken_include;
mod broken_infra;
mod changed_policy;
mod criterion;
mod duplicate_guide;
mod duplicate_recipe;
mod edited_trace;
mod empty_guide;
mod expired_skip;
mod failed_evidence;
mod harness_command;
mod hostile;
mod hidden_line;
mod missing_evidence;
mod old_evidence;
mod orphan_trace;
mod output_drift;
mod own_evidence;
mod over_budget;
mod raw_html;
mod replaced_page;
mod secret_in_guide;
mod secret_in_trace;
mod split_recipe;
mod stale_given;
mod stale_recipe;
mod stale_target;
mod stale_toolbox;
mod unasserted_output;
mod unbound_number;
mod unclassified_chapter;
mod unclassified_fence;
mod unjudged;
mod unknown_attribute;
mod unknown_target;
mod unknown_variable;
mod unsupported_fault;
mod unsafe_output;
mod unused_expect;
mod unwired_gate;
mod unwired_variable;

use book::Book;
use dogfood_core::rules;

type Bad = (&'static str, fn() -> Book);

/// Every rule with its bad book.
const BOOKS: &[Bad] = &[
    ("broken-chapter", broken_chapter::book),
    ("broken-evidence", broken_evidence::book),
    ("broken-include", broken_include::book),
    ("broken-infra", broken_infra::book),
    ("changed-policy", changed_policy::book),
    ("duplicate-guide", duplicate_guide::book),
    ("duplicate-recipe", duplicate_recipe::book),
    ("edited-trace", edited_trace::book),
    ("empty-guide", empty_guide::book),
    ("expired-skip", expired_skip::book),
    ("failed-evidence", failed_evidence::book),
    ("harness-command", harness_command::book),
    ("hidden-line", hidden_line::book),
    ("missing-evidence", missing_evidence::book),
    ("old-evidence", old_evidence::book),
    ("orphan-trace", orphan_trace::book),
    ("output-drift", output_drift::book),
    ("over-budget", over_budget::book),
    ("own-evidence", own_evidence::book),
    ("raw-html", raw_html::book),
    ("replaced-page", replaced_page::book),
    ("secret-in-guide", secret_in_guide::book),
    ("secret-in-trace", secret_in_trace::book),
    ("split-recipe", split_recipe::book),
    ("stale-given", stale_given::book),
    ("stale-recipe", stale_recipe::book),
    ("stale-target", stale_target::book),
    ("stale-toolbox", stale_toolbox::book),
    ("unasserted-output", unasserted_output::book),
    ("unbound-number", unbound_number::book),
    ("unclassified-chapter", unclassified_chapter::book),
    ("unclassified-fence", unclassified_fence::book),
    ("unknown-attribute", unknown_attribute::book),
    ("unknown-target", unknown_target::book),
    ("unknown-variable", unknown_variable::book),
    ("unsafe-output", unsafe_output::book),
    ("unsupported-fault", unsupported_fault::book),
    ("unused-expect", unused_expect::book),
    ("unwired-gate", unwired_gate::book),
    ("unwired-variable", unwired_variable::book),
];

#[test]
fn the_good_book_is_good() {
    let book = Book::good();
    book.finds(&[]);
    let report = book.check();
    assert_eq!((report.counts.cells, report.counts.verified, report.counts.recipes), (3, 3, 3));
}

/// The manual's example is what the fixture shows. `DOGFOOD_BLESS=1` writes it.
#[test]
fn every_section_of_the_manual_shows_its_finding() {
    let bless = std::env::var_os("DOGFOOD_BLESS").is_some();
    for rule in rules::RULES {
        let name = rule.name();
        let (_, book) = BOOKS.iter().find(|(book, _)| *book == name).unwrap_or_else(|| panic!("{name} has no test"));
        let finding = book()
            .shown(name)
            .split("\n\n\n")
            .next()
            .unwrap_or_default()
            .trim()
            .replace("```", "\u{2035}\u{2035}\u{2035}");
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../guides/manual/rules/{name}.md"));
        let text = std::fs::read_to_string(&path).unwrap();
        let (head, rest) = text.split_once("```text\n").expect("an example");
        let (_, tail) = rest.split_once("```\n").expect("the example's end");
        // mdBook would expand an include in an example too.
        let finding = finding.replace("{{#", "\\{{#");
        let wanted = format!("{head}```text\n{finding}\n```\n{tail}");
        if bless {
            std::fs::write(&path, wanted).unwrap();
        } else {
            assert_eq!(text, wanted, "{name}: run the tests with DOGFOOD_BLESS=1 and look at the difference");
        }
    }
}

#[test]
fn every_section_of_the_manual_has_its_parts() {
    for rule in rules::RULES {
        let meta = rule.meta();
        let head = format!("## {}\n\n*{:?}, {}.* ", meta.name, meta.group, meta.severity);
        assert!(meta.manual.starts_with(&head), "{}: {head}", meta.name);
        for part in ["\n**Why.** ", "\n**For example:**\n", "\n**Mend it.** "] {
            assert_eq!(meta.manual.matches(part).count(), 1, "{}: {part}", meta.name);
        }
    }
}

#[test]
fn names_are_in_groups_and_unique() {
    let mut names: Vec<&str> = rules::names().collect();
    let groups: Vec<_> = rules::RULES.iter().map(|rule| rule.meta().group).collect();
    assert!(groups.is_sorted(), "{groups:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules::RULES.len());
    assert_eq!(BOOKS.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    assert!(rules::find("stale-recipe").is_some() && rules::find("stale").is_none());
}

/// A finding of a bad book carries a rule that is listed, a place in a file that exists, and what mends it.
#[test]
fn findings_say_what_where_and_what_mends_it() {
    for (name, book) in BOOKS {
        let book = book();
        for finding in book.check().findings {
            assert!(rules::find(finding.rule).is_some(), "{name}: {finding:?}");
            assert!(book.files.contains_key(&finding.span.file), "{name}: {finding:?}");
            assert!(!finding.title.is_empty() && !finding.help.is_empty(), "{name}: {finding:?}");
            assert!(!finding.title.contains('\n') && !finding.title.ends_with('.'), "{name}: {}", finding.title);
        }
    }
}
