//! The style and the script that a page with evidence carries: written as files beside this one, inlined once per page, so that a page
//! fetches nothing. Pure; touches nothing.

use std::sync::LazyLock;

/// What a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// It has tables or charts of evidence.
    pub tables: bool,
    /// It has recipes.
    pub recipes: bool,
}

/// Style and script, as one line of HTML.
pub fn html(needs: Needs) -> String {
    let mut out = format!("<style>{}", &*STYLE);
    if needs.tables {
        out.push_str(&TABLES);
    }
    out.push_str("</style>");
    if needs.recipes {
        out.push_str("<script>");
        out.push_str(&SCRIPT);
        out.push_str("</script>");
    }
    out
}

static STYLE: LazyLock<String> = LazyLock::new(|| without(&one_line(include_str!("page/page.css"), ""), IN_STYLES));
static TABLES: LazyLock<String> = LazyLock::new(|| without(&one_line(include_str!("page/tables.css"), ""), IN_STYLES));
static SCRIPT: LazyLock<String> = LazyLock::new(|| without(&one_line(include_str!("page/page.js"), " "), IN_SCRIPTS));

/// The file without comments and indentation, its lines joined. Only comments that fill their line are known: the two files have no others.
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
        html(Needs { tables: true, recipes: true })
    }

    #[test]
    fn a_page_carries_what_it_needs() {
        let none = html(Needs { tables: false, recipes: false });
        assert!(none.starts_with("<style>") && !none.contains("<script>") && !none.contains("caption"), "{none}");
        assert!(html(Needs { tables: true, recipes: false }).contains("caption"));
        assert!(all().contains("<script>"));
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
