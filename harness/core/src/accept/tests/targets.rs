//! Who shares an expectation.

use super::super::AcceptProblem;
use super::{accepted, id, recorded};

const STEP: &str = "```sh recipe=r\ntrue\n```\n\n";

fn cells(outputs: [&str; 3]) -> Vec<super::Recorded> {
    ["a", "b", "c"].into_iter().zip(outputs).map(|(target, output)| recorded(target, &[output])).collect()
}

fn differ(groups: &[&str]) -> AcceptProblem {
    AcceptProblem::Differ { groups: groups.iter().map(|group| (*group).to_owned()).collect() }
}

#[test]
fn targets_that_agree_share_one_and_others_are_named() {
    let guide = format!("{STEP}```text expect\none\ntwo\n```\n\nprose\n");
    let plan = |outputs, diverge| accepted(&guide, &cells(outputs), diverge);
    assert_eq!(plan(["one\ntwo", "one\ntwo", "one\ntwo"], true).unwrap(), guide);
    assert_eq!(plan(["one\n2", "one\n2", "one\n2"], false).unwrap(), guide.replace("two", "2"));
    assert_eq!(plan(["one\ntwo", "one\n2", "one\n2"], false), Err(differ(&["a (as expected)", "b, c"])));
    assert_eq!(plan(["one\n1", "one\n2", "one\n1"], false), Err(differ(&["a, c", "b"])));
    let told = differ(&["a, c", "b"]).to_string();
    assert!(told.contains("a, c | b") && told.contains("--diverge"), "{told}");
}

#[test]
fn diverging_writes_a_fence_for_those_that_differ() {
    let guide = format!("{STEP}```text expect\none\ntwo\n```\n\nprose\n");
    let outputs = ["one\ntwo", "one\n2", "one\n2"];
    let diverged = format!("{STEP}```text expect\none\ntwo\n```\n\n```text expect target=b+c\none\n2\n```\n\nprose\n");
    assert_eq!(accepted(&guide, &cells(outputs), true).unwrap(), diverged);
    assert_eq!(accepted(&diverged, &cells(outputs), false).unwrap(), diverged, "the guide, read again, expects it");
    let outputs = ["one\n1", "one\n2", "one\n1"];
    let both = format!("{STEP}```text expect\none\n1\n```\n\n```text expect target=b\none\n2\n```\n\nprose\n");
    assert_eq!(accepted(&guide, &cells(outputs), true).unwrap(), both);
    assert_eq!(accepted(&both, &cells(outputs), false).unwrap(), both);
}

#[test]
fn an_expectation_for_some_targets_gives_up_those_that_diverge() {
    let quoted =
        |text: &str| -> String { text.lines().map(|line| format!("> {line}").trim_end().to_owned() + "\n").collect() };
    let guide = quoted(&format!("{STEP}```text expect\ng\n```\n\n```text expect target=a+b\none\n```\n"));
    let wanted = quoted(&format!(
        "{STEP}```text expect\ng\n```\n\n```text expect target=a\none\n```\n\n```text expect target=b\ntwo\n```\n"
    ));
    let outputs = ["one", "two", "g"];
    assert_eq!(accepted(&guide, &cells(outputs), true).unwrap(), wanted);
    assert_eq!(accepted(&wanted, &cells(outputs), false).unwrap(), wanted);
}

#[test]
fn cells_that_differ_on_one_target_stop_it() {
    let mut pair = vec![recorded("a", &["1"]), recorded("a", &["2"])];
    pair[1].toolbox = Some(id("old"));
    let guide = format!("{STEP}```text expect\nx\n```\n");
    assert_eq!(accepted(&guide, &pair, true).unwrap_err(), AcceptProblem::SameTarget { target: "a".to_owned() });
    assert_eq!(accepted(&guide, &pair, false).unwrap_err(), differ(&["a", "a+old"]));
}

#[test]
fn faults_of_the_guide_and_of_the_recording_are_told() {
    let json = format!("{STEP}```json expect\n{{}}\n```\n");
    let problem = accepted(&json, &[recorded("a", &["oops"])], false).unwrap_err();
    assert_eq!(problem, AcceptProblem::NotData { format: "JSON" });
    let regex = format!("{STEP}```text expect\n( (re)\n```\n");
    assert!(matches!(accepted(&regex, &[recorded("a", &["x"])], false), Err(AcceptProblem::Pattern(_))));
    let yaml = format!("{STEP}```yaml expect\na: 1\n```\n");
    let closes = accepted(&yaml, &[recorded("a", &["a: |\n  ```\n  x\n"])], false);
    assert!(matches!(closes, Err(AcceptProblem::ClosesFence { .. })), "{closes:?}");
}
