//! `dogfood doctor`: what it says of the programs around a book. What it says of containers is with those.

use crate::project::Project;

#[test]
fn programs_of_mdbook_are_told_and_only_wrong_ones_are_a_fault() {
    let project = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    let project = project.set("PATH", &path);
    // An mdBook of another protocol takes minutes to build; all that is asked of it here is its version.
    let stand_in =
        |name: &str, says: &str| project.script(&format!("bin/{name}"), &format!("#!/bin/sh\necho {says}\n"));
    stand_in("mdbook", "mdbook v0.4.40");
    let old = project.dogfood("doctor").code(3);
    old.says("missing: mdbook: mdbook v0.4.40, and this dogfood is built for 0.5")
        .says("cargo install mdbook --version '^0.5' --locked");
    stand_in("mdbook", "mdbook v0.5.4");
    stand_in("mdbook-dogfood", "mdbook-dogfood 0.0.1");
    let other = project.dogfood("doctor").code(3).says("there: mdbook: mdbook v0.5.4");
    other.says("missing: mdbook-dogfood: mdbook-dogfood 0.0.1, beside dogfood 0.");
    stand_in("mdbook-dogfood", &format!("mdbook-dogfood {}", env!("CARGO_PKG_VERSION")));
    let there = project.dogfood("doctor").code(0).says("there: mdbook-dogfood: ").says("there: git: git version");
    there.says("everything that the book asks for is there");
}

#[test]
fn an_mdbook_without_the_gate_beside_it_builds_no_book() {
    let project = Project::with_guide("a", "```sh recipe=r\ntrue\n```\n");
    let path = std::env::var_os("PATH").unwrap();
    let bash = std::env::split_paths(&path).map(|dir| dir.join("bash")).find(|path| path.is_file()).unwrap();
    std::fs::create_dir(project.path("bin")).unwrap();
    std::os::unix::fs::symlink(bash, project.path("bin/bash")).unwrap();
    let path = project.path("bin").display().to_string();
    let project = project.set("PATH", &path);
    // Without an mdBook nobody asks for it: `dogfood build` does without both.
    project.dogfood("doctor").code(0).says("not there, not needed: mdbook-dogfood");
    project.script("bin/mdbook", "#!/bin/bash\necho mdbook v0.5.4\n");
    let bare =
        project.dogfood("doctor").code(3).says("missing: mdbook-dogfood: not on the search path (for `mdbook build`)");
    bare.says("put it beside dogfood").says("1 thing missing");
    // A book may name its own.
    project.edit("book.toml", "\"mdbook-dogfood\"", "\"./tools/mdbook-dogfood\"");
    project.dogfood("doctor").code(3).says("book.toml names ./tools/mdbook-dogfood, and that is not there");
    project.script("tools/mdbook-dogfood", "#!/bin/bash\ntouch \"$0.ran\"\n");
    let told = project.dogfood("doctor").code(0);
    told.says("there: mdbook-dogfood: ./tools/mdbook-dogfood, as book.toml names it; not asked for its version");
    assert!(!project.has("tools/mdbook-dogfood.ran"), "doctor starts nothing of the checkout");
}
