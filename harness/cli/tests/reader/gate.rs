//! What becomes of a generated book: the gate judges it as `mdbook-dogfood` does, and mdBook's own `links` and `index` go on with what it
//! hands on. Reads and writes the folder that it is given.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use dogfood_core::book::environment::overrides;
use dogfood_core::checkout::Inputs;
use dogfood_core::date::Date;
use mdbook_dogfood::preprocess::{self, Settings, Stop};
use mdbook_driver::MDBook;
use mdbook_driver::builtin_preprocessors::{IndexPreprocessor, LinkPreprocessor};
use mdbook_driver::config::Config;
use mdbook_preprocessor::book::Book as Pages;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

use crate::book::Book;
use crate::evidence;

/// The day on which every book is judged.
pub(crate) fn today() -> Date {
    "2026-11-20".parse().expect("a day")
}

/// What became of a book.
pub(crate) enum Outcome {
    /// The gate has findings of these rules.
    Refused(BTreeSet<String>),
    /// No book comes out, for another reason: mdBook cannot load or render it.
    Unbuildable(String),
    /// The gate handed pages on.
    Passed(Box<Passed>),
}

/// A book that passed the gate.
pub(crate) struct Passed {
    /// What was generated.
    pub book: Book,
    /// What the gate judged.
    pub inputs: Inputs,
    /// mdBook's settings.
    pub config: Config,
    /// The pages, after `links` and `index`.
    pub pages: Pages,
    /// What `links` would make of them if no file at all were there.
    pub without_files: Pages,
    /// The titles that `links` took out.
    pub context: PreprocessorContext,
}

/// Writes `book` to `root` and asks the gate.
pub(crate) fn judge(book: Book, root: &Path) -> Outcome {
    let names: Vec<&str> = book.environment.iter().map(|(name, _)| name.as_str()).collect();
    if !overrides(names).is_empty() {
        return Outcome::Refused(BTreeSet::from(["the environment".to_owned()]));
    }
    // Two ingredients may want a file and a folder of one name.
    if let Err(error) = book.write(root, &evidence::traces(&book.texts())) {
        return Outcome::Unbuildable(format!("no such checkout: {error}"));
    }
    let judged = catch_unwind(AssertUnwindSafe(|| asked(book, root)));
    judged.unwrap_or_else(|_| Outcome::Unbuildable("a panic".to_owned()))
}

fn asked(book: Book, root: &Path) -> Outcome {
    let loaded = config(&book, root).and_then(|config| MDBook::load_with_config(root, config));
    let loaded = match loaded {
        Ok(loaded) => loaded,
        Err(error) => return Outcome::Unbuildable(format!("{error:#}")),
    };
    let inputs = match preprocess::load(root, today()) {
        Ok(inputs) => inputs,
        Err(error) => return Outcome::Unbuildable(error.to_string()),
    };
    let context = PreprocessorContext::new(root.to_owned(), loaded.config.clone(), "html".to_owned());
    let settings = Settings { today: today(), colour: false, workflow: false };
    let mut said = Vec::new();
    match preprocess::preprocess_loaded(&inputs, &context, loaded.book.clone(), settings, &mut said) {
        Ok(pages) => match onwards(book, inputs, context, pages) {
            Ok(passed) => Outcome::Passed(Box::new(passed)),
            Err(error) => Outcome::Unbuildable(format!("{error:#}")),
        },
        Err(Stop::Findings(_)) => Outcome::Refused(rules(&String::from_utf8_lossy(&said))),
        Err(_) => Outcome::Refused(BTreeSet::from(["the preprocessor, without a finding".to_owned()])),
    }
}

fn config(book: &Book, root: &Path) -> anyhow::Result<Config> {
    let mut config = Config::from_disk(root.join("book.toml"))?;
    // As `Config::update_from_env` does, which would read this process's own environment.
    for (name, value) in &book.environment {
        let key = name.trim_start_matches("MDBOOK_").to_lowercase().replace("__", ".").replace('_', "-");
        let value = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::String(value.clone()));
        config.set(key, value)?;
    }
    Ok(config)
}

fn onwards(book: Book, inputs: Inputs, context: PreprocessorContext, pages: Pages) -> anyhow::Result<Passed> {
    let (links, index) = (LinkPreprocessor::new(), IndexPreprocessor::new());
    let nowhere = PreprocessorContext::new("/nonexistent".into(), context.config.clone(), "html".to_owned());
    let without_files = links.run(&nowhere, pages.clone())?;
    let pages = index.run(&context, links.run(&context, pages)?)?;
    Ok(Passed { book, inputs, config: context.config.clone(), pages, without_files, context })
}

/// The rules that a report of findings names.
fn rules(said: &str) -> BTreeSet<String> {
    let heads = said.lines().filter_map(|line| line.strip_prefix("error[")?.split(']').next());
    heads.map(str::to_owned).collect()
}
