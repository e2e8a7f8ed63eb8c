//! The text of a page on its way to mdBook. Its `links` step runs after us, over whatever we hand on: it must make of it the text that was
//! read and judged, byte for byte, and open no file. Pure; touches nothing.

use super::directive::{Kind, directives};

/// A text of which mdBook's `links` step makes `page`, with `title` as the title of the page's window.
///
/// Where mdBook would act on the page's own text, a backslash keeps it from that, and mdBook takes the backslash away. There are two forms
/// that mdBook knows no backslash for: blanks between the braces and the `#`, and a helper over several lines. Only a page with a finding has one (an
/// include that does not work, or text that meets), and while somebody writes it `serve` shows it with an entity for its first brace.
pub fn hand_on(page: &str, title: Option<&str>) -> String {
    let mut out = String::with_capacity(page.len() + 64);
    if let Some(title) = title {
        out.push_str(&format!("{{{{#title {title}}}}}\n"));
    }
    let mut at = 0;
    while let Some(found) = directives(&page[at..]).find(|found| !matches!(found.kind, Kind::Other(_))) {
        let start = at + found.range.start;
        out.push_str(&page[at..start]);
        let line = page[start..].split('\n').next().unwrap_or_default();
        at = match line.rfind("}}").filter(|_| line.starts_with("{{#") || found.kind == Kind::Escaped) {
            Some(end) => {
                out.push('\\');
                out.push_str(&line[..end + 2]);
                start + end + 2
            }
            None => {
                out.push_str("&#123;");
                start + 1
            }
        };
    }
    out + &page[at..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What mdBook's step makes of a text, and the title that it finds; nothing if it would open a file.
    fn links(text: &str) -> Option<(String, Option<String>)> {
        let (mut out, mut title, mut at) = (String::new(), None, 0);
        for found in directives(text) {
            out.push_str(&text[at..found.range.start]);
            at = found.range.end;
            match found.kind {
                Kind::Escaped => out.push_str(&text[found.range.start + 1..at]),
                Kind::Title(words) => title = Some(words),
                Kind::Other(_) => out.push_str(&text[found.range]),
                Kind::Include(_) | Kind::Rustdoc(_) | Kind::Playground(..) => return None,
            }
        }
        Some((out + &text[at..], title))
    }

    fn check(page: &str, handed: &str) {
        assert_eq!(hand_on(page, None), handed, "{page:?}");
        assert_eq!(links(handed), Some((page.to_owned(), None)), "{page:?}");
    }

    #[test]
    fn what_mdbook_would_act_on_is_text() {
        check("plain {{ text }} {#a}", "plain {{ text }} {#a}");
        check("{{#include a}}", "\\{{#include a}}");
        check("x {{#include a}} {{#title b}}\n{{#title b}}", "x \\{{#include a}} {{#title b}}\n\\{{#title b}}");
        check("\\{{#include a}}", "\\\\{{#include a}}");
        check("\\\\{{#include a}}\\", "\\\\\\{{#include a}}\\");
        check("{{{#playground a}}}", "{\\{{#playground a}}}");
        check("{{#evidence a}} {{#rustdoc_include b}}", "{{#evidence a}} \\{{#rustdoc_include b}}");
        check("{{#x {{#include a}}", "{{#x {{#include a}}");
        check("{{#include}} {{#include", "{{#include}} {{#include");
    }

    #[test]
    fn what_no_backslash_helps_gets_an_entity() {
        for (page, handed) in [
            ("{{ #include a}}", "&#123;{ #include a}}"),
            ("{{#include\na}}", "&#123;{#include\na}}"),
            ("{{{\n#title a}}", "{&#123;{\n#title a}}"),
            ("{{#include a\n {{#include b}}", "&#123;{#include a\n \\{{#include b}}"),
        ] {
            assert_eq!(hand_on(page, None), handed);
            assert!(links(handed).is_some_and(|(text, title)| text.replace("&#123;", "{") == page && title.is_none()));
        }
    }

    #[test]
    fn a_title_goes_first() {
        let handed = hand_on("# A\n", Some("T {{#include x"));
        assert_eq!(links(&handed), Some(("\n# A\n".to_owned(), Some("T {{#include x".to_owned()))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        /// Over everything that the pattern of mdBook's helpers is made of.
        #[test]
        fn mdbook_opens_no_file_and_loses_no_text(
            page in "(\\{\\{#|\\{|\\}\\}|\\}|\\\\|#| |\n|\r|include|title|playground|rustdoc_include|evidence|a){0,24}",
            title in proptest::option::of("([^}\\s][^}]{0,3})"),
        ) {
            let handed = hand_on(&page, title.as_deref());
            let (text, found) = links(&handed).expect("no file is opened");
            prop_assert_eq!(&found, &title);
            let text = if title.is_some() { text.strip_prefix('\n').unwrap_or(&text) } else { &text };
            prop_assert_eq!(text.replace("&#123;", "{"), page);
        }
    }
}
