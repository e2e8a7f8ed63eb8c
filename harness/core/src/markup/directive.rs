//! Finds mdBook's `{{#...}}` helpers in a text and reads what an include asks for, exactly as mdBook's own `links` step does: the same
//! pattern, the same splitting. What mdBook forgives in silence is noted as a remark. Pure; touches nothing.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What a `{{#...}}` in a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `\{{#...}}`: the page shows it without the backslash.
    Escaped,
    /// `{{#include PATH:SELECTOR}}`.
    Include(Request),
    /// `{{#rustdoc_include PATH:SELECTOR}}`: the whole file, with `# ` before each line that was not asked for.
    Rustdoc(Request),
    /// `{{#playground PATH WORDS}}`: the file as a fence of Rust, with the words in its info string.
    Playground(Request, Vec<String>),
    /// `{{#title WORDS}}`: mdBook takes it out of the page and uses the words as the title of the window.
    Title(String),
    /// Any other helper; a misspelt include among them. mdBook leaves it on the page.
    Other(String),
}

/// Which part of which file a helper asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The path as written, relative to the file that holds the helper.
    pub(super) path: String,
    /// The part.
    pub(super) selector: Selector,
    /// A slip that mdBook reads as something else without a word.
    pub(super) remark: Option<String>,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Selector {
    /// All of it.
    All,
    /// Lines from the first (from 0) to before the second, or to the end.
    Lines(usize, Option<usize>),
    /// The lines between the anchor's markers.
    Anchor(String),
}

/// A helper in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directive {
    /// Its bytes, braces and backslash included.
    pub(super) range: Range<usize>,
    /// What it is.
    pub(super) kind: Kind,
}

