//! mdBook's search finds what traces say, and lands on the section that shows it.

use serde_json::Value;

use crate::page::Page;

/// Messages as this book's Errors page has them, cut where a reader would cut them, and the section that each is mended in.
const MESSAGES: &[(&str, &str, &str)] = &[
    ("SFTP channel stalled: no data within io_timeout", "backends/sftp-reliability.html", "a-read-that-stalls"),
    (
        "Incompatible ssh peer (no acceptable host key)",
        "backends/sftp-reliability.html",
        "a-server-that-speaks-ssh-rsa-only",
    ),
    ("Error reading SSH protocol banner", "backends/sftp-reliability.html", "a-server-that-sleeps"),
    ("File already exists: readme.txt", "quickstart-without-docker.html", "s3-two-errors-to-expect"),
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
    for (message, page, section) in MESSAGES {
        let links = search(&tab, message);
        let at = links.iter().take(5).position(|link| link.starts_with(page) && link.ends_with(&format!("#{section}")));
        let at = at.unwrap_or_else(|| panic!("{message}: not among the first five of {links:#?}"));
        assert!(
            links[0].starts_with("errors.html") || at == 0,
            "{message}: the page of errors comes first: {links:#?}"
        );
        // Later than the answer, which could not come from a page that is gone.
        tab.ask(&format!("setTimeout(() => document.querySelectorAll('#mdbook-searchresults li a')[{at}].click())"));
        tab.until(&format!("location.hash === '#{section}' && document.querySelector('main mark')"));
        // The section's own text, up to the next heading.
        let said = tab.text(&format!(
            "(() => {{ let text = ''; let one = document.getElementById('{section}').nextElementSibling; \
             while (one && !/^H[1-3]$/.test(one.tagName)) {{ text += one.textContent; one = one.nextElementSibling; }} return text; }})()"
        ));
        assert!(said.contains(message), "{message} in {section}: {said}");
    }
}

#[test]
fn what_only_a_fold_holds_is_opened_where_a_search_marks_it() {
    let tab = Page::at("backends/sql-blob.html");
    let folded = "Array.from(document.querySelectorAll('.dogfood-evidence pre code'), (one) => one.textContent.match(/[A-Za-z]{6,}/)).filter(Boolean)[0][0]";
    let word = tab.text(folded);
    tab.go(&format!("backends/sql-blob.html?highlight={word}"));
    tab.until("document.querySelector('.dogfood-evidence details[open] mark')");
}
