//! Readable for everyone: names and contrast as axe-core sees them in every theme, keyboards, and pages without JavaScript.

use serde_json::{Value, json};

use crate::page::Page;
use crate::site::{Site, tool};

/// mdBook's themes.
const THEMES: &[&str] = &["light", "rust", "coal", "navy", "ayu"];

fn axe() -> String {
    let path = tool("DOGFOOD_TEST_AXE", "share/axe.min.js");
    std::fs::read_to_string(&path)
        .unwrap_or_else(|problem| panic!("{}: {problem}; scripts/tools fetches axe-core", path.display()))
}

/// What axe-core finds wrong with what dogfood puts on the page, a line each: rule, place, and the text around it. Code that an author wrote
/// scrolls as mdBook lets it: by keyboard, too, in every browser of today, without the attribute that axe-core looks for.
fn wrong(tab: &Page) -> Vec<String> {
    let run = "axe.run({ include: [['main [class^=dogfood]']] }, { resultTypes: ['violations'] }).then((result) => result.violations\
        .flatMap((found) => found.nodes.filter((node) => !/<code class=\"language-/.test(node.html) || found.id !== 'scrollable-region-focusable').map((node) => found.id + ' ' + node.target + ' ' + node.html.slice(0, 120) + ' ' + node.failureSummary)))";
    let found = tab.ask(run);
    found.as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What axe-core finds wrong with contrast (WCAG's level AA) and names on the whole page, mdBook's own parts included.
fn pale_or_nameless(tab: &Page) -> Vec<String> {
    let run = "axe.run(document, { resultTypes: ['violations'], runOnly: ['cat.color', 'cat.name-role-value', 'cat.text-alternatives'],\
        rules: { 'color-contrast-enhanced': { enabled: false } } })\
        .then((result) => result.violations.flatMap((found) => found.nodes.map((node) => found.id + ' ' + node.target + ' ' + node.failureSummary)))";
    let found = tab.ask(run);
    found.as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn names_and_contrast_hold_in_every_theme() {
    let axe = axe();
    let tab = Page::new();
    for page in [
        "index.html",
        "backends/sftp-reliability.html",
        "local-dev-emulators.html",
        "large-object-tuning.html",
        "errors.html",
        "evidence.html",
        "manual/evidence.html",
    ] {
        tab.go(page);
        tab.ask(&format!("{axe}; 1"));
        tab.ask(
            "document.querySelectorAll('.dogfood-evidence details').forEach((fold, at) => { fold.open = at < 3; })",
        );
        for theme in THEMES {
            tab.ask(&format!("document.getElementById('mdbook-theme-{theme}').click()"));
            assert_eq!(wrong(&tab), Vec::<String>::new(), "{page} in {theme}");
            assert_eq!(pale_or_nameless(&tab), Vec::<String>::new(), "{page} in {theme}");
        }
    }
}

#[test]
fn axe_sees_what_is_wrong() {
    let tab = Page::at("quickstart-without-docker.html");
    tab.ask(&format!("{}; 1", axe()));
    tab.ask("document.querySelector('.dogfood-evidence').insertAdjacentHTML('beforeend', '<p style=\"color:#eee;background:#fff\">pale</p><button></button>')");
    for found in [wrong(&tab), pale_or_nameless(&tab)] {
        assert!(
            found.iter().any(|one| one.starts_with("color-contrast"))
                && found.iter().any(|one| one.starts_with("button-name")),
            "{found:?}"
        );
    }
}

#[test]
fn without_javascript_everything_is_there_to_read() {
    let tab = Page::new();
    tab.call("Emulation.setScriptExecutionDisabled", &json!({ "value": true }));
    for (page, _) in Site::shared().guides() {
        tab.go(&page);
        let seen = "((one) => one.checkVisibility() && one.getBoundingClientRect().height > 0)";
        for selector in [
            ".dogfood-evidence",
            ".dogfood-evidence summary",
            ".dogfood-tabs > div",
            ".dogfood-tabs > div > p:first-child",
            ".dogfood-colophon",
        ] {
            assert!(
                tab.is(&format!("Array.from(document.querySelectorAll('{selector}')).every({seen})")),
                "{page} {selector}"
            );
        }
        assert!(tab.is("document.querySelector('.dogfood-evidence time').textContent.length === 10"), "{page}");
        assert_eq!(
            tab.ask("document.querySelectorAll('.dogfood-copy, [role=tab]').length"),
            0,
            "{page}: a button that does nothing"
        );
        // Folds are the browser's own.
        tab.ask("document.querySelector('.dogfood-evidence summary').focus()");
        tab.press("Enter");
        tab.until("((fold) => fold.open && fold.offsetHeight > fold.firstElementChild.offsetHeight)(document.querySelector('.dogfood-evidence details'))");
    }
}

#[test]
fn everything_that_can_be_pressed_is_reached_with_the_tab_key() {
    let tab = Page::at("quickstart-without-docker.html");
    tab.ask("document.querySelector('.dogfood-copy').focus()");
    tab.press("Tab");
    tab.until("document.activeElement.matches('.dogfood-evidence summary')");
    let width = tab.text("getComputedStyle(document.activeElement).outlineWidth");
    assert_ne!(width, "0px", "the focus cannot be seen");
}
