//! Hidden lines: what mdBook leaves out of a page. A guide has none, so that what the reader sees is what ran. Pure; touches nothing.

use std::collections::BTreeMap;

/// `[output.html.code.hidelines]` of book.toml: language to the prefix of lines that the page does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HideLines(pub BTreeMap<String, String>);

impl HideLines {
    /// The lines of `body` that the page would not show in a fence of `language`, as offsets and lines. `word` is the fence's own
    /// `hidelines=`, which comes before the book's.
    pub(super) fn hidden<'a>(
        &'a self,
        language: &'a str,
        word: Option<&'a str>,
        body: &'a str,
    ) -> impl Iterator<Item = (usize, &'a str)> + 'a {
        let prefix = word.or_else(|| self.0.get(language).map(String::as_str)).filter(|prefix| !prefix.is_empty());
        // In Rust mdBook knows no other way to hide, whatever the fence or the book say.
        let rust = language == "rust";
        let prefix = prefix.filter(|_| !rust);
        let mut at = 0;
        body.split_inclusive('\n').filter_map(move |line| {
            let start = at;
            at += line.len();
            let line = line.strip_suffix('\n').unwrap_or(line);
            let shown = line.trim_start();
            let hides = prefix.is_some_and(|prefix| shown.starts_with(prefix)) || (rust && hides_in_rust(shown));
            hides.then_some((start + (line.len() - shown.len()), shown))
        })
    }
}

/// rustdoc's convention: `# ` hides, `##` is a `#`, attributes such as `#[test]` are shown.
fn hides_in_rust(line: &str) -> bool {
    line == "#" || line.starts_with("# ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(book: &[(&str, &str)], language: &str, word: Option<&str>, body: &str, expected: &[(usize, &str)]) {
        let book = HideLines(book.iter().map(|(language, prefix)| ((*language).into(), (*prefix).into())).collect());
        assert_eq!(book.hidden(language, word, body).collect::<Vec<_>>(), expected, "{language} {word:?} {body:?}");
    }

    #[test]
    fn lines_that_a_page_leaves_out() {
        check(&[], "python", None, "# x\n~y\n", &[]);
        check(&[("python", "~")], "python", None, "x\n  ~y\n", &[(4, "~y")]);
        check(&[("python", "~")], "sh", None, "~y\n", &[]);
        check(&[("python", "~")], "python", Some("!"), "~y\n!z\n", &[(3, "!z")]);
        check(&[("python", "")], "python", None, "x\n", &[]);
        check(&[], "rust", None, "# a\n## b\n#[c]\n#\nd\n", &[(0, "# a"), (14, "#")]);
        check(&[("rust", "~")], "rust", Some("!"), "# a\n!b\n~c\n", &[(0, "# a")]);
        check(&[], "sh", None, "# a comment\n", &[]);
    }
}
