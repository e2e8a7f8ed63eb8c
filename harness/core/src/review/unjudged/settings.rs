//! Settings in book.toml that no rule judges: the theme, scripts and styles, redirects, other preprocessors. Pure.

use std::collections::BTreeMap;

use crate::book::config::FILE;

use super::{Found, Look, States};

/// The kind.
pub(super) struct Settings;

impl Look for Settings {
    fn name(&self) -> &'static str {
        "settings"
    }

    fn look(&self, states: &States<'_>, found: &mut Found) {
        let (now, before) = (keys(&states.now.book.text), keys(&states.base.book.text));
        let mut all: Vec<&String> = now.keys().chain(before.keys()).collect();
        all.sort();
        all.dedup();
        // An empty table that got its first key, or lost its last one: the key says it.
        let opened = |key: &String| {
            let inside = format!("{key}.");
            [&now, &before].iter().any(|keys| keys.keys().any(|other| other.starts_with(&inside)))
        };
        for key in all.into_iter().filter(|key| now.get(*key) != before.get(*key) && !opened(key)) {
            let what = match (before.contains_key(key), now.contains_key(key)) {
                (true, true) => "is different",
                (true, false) => "is gone",
                _ => "is new",
            };
            found.whole(FILE, format!("`{key}` {what}"));
        }
    }
}

/// Every key of a TOML text with its value, tables opened up.
fn keys(text: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    if let Ok(table) = text.parse::<toml::Table>() {
        open("", &toml::Value::Table(table), &mut keys);
    }
    keys
}

fn open(prefix: &str, value: &toml::Value, keys: &mut BTreeMap<String, String>) {
    match value {
        toml::Value::Table(table) if !table.is_empty() || prefix.is_empty() => {
            for (key, value) in table {
                open(&if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") }, value, keys);
            }
        }
        value => {
            keys.insert(prefix.to_owned(), value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_opened_and_values_are_not() {
        let keys = keys("a = [1]\n[b]\n[c.d]\ne = 1\n[[f]]\ng = 2\n");
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["a", "b", "c.d.e", "f"]);
        assert!(super::keys("[").is_empty());
    }
}
