//! Reports: every finding in comes out, in every format, and what comes out fits the published schema.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::finding::Finding;
use crate::gate::Counts;
use crate::place::{RelPath, Span};

const GUIDE: &str = "# Title\n\n```sh recipe=a\necho one\n```\n\n```text expect\nöne\ttab\r\n```\n";

fn path() -> RelPath {
    RelPath::new("guides/x.md").unwrap()
}

fn at(text: &str) -> Span {
    let start = GUIDE.find(text).unwrap();
    Span::new(path(), start..start + text.len())
}

fn findings() -> Vec<Finding> {
    vec![
        Finding::error(
            "output-drift",
            at("öne"),
            "`a` printed something else on stdout than the guide says",
            "run `dogfood accept x/a`",
        )
        .label("differs from here on")
        .note("recorded on 2026-11-01")
        .diff("- öne\n+ one\n")
        .compared("öne", "one")
        .subject("x/a@none"),
        Finding::warning(
            "old-evidence",
            at("```sh recipe=a"),
            "the evidence for `a` is 190 days old; the policy is 180",
            "run `dogfood run x/a`",
        )
        .related(at("echo"), "this runs"),
        Finding::error(
            "missing-evidence",
            Span::top(RelPath::new("traces/none.yaml").unwrap()),
            "a file that is not known",
            "none",
        ),
        Finding::error("secret-in-guide", at("echo one"), "this looks like a secret", "take it out"),
    ]
}

fn render(format: &dyn Format, findings: &[Finding], look: Look) -> String {
    let path = path();
    let sources = Sources::new(|file| (*file == path).then_some(GUIDE));
    format.render(&Told::new(findings, &sources), look)
}

#[test]
fn people_see_what_where_why_and_what_mends_it() {
    insta::assert_snapshot!(render(&Human, &findings(), Look::PLAIN));
}

#[test]
fn programs_see_the_published_shape() {
    insta::assert_snapshot!(render(&Json, &findings(), Look::PLAIN));
}

#[test]
fn code_scanning_sees_sarif() {
    let mut log: serde_json::Value = serde_json::from_str(&render(&Sarif, &findings(), Look::PLAIN)).unwrap();
    let rules = log["runs"][0]["tool"]["driver"]["rules"].take();
    let rules = rules.as_array().unwrap();
    assert_eq!(rules.len(), crate::rules::RULES.len());
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        let at = result.as_object_mut().unwrap().remove("ruleIndex").unwrap();
        let at = usize::try_from(at.as_u64().unwrap()).unwrap();
        assert_eq!(rules[at]["id"], result["ruleId"]);
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&log["runs"][0]["results"]).unwrap());
}

#[test]
fn ci_servers_see_junit() {
    let path = path();
    let verified = [Named { name: "x/b@none".to_owned(), file: path.clone() }];
    let found = findings();
    let sources = Sources::new(|file| (*file == path).then_some(GUIDE));
    let told = Told { verified: &verified, ..Told::new(&found, &sources) };
    insta::assert_snapshot!(Junit.render(&told, Look::PLAIN));
}

