//! Every page loads: nothing red in the console, no request that fails, none that leaves the book.

use crate::page::Page;
use crate::site::Site;

#[test]
fn every_page_of_the_book_loads_without_an_error_or_a_failed_request() {
    let pages = Site::shared().pages();
    assert!(pages.len() > 10, "{pages:?}");
    let tab = Page::new();
    for page in &pages {
        tab.go(page);
        assert_eq!(tab.complaints(), Vec::<String>::new(), "{page}");
    }
}

#[test]
fn a_page_with_an_error_or_a_failed_request_is_seen() {
    let tab = Page::at("index.html");
    tab.complaints();
    tab.ask("fetch('missing.js').then(() => 1)");
    assert!(!tab.complaints().is_empty());
    tab.ask("console.error('red')");
    assert!(!tab.complaints().is_empty());
    tab.ask("new Promise((done) => { setTimeout(() => { setTimeout(done); throw new Error('red'); }); })");
    assert!(!tab.complaints().is_empty());
}

/// Pages that get more than the others may, with how much: this one tells of a fault under each of 33 steps.
const HEAVIER: &[(&str, u64)] = &[("backends/sftp-reliability.html", 23 * 1024)];

/// What dogfood adds to a page, before compression: style and script once, and little for each recipe.
#[test]
fn no_page_gets_much_heavier() {
    let tab = Page::new();
    let outermost = "!one.parentElement.closest('[class^=dogfood]') && !one.matches('.dogfood-tabs, .dogfood-piece')";
    let bytes = |selector: &str| {
        let all = format!("Array.from(document.querySelectorAll('{selector}')).filter((one) => {outermost})");
        tab.ask(&format!("{all}.reduce((sum, one) => sum + new TextEncoder().encode(one.outerHTML).length, 0)"))
            .as_u64()
    };
    for (page, _) in Site::shared().guides() {
        tab.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({ "value": true }));
        tab.go(&page);
        let once = bytes("main > style, main > script").unwrap();
        // Of panels, the shells: what stands in them is the author's.
        let panels = "Array.from(document.querySelectorAll('.dogfood-tabs > div > p:first-child'), (one) => one.outerHTML.length + 13)";
        let panels = tab.ask(&format!("{panels}.reduce((sum, one) => sum + one, 0)")).as_u64().unwrap();
        let rest = bytes("main [class^=dogfood]").unwrap() + panels;
        let recipes = tab.ask("document.querySelectorAll('.dogfood-evidence').length").as_u64().unwrap();
        println!("{page}: {once} bytes once and {rest} bytes for {recipes} recipes");
        assert!(once > 5_000 && recipes > 5 && rest > recipes * 100, "{page}: nothing was measured");
        let most = HEAVIER.iter().find(|(heavier, _)| *heavier == page).map_or(20 * 1024, |(_, most)| *most);
        assert!(once + rest <= most, "{page}: {once} and {rest} bytes");
    }
}
