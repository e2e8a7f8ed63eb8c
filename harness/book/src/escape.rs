//! Text from outside on its way into a page (invariant 9). Pure; touches nothing.
//!
//! mdBook goes on working on a chapter after us: it expands `{{#include}}`, parses Markdown, builds an HTML tree. So what a server, a recipe
//! or a trace said enters a chapter as one line of HTML in which every character that means something to any of those steps is a numeric
//! entity. The browser and the search index get the characters back; nothing before them sees any.

use dogfood_core::redact::show_controls;

/// `text` as the content of an HTML element or of a quoted attribute, on one line; what a person could not see is written out.
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in show_controls(text).chars() {
        match c {
            '&' | '<' | '>' | '{' | '}' | '\\' | '`' | '"' | '\'' | '\n' => {
                out.push_str("&#");
                out.push_str(&u32::from(c).to_string());
                out.push(';');
            }
            other => out.push(other),
        }
    }
    out
}

/// Foreign words in running text stand in `<code>`: scripts that typeset formulas leave it alone.
pub fn code(text: &str) -> String {
    format!("<code class=\"nohighlight\">{}</code>", html(text))
}

/// Names of things and their versions, in running text: words that target files, locks and traces hold to be what they are, so lighter than
/// [`code`]. One element for all: mdBook's parser reads each, a thousand recipes long.
pub fn names(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| html(text.as_ref())).collect();
    format!("<b>{}</b>", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_character_with_a_meaning_becomes_a_number() {
        let check = |text: &str, expected: &str| assert_eq!(html(text), expected, "{text:?}");
        check("plain é 日本 \t tab", "plain é 日本 \t tab");
        check("{{#include ../../x}}", "&#123;&#123;#include ../../x&#125;&#125;");
        check("\\{{#title x}}", "&#92;&#123;&#123;#title x&#125;&#125;");
        check("a\n\nb", "a&#10;&#10;b");
        check("```\n~~~", "&#96;&#96;&#96;&#10;~~~");
        check("<script>&amp;--></script>", "&#60;script&#62;&#38;amp;--&#62;&#60;/script&#62;");
        check("\" onload='x", "&#34; onload=&#39;x");
        check("\x1b[31mred\r\0", "&#92;x1b[31mred&#92;r&#92;x00");
        check("a\u{202e}b\u{9b}", "a&#92;u&#123;202e&#125;b&#92;u&#123;9b&#125;");
    }

    /// Reads numeric entities back, as a browser does.
    fn decoded(html: &str) -> String {
        let mut out = String::new();
        let mut rest = html;
        while let Some(at) = rest.find("&#") {
            out.push_str(&rest[..at]);
            let end = at + rest[at..].find(';').unwrap();
            out.push(char::from_u32(rest[at + 2..end].parse().unwrap()).unwrap());
            rest = &rest[end + 1..];
        }
        out.push_str(rest);
        out
    }

    proptest! {
        #[test]
        fn nothing_with_a_meaning_is_left_and_nothing_is_lost(text in any::<String>()) {
            let escaped = html(&text);
            let meaning = ['<', '>', '{', '}', '\\', '`', '"', '\'', '\n', '\r', '\0', '\x1b'];
            prop_assert_eq!(escaped.find(meaning), None);
            prop_assert_eq!(escaped.replace("&#", "").find('&'), None);
            prop_assert_eq!(decoded(&escaped), show_controls(&text));
        }
    }
}
