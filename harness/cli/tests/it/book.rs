//! The gate inside the real mdbook: what it shows, what it stops, and the four ways around it.

use crate::check::recorded;
use std::process::Command;

use crate::project::{Project, ran};

fn page(project: &Project, page: &str) -> String {
    project.read(&format!("book/{page}.html"))
}

#[test]
fn a_clean_book_is_built_with_its_evidence_and_without_front_matter() {
    let project = recorded();
    project.mdbook("build").code(0);
    let page = page(&project, "a");
    assert!(page.contains("<details><summary>Verified with <b>bash "), "{page}");
    assert!(page.contains("data-dogfood-stamp=\"") && !page.contains("guide: a"), "{page}");
}

#[test]
fn the_same_book_gives_the_same_bytes() {
    let project = recorded();
    project.mdbook("build").code(0);
    let first = page(&project, "a");
    std::fs::remove_dir_all(project.path("book")).unwrap();
    project.mdbook("build").code(0);
    assert_eq!(page(&project, "a"), first);
}

#[test]
fn one_changed_character_stops_the_build_and_says_where() {
    let project = recorded();
    project.mdbook("build").code(0);
    let before = page(&project, "a");
    project.edit("guides/a.md", "echo hello", "echo hallo");
    project
        .mdbook("build")
        .code(101)
        .says("error[stale-recipe]")
        .says("guides/a.md:9")
        .says("dogfood run a/hello")
        .silent_about("Broken pipe");
    assert_eq!(page(&project, "a"), before, "the old book is left as it was");
}

#[test]
fn a_missing_include_stops_the_build() {
    let project = recorded();
    project.edit("guides/a.md", "# a\n", "# a\n\n{{#include nothing.txt}}\n");
    project.mdbook("build").code(101).says("nothing.txt");
}

#[test]
fn what_is_not_verified_is_said_in_words() {
    let project = Project::with_guide(
        "a",
        "```sh recipe=later skip=needs-an-account until=2099-01-01\nfalse\n```\n\n```sh illustrative=another-system\nbrew install x\n```\n\n```sh recipe=r\necho seen >&2\n```\n\n- item\n\n  ```sh teardown\n  true\n  ```\n",
    );
    project.edit("guides/a.md", "targets: [none]", "targets: [none]\nunverified: [absent]");
    let project = project.with_absent_target();
    project.dogfood("run").code(0);
    project.mdbook("build").code(0);
    let page = page(&project, "a");
    for text in [
        "Not verified here on <code class=\"nohighlight\">absent</code>",
        "Skipped, not run: needs an account (until 2099-01-01)",
        "Shown, not run: another system",
        "Observed, not asserted: step 1, standard error",
        "<details class=\"dogfood-teardown\"><summary>Clean up</summary>",
    ] {
        assert!(page.contains(text), "{text} in\n{page}");
    }
}

#[test]
fn includes_in_a_guide_are_expanded_once() {
    let project = Project::with_guide("a", "```sh recipe=r\n{{#include ../snippets/hello.sh:hello}}\n```\n\n```text expect\n{{#include}} stays\n```\n\nAn escaped \\{{#include ../book.toml}} stays too.\n")
        .file("snippets/hello.sh", "# ANCHOR: hello\necho '{{#include}} stays'\n# ANCHOR_END: hello\n");
    project.dogfood("run").code(0);
    project.mdbook("build").code(0);
    let page = page(&project, "a");
    assert!(page.contains("echo '{{#include}} stays'"), "{page}");
    assert!(page.contains("An escaped {{#include ../book.toml}} stays too"), "{page}");
    assert!(!page.contains("mdbook-dogfood"), "the escaped include was expanded:\n{page}");
}

