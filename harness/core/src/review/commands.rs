//! The programs that book.toml has mdBook start: every preprocessor and every output but mdBook's own.

use std::collections::BTreeMap;

/// What mdBook does itself.
const OWN: [(&str, &str); 4] =
    [("preprocessor", "links"), ("preprocessor", "index"), ("output", "html"), ("output", "markdown")];

/// The commands of a book.toml, by section and name. One that names none is `mdbook-NAME`, as mdBook has it.
pub(super) fn commands(text: &str) -> BTreeMap<(&'static str, String), String> {
    let Ok(book) = text.parse::<toml::Table>() else { return BTreeMap::new() };
    let mut commands = BTreeMap::new();
    for section in ["preprocessor", "output"] {
        let tables = book.get(section).and_then(toml::Value::as_table).into_iter().flatten();
        for (name, table) in tables {
            let named = table.get("command").and_then(toml::Value::as_str).map(str::to_owned);
            if named.is_none() && OWN.contains(&(section, name.as_str())) {
                continue;
            }
            commands.insert((section, name.clone()), named.unwrap_or_else(|| format!("mdbook-{name}")));
        }
    }
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_named_and_mdbook_s_own_are_none() {
        let text = "[preprocessor.a]\n[preprocessor.links]\n[preprocessor.index]\ncommand = \"evil\"\n[output.html]\n[output.epub]\ncommand = \"x y\"\n";
        let found: Vec<String> = commands(text)
            .into_iter()
            .map(|((section, name), command)| format!("{section} {name} {command}"))
            .collect();
        assert_eq!(found, ["output epub x y", "preprocessor a mdbook-a", "preprocessor index evil"]);
        assert!(commands("no toml [").is_empty() && commands("preprocessor = 5").is_empty());
    }
}
