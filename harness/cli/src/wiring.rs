//! Wires the gate into the text of a book.toml that somebody wrote: keeps their words, order and comments. Pure; touches nothing.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// What `[preprocessor.dogfood]` has to say.
const COMMAND: &str = "mdbook-dogfood";

/// Why a book.toml cannot be wired.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WiringProblem {
    /// No TOML.
    #[error("book.toml is no TOML: {0}")]
    Syntax(String),
    /// A value of another type stands where ours has to.
    #[error("`{0}` in book.toml is not {1}")]
    Shape(&'static str, &'static str),
}

/// A wired book.toml.
#[derive(Debug)]
pub(crate) struct Wired {
    /// Its text; the same bytes if nothing was to do.
    pub(crate) text: String,
    /// What was done, one fragment each.
    pub(crate) changes: Vec<String>,
}

/// Wires `text`, and lists `plain` as chapters that are no guides. Wiring a wired book changes nothing.
pub(crate) fn wire(text: &str, plain: &[String]) -> Result<Wired, WiringProblem> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        WiringProblem::Syntax(error.to_string().trim_end().replace('\n', " "))
    })?;
    let mut changes = Vec::new();
    let gate = gate_table(&mut document, &mut changes)?;
    if gate.get("command").is_none() {
        gate.insert("command", toml_edit::value(COMMAND));
        changes.push(format!("set its command to `{COMMAND}`"));
    }
    let before = array(gate, "before", "preprocessor.dogfood.before")?;
    add(before, "links", "put it before `links`: only there are a chapter's bytes those on disk", &mut changes);
    let renderers = array(gate, "renderers", "preprocessor.dogfood.renderers")?;
    add(renderers, "html", "named the renderer `html`: mdBook then never skips the gate", &mut changes);
    if gate.get("optional").and_then(Item::as_bool) == Some(true) {
        gate.remove("optional");
        changes.push("removed `optional = true`: a gate that may be missing is none".to_owned());
    }
    if !plain.is_empty() {
        let listed = array(gate, "plain", "preprocessor.dogfood.plain")?;
        plain.iter().for_each(|chapter| add(listed, chapter, &format!("listed `{chapter}` as plain"), &mut changes));
        one_per_line(listed);
    }
    let text = if changes.is_empty() { text.to_owned() } else { document.to_string() };
    Ok(Wired { text, changes })
}

fn gate_table<'a>(
    document: &'a mut DocumentMut,
    changes: &mut Vec<String>,
) -> Result<&'a mut dyn TableLike, WiringProblem> {
    let mut parent = Table::new();
    // No `[preprocessor]` line of its own: only the table below it says something.
    parent.set_implicit(true);
    let parent = document
        .entry("preprocessor")
        .or_insert(Item::Table(parent))
        .as_table_like_mut()
        .ok_or(WiringProblem::Shape("preprocessor", "a table"))?;
    if parent.get("dogfood").is_none() {
        changes.push("added `[preprocessor.dogfood]`".to_owned());
    }
    parent
        .entry("dogfood")
        .or_insert(toml_edit::table())
        .as_table_like_mut()
        .ok_or(WiringProblem::Shape("preprocessor.dogfood", "a table"))
}

fn array<'a>(table: &'a mut dyn TableLike, key: &str, name: &'static str) -> Result<&'a mut Array, WiringProblem> {
    table
        .entry(key)
        .or_insert(toml_edit::value(Array::new()))
        .as_array_mut()
        .ok_or(WiringProblem::Shape(name, "a list"))
}

fn add(array: &mut Array, word: &str, change: &str, changes: &mut Vec<String>) {
    if !array.iter().any(|value| value.as_str() == Some(word)) {
        array.push(word);
        changes.push(change.to_owned());
    }
}

/// Long lists read better down than across.
fn one_per_line(array: &mut Array) {
    if array.len() > 2 {
        array.iter_mut().for_each(|value: &mut Value| value.decor_mut().set_prefix("\n  "));
        array.set_trailing("\n");
        array.set_trailing_comma(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wired(text: &str, plain: &[&str]) -> String {
        let plain: Vec<String> = plain.iter().map(|&chapter| chapter.to_owned()).collect();
        let once = wire(text, &plain).unwrap();
        let twice = wire(&once.text, &plain).unwrap();
        assert_eq!(
            (twice.text.as_str(), twice.changes.len()),
            (once.text.as_str(), 0),
            "wiring twice changes nothing more"
        );
        once.text
    }

    #[test]
    fn a_book_is_wired_and_keeps_its_words() {
        insta::assert_snapshot!(wired("# ours\n[book]\ntitle = \"T\" # why\n\n[output.html]\nmathjax-support = true\n", &["src/a.md"]), @r#"
        # ours
        [book]
        title = "T" # why

        [output.html]
        mathjax-support = true

        [preprocessor.dogfood]
        command = "mdbook-dogfood"
        before = ["links"]
        renderers = ["html"]
        plain = ["src/a.md"]
        "#);
    }

    #[test]
    fn a_half_wired_book_gets_what_it_lacks() {
        let text = "[preprocessor.dogfood]\ncommand = \"../bin/mdbook-dogfood\"\nbefore = [\"index\"]\nrenderers = [\"html\", \"epub\"]\noptional = true\n";
        insta::assert_snapshot!(wired(text, &["a.md", "b.md", "c.md"]), @r#"
        [preprocessor.dogfood]
        command = "../bin/mdbook-dogfood"
        before = ["index", "links"]
        renderers = ["html", "epub"]
        plain = [
          "a.md",
          "b.md",
          "c.md",
        ]
        "#);
    }

    #[test]
    fn dotted_and_inline_tables_are_tables_too() {
        for text in [
            "preprocessor.dogfood.command = \"x\"\n",
            "preprocessor = { dogfood = { command = \"x\" } }\n",
            "[preprocessor]\ndogfood = {}\n",
            "",
        ] {
            let wired = wired(text, &["a.md"]);
            let value: DocumentMut = wired.parse().unwrap();
            let gate = &value["preprocessor"]["dogfood"];
            assert_eq!(gate["before"][0].as_str(), Some("links"), "{wired}");
            assert_eq!(gate["renderers"][0].as_str(), Some("html"), "{wired}");
            assert_eq!(gate["plain"][0].as_str(), Some("a.md"), "{wired}");
        }
    }

    #[test]
    fn what_is_not_ours_to_change_is_refused() {
        let check = |text: &str, expected: &str| {
            assert!(wire(text, &[]).unwrap_err().to_string().contains(expected), "{text}");
        };
        check("[book", "is no TOML");
        check("preprocessor = 5", "`preprocessor` in book.toml is not a table");
        check("[preprocessor]\ndogfood = true", "`preprocessor.dogfood` in book.toml is not a table");
        check("[preprocessor.dogfood]\nbefore = \"links\"", "is not a list");
    }
}
