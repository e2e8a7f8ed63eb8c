//! Whether mdBook builds the book that the gate read, and where it may. mdBook takes part of its configuration from its command line and from
//! the environment, and empties the folder that it builds into. Reads the names of what lies there; changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use dogfood_core::book::config::BookToml;
use dogfood_core::checkout::{Output, Renderer};
use dogfood_store::ground;
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::errors::Error;

/// Why mdBook may not go on.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Pages would be made otherwise than the gate read them.
    #[error(
        "mdBook was told other than book.toml says: {0}; unset the environment variables that start with `MDBOOK_`, and write what they said \
         into book.toml"
    )]
    Told(&'static str),
    /// The folder is no place for a book.
    #[error("mdBook would remove everything in `{place}` first: {why}; name an empty or a new folder")]
    Place {
        /// The folder.
        place: String,
        /// Why not.
        why: String,
    },
    /// mdBook's configuration cannot be understood.
    #[error("the outputs in mdBook's configuration cannot be understood: {0}")]
    Outputs(Error),
}

/// Refuses a build that is not the one of `book`.
///
/// # Errors
/// If mdBook was told otherwise, or builds into a folder with what no build made.
pub(crate) fn refuse(context: &PreprocessorContext, book: &BookToml) -> Result<(), Refusal> {
    let outputs = context.config.outputs::<serde_json::Value>().map_err(Refusal::Outputs)?;
    same(context, book, &outputs)?;
    place(context, book, outputs.len())
}

fn same(
    context: &PreprocessorContext,
    book: &BookToml,
    outputs: &BTreeMap<String, serde_json::Value>,
) -> Result<(), Refusal> {
    if !outputs.keys().all(|name| name == "html" || book.outputs.contains(name)) {
        return Err(Refusal::Told("another output"));
    }
    if context.config.build.use_default_preprocessors != book.default_preprocessors {
        return Err(Refusal::Told("other preprocessors"));
    }
    let theirs = context.config.html_config().unwrap_or_default();
    let mut ours = book.html.config.clone();
    // What changes neither what a page says nor which files are read or written may come from elsewhere, as the endpoint of a server does.
    ours.live_reload_endpoint.clone_from(&theirs.live_reload_endpoint);
    ours.cname.clone_from(&theirs.cname);
    ours.default_theme.clone_from(&theirs.default_theme);
    ours.preferred_dark_theme.clone_from(&theirs.preferred_dark_theme);
    ours.edit_url_template.clone_from(&theirs.edit_url_template);
    ours.git_repository_icon.clone_from(&theirs.git_repository_icon);
    ours.git_repository_url.clone_from(&theirs.git_repository_url);
    ours.site_url.clone_from(&theirs.site_url);
    ours.no_section_label = theirs.no_section_label;
    ours.sidebar_header_nav = theirs.sidebar_header_nav;
    if ours == theirs { Ok(()) } else { Err(Refusal::Told("another `[output.html]`")) }
}

/// A folder that book.toml names was looked at by the gate. Another one is somebody's own choice, outside the checkout or not, and may hold
/// nothing but an earlier build.
fn place(context: &PreprocessorContext, book: &BookToml, outputs: usize) -> Result<(), Refusal> {
    let Some(renderer) = Renderer::of(&context.renderer) else { return Ok(()) };
    if context.config.build.build_dir == Path::new(&book.build_dir.0) {
        return Ok(());
    }
    let dir = context.root.join(&context.config.build.build_dir);
    let dir = if outputs > 1 { dir.join(&context.renderer) } else { dir };
    let dir = dir.canonicalize().unwrap_or(dir);
    let why = match ground::output(&context.root, &dir, renderer) {
        Output::Fit => return Ok(()),
        Output::Link(link) => format!("`{link}` is a symbolic link"),
        Output::File => "it is a file".to_owned(),
        Output::Foreign(name) => format!("it holds `{name}`, which no build made"),
        Output::Unreadable(why) => why,
    };
    Err(Refusal::Place { place: dir.display().to_string(), why })
}
