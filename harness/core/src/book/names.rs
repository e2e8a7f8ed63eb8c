//! The names that mdBook gives to the files of a book's output, in the order in which it writes them: one that comes later takes the place
//! of one that was there. Names are relative to the output, and those of the source relative to the source. Pure; touches nothing.

use std::path::Path;

/// Pages that are made of the whole book, and not of one chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnPage {
    /// `index.html`: the first chapter once more, unless a chapter has that name.
    Index,
    /// `toc.html`: the table of contents for readers without scripts.
    Contents,
    /// `print.html`: all chapters on one page.
    Print,
}

impl OwnPage {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Index => "index.html",
            Self::Contents => "toc.html",
            Self::Print => "print.html",
        }
    }
}

/// Scripts and styles that every page loads, as they are called without a digest in their names.
const LOADED: &[&str] = &[
    "ace.js",
    "ayu-highlight.css",
    "book.js",
    "clipboard.min.js",
    "css/chrome.css",
    "css/general.css",
    "css/print.css",
    "css/variables.css",
    "editor.js",
    "elasticlunr.min.js",
    "fonts/fonts.css",
    "highlight.css",
    "highlight.js",
    "mark.min.js",
    "mode-rust.js",
    "searcher.js",
    "searchindex.js",
    "theme-dawn.js",
    "theme-tomorrow_night.js",
    "toc.js",
    "tomorrow-night.css",
];

/// The page of the chapter that stands at `chapter`. A README is its folder's index.
pub fn page(chapter: &str) -> String {
    let path = Path::new(chapter);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let page = match stem.eq_ignore_ascii_case("readme") {
        true => path.with_file_name("index.html"),
        false => path.with_extension("html"),
    };
    page.to_string_lossy().into_owned()
}

/// The page for wrong addresses that is made of the Markdown at `input`.
pub fn not_found(input: &str) -> String {
    input.replace(".md", ".html")
}

/// Whether mdBook copies a file of that name from the source into the output.
pub fn is_copied(name: &str) -> bool {
    Path::new(name).extension().is_none_or(|extension| extension != "md")
}

/// Whether `name` is a script or a style of mdBook's own, in a book whose `hash-files` is `hashed`.
pub fn is_loaded(name: &str, hashed: bool) -> bool {
    if !hashed {
        return LOADED.contains(&name);
    }
    unhashed(name).is_some_and(|name| LOADED.contains(&name.as_str()))
}

/// A name without the digest that mdBook put into it; nothing if it has none.
fn unhashed(name: &str) -> Option<String> {
    let (stem, rest) = name.split_once('.')?;
    let (stem, digest) = stem.rsplit_once('-')?;
    let is_digest = digest.len() == 8 && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_digest.then(|| format!("{stem}.{rest}"))
}

/// Whether what is called `name`, right in an output, can be of a build that ended early: mdBook writes such names before any page.
pub fn comes_first(name: &str) -> bool {
    let favicon = |name: &str| matches!(name, "favicon.png" | "favicon.svg");
    matches!(name, "css" | "fonts" | "FontAwesome")
        || favicon(name)
        || LOADED.contains(&name)
        || unhashed(name).is_some_and(|name| favicon(&name) || LOADED.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_are_called_as_mdbook_calls_them() {
        for (chapter, name) in [
            ("a.md", "a.html"),
            ("a.txt", "a.html"),
            ("a", "a.html"),
            ("a.b.md", "a.b.html"),
            ("sub/a.", "sub/a.html"),
            (".md", ".md.html"),
            ("README.md", "index.html"),
            ("sub/ReadMe.markdown", "sub/index.html"),
            ("sub/README", "sub/index.html"),
            ("READMEs.md", "READMEs.html"),
        ] {
            assert_eq!(page(chapter), name, "{chapter}");
        }
        assert_eq!((not_found("404.md"), not_found("x.mdx")), ("404.html".to_owned(), "x.htmlx".to_owned()));
        assert!(is_copied("a.txt") && is_copied("a.MD") && is_copied(".md") && !is_copied("a.b.md"));
    }

    #[test]
    fn scripts_and_styles_are_known_with_and_without_digest() {
        assert!(is_loaded("book.js", false) && !is_loaded("book.js", true) && !is_loaded("book-0123abcd.js", false));
        for name in ["book-0123abcd.js", "css/general-0123abcd.css", "clipboard-0123abcd.min.js"] {
            assert!(is_loaded(name, true), "{name}");
        }
        for name in ["book-0123abc.js", "book-0123ABCD.js", "book-01234567.css", "my-0123abcd.js", "", "-."] {
            assert!(!is_loaded(name, true), "{name}");
        }
        assert!(comes_first("css") && comes_first("favicon-0123abcd.svg") && comes_first("toc-0123abcd.js"));
        assert!(!comes_first("notes.txt") && !comes_first(".git"));
    }
}
