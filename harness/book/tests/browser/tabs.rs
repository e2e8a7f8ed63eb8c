//! What opens and what switches: folds under recipes, tabs for targets, the theme.

use serde_json::json;

use crate::page::Page;

const TABS: &str = "local-dev-emulators.html";
const SEEN: &str = "((one) => { const seen = one.checkVisibility({ contentVisibilityAuto: true }) && one.getClientRects().length > 0; \
    return seen && one.getBoundingClientRect().height > 0; })";

#[test]
fn a_fold_opens_with_the_mouse_and_with_the_keyboard() {
    let tab = Page::at("backends/sftp-reliability.html");
    let fold = "document.querySelector('.dogfood-evidence details')";
    assert!(!tab.is(&format!("{fold}.open")));
    tab.ask(&format!("{fold}.querySelector('summary').click()"));
    tab.until(&format!("{fold}.open && {fold}.offsetHeight > {fold}.querySelector('summary').offsetHeight"));
    tab.ask(&format!("{fold}.querySelector('summary').focus()"));
    tab.press("Enter");
    tab.until(&format!("!{fold}.open"));
    let line = tab.text(&format!("{fold}.querySelector('summary').textContent"));
    assert!(line.starts_with("Verified with remote-store ") && line.contains(" on openssh "), "{line}");
}

#[test]
fn the_age_is_reckoned_in_the_readers_browser() {
    let tab = Page::at("backends/sftp-reliability.html");
    let age = "document.querySelector('.dogfood-evidence .dogfood-age').textContent";
    assert!([" (today)", " (yesterday)"].contains(&&*tab.text(age)) || tab.text(age).ends_with(" ago)"));
    let later =
        "Date.now = () => Date.parse(document.querySelector('.dogfood-evidence time').textContent) + 3 * 864e5;";
    tab.call(
        "Page.addScriptToEvaluateOnNewDocument",
        &json!({ "source": format!("document.addEventListener('DOMContentLoaded', () => {{ {later} }});") }),
    );
    tab.go("backends/sftp-reliability.html");
    assert_eq!(tab.text(age), " (3 days ago)");
}

#[test]
fn tabs_switch_with_the_mouse_and_the_arrow_keys_on_the_whole_page() {
    let tab = Page::at(TABS);
    let set = "document.querySelector('.dogfood-tabs')";
    let names = tab.ask(&format!("Array.from({set}.querySelectorAll('[role=tab]'), (one) => one.textContent)"));
    let count = names.as_array().unwrap().len();
    assert!(count > 1, "{names}");
    let shown = format!("Array.from({set}.querySelectorAll('[role=tabpanel]')).map({SEEN}).map(Number).join('')");
    let only = |at: usize| (0..count).map(|i| if i == at { '1' } else { '0' }).collect::<String>();
    tab.until(&format!("{shown} === '{}'", only(0)));
    tab.ask(&format!("{set}.querySelectorAll('[role=tab]')[1].click()"));
    tab.until(&format!("{shown} === '{}'", only(1)));
    tab.press("ArrowLeft");
    tab.until(&format!("{shown} === '{}'", only(0)));
    assert_eq!(tab.text("document.activeElement.getAttribute('aria-selected')"), "true");
    // The other groups of the page follow, where they know the name.
    let second = names[1].as_str().unwrap();
    tab.ask(&format!("{set}.querySelectorAll('[role=tab]')[1].click()"));
    let others = format!(
        "Array.from(document.querySelectorAll('.dogfood-tabs [role=tab]')).filter((one) => one.textContent === {second:?}).every((one) => one.getAttribute('aria-selected') === 'true')"
    );
    assert!(tab.is(&others));
}

#[test]
fn what_a_tab_hides_is_found_in_the_page_printed_and_shown_after_a_search() {
    let tab = Page::at(TABS);
    let hidden = "Array.from(document.querySelectorAll('.dogfood-live > [hidden]'))";
    assert!(
        tab.is(&format!(
            "{hidden}.length > 0 && {hidden}.every((one) => one.getAttribute('hidden') === 'until-found')"
        ))
    );
    // What find-in-page does before it scrolls to a hit.
    tab.ask(&format!("window.hit = {hidden}[0]; hit.dispatchEvent(new Event('beforematch'))"));
    tab.until(&format!("{SEEN}(hit)"));
    let all = format!("Array.from(document.querySelectorAll('.dogfood-tabs > [role=tabpanel]')).every({SEEN})");
    assert!(!tab.is(&all));
    tab.call("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    tab.until(&all);
    assert!(
        tab.is(&format!("Array.from(document.querySelectorAll('.dogfood-tabs > div > p:first-child')).every({SEEN})"))
    );
    tab.call("Emulation.setEmulatedMedia", &json!({ "media": "" }));
    tab.go(&format!("{TABS}?highlight=moto"));
    tab.until(&all);
}

#[test]
fn the_theme_switches_and_our_colours_with_it() {
    let tab = Page::at("quickstart-without-docker.html");
    let sign = "getComputedStyle(document.querySelector('.dogfood-evidence details:not([class]) > summary'), '::before').backgroundColor";
    let light = tab.text(sign);
    tab.ask("document.getElementById('mdbook-theme-toggle').click()");
    tab.ask("document.getElementById('mdbook-theme-navy').click()");
    tab.until("document.documentElement.classList.contains('navy')");
    assert_ne!(tab.text(sign), light);
}
