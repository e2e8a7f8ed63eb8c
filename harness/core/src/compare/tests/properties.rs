//! Properties: no panic, no surprise in time, and what must hold for every text.

use proptest::prelude::*;

use crate::markup::model::ExpectFormat;

use super::super::{Captures, Work, check, compare, diff, normalise, same};

/// Lines that are likely to match one another, and to be patterns.
pub(super) fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "[ab ]{0,3}",
        "[ab]?\\[\\.\\.[xy]?\\][ab]?(\\[\\.\\.[xy]?\\])?",
        Just("...".to_owned()),
        "[ab*?\\\\]{0,4} \\(glob\\)",
        "[ab.*|()]{0,4} \\(re\\)",
        "[ab.]{0,3} \\(equal\\)",
        ".{0,6}",
    ];
    proptest::collection::vec(line, 0..8).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn nothing_panics(expected in lines(), actual in lines(), bytes in "(?s:.{0,60})") {
        for actual in [actual, bytes] {
            for format in [ExpectFormat::Text, ExpectFormat::Json, ExpectFormat::Yaml] {
                if let Ok(outcome) = compare(&expected, format, &actual, &mut Captures::new(), &mut Work::new()) {
                    let shown = diff::render(&expected, &actual, &outcome);
                    prop_assert_eq!(outcome.matches, shown.is_empty());
                    same(&actual, &expected, Some((&expected, format)));
                } else {
                    prop_assert!(check(&expected, format).is_err());
                }
            }
        }
    }

    #[test]
    fn normalising_twice_changes_nothing(text in "([a\u{1b}\u{9b}\\[\\]0;m\u{7}\\\\ \t\r\n(Bé]|.){0,40}") {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn a_text_without_patterns_matches_itself_only(a in "[abc \n]{0,20}", b in "[abc \n]{0,20}") {
        let matches = compare(&a, ExpectFormat::Text, &b, &mut Captures::new(), &mut Work::new()).unwrap().matches;
        prop_assert_eq!(matches, normalise(&a) == normalise(&b));
    }

    #[test]
    fn any_lines_match_as_a_search_for_all_ways_would(expected in "[ab.]{0,7}", actual in "[ab]{0,8}") {
        // One letter is one line, a dot is `...`.
        let lines = |text: &str| text.chars().map(|c| if c == '.' { "...".to_owned() } else { c.to_string() }).collect::<Vec<_>>().join("\n");
        let pattern = regex::Regex::new(&format!("\\A{}\\z", expected.replace('.', ".*"))).unwrap();
        let matches = compare(&lines(&expected), ExpectFormat::Text, &lines(&actual), &mut Captures::new(), &mut Work::new()).unwrap().matches;
        prop_assert_eq!(matches, pattern.is_match(&actual));
    }

    #[test]
    fn any_text_matches_as_a_search_for_all_ways_would(expected in "[ab.]{0,7}", actual in "[ab]{0,8}") {
        // An empty output has no line at all.
        let (expected, actual) = (format!("a{expected}"), format!("a{actual}"));
        let pattern = regex::Regex::new(&format!("\\A{}\\z", expected.replace('.', ".*"))).unwrap();
        let line = expected.replace('.', "[..]");
        let matches = compare(&line, ExpectFormat::Text, &actual, &mut Captures::new(), &mut Work::new()).unwrap().matches;
        prop_assert_eq!(matches, pattern.is_match(&actual));
        let glob = format!("{} (glob)", expected.replace('.', "*"));
        prop_assert_eq!(compare(&glob, ExpectFormat::Text, &actual, &mut Captures::new(), &mut Work::new()).unwrap().matches, matches);
    }
}

#[test]
fn hostile_texts_take_bounded_work() {
    // Each of these is exponential for a matcher that tries every way.
    let many = "...\na\n".repeat(300) + "b";
    let lines = "a\n".repeat(3000);
    assert!(!compare(&many, ExpectFormat::Text, &lines, &mut Captures::new(), &mut Work::new()).unwrap().matches);
    let inline = "[..]a".repeat(300) + "b";
    assert!(
        !compare(&inline, ExpectFormat::Text, &"a".repeat(20_000), &mut Captures::new(), &mut Work::new())
            .unwrap()
            .matches
    );
    let glob = "*a".repeat(100) + "b (glob)";
    assert!(
        !compare(&glob, ExpectFormat::Text, &"a".repeat(5_000), &mut Captures::new(), &mut Work::new())
            .unwrap()
            .matches
    );
    let captures: String = (0..50).map(|at| format!("...\n[..x{at}]\n")).collect::<String>() + "...\n[..x0] [..x49]";
    assert!(!compare(&captures, ExpectFormat::Text, &lines, &mut Captures::new(), &mut Work::new()).unwrap().matches);
    let regex = "(a*)*b (re)";
    assert!(
        !compare(regex, ExpectFormat::Text, &"a".repeat(100_000), &mut Captures::new(), &mut Work::new())
            .unwrap()
            .matches
    );
}
