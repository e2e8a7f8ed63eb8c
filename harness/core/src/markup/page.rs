//! What a book may change of how mdBook reads and shows Markdown: the switches of `[output.html]`. Pure; touches nothing.

use pulldown_cmark::Options;

use super::hide::HideLines;

/// How mdBook makes a page of a chapter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageStyle {
    /// The lines that it leaves out.
    pub hidelines: HideLines,
    /// The Markdown that it reads.
    pub markdown: Markdown,
}

/// The extensions of Markdown that a book can switch off. Typographic quotes are another; they move no structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Markdown {
    /// `definition-lists`: a line that starts with `: ` makes the paragraph above it a term.
    pub definition_lists: bool,
    /// `admonitions`: `> [!NOTE]` starts a note. Without it that line is text.
    pub admonitions: bool,
}

impl Default for Markdown {
    fn default() -> Self {
        Self { definition_lists: true, admonitions: true }
    }
}

impl Markdown {
    /// mdBook's own options, but for typographic quotes.
    pub(super) fn options(self) -> Options {
        let mut options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES;
        options.set(Options::ENABLE_DEFINITION_LIST, self.definition_lists);
        options.set(Options::ENABLE_GFM, self.admonitions);
        options
    }
}

#[cfg(test)]
mod tests {
    use mdbook_markdown::{MarkdownOptions, new_cmark_parser};
    use pulldown_cmark::Parser;

    use super::*;

    /// A page is what mdBook makes of it: another reading of the same Markdown would miss fences that readers see.
    #[test]
    fn markdown_is_read_as_mdbook_reads_it() {
        let text = "| a | b |\n|---|---|\n| `c` | d |\n\nx[^1] ~~y~~ \"z\" -- ...\n\n[^1]: n\n\n    ```sh\n    f\n    ```\n\n- [x] t\n\n\
                    # h {#id .class}\n\n> [!NOTE]\n> q\n\nterm\n: d\n\n      code or text\n\n$m$ ==h== ^s^ [[w]] https://x.example ~u~\n\n---\na: b\n---\n\n\
                    :::\nx\n:::\n";
        let mut seen = Vec::new();
        for (definition_lists, admonitions) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut theirs = MarkdownOptions::default();
            theirs.smart_punctuation = false;
            theirs.definition_lists = definition_lists;
            theirs.admonitions = admonitions;
            let theirs: Vec<_> = new_cmark_parser(text, &theirs).into_offset_iter().collect();
            let ours = Markdown { definition_lists, admonitions }.options();
            let ours: Vec<_> = Parser::new_ext(text, ours).into_offset_iter().collect();
            assert_eq!(ours, theirs);
            assert!(!seen.contains(&ours), "the text does not tell the switches apart");
            seen.push(ours);
        }
    }
}
