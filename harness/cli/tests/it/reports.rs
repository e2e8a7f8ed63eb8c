//! Reports, held against what their readers expect: SARIF and JSON against their schemas, JUnit by a reader that shares no code with the
//! writer, annotations by the rules of GitHub's runner.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::project::{Project, Ran};

/// A guide with many things wrong: fourteen recipes without a trace, warnings, odd characters.
pub(crate) fn broken() -> Project {
    let recipes: String =
        (1..=14).map(|number| format!("```sh recipe=never-{number}\necho {number}\n```\n\n")).collect();
    let odd = "```sh recipe=odd\nprintf 'caf\\303\\251 <b>&amp;]]>\\001'\n```\n\n```text expect\nnöthing <&>\n```\n\n";
    let loud: String = (1..=12).map(|number| format!("```sh recipe=loud-{number}\necho {number}\n```\n\n")).collect();
    let project = Project::with_guide("a", &format!("{odd}{loud}"));
    project.dogfood("run").code(1);
    let guide = project.read("guides/a.md");
    project.write(
        "guides/a.md",
        &format!("{guide}{recipes}```\nno language, no class\n```\n\n```sh recipe=x frobnicate\ntrue\n```\n"),
    );
    project.write("traces/a/gone & lost@none.yaml", "schema: 1\n");
    project
}

/// What SARIF's schema asks of a language, in two places: no regular expression by the letter, for its `]` has no `[`. We write no language.
const NO_PATTERN: &str = "^[a-zA-Z]{2}|^[a-zA-Z]{2}-[a-zA-Z]{2}]?$";

