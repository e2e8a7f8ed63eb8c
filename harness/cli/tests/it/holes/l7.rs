//! L7: what vendors' secrets look like is known, and what they publish as an example is no secret.

use std::fmt::Write as _;

use dogfood_core::redact::DOCUMENTED;
use dogfood_core::redact::shapes::{self, Example};

use crate::project::Project;

#[test]
fn the_secret_of_every_row_is_hidden_and_every_harmless_text_stays() {
    let folder = tempfile::tempdir().unwrap();
    let printed = folder.path().join("printed");
    // Each with a seed of its own: of one seed, a longer example of one row would begin with the secret of another.
    let examples: Vec<(&str, Example)> =
        (7..).zip(shapes::all()).map(|(seed, shape)| (shape.name, Example::of(shape.secret, seed))).collect();
    let mut text = String::new();
    for (_, example) in &examples {
        let _ = writeln!(text, "{}\n", example.text);
    }
    for row in DOCUMENTED {
        let _ = writeln!(text, "published: {}", row.value);
    }
    std::fs::write(&printed, &text).unwrap();
    let project = Project::with_guide("a", &format!("```sh recipe=r\ncat '{}'\n```\n", printed.display()));
    let run = project.dogfood("run").code(0);
    let trace = project.read("traces/a/r@none.yaml");
    for (name, example) in &examples {
        assert!(!trace.contains(&example.secret) && !run.err.contains(&example.secret), "{name}: {}", example.secret);
        assert!(trace.contains(&format!("${{{name}:hidden}}")), "{name} in {trace}");
    }
    for row in DOCUMENTED {
        assert!(trace.contains(row.value), "{}: {} in {trace}", row.source, row.value);
    }
    project.dogfood("check").code(0);
}

#[test]
fn a_guide_may_show_what_vendors_publish_and_nothing_else() {
    let published: String =
        DOCUMENTED.iter().map(|row| format!("export API_TOKEN={0}\nurl: https://u:{0}@h\n", row.value)).collect();
    let published = format!("```text illustrative=published\n{published}```\n");
    let recipe = "```sh recipe=r\ntrue\n```\n";
    let project = Project::with_guide("a", &format!("{recipe}\n{published}"));
    project.dogfood("run").code(0);
    project.dogfood("check --deny warnings").code(0);
    for shape in shapes::all() {
        let example = Example::of(shape.secret, 3);
        project.write(
            "guides/a.md",
            &format!("---\nguide: a\nkind: sidebar\ntargets: [none]\n---\n\n# a\n\n{recipe}\n{}\n", example.text),
        );
        project
            .dogfood("check")
            .code(1)
            .says("secret-in-guide")
            .says(&format!("({})", shape.name))
            .silent_about(&example.secret);
    }
}
