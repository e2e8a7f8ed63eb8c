//! The style and the script that a page with evidence carries: written as files beside this one, inlined once per page, so that a page
//! fetches nothing. Pure; touches nothing.

use std::fmt::Write as _;
use std::sync::LazyLock;

/// What a page asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// It has tables or charts of evidence.
    pub tables: bool,
    /// It has recipes.
    pub recipes: bool,
    /// A step of its recipes is a `console` fence.
    pub console: bool,
    /// It has panels for targets.
    pub tabs: bool,
}

/// Style and script, as one line of HTML: what every page has that asks for anything, then what this one needs besides.
pub fn html(needs: Needs) -> String {
    let styles = [(true, &STYLE), (needs.tables, &TABLES), (needs.tabs, &TABS_STYLE)];
    let scripts = [(needs.recipes, &SCRIPT), (needs.console, &CONSOLE), (needs.tabs, &TABS)];
    let mut out = String::new();
    for (tag, parts) in [("style", styles), ("script", scripts)] {
        let wanted: String = parts.iter().filter(|(wanted, _)| *wanted).map(|(_, part)| part.as_str()).collect();
        if !wanted.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(out, "<{tag}>{wanted}</{tag}>");
        }
    }
    out
}

/// A part, made once.
type Part = LazyLock<String>;

static STYLE: Part = LazyLock::new(|| style(include_str!("page/page.css")));
static TABLES: Part = LazyLock::new(|| style(include_str!("page/tables.css")));
static TABS_STYLE: Part = LazyLock::new(|| style(include_str!("page/tabs.css")));
static SCRIPT: Part = LazyLock::new(|| script(include_str!("page/page.js")));
static CONSOLE: Part = LazyLock::new(|| script(include_str!("page/console.js")));
static TABS: Part = LazyLock::new(|| script(include_str!("page/tabs.js")));

fn style(file: &str) -> String {
    without(&one_line(file, ""), IN_STYLES)
}

fn script(file: &str) -> String {
    without(&one_line(file, " "), IN_SCRIPTS)
}

/// The file without comments and indentation, its lines joined. Only comments that fill their line are known: the files have no others.
fn one_line(text: &str, between: &str) -> String {
    let lines = text.lines().map(str::trim);
    let kept: Vec<&str> =
        lines.filter(|line| !line.is_empty() && !line.starts_with("//") && !line.starts_with("/*")).collect();
    kept.join(between)
}

/// Blanks that mean nothing in a style: not those in front of a colon, and between words.
const IN_STYLES: &[(&str, &str)] =
    &[(": ", ":"), ("; ", ";"), (", ", ","), (" {", "{"), ("{ ", "{"), (" }", "}"), (";}", "}")];

/// Blanks that mean nothing in our script, whose strings hold none of these; that it still works is for the browser tests to say.
const IN_SCRIPTS: &[(&str, &str)] = &[
    ("; ", ";"),
    (", ", ","),
    ("{ ", "{"),
    (" }", "}"),
    ("} ", "}"),
    (" => ", "=>"),
    (" = ", "="),
    (" === ", "==="),
    (" !== ", "!=="),
    (" + ", "+"),
    (" && ", "&&"),
    (" || ", "||"),
    (" ? ", "?"),
    (" : ", ":"),
    (" > ", ">"),
    (" < ", "<"),
    (" >= ", ">="),
    ("if (", "if("),
    ("for (", "for("),
];

fn without(text: &str, blanks: &[(&str, &str)]) -> String {
    blanks.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> String {
        html(Needs { tables: true, recipes: true, console: true, tabs: true })
    }

    #[test]
    fn a_page_carries_what_it_needs() {
        let recipes = Needs { recipes: true, ..Needs::default() };
        let none = html(Needs::default());
        assert!(none.starts_with("<style>") && !none.contains("<script>") && !none.contains("caption"), "{none}");
        assert!(html(Needs { tables: true, ..Needs::default() }).contains("caption"));
        assert!(html(recipes).contains("<script>"));
        for (needs, words) in [
            (Needs { console: true, ..recipes }, ["page.commands=(text)", "clip-button"]),
            (Needs { tabs: true, ..recipes }, ["role=tablist", "until-found"]),
        ] {
            assert!(words.iter().all(|word| html(needs).contains(word)), "{needs:?}");
            assert!(words.iter().all(|word| !html(recipes).contains(word)), "{needs:?}");
        }
    }

    #[test]
    fn a_page_carries_little_and_nothing_that_mdbook_would_expand() {
        let both = all();
        assert!(both.len() <= 12 * 1024, "{} bytes", both.len());
        assert!(!both.contains('\n') && !both.contains("{{"), "{both}");
        assert_eq!((both.matches("</style>").count(), both.matches("</script>").count()), (1, 1));
    }

    #[test]
    fn nothing_is_fetched_and_nothing_is_left_of_comments() {
        for word in ["http:", "https:", "url(", "@import", "fetch(", "import(", "/*", " //"] {
            assert!(!all().contains(word), "{word}");
        }
    }
}
