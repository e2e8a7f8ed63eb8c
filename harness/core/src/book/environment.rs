//! Environment variables that change book.toml behind the gate's back: mdBook lets `MDBOOK_A__B_C` replace the key `a.b-c`.

/// Those of `names` that would rewire the gate, move the book's source or change the outputs. Callers refuse to go on with any.
pub fn overrides<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    names.into_iter().filter(|name| rewires(name)).collect()
}

fn rewires(name: &str) -> bool {
    let Some(key) = name.strip_prefix("MDBOOK_") else { return false };
    let key = key.to_lowercase().replace("__", ".").replace('_', "-");
    let inside = |table: &str| key == table || key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'));
    // A whole table can be given as JSON, which replaces everything in it.
    ["preprocessor", "book", "output", "build"].contains(&key.as_str())
        || inside("preprocessor.dogfood")
        || inside("book.src")
        || key == "output.html"
        // With it, a build would be a preview, which has its findings on its pages.
        || inside("output.html.live-reload-endpoint")
        || inside("build.create-missing")
        || inside("build.use-default-preprocessors")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_rewires_the_gate_is_refused() {
        for bad in [
            "MDBOOK_PREPROCESSOR",
            "MDBOOK_PREPROCESSOR__DOGFOOD",
            "MDBOOK_PREPROCESSOR__DOGFOOD__COMMAND",
            "MDBOOK_preprocessor__Dogfood__old_evidence",
            "MDBOOK_BOOK",
            "MDBOOK_BOOK__SRC",
            "MDBOOK_OUTPUT",
            "MDBOOK_OUTPUT__HTML",
            "MDBOOK_OUTPUT__HTML__LIVE_RELOAD_ENDPOINT",
            "MDBOOK_BUILD__USE_DEFAULT_PREPROCESSORS",
        ] {
            assert_eq!(overrides(["PATH", bad]), [bad]);
        }
        let fine = [
            "MDBOOK_BOOK__TITLE",
            "MDBOOK_PREPROCESSOR__DOGFOODX",
            "MDBOOK_PREPROCESSOR__ADMONISH",
            "MDBOOK_OUTPUT__HTML__SITE_URL",
            "MDBOOK_LOG",
            "mdbook_preprocessor",
        ];
        assert_eq!(overrides(fine), Vec::<&str>::new());
    }
}