#[test]
fn a_preprocessor_before_us_that_changes_text_is_an_error() {
    let project = recorded();
    let before = project.read("book.toml");
    let changer = "import json,sys\nif len(sys.argv) > 1: sys.exit(0)\nc, b = json.load(sys.stdin)\nb['items'][0]['Chapter']['content'] += 'changed'\nprint(json.dumps(b))\n";
    project.write("changer.py", changer);
    let toml = project.read("book.toml")
        + "\n[preprocessor.changer]\ncommand = \"python3 changer.py\"\nbefore = [\"dogfood\"]\n";
    project.write("book.toml", &toml);
    project.mdbook("build").code(101).says("unwired-gate").says("changer");
    // One that book.toml does not show, and that mdBook takes from the environment.
    project.write("book.toml", &before);
    let project =
        project.set("MDBOOK_PREPROCESSOR__CHANGER", r#"{"command": "python3 changer.py", "before": ["dogfood"]}"#);
    project.mdbook("build").code(101).says("`MDBOOK_PREPROCESSOR__CHANGER`");
}

/// Finding 3 of the stack's notes: four ways in which mdBook builds a book without its gate and says nothing. Each must be seen by
/// `dogfood check`, or by the stamp that is not there.
mod silent_holes {
    use super::*;

    fn stamped(project: &Project) -> bool {
        page(project, "a").contains("data-dogfood-stamp=")
    }

    #[test]
    fn a_supports_call_that_fails_is_not_asked_for() {
        let project = recorded();
        // A program that fails on `supports`: without `renderers` mdBook skips it without a word.
        project.script(
            "bin/mdbook-dogfood",
            "#!/bin/sh\nif [ \"$1\" = supports ]; then exit 127; fi\nexec mdbook-dogfood \"$@\"\n",
        );
        let wired = project.read("book.toml").replace("\"mdbook-dogfood\"", "\"./bin/mdbook-dogfood\"");
        project.write("book.toml", &wired);
        project.mdbook("build").code(0);
        assert!(stamped(&project), "with `renderers` the call is not made");
        project.write("book.toml", &wired.replace("renderers = [\"html\"]\n", ""));
        project.mdbook("build").code(0);
        assert!(!stamped(&project), "without it the gate is skipped");
        project.dogfood("check").code(1).says("unwired-gate").says("renderers");
    }

    #[test]
    fn optional_and_missing() {
        let project = recorded();
        let toml = project
            .read("book.toml")
            .replace("\"mdbook-dogfood\"", "\"mdbook-dogfood-that-is-not-there\"\noptional = true");
        project.write("book.toml", &toml);
        project.mdbook("build").code(0);
        assert!(!stamped(&project));
        project.dogfood("check").code(1).says("unwired-gate").says("optional");
    }

    #[test]
    fn an_environment_that_replaces_the_table() {
        let project = recorded().set("MDBOOK_PREPROCESSOR", "{}");
        project.mdbook("build").code(0);
        assert!(!stamped(&project));
        project.dogfood("check").code(2).says("MDBOOK_PREPROCESSOR");
    }

    #[test]
    fn a_book_that_says_it_is_served() {
        let project = recorded();
        project.edit("guides/a.md", "echo hello", "echo hallo");
        let wired = project.read("book.toml");
        for key in [
            "[output.html]\nlive-reload-endpoint = \"x\"\n",
            "[output]\nhtml = { \"live-reload-\\u0065ndpoint\" = \"x\" }\n",
        ] {
            project.write("book.toml", &format!("{wired}\n{key}"));
            project.mdbook("build").code(101).says("stale-recipe").says("unwired-gate").says("live-reload-endpoint");
            project.dogfood("check").code(1).says("book.toml says where pages listen for changes");
            project.dogfood("build").code(1).says("unwired-gate");
        }
    }

    #[test]
    fn no_entry() {
        let project = recorded();
        project.write("book.toml", "[book]\nsrc = \"guides\"\n");
        project.mdbook("build").code(0);
        assert!(!stamped(&project));
        project.dogfood("check").code(1).says("unwired-gate");
    }
}

#[test]
fn every_page_carries_the_stamp_plain_ones_too() {
    let project = recorded();
    project.write("guides/plain.md", "# Plain\n\n```\nanything\n```\n");
    project.write("guides/empty.md", "");
    project.write(
        "guides/SUMMARY.md",
        "# Summary\n\n- [a](a.md)\n- [Plain](plain.md)\n- [Empty](empty.md)\n- [Draft]()\n",
    );
    let toml = project.read("book.toml") + "plain = [\"plain.md\", \"empty.md\"]\n";
    project.write("book.toml", &toml);
    project.dogfood("check").code(0);
    project.mdbook("build").code(0);
    for name in ["a", "plain", "empty", "index"] {
        assert!(page(&project, name).contains("data-dogfood-stamp="), "{name}");
    }
}

#[test]
fn while_mdbook_serves_findings_are_a_banner() {
    let project = recorded();
    project.edit("guides/a.md", "echo hello", "echo hallo");
    let said = project.served();
    assert!(said.contains("stale-recipe"), "{said}");
    let page = page(&project, "a");
    assert!(page.contains("class=\"dogfood-banner\"") && page.contains("stops a build of this book"), "{page}");
    assert!(page.contains("data-dogfood-gate=\"findings\""));
    // Such a preview is nothing to deploy.
    let stamped =
        || ran(Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/stamped")).arg(project.path("book")));
    stamped().code(1).says("a.html was built with findings");
    project.edit("guides/a.md", "echo hallo", "echo hello");
    project.mdbook("build").code(0);
    stamped().code(0);
}

#[test]
fn a_banner_shows_its_own_page_s_findings_whole_and_names_where_others_are() {
    let hostile = "```sh recipe=hello\necho '</code><script>{'{#include x}}\n```\n\n```text expect\nhello\n```\n";
    let project = Project::with_guide("a", hostile).guide("b", "targets: [none]", "```sh recipe=new\ntrue\n```\n");
    project.dogfood("run a").code(1);
    project.served();
    let (a, b) = (page(&project, "a"), page(&project, "b"));
    let banner =
        |page: &str| page.split_once("class=\"dogfood-banner\"").unwrap().1.split_once("</div>").unwrap().0.to_owned();
    for part in
        ["error[output-drift]", "- hello", "+ &lt;/code&gt;&lt;script&gt;{{#include x}}", "guides/b.md</code> (1)"]
    {
        assert!(banner(&a).contains(part), "{part} in\n{}", banner(&a));
    }
    assert!(
        banner(&b).contains("error[missing-evidence]") && banner(&b).contains("guides/a.md</code> (1)"),
        "{}",
        banner(&b)
    );
    assert!(!banner(&b).contains("output-drift"), "{}", banner(&b));
}
