//! L3: environment variables and outputs that would change the page are refused.

use super::h2::verified;

#[test]
fn variables_that_change_a_page_or_a_program_are_refused() {
    for (name, value) in [
        ("MDBOOK_OUTPUT__HTML__CODE__HIDELINES__SH", "e"),
        ("MDBOOK_output__html__Code", "{\"hidelines\": {\"sh\": \"e\"}}"),
        ("MDBOOK_OUTPUT__HTML__DEFINITION_LISTS", "false"),
        ("MDBOOK_OUTPUT__HTML__ADDITIONAL_JS", "[\"x.js\"]"),
        ("MDBOOK_OUTPUT__MARKDOWN__X", "1"),
        ("MDBOOK_OUTPUT__LINKCHECK__COMMAND", "true"),
        ("MDBOOK_PREPROCESSOR__OTHER__COMMAND", "true"),
        ("MDBOOK_BUILD__BUILD_DIR", "elsewhere"),
        ("MDBOOK_BOOK", "{\"src\": \"guides\"}"),
    ] {
        let project = verified().set(name, value);
        // Without this table one for Markdown alone would be the only output, and mdBook would not ask the gate.
        project.write("book.toml", &(project.read("book.toml") + "\n[output.html]\n"));
        for words in ["check", "build", "serve --port 0", "run"] {
            project.dogfood(words).code(2).says(name);
        }
        let built = project.mdbook("build");
        assert_ne!(built.code, Some(0), "{name}: {}", built.err);
        assert!(!project.has("elsewhere") && !project.has("book/a.html"), "{name}");
    }
}

#[test]
fn variables_that_change_neither_are_not() {
    let project = verified().set("MDBOOK_BOOK__TITLE", "Another").set("MDBOOK_LOG", "info");
    let project = project.set("MDBOOK_OUTPUT__HTML__SITE_URL", "/x/").set("MDBOOK_VERSION", "1");
    project.dogfood("check --deny warnings").code(0);
    project.mdbook("build").code(0);
    assert!(project.read("book/a.html").contains("Another"));
}

#[test]
fn a_harmless_variable_with_an_impossible_value_is_no_way_around() {
    // mdBook takes its defaults for all of `[output.html]` then.
    let project = verified();
    project.write("book.toml", &(project.read("book.toml") + "\n[output.html]\ndefinition-lists = false\n"));
    project.dogfood("check --deny warnings").code(0);
    let project = project.set("MDBOOK_OUTPUT__HTML__SITE_URL", "5");
    project.mdbook("build").says("mdBook was told other than book.toml says");
    project.dogfood("build").says("mdBook was told other than book.toml says");
    assert!(!project.has("book/a.html"));
}

#[test]
fn an_output_may_publish_pages_whatever_it_is_called() {
    let project = verified();
    let toml = project.read("book.toml");
    for (command, code) in [
        ("", 0),
        ("command = \"mdbook-linkcheck\"", 0),
        ("command = \"tools/mdbook-linkcheck --fast\"", 0),
        ("command = \"tools/publish\"", 1),
        ("command = \"sh -c mdbook-linkcheck\"", 1),
    ] {
        project.write("book.toml", &format!("{toml}\n[output.html]\n[output.linkcheck]\n{command}\n"));
        let check = project.dogfood("check --deny warnings").code(code);
        if code == 1 {
            check.says("error[unwired-gate]").says("the gate does not run for the output `linkcheck`");
        }
    }
}
