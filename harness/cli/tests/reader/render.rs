//! Pages as mdBook's HTML renderer writes them: many chapters in one go where nothing but their text matters, a whole book by itself where
//! the files around it do. Writes and reads the folder that it is given.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::{fs, io};

use mdbook_driver::config::Config;
use mdbook_html::HtmlHandlebars;
use mdbook_preprocessor::book::{Book as Pages, BookItem, Chapter};
use mdbook_renderer::{RenderContext, Renderer};

/// Renders `chapters` (path and text) into `folder`, which is not there yet, and gives back the file of each. `config` is mdBook's, or a
/// book's own.
pub(crate) fn together(
    chapters: &[(PathBuf, String)],
    folder: &Path,
    config: Option<&Config>,
) -> Result<Vec<String>, String> {
    let source = folder.join("source");
    fs::create_dir_all(&source).expect("a writable folder");
    let mut config = config.cloned().unwrap_or_default();
    config.book.src = "source".into();
    for (key, value) in SETTINGS {
        let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
        config.set(key, value).expect("mdBook's own settings");
    }
    let items = chapters
        .iter()
        .map(|(path, text)| BookItem::Chapter(Chapter::new("Chapter", text.clone(), path.clone(), Vec::new())));
    let book = Pages::new_with_items(items.collect());
    let destination = folder.join("book");
    render(folder, book, config, &destination, HashMap::new())?;
    let read = |(path, _): &(PathBuf, String)| fs::read_to_string(destination.join(path).with_extension("html"));
    chapters.iter().map(read).collect::<io::Result<_>>().map_err(|error| error.to_string())
}

/// Nothing that costs time and shows no chapter's text.
const SETTINGS: &[(&str, &str)] = &[
    ("output.html.input-404", "\"\""),
    ("output.html.hash-files", "false"),
    ("output.html.print", "{\"enable\": false}"),
    ("output.html.search", "{\"enable\": false}"),
];

/// Renders a whole book, and gives back every file that mdBook wrote: path to bytes.
pub(crate) fn alone(
    root: &Path,
    book: Pages,
    config: Config,
    titles: HashMap<PathBuf, String>,
) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let destination = root.join("rendered-here");
    render(root, book, config, &destination, titles)?;
    let mut files = BTreeMap::new();
    let mut open = vec![destination.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(bytes) = fs::read(&path) {
                let name = path.strip_prefix(&destination).expect("below it").to_string_lossy().into_owned();
                files.insert(name, bytes);
            }
        }
    }
    Ok(files)
}

fn render(
    root: &Path,
    book: Pages,
    config: Config,
    destination: &Path,
    titles: HashMap<PathBuf, String>,
) -> Result<(), String> {
    let mut context = RenderContext::new(root, book, config, destination);
    context.chapter_titles = titles;
    match catch_unwind(AssertUnwindSafe(|| HtmlHandlebars::new().render(&context))) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("mdBook panics".to_owned()),
    }
}
