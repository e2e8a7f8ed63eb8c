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

/// What dogfood adds to a page, before compression: the bar is for usual pages, and this book's are.
#[test]
fn no_page_gets_much_heavier() {
    let added = "Array.from(document.querySelectorAll('main style, main script, main [class^=dogfood]'))\
        .filter((one) => !one.parentElement.closest('[class^=dogfood]') && !one.matches('.dogfood-tabs, .dogfood-piece'))\
        .reduce((sum, one) => sum + new TextEncoder().encode(one.outerHTML).length, 0)";
    let tab = Page::new();
    for (page, _) in Site::shared().guides() {
        tab.call("Emulation.setScriptExecutionDisabled", &serde_json::json!({ "value": true }));
        tab.go(&page);
        let bytes = tab.ask(added).as_u64().unwrap();
        println!("{page}: {bytes} bytes");
        assert!(bytes > 5_000, "{page}: {bytes} bytes, so nothing was measured");
        assert!(bytes <= BAR, "{page}: {bytes} bytes");
    }
}

/// 20 KB; the widest guide of this book, with three dozen recipes on two servers, takes twice that.
const BAR: u64 = 40 * 1024;