#[test]
fn what_is_pending_is_told_beside_the_findings() {
    let path = path();
    let pending = [Named { name: "x/c@none".to_owned(), file: path.clone() }];
    let sources = Sources::new(|file| (*file == path).then_some(GUIDE));
    let told = Told { pending: &pending, ..Told::new(&[], &sources) };
    insta::assert_snapshot!(Junit.render(&told, Look::PLAIN), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="dogfood" tests="1" failures="0" errors="0">
        <testsuite name="verified" tests="0" skipped="0" errors="0" failures="0"/>
        <testsuite name="pending" tests="1" skipped="1" errors="0" failures="0">
            <testcase name="x/c@none" file="guides/x.md">
                <skipped message="changed here, not verified yet"/>
            </testcase>
        </testsuite>
        <testsuite name="findings" tests="0" skipped="0" errors="0" failures="0"/>
    </testsuites>
    "#);
    let log: serde_json::Value = serde_json::from_str(&Sarif.render(&told, Look::PLAIN)).unwrap();
    insta::assert_snapshot!(log["runs"][0]["invocations"], @r#"[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"note","locations":[{"physicalLocation":{"artifactLocation":{"uri":"guides/x.md","uriBaseId":"%SRCROOT%"}}}],"message":{"text":"x/c@none: changed here, not verified yet"}}]}]"#);
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
    let without: serde_json::Value =
        serde_json::from_str(&Sarif.render(&Told::new(&[], &sources), Look::PLAIN)).unwrap();
    assert!(without["runs"][0].get("invocations").is_none());
}

#[test]
fn github_sees_annotations() {
    let hostile = Finding::error("output-drift", at("echo"), "50%\n::error::a,b:c\r", "::add-mask::x");
    let mut found = findings();
    found.push(hostile);
    insta::assert_snapshot!(render(&Github, &found, Look::PLAIN));
    let many = vec![findings().remove(0); 13];
    let shown = render(&Github, &many, Look::PLAIN);
    assert_eq!(shown.lines().filter(|line| line.starts_with("::error ")).count(), 10);
    assert!(shown.ends_with("3 more error findings are in the log and in the job summary\n"), "{shown}");
}

#[test]
fn the_job_summary_holds_every_finding_as_text() {
    let hostile = [Finding::error("output-drift", at("echo"), "| <img src=x> [a](b) `c` \n", "")];
    let path = path();
    let sources = Sources::new(|file| (*file == path).then_some(GUIDE));
    let summary = job_summary(&Told::new(&hostile, &sources));
    let row = summary.lines().nth(2).unwrap();
    assert_eq!(summary.lines().count(), 3);
    assert_eq!(row.matches('|').count(), 5);
    assert!(!row.contains(['<', '[', '`']), "{row}");
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = render(&Human, &findings(), Look { colour: true, ..Look::PLAIN });
    assert!(coloured.contains('\u{1b}'));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    plain.push_str(rest);
    assert_eq!(plain, render(&Human, &findings(), Look::PLAIN));
}

#[test]
fn ids_stay_while_places_move_and_tell_twins_apart() {
    let mut twins = findings();
    twins.push(twins[0].clone());
    let before = ids(&twins);
    for finding in &mut twins {
        finding.span.start = 0;
        finding.notes.clear();
    }
    assert_eq!(ids(&twins), before);
    assert_eq!(before[4], format!("{}-2", before[0]));
    assert!(before[0].starts_with("output-drift-"));
}

#[test]
fn a_huge_line_is_shown_around_the_place() {
    let text = format!("{}HERE{}", "x".repeat(1 << 20), "y".repeat(1 << 20));
    let finding = Finding::error("hidden-line", Span::new(path(), 1 << 20..(1 << 20) + 4), "title", "help");
    let shown = Human.render(&Told::new(&[finding], &Sources::new(|_| Some(text.as_str()))), Look::PLAIN);
    assert!(shown.contains("HERE") && shown.len() < 2_000, "{}", shown.len());
}

#[test]
fn foreign_text_starts_no_workflow_command() {
    let finding = Finding::error("output-drift", at("echo"), "::error::title", "::warning::help")
        .note("a\n::add-mask::x")
        .diff("::set-output::x\n");
    let shown = render(&Human, &[finding], Look { workflow: true, ..Look::PLAIN });
    assert!(shown.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##[")), "{shown}");
}

#[test]
fn the_summary_counts() {
    let counts = Counts { chapters: 3, guides: 2, recipes: 4, cells: 5, verified: 4, ..Counts::default() };
    for (counts, line) in [
        (counts, "nothing is wrong; 4 of 5 cells verified in 2 guides"),
        (Counts { errors: 1, ..counts }, "1 error; 4 of 5 cells verified in 2 guides"),
        (
            Counts { errors: 2, warnings: 1, allowed: 3, ..counts },
            "2 errors and 1 warning, 3 tolerated; 4 of 5 cells verified in 2 guides",
        ),
        (
            Counts { pending: 1, ..counts },
            "nothing is wrong; 4 of 5 cells verified in 2 guides, 1 changed here and not verified yet",
        ),
        (Counts { recipes: 0, ..counts }, "nothing is wrong; nothing to check: 3 chapters without a recipe"),
    ] {
        assert_eq!(summary(&counts), line);
    }
}

/// A small reader of the JSON Schema that we publish: enough to hold real output against it.
pub(crate) fn fits(
    value: &serde_json::Value,
    schema: &serde_json::Value,
    root: &serde_json::Value,
    place: &str,
) -> Result<(), String> {
    use serde_json::Value;
    if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
        return fits(value, root.pointer(name.trim_start_matches('#')).ok_or("no such definition")?, root, place);
    }
    let types = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let own = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits_type = types.is_empty() || types.contains(&own) || (own == "integer" && types.contains(&"number"));
    if !fits_type {
        return Err(format!("{place}: {own}, wanted {types:?}"));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
        return Err(format!("{place}: {value} is not in {}", schema["enum"]));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str())
        && !regex::Regex::new(pattern).map_err(|error| error.to_string())?.is_match(text)
    {
        return Err(format!("{place}: {text:?} does not match {pattern}"));
    }
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        fits(item, &schema["items"], root, &format!("{place}/{at}"))?;
    }
    let Some(object) = value.as_object() else { return Ok(()) };
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        object.get(key).ok_or_else(|| format!("{place}: no {key}"))?;
    }
    for (key, item) in object {
        match (schema["properties"].get(key), &schema["additionalProperties"]) {
            (Some(property), _) => fits(item, property, root, &format!("{place}/{key}"))?,
            (None, Value::Bool(false)) => return Err(format!("{place}: unknown {key}")),
            (None, Value::Object(_)) => fits(item, &schema["additionalProperties"], root, &format!("{place}/{key}"))?,
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn findings_fit_their_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../../guides/manual/schema/findings.json")).unwrap();
    let said: serde_json::Value = serde_json::from_str(&render(&Json, &findings(), Look::PLAIN)).unwrap();
    assert_eq!(fits(&said, &schema, &schema, ""), Ok(()));
    for (key, value) in
        [("severity", serde_json::json!("fatal")), ("line", serde_json::json!("1")), ("extra", serde_json::json!(1))]
    {
        let mut other = said.clone();
        other[0][key] = value;
        assert!(fits(&other, &schema, &schema, "").is_err(), "{key}");
    }
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let text = any::<String>();
    let span = (0..GUIDE.len() + 10, 0..20usize).prop_map(|(start, length)| Span::new(path(), start..start + length));
    (span, text, text, prop::collection::vec(text, 0..3), prop::option::of(text), any::<bool>(), text).prop_map(
        |(span, title, help, notes, diff, warning, label)| {
            let mut finding = if warning {
                Finding::warning("old-evidence", span, title, help)
            } else {
                Finding::error("output-drift", span, title, help)
            };
            finding.notes = notes;
            finding.diff = diff;
            finding.label(label)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn as_many_come_out_as_go_in(findings in prop::collection::vec(any_finding(), 0..6)) {
        let json: Vec<BTreeMap<String, serde_json::Value>> = serde_json::from_str(&render(&Json, &findings, Look::PLAIN)).unwrap();
        prop_assert_eq!(json.len(), findings.len());
        for (said, finding) in json.iter().zip(&findings) {
            prop_assert_eq!(said["description"].as_str(), Some(finding.title.as_str()));
        }
        let log: serde_json::Value = serde_json::from_str(&render(&Sarif, &findings, Look::PLAIN)).unwrap();
        prop_assert_eq!(log["runs"][0]["results"].as_array().map(Vec::len), Some(findings.len()));
        let report = quick_junit::Report::deserialize_from_str(&render(&Junit, &findings, Look::PLAIN)).unwrap();
        prop_assert_eq!(report.failures, findings.len());
        prop_assert_eq!(report.tests, findings.len());
        let human = render(&Human, &findings, Look::PLAIN);
        let heads = |rule: &str| human.lines().filter(|line| line.starts_with(rule)).count();
        prop_assert!(heads("error[output-drift]") + heads("warning[old-evidence]") >= findings.len());
        prop_assert!(human.chars().all(|c| c == '\n' || !c.is_control()), "{:?}", human);
    }
}
