//! A value in running text. Pure; touches nothing.

use dogfood_core::evidence::Inline;
use dogfood_core::redact::show_controls;

use crate::escape;

/// The HTML of a value. What is more than a number or a word stands in `<code>`, which scripts that typeset formulas leave alone.
pub(super) fn html(inline: &Inline) -> String {
    let value = text(&inline.value);
    let value = if is_plain(&inline.value) { value } else { format!("<code class=\"nohighlight\">{value}</code>") };
    // The title too: in a cell of a table, Markdown is read before tags are.
    let (kind, source) = (escape::html(inline.kind), text(&inline.source));
    format!("<span class=\"dogfood-piece dogfood-{kind}\" title=\"{source}\">{value}</span>")
}

/// What stands where nothing can be shown.
pub(super) fn missing() -> String {
    "<span class=\"dogfood-piece dogfood-not-verified\">(not verified here)</span>".to_owned()
}

fn is_plain(value: &str) -> bool {
    value.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '%' | '-' | '+' | ':' | '/'))
}

/// `text` between inline tags, where Markdown is read: everything but letters, digits and blanks as numeric entities.
fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for c in show_controls(text).chars() {
        if c.is_ascii_alphanumeric() || c == ' ' || (!c.is_ascii() && c.is_alphanumeric()) {
            out.push(c);
        } else {
            out.push_str(&format!("&#{};", u32::from(c)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use mdbook_markdown::{
        MarkdownOptions, new_cmark_parser,
        pulldown_cmark::{Event, Tag},
    };
    use proptest::prelude::*;

    use super::*;

    fn inline(value: &str) -> String {
        html(&Inline { kind: "figure", value: value.to_owned(), source: "recorded by a/b on `x`, \"1\"".to_owned() })
    }

    /// What mdBook's parser makes of a value in a sentence: the words, with tags left out.
    fn read(value: &str) -> (String, usize) {
        let markdown = format!("Before {} after.", inline(value));
        let (mut words, mut others) = (String::new(), 0);
        for event in new_cmark_parser(&markdown, &MarkdownOptions::default()) {
            match event {
                Event::Text(text) => words.push_str(&text),
                Event::InlineHtml(_) => {}
                Event::Start(_) | Event::End(_) => others += 1,
                _ => others += 100,
            }
        }
        (words, others)
    }

    #[test]
    fn a_value_is_words_or_code_with_its_source() {
        insta::assert_snapshot!(inline("1.8 s"), @r#"<span class="dogfood-piece dogfood-figure" title="recorded by a&#47;b on &#96;x&#96;&#44; &#34;1&#34;">1&#46;8 s</span>"#);
        insta::assert_snapshot!(inline("{{#include x}}"), @r#"<span class="dogfood-piece dogfood-figure" title="recorded by a&#47;b on &#96;x&#96;&#44; &#34;1&#34;"><code class="nohighlight">&#123;&#123;&#35;include x&#125;&#125;</code></span>"#);
    }

    #[test]
    fn a_source_in_a_cell_of_a_table_stays_in_its_cell() {
        let source = "1 | [x](javascript:alert(1)) | `a` *b*";
        let inline = html(&Inline { kind: "figure", value: "5".to_owned(), source: source.to_owned() });
        let markdown = format!("| a | b |\n|---|---|\n| {inline} | end |\n");
        let (mut cells, mut others) = (Vec::new(), 0);
        for event in new_cmark_parser(&markdown, &MarkdownOptions::default()) {
            match event {
                Event::Start(Tag::TableCell) => cells.push(String::new()),
                Event::Text(text) => cells.last_mut().unwrap().push_str(&text),
                Event::Start(Tag::Link { .. } | Tag::Emphasis) | Event::Code(_) => others += 1,
                _ => {}
            }
        }
        assert_eq!((cells.join(" "), others), ("a b 5 end".to_owned(), 0), "{markdown}");
    }

    #[test]
    fn nothing_in_a_value_is_markdown() {
        for value in [
            "*a* _b_ **c** ~~d~~",
            "[x](javascript:alert(1)) ![i](i.png) [^1] <http://x>",
            "`code` ``` | a | b |",
            "</span><script>alert(1)</script> &lt; &amp;",
            "{{#include ../../x}} \\{{#title y}}",
            "a -- b 'quoted' \"double\" ...",
            "$x$ \\(y\\) :smile: #1 @you",
        ] {
            assert_eq!(read(value), (format!("Before {value} after."), 2), "{value}");
        }
        assert_eq!(read("\x1b[31mred\x1b[0m\na").0, "Before \\x1b[31mred\\x1b[0m\na after.");
    }

    proptest! {
        #[test]
        fn any_value_comes_out_as_it_is_shown(value in "[ -~\n\té日\u{202e}\u{1b}]{1,40}") {
            let (words, others) = read(&value);
            prop_assert_eq!(words, format!("Before {} after.", show_controls(&value)));
            prop_assert_eq!(others, 2);
        }
    }
}
