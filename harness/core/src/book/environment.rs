//! Environment variables that change book.toml behind the gate's back: mdBook lets `MDBOOK_A__B_C` replace the key `a.b-c`, by a text or by
//! JSON. Few keys are harmless, so those are listed, and every other one is refused. Pure; touches nothing.

/// The tables that mdBook takes from the environment. What else starts with `MDBOOK_` is somebody's own.
const TABLES: [&str; 5] = ["book", "build", "rust", "output", "preprocessor"];

/// Keys that change neither what a page says nor which program runs nor which files are read or written.
const HARMLESS: [&str; 16] = [
    "book.authors",
    "book.description",
    "book.language",
    "book.text-direction",
    "book.title",
    "build.extra-watch-dirs",
    "output.html.cname",
    "output.html.default-theme",
    "output.html.edit-url-template",
    "output.html.git-repository-icon",
    "output.html.git-repository-url",
    "output.html.no-section-label",
    "output.html.preferred-dark-theme",
    "output.html.sidebar-header-nav",
    "output.html.site-url",
    "rust.edition",
];

/// Those of `names` that would change more of the book than the gate could know. Callers refuse to go on with any.
pub fn overrides<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    names.into_iter().filter(|name| is_refused(name)).collect()
}

fn is_refused(name: &str) -> bool {
    let Some(key) = name.strip_prefix("MDBOOK_") else { return false };
    let key = key.to_lowercase().replace("__", ".").replace('_', "-");
    // mdBook lets a colon stand before the table, or in the place of the dot, and then fails: it is refused here with a reason.
    let table = key.trim_start_matches(':').split(['.', ':']).next().unwrap_or_default();
    TABLES.contains(&table) && !HARMLESS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_not_known_to_be_harmless_is_refused() {
        for bad in [
            "MDBOOK_PREPROCESSOR",
            "MDBOOK_PREPROCESSOR__DOGFOOD",
            "MDBOOK_PREPROCESSOR__DOGFOOD__COMMAND",
            "MDBOOK_preprocessor__Dogfood__old_evidence",
            "MDBOOK_PREPROCESSOR__ADMONISH__COMMAND",
            "MDBOOK_BOOK",
            "MDBOOK_Book",
            "MDBOOK_BOOK__SRC",
            "MDBOOK_BOOK__TITLE__X",
            "MDBOOK_OUTPUT",
            "MDBOOK_OUTPUT__HTML",
            "MDBOOK_OUTPUT__HTML__LIVE_RELOAD_ENDPOINT",
            "MDBOOK_OUTPUT__HTML__CODE__HIDELINES__SH",
            "MDBOOK_output__html__Code__hidelines",
            "MDBOOK_OUTPUT__HTML__DEFINITION_LISTS",
            "MDBOOK_OUTPUT__HTML__ADDITIONAL_JS",
            "MDBOOK_OUTPUT__HTML__THEME",
            "MDBOOK_OUTPUT__HTML__INPUT_404",
            "MDBOOK_OUTPUT__HTML__REDIRECT",
            "MDBOOK_OUTPUT__HTML__HASH_FILES",
            "MDBOOK_OUTPUT__MARKDOWN",
            "MDBOOK_OUTPUT__MARKDOWN__X",
            "MDBOOK_OUTPUT__LINKCHECK__COMMAND",
            "MDBOOK_BUILD",
            "MDBOOK_BUILD__BUILD_DIR",
            "MDBOOK_BUILD__CREATE_MISSING",
            "MDBOOK_BUILD__USE_DEFAULT_PREPROCESSORS",
            "MDBOOK_RUST",
            "MDBOOK_:BOOK__SRC",
            "MDBOOK_BOOK:",
            "MDBOOK_OUTPUT.HTML.THEME",
        ] {
            assert_eq!(overrides(["PATH", bad]), [bad]);
        }
        let fine = [
            "MDBOOK_BOOK__TITLE",
            "MDBOOK_OUTPUT__HTML__SITE_URL",
            "MDBOOK_output__html__Git_repository_url",
            "MDBOOK_LOG",
            "MDBOOK_VERSION",
            "MDBOOK_BOOKS",
            "MDBOOK_OUTPUTX__HTML",
            "MDBOOK_",
            "mdbook_preprocessor",
        ];
        assert_eq!(overrides(fine), Vec::<&str>::new());
    }
}
