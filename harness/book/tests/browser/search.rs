//! mdBook's search finds what traces say, and lands on the section that shows it.

use serde_json::Value;

use crate::page::Page;

/// Messages as this book's Errors page has them, cut where a reader would cut them, and the section that each is mended in.
const MESSAGES: &[(&str, &str)] = &[
    ("SFTP channel stalled: no data within io_timeout", "backends/sftp-reliability.html"),
    ("Incompatible ssh peer (no acceptable host key)", "backends/sftp-reliability.html"),
    ("Error reading SSH protocol banner", "backends/sftp-reliability.html"),
    ("File already exists: readme.txt", "quickstart-without-docker.html"),
];

fn search(tab: &Page, words: &str) -> Vec<String> {
    tab.go("index.html");
    tab.ask("document.getElementById('mdbook-search-toggle').click()");
    tab.until("window.elasticlunr && !document.querySelector('.searching')");
    tab.ask("document.getElementById('mdbook-searchbar').focus()");
    tab.write(words);
    // mdBook looks when a key comes up.
    tab.press("End");
    tab.until("document.querySelectorAll('#mdbook-searchresults li a').length > 0");
    let links = tab
        .ask("Array.from(document.querySelectorAll('#mdbook-searchresults li a'), (one) => one.getAttribute('href'))");
    links.as_array().unwrap().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn four_real_messages_are_found_on_the_section_that_mends_them() {
    let tab = Page::new();
    for (message, page) in MESSAGES {
        let links = search(&tab, message);
        println!("{message}: {links:#?}");
        assert!(links.iter().take(3).any(|link| link.contains(page)), "{message}: {links:?}");
    }
}
