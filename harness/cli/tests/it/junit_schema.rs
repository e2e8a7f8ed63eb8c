//! JUnit's report against the schema of Jenkins's xunit plugin, the one that knows `file` and `line`, by a reader that is not ours.

use std::path::PathBuf;
use std::process::Command;

use crate::project::{Project, ran};
use crate::reports::broken;

/// Holds the document at the second path against the schema at the first; says what is wrong with it.
const JUDGE: &str = "import sys, xmlschema\nfor error in xmlschema.XMLSchema(sys.argv[1]).iter_errors(sys.argv[2]): print(error.reason, error.path)";

/// What the schema finds wrong with a report.
pub(crate) fn faults(project: &Project, report: &str) -> String {
    let tools = std::env::var_os("DOGFOOD_TEST_TOOLS").map(PathBuf::from);
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/dogfood/tools"));
    let tools = tools.or_else(home).unwrap();
    let schema = tools.join("share/junit-10.xsd");
    assert!(schema.is_file(), "no {}: make it with scripts/tools", schema.display());
    // No file of a book.
    project.write(".home/report.xml", report);
    let mut judge = Command::new(tools.join("xml/bin/python"));
    ran(judge.args(["-c", JUDGE]).arg(schema).arg(project.path(".home/report.xml"))).code(0).out
}

#[test]
fn the_junit_report_fits_its_schema() {
    let project = broken();
    let report = project.dogfood("check --format junit").code(1).out;
    assert!(report.contains(" file=") && report.contains(" line="), "{report}");
    assert_eq!(faults(&project, &report), "");
    let clean = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    clean.dogfood("run").code(0);
    assert_eq!(faults(&clean, &clean.dogfood("check --format junit").code(0).out), "");
    // The judge judges.
    assert!(faults(&project, &report.replacen("classname=", "klass=", 1)).contains("klass"));
}