/// The validator of a schema, without that pattern.
#[track_caller]
fn validator(schema: &str) -> jsonschema::Validator {
    let mut schema: Value = serde_json::from_str(schema).unwrap();
    for place in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{place}/properties/language")) {
            assert_eq!(language.as_object_mut().unwrap().remove("pattern"), Some(NO_PATTERN.into()));
        }
    }
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
pub(crate) fn fits(schema: &str, document: &Value) {
    let validator = validator(schema);
    let errors: Vec<String> =
        validator.iter_errors(document).map(|error| format!("{}: {}", error.instance_path(), error)).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

pub(crate) const SARIF: &str = include_str!("../schemas/sarif-2.1.0.json");
const FINDINGS: &str = include_str!("../../../../guides/manual/schema/findings.json");

/// GitHub and readers of SARIF look for a file from the top of the repository; a baseline, from the book.
#[test]
fn files_of_a_book_below_the_repository_s_top_are_named_from_there() {
    let project = Project::empty().file(".git/HEAD", "ref: refs/heads/main\n").file("other.md", "");
    project.dogfood("init docs").code(0);
    project.write("docs/guides/first-guide.md", &project.read("docs/guides/first-guide.md").replace("echo", "printf"));
    for (format, words) in [
        ("github", "file=docs/guides/first-guide.md,"),
        ("sarif", "\"uri\": \"docs/guides/first-guide.md\""),
        ("junit", "file=\"docs/guides/first-guide.md\""),
        ("json", "\"file\": \"guides/first-guide.md\""),
    ] {
        for (folder, root) in [(".", "--root docs "), ("docs", ""), (".", "--root ./docs/../docs ")] {
            let told = project.dogfood_in(folder, &format!("{root}check --format {format}")).code(1);
            assert!(told.out.contains(words), "{format} {root}: {}", told.out);
        }
    }
}

#[test]
fn sarif_and_json_fit_their_schemas_and_what_is_wrong_does_not() {
    let project = broken();
    let log = project.dogfood("check --format sarif").code(1).json();
    fits(SARIF, &log);
    let findings = project.dogfood("check --format json").code(1).json();
    fits(FINDINGS, &findings);
    // A schema that admits everything would prove nothing.
    let sarif = validator(SARIF);
    for (pointer, bad) in [
        ("/version", Value::from("3")),
        ("/runs/0/results/0/level", Value::from("fatal")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", Value::from(0)),
        ("/runs/0/results/0/message", Value::from("text")),
    ] {
        let mut other = log.clone();
        *other.pointer_mut(pointer).unwrap() = bad;
        assert!(!sarif.is_valid(&other), "{pointer}");
    }
    let published = validator(FINDINGS);
    let mut other = findings.clone();
    other[0]["severity"] = Value::from("fatal");
    assert!(!published.is_valid(&other));
}

#[test]
fn an_empty_report_fits_too() {
    let project = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    project.dogfood("run").code(0);
    fits(SARIF, &project.dogfood("check --format sarif").code(0).json());
    fits(FINDINGS, &project.dogfood("check --format json").code(0).json());
    let junit = project.dogfood("check --format junit").code(0);
    let suites = junit_parser::from_reader(junit.out.as_bytes()).unwrap();
    assert_eq!((suites.tests, suites.failures), (1, 0), "{}", junit.out);
}

/// Rule, file and line of each finding, as each format tells them.
type Told = Vec<(String, String, u64)>;

fn of_json(run: &Ran) -> Told {
    let findings = run.json();
    let one = |finding: &Value| {
        let text = |key: &str| finding[key].as_str().unwrap().to_owned();
        (text("rule"), text("file"), finding["line"].as_u64().unwrap())
    };
    findings.as_array().unwrap().iter().map(one).collect()
}

fn of_sarif(run: &Ran) -> Told {
    let log = run.json();
    let one = |result: &Value| {
        let place = &result["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        let file = uri.replace("%20", " ").replace("%26", "&").replace("%40", "@");
        (result["ruleId"].as_str().unwrap().to_owned(), file, place["region"]["startLine"].as_u64().unwrap())
    };
    log["runs"][0]["results"].as_array().unwrap().iter().map(one).collect()
}

fn of_junit(run: &Ran) -> Told {
    let suites = junit_parser::from_reader(run.out.as_bytes()).unwrap();
    let cases = suites.suites.iter().flat_map(|suite| &suite.cases);
    let mut told = Told::new();
    for case in cases {
        if !case.status.is_failure() {
            assert!(case.status.is_success(), "{case:?}");
            continue;
        }
        let (file, line) = (case.file.clone().unwrap(), case.line.unwrap());
        // The place is the first line of the text, too, for servers that do not read these attributes.
        assert!(run.out.contains(&format!(">{}:{line}:", file.replace('&', "&amp;"))), "{file}:{line} in\n{}", run.out);
        told.push((case.classname.clone().unwrap(), file, line));
    }
    assert_eq!(suites.failures, told.len() as u64);
    told
}

#[test]
fn every_format_tells_the_same_findings() {
    let project = broken();
    let json = of_json(&project.dogfood("check --format json").code(1));
    assert!(json.len() >= 30, "{json:?}");
    let rules: BTreeMap<&str, usize> = json.iter().fold(BTreeMap::new(), |mut rules, (rule, ..)| {
        *rules.entry(rule.as_str()).or_default() += 1;
        rules
    });
    assert!(rules.len() >= 4 && rules["missing-evidence"] >= 14 && rules["unasserted-output"] >= 12, "{rules:?}");
    assert_eq!(of_sarif(&project.dogfood("check --format sarif").code(1)), json);
    assert_eq!(of_junit(&project.dogfood("check --format junit").code(1)), json);
}

#[test]
fn annotations_are_errors_first_ten_of_each_level_and_the_rest_is_counted() {
    let project = broken();
    let summary = project.path("summary.md");
    let project = project.set("GITHUB_ACTIONS", "true").set("GITHUB_STEP_SUMMARY", summary.to_str().unwrap());
    let findings = of_json(&project.dogfood("check --format json").code(1)).len();
    let run = project.dogfood("check").code(1);
    let lines: Vec<&str> = run.out.lines().collect();
    let level = |word: &str| lines.iter().filter(|line| line.starts_with(&format!("::{word} "))).count();
    assert_eq!((level("error"), level("warning")), (10, 10), "{}", run.out);
    let last_error = lines.iter().rposition(|line| line.starts_with("::error ")).unwrap();
    let first_warning = lines.iter().position(|line| line.starts_with("::warning ")).unwrap();
    assert!(last_error < first_warning, "{}", run.out);
    let rest: Vec<&&str> = lines.iter().filter(|line| !line.starts_with("::")).collect();
    assert_eq!(rest.len(), 2, "{}", run.out);
    let counted: usize = rest.iter().map(|line| line.split(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(counted + 20, findings, "{}", run.out);
    let rows = project
        .read("summary.md")
        .lines()
        .filter(|line| line.starts_with("| error |") || line.starts_with("| warning |"))
        .count();
    assert_eq!(rows, findings, "the summary has them all");
}

/// Every way in which a line of a log starts a command of GitHub's runner: `::NAME …::` at its start, `##[NAME]` anywhere.
fn starts_a_command(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("::") || line.contains("##[")
}

const COMMANDS: [&str; 18] = [
    "::error file=a.md,line=1::owned",
    "::warning::owned",
    "::notice::owned",
    "::debug::owned",
    "::group::owned",
    "::endgroup::",
    "::add-mask::e",
    "::add-matcher::m.json",
    "::remove-matcher owner=x::",
    "::set-output name=a::b",
    "::set-env name=PATH::/tmp",
    "::add-path::/tmp",
    "::save-state name=a::b",
    "::echo::on",
    "::stop-commands::token",
    "::internal-set-repo-path repoFullName=a/b;workspaceRepo=true::/",
    "##[error]owned",
    "##[add-mask]e",
];

#[test]
fn no_recipe_starts_a_workflow_command() {
    let mut said = String::new();
    for command in COMMANDS {
        // As it is, further in, after a carriage return, after a colour, and without a line break before it.
        for before in ["", "   ", "\\t", "x\\r", "\\033[31m", "\\302\\240"] {
            said.push_str(&format!("printf '{before}{}\\n'\n", command.replace('%', "%%")));
            said.push_str(&format!("printf '{before}{}\\n' >&2\n", command.replace('%', "%%")));
        }
    }
    let body = format!(
        "```sh recipe=shown\n{said}```\n\n```text expect\nnothing of it\n```\n\n```sh recipe=failed\n{said}false\n```\n"
    );
    let project = Project::with_guide("a", &body).set("GITHUB_ACTIONS", "true");
    let mut told = String::new();
    for words in ["run", "run --frozen", "run --walk", "run --format json", "check --format json", "accept --dry-run"] {
        let run = project.dogfood(words);
        assert!(matches!(run.code, Some(0 | 1)), "{words}: {:?} {}", run.code, run.err);
        for text in [&run.out, &run.err] {
            let bad: Vec<&str> = text.split(['\n', '\r']).filter(|line| starts_a_command(line)).collect();
            assert!(bad.is_empty(), "{words}: {bad:?}");
            told.push_str(text);
        }
    }
    // They were said, and are told as text: a test of silence would prove nothing.
    for command in ["::stop-commands::token", "::add-mask::e"] {
        assert!(told.contains(command), "{command}");
    }
    // What `check` means itself are annotations at places of this book, and nothing else.
    let run = project.dogfood("check").code(1);
    for line in run.out.split(['\n', '\r']).chain(run.err.split(['\n', '\r'])).filter(|line| starts_a_command(line)) {
        let meant = ["::error file=", "::warning file="].iter().any(|start| line.starts_with(start));
        assert!(meant && line.contains(",line=") && !line.contains("##["), "{line}");
    }
}
