//! What a look at a checkout says of the places that a build reads and writes. Pure; touches nothing.

use crate::book::names;

/// What mdBook's own pages bear: the gate puts it on every page that it hands on.
pub const STAMP: &str = "data-dogfood-stamp=";

/// The first line of the file `.nojekyll` that mdBook writes into every output of HTML.
pub const NOJEKYLL: &str = "This file makes sure that Github Pages doesn't process mdBook's output.";

/// An output that mdBook renders itself, and whose folder it empties first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renderer {
    /// `[output.html]`
    Html,
    /// `[output.markdown]`
    Markdown,
}

impl Renderer {
    /// The renderer of the output `name`; nothing for a program of somebody else's.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "html" => Some(Self::Html),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }

    /// Whether a folder that holds just `names` is an output of this renderer's, or none yet. `nojekyll` is the beginning of its file of that
    /// name.
    pub fn made(self, names: &[String], nojekyll: &str) -> bool {
        match self {
            // A repository, or a work tree of one, is never just an output.
            Self::Html if names.iter().any(|name| name == ".git") => false,
            Self::Html => nojekyll.starts_with(NOJEKYLL) || names.iter().all(|name| names::comes_first(name)),
            Self::Markdown => names.is_empty(),
        }
    }
}

/// What is where an output goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Nothing, or what an earlier build made.
    #[default]
    Fit,
    /// A symbolic link on the way to it.
    Link(String),
    /// A file.
    File,
    /// A folder that holds this, which no build made.
    Foreign(String),
    /// A folder that cannot be looked at, for this reason.
    Unreadable(String),
}

/// How something in the book's source is not the book's: a symbolic link that mdBook follows leads away, or a folder belongs to a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Astray {
    /// It is git's own folder, or dogfood's.
    Inside,
    /// Out of the repository, or of the checkout where there is none.
    Outside,
    /// To a place whose name starts with a dot, as `.git` and `.env` do.
    Private,
    /// To a folder that holds it: copying would not end.
    Round,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_known_by_what_mdbook_always_writes() {
        let made = |renderer: Renderer, names: &[&str], nojekyll: &str| {
            renderer.made(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), nojekyll)
        };
        assert!(made(Renderer::Html, &[], "") && made(Renderer::Markdown, &[], ""));
        assert!(made(Renderer::Html, &["anything"], &format!("{NOJEKYLL}\n")));
        assert!(made(Renderer::Html, &["css", "fonts", "book-0123abcd.js"], ""));
        assert!(!made(Renderer::Html, &["css", "thesis.doc"], "") && !made(Renderer::Html, &["thesis.doc"], ""));
        assert!(!made(Renderer::Html, &[".git", "index.html"], NOJEKYLL));
        assert!(!made(Renderer::Markdown, &["a.md"], ""));
    }
}
