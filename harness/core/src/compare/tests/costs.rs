//! What comparisons cost, in steps: never in seconds.

use crate::budget::{CHECK_STEPS, COMPARISON_STEPS, Cost};
use crate::markup::model::ExpectFormat;

use super::super::{Captures, ProblemKind, Work, compare};

/// The steps of a comparison that comes to its end.
fn steps(expected: &str, format: ExpectFormat, actual: &str) -> u64 {
    let mut work = Work::new();
    compare(expected, format, actual, &mut Captures::new(), &mut work).expect("within the bounds");
    work.taken()
}

#[track_caller]
fn costly(expected: &str, format: ExpectFormat, actual: &str, cost: Cost) {
    let mut work = Work::new();
    let problem = compare(expected, format, actual, &mut Captures::new(), &mut work).unwrap_err();
    assert_eq!(problem.problem, ProblemKind::Costly(cost));
    assert!(work.taken() <= COMPARISON_STEPS + 3_000_000, "{}", work.taken());
}

#[test]
fn usual_comparisons_cost_little() {
    let text: String = (0..1000).map(|number| format!("line {number} of a thousand\n")).collect();
    assert!(steps(&text, ExpectFormat::Text, &text) < 5_000);
    assert!(steps("...\nline 999 of a thousand", ExpectFormat::Text, &text) < 5_000);
    assert!(steps("...\nline [0-9]+9 of .* (re)\n...", ExpectFormat::Text, &text) < 5_000);
    let json: String = format!("[{}]", (0..1000).map(|number| number.to_string()).collect::<Vec<_>>().join(","));
    assert!(steps(&json, ExpectFormat::Json, &json) < 20_000);
}

#[test]
fn a_block_that_almost_stands_everywhere() {
    let expected = format!("...\n{}b\n...", "a\n".repeat(5_000));
    costly(&expected, ExpectFormat::Text, &"a\n".repeat(12_000), Cost::Steps);
}

#[test]
fn a_glob_that_goes_back_all_the_time() {
    let expected = format!("*{}b* (glob)", "?a".repeat(5_000));
    costly(&expected, ExpectFormat::Text, &"a".repeat(25_000), Cost::Steps);
}

#[test]
fn expressions_that_are_large_together() {
    let expected: Vec<String> = (0..2000).map(|number| format!("\\w+ {number} (re)")).collect();
    costly(&expected.join("\n"), ExpectFormat::Text, "x", Cost::Regexes);
    // One that stands there often is one.
    assert!(steps(&"[0-9]+ (re)\n".repeat(200), ExpectFormat::Text, &"12\n".repeat(200)) < 1_000);
}

#[test]
fn an_expression_of_many_states_on_a_long_line() {
    let pattern = format!("(?:{}) (re)", "(?:[ab]?c?){40}".repeat(20));
    costly(&pattern, ExpectFormat::Text, &"abababab".repeat(40_000), Cost::Steps);
}

#[test]
fn captures_that_double_a_text() {
    let expected = format!("[..a]\n{}x", "[..a]".repeat(100_000));
    let actual = format!("{}\nno", "a".repeat(100_000));
    assert!(steps(&expected, ExpectFormat::Text, &actual) < 1_000_000);
}

#[test]
fn data_of_many_lists_of_other_lengths() {
    fn nested(depth: usize, many: usize) -> String {
        if depth == 0 { "1".to_owned() } else { format!("[[{}]]", vec![nested(depth - 1, many); many].join(",")) }
    }
    costly(&nested(3, 20), ExpectFormat::Json, &nested(3, 21), Cost::Steps);
    costly(&format!("[{}1]", "1,".repeat(600_000)), ExpectFormat::Json, "1", Cost::Data);
}

#[test]
fn all_comparisons_of_a_check_share_a_bound() {
    let mut work = Work::new();
    let expected = format!("...\n{}b\n...", "a\n".repeat(5_000));
    let actual = "a\n".repeat(12_000);
    let mut last = None;
    for _ in 0..=CHECK_STEPS / COMPARISON_STEPS {
        last = compare(&expected, ExpectFormat::Text, &actual, &mut Captures::new(), &mut work).err();
    }
    assert_eq!(last.map(|problem| problem.problem), Some(ProblemKind::Costly(Cost::AllSteps)));
    let after = compare("a", ExpectFormat::Text, "a", &mut Captures::new(), &mut work);
    assert!(after.is_err(), "what was not compared does not match");
}

#[test]
fn a_difference_is_shown_coarsely_where_it_would_cost_too_much() {
    let side = |mark: &str| (0..20_000).map(|number| format!("{mark}{number}\n")).collect::<String>();
    let mut work = Work::new();
    let outcome = compare(&side("x"), ExpectFormat::Text, &side("y"), &mut Captures::new(), &mut work).unwrap();
    assert!(!outcome.matches && work.taken() < 3_000_000, "{}", work.taken());
}

#[test]
fn word_boundaries_work_beside_letters_that_are_not_ascii() {
    let fits = |pattern: &str, line: &str| {
        let outcome = compare(pattern, ExpectFormat::Text, line, &mut Captures::new(), &mut Work::new());
        outcome.unwrap().matches
    };
    assert!(fits(r"\w+\b.* (re)", "größe 1") && fits(r"größ\we (re)", "größte") && !fits(r"\bx (re)", "ax"));
}