/// Either a backslash and everything to the line's last closing braces, or a helper with at least one word of arguments (which may stand
/// on the next line).
static HELPER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\\\{\{#.*\}\}|\{\{\s*#([a-zA-Z0-9_]+)\s+([^}]+)\}\}").expect("the pattern is valid"));

/// Where mdBook's pattern fits in `text`, in order: what stands there is a helper or an escaped one, or nothing that mdBook knows.
pub(super) fn matches(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    HELPER.find_iter(text).map(|found| found.range())
}

/// Every helper of `text`, in order.
pub(super) fn directives(text: &str) -> impl Iterator<Item = Directive> + '_ {
    HELPER.captures_iter(text).map(|captures| {
        let whole = captures.get(0).map_or(0..0, |found| found.range());
        let kind = match (captures.get(1), captures.get(2)) {
            (Some(name), Some(arguments)) => kind(name.as_str(), arguments.as_str()),
            _ => Kind::Escaped,
        };
        Directive { range: whole, kind }
    })
}

fn kind(name: &str, arguments: &str) -> Kind {
    if name == "title" {
        return Kind::Title(arguments.to_owned());
    }
    let mut words = arguments.split_whitespace();
    let Some(file) = words.next() else {
        return Kind::Other(name.to_owned());
    };
    match name {
        "include" => Kind::Include(request(file)),
        "rustdoc_include" => Kind::Rustdoc(request(file)),
        "playground" | "playpen" => {
            let whole = Request { path: file.to_owned(), selector: Selector::All, remark: None };
            Kind::Playground(whole, words.map(str::to_owned).collect())
        }
        _ => Kind::Other(name.to_owned()),
    }
}

fn request(argument: &str) -> Request {
    let (path, rest) = argument.split_once(':').map_or((argument, None), |(path, rest)| (path, Some(rest)));
    let (selector, remark) = selector(rest.unwrap_or(""), rest.is_some());
    Request { path: path.to_owned(), selector, remark }
}

/// Reads `A`, `A:`, `A:B`, `:B` or an anchor's name. A third part is ignored, as mdBook does.
fn selector(text: &str, given: bool) -> (Selector, Option<String>) {
    let mut parts = text.splitn(3, ':');
    let first = parts.next().unwrap_or("");
    let second = parts.next();
    let surplus = parts.next().is_some();
    let number = first.parse::<usize>().ok();
    if number.is_none() && !first.is_empty() {
        let remark = second.is_some().then(|| format!("nothing may follow the anchor `{first}`"));
        return (Selector::Anchor(first.to_owned()), remark);
    }
    let end = second.map(str::parse::<usize>);
    let start = number.map(|line| line.saturating_sub(1));
    let remark = if number == Some(0) {
        Some("lines are counted from 1".to_owned())
    } else if surplus {
        Some("a range has two parts".to_owned())
    } else if let (Some(Err(_)), Some(word)) = (&end, second)
        && !word.is_empty()
    {
        Some(format!("`{word}` is no line number"))
    } else if given && number.is_none() && !matches!(end, Some(Ok(_))) {
        Some("no line and no anchor is named".to_owned())
    } else {
        None
    };
    let selector = match (start, end) {
        (Some(start), Some(Ok(end))) => Selector::Lines(start, Some(end)),
        (Some(start), Some(Err(_))) => Selector::Lines(start, None),
        (Some(start), None) => Selector::Lines(start, Some(start.saturating_add(1))),
        (None, Some(Ok(end))) => Selector::Lines(0, Some(end)),
        (None, _) => Selector::All,
    };
    (selector, remark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(text: &str) -> Kind {
        let found: Vec<Directive> = directives(text).collect();
        assert_eq!(found.len(), 1, "{text}");
        found[0].kind.clone()
    }

    #[test]
    fn selectors() {
        let lines = Selector::Lines;
        for (argument, selector, remark) in [
            ("f", Selector::All, None),
            ("f:3", lines(2, Some(3)), None),
            ("f:3:", lines(2, None), None),
            ("f::5", lines(0, Some(5)), None),
            ("f:3:5", lines(2, Some(5)), None),
            ("f:name", Selector::Anchor("name".into()), None),
            ("f:", Selector::All, Some("no line and no anchor is named")),
            ("f::", Selector::All, Some("no line and no anchor is named")),
            ("f:0", lines(0, Some(1)), Some("lines are counted from 1")),
            ("f:3:x", lines(2, None), Some("`x` is no line number")),
            ("f:3:5:7", lines(2, Some(5)), Some("a range has two parts")),
            ("f:name:2", Selector::Anchor("name".into()), Some("nothing may follow the anchor `name`")),
            ("f:-1", Selector::Anchor("-1".into()), None),
            ("f:99999999999999999999", Selector::Anchor("99999999999999999999".into()), None),
        ] {
            let expected = Request { path: "f".into(), selector, remark: remark.map(str::to_owned) };
            assert_eq!(only(&format!("{{{{#include {argument}}}}}")), Kind::Include(expected), "{argument}");
        }
    }

    #[test]
    fn helpers() {
        let request = |path: &str| Request { path: path.into(), selector: Selector::All, remark: None };
        for (text, kind) in [
            ("{{#include a.md}}", Kind::Include(request("a.md"))),
            ("{{ #include a.md }}", Kind::Include(request("a.md"))),
            ("{{#include\n  a.md}}", Kind::Include(request("a.md"))),
            ("{{#include a.md and more}}", Kind::Include(request("a.md"))),
            ("{{#playground a.rs editable}}", Kind::Playground(request("a.rs"), vec!["editable".into()])),
            ("{{#rustdoc_include a.rs}}", Kind::Rustdoc(request("a.rs"))),
            ("{{#title My page}}", Kind::Title("My page".into())),
            ("{{#title\n  My\n page }}", Kind::Title("My\n page ".into())),
            ("{{#title  }}", Kind::Title(" ".into())),
            ("{{#inclde a.md}}", Kind::Other("inclde".into())),
            (r"\{{#include a.md}} and {{#include b.md}}", Kind::Escaped),
        ] {
            assert_eq!(only(text), kind, "{text}");
        }
        for text in ["{{#include}}", "{{# include a}}", "{{include a}}", "{#include a}", "{{#include a"] {
            assert_eq!(directives(text).count(), 0, "{text}");
        }
    }
}
