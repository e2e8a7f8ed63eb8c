//! L7: what vendors' secrets look like is known, and what they publish as an example is no secret.

use dogfood_core::redact::DOCUMENTED;
use dogfood_core::redact::shapes::{self, Example};

use crate::project::Project;

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
