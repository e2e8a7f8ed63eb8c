//! H7: a secret in a dump, over a broken line, under colours or as a list of numbers is not recorded and not printed. The whole table of
//! encodings is `tests/leaks`; these are the cases that happen in life, by the programs that make them.

use crate::project::Project;

/// A secret of the caller's environment, as targets make them.
const SECRET: &str = "u2chSwME9GcMOOrE8EpyHdsg";

/// Runs a recipe that prints the secret by `script`, and holds that neither the trace nor the terminal shows any of `telling`.
#[track_caller]
fn hides(script: &str, telling: &[&str]) {
    let project = Project::wired().set("MY_TOKEN", SECRET);
    // The recipe's own environment has no such variable: it reads the secret where a program would.
    let project = project.file("secret", SECRET);
    let script = script.replace("SECRET_FILE", &project.path("secret").display().to_string());
    let body = format!("```sh recipe=r\n{script}\n```\n");
    let project = project.guide("a", "targets: [none]", &body);
    let ran = project.dogfood("run");
    let trace = if project.has("traces/a/r@none.yaml") { project.read("traces/a/r@none.yaml") } else { String::new() };
    let all = ran.out + &ran.err + &trace;
    assert!(all.contains("MY_TOKEN"), "{script}: neither hidden nor refused\n{all}");
    for tell in telling {
        assert!(!all.contains(tell), "{script} shows {tell}\n{all}");
    }
}

#[test]
fn dumps_with_addresses() {
    hides("od -An -tx1 SECRET_FILE", &["75 32 63 68"]);
    hides("od -tx1 SECRET_FILE", &["75 32 63 68"]);
    hides("od -tx1z SECRET_FILE", &["75 32 63 68", "u2chSwME"]);
    hides("od -c SECRET_FILE", &["u   2   c   h"]);
    let dump = |column: &str| {
        format!(
            "python3 - <<'END'\ndata = open('SECRET_FILE', 'rb').read()\nfor at in range(0, len(data), 16):\n    row = data[at:at + 16]\n    print({column})\nEND"
        )
    };
    hides(&dump("f'{at:08x}: {row.hex(\" \", 2):<40} {row.decode()}'"), &["7532 6368", "u2chSwME9GcM"]);
    hides(&dump("f'{at:04x}: {row.hex(\" \"):<48} {row.decode()}'"), &["75 32 63 68", "u2chSwME9GcM"]);
}

#[test]
fn broken_lines() {
    hides("fold -w 10 SECRET_FILE", &["u2chSwME9G", "cMOOrE8Epy"]);
    hides("sed 's/.\\{8\\}/&\\n    /g' SECRET_FILE", &["u2chSwME", "9GcMOOrE"]);
    hides("base64 -w 20 SECRET_FILE", &["dTJjaFN3TUU5R2NNT0"]);
}

#[test]
fn colours_inside() {
    hides("grep --color=always GcM SECRET_FILE", &["u2chSwME9"]);
}

#[test]
fn lists_of_numbers() {
    let python =
        |expression: &str| format!("python3 -c \"data = open('SECRET_FILE', 'rb').read(); print({expression})\"");
    hides(&python("list(data)"), &["117, 50, 99, 104"]);
    hides(&python("'-'.join(f'{b:02X}' for b in data)"), &["75-32-63-68"]);
    hides(&python("' '.join(f'{b:03o}' for b in data)"), &["165 062 143 150"]);
}

#[test]
fn base64_of_base64() {
    hides("base64 -w 0 SECRET_FILE | base64 -w 0", &["ZFRKamFGTjNUVVU1"]);
}
