//! `[output.html]` of book.toml, read by mdBook's own types: what pages are called, what stands beside them, and how their Markdown is
//! read. Pure; touches nothing.

use mdbook_core::config::HtmlConfig;

use crate::markup::{HideLines, Markdown, PageStyle};

/// Keys that change what the gate has to look at.
const JUDGED: [&str; 10] = [
    "definition-lists",
    "admonitions",
    "code",
    "input-404",
    "print",
    "theme",
    "additional-css",
    "additional-js",
    "redirect",
    "hash-files",
];

/// `[output.html]` as mdBook has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Html {
    /// Its values; mdBook's defaults where the table cannot be read.
    pub config: HtmlConfig,
    /// Why mdBook cannot read the table, where it holds a key that the gate depends on. mdBook goes on with its defaults for all of it, and
    /// another mdBook might not.
    pub problem: Option<String>,
}

impl Html {
    /// Reads the table.
    pub(super) fn read(table: Option<&toml::Value>) -> Self {
        let Some(table) = table else { return Self::default() };
        match table.clone().try_into() {
            Ok(config) => Self { config, problem: None },
            Err(error) => {
                let judged = JUDGED.iter().any(|key| table.get(key).is_some());
                let why = error.message().lines().collect::<Vec<_>>().join("; ");
                Self { config: HtmlConfig::default(), problem: judged.then_some(why) }
            }
        }
    }

    /// How pages are made of chapters.
    pub fn style(&self) -> PageStyle {
        let HtmlConfig { definition_lists, admonitions, .. } = self.config;
        let hidelines = self.config.code.hidelines.iter().map(|(language, prefix)| (language.clone(), prefix.clone()));
        PageStyle { hidelines: HideLines(hidelines.collect()), markdown: Markdown { definition_lists, admonitions } }
    }

    /// The folder of the theme, as it is written.
    pub fn theme(&self) -> String {
        self.config.theme.as_ref().map_or_else(|| "theme".to_owned(), |theme| theme.to_string_lossy().into_owned())
    }

    /// The styles and scripts that it adds to every page, as they are written.
    pub fn additional(&self) -> impl Iterator<Item = String> {
        let HtmlConfig { additional_css, additional_js, .. } = &self.config;
        additional_css.iter().chain(additional_js).map(|path| path.to_string_lossy().into_owned())
    }

    /// The names of the pages that only lead to others, without a fragment or a leading slash.
    pub fn redirects(&self) -> impl Iterator<Item = &str> {
        let names =
            self.config.redirect.keys().map(|name| name.rsplit_once('#').map_or(name.as_str(), |(name, _)| name));
        names.map(|name| name.trim_start_matches('/'))
    }

    /// The Markdown of the page for wrong addresses, relative to the source; nothing if there is no such page. Without an entry it need not
    /// exist.
    pub fn not_found(&self) -> Option<&str> {
        Some(self.config.input_404.as_deref().unwrap_or("404.md")).filter(|name| !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Html {
        Html::read(Some(&toml.parse::<toml::Table>().unwrap().into()))
    }

    #[test]
    fn what_mdbook_cannot_read_is_its_defaults() {
        let html = read("definition-lists = false\nadditional-css = [\"./a.css\"]\ncode.hidelines.sh = \"~\"\n");
        assert!(!html.style().markdown.definition_lists && html.style().markdown.admonitions);
        assert_eq!(html.style().hidelines.0["sh"], "~");
        assert_eq!((html.additional().collect::<Vec<_>>(), html.problem.clone()), (vec!["./a.css".to_owned()], None));
        let html = read("definition-lists = false\nunknown = 1\n");
        assert!(html.style().markdown.definition_lists);
        assert!(html.problem.is_some_and(|why| why.contains("unknown")));
        assert_eq!(read("unknown = 1\n"), Html::default());
        assert_eq!(Html::read(None), Html::default());
        assert_eq!(Html::read(Some(&toml::Value::Integer(5))), Html::default());
    }

    #[test]
    fn names_of_pages() {
        let html = read("input-404 = \"\"\n[redirect]\n\"/a/b.html#x\" = \"c\"\n");
        assert_eq!((html.not_found(), html.redirects().collect::<Vec<_>>()), (None, vec!["a/b.html"]));
        assert_eq!(Html::default().not_found(), Some("404.md"));
    }
}
