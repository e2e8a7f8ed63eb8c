//! What a build of the book may touch: its own output, and nothing else. mdBook empties the folder that it writes to, copies what links of the
//! source lead to, and writes some files where book.toml says. Pure: what lies where comes in through [`Files`].

use crate::book::config::{BookToml, FILE};
use crate::finding::Finding;
use crate::place::{PathProblem, RelPath, Span};
use crate::trace;

use super::files::Files;
use super::look::{Astray, Output, Renderer};

/// The rule. Nothing is built where it finds something, not even for whoever writes the book.
pub const UNSAFE: &str = "unsafe-output";

/// What is wrong with the places that a build of `book` reads and writes.
pub(super) fn output(files: &dyn Files, book: &BookToml) -> Vec<Finding> {
    let mut found = build_dir(files, book);
    found.extend(writes(book));
    found.extend(links(files, book));
    found
}

fn build_dir(files: &dyn Files, book: &BookToml) -> Vec<Finding> {
    let (dir, range) = &book.build_dir;
    let span = Span::new(RelPath::new(FILE).expect("a file name makes a path"), range.clone().unwrap_or_default());
    let finding = |title: String, help: String| {
        let finding = Finding::error(UNSAFE, span.clone(), title, help);
        vec![finding.note("mdBook removes everything in that folder before it writes the book")]
    };
    let elsewhere = "name a folder of its own in the checkout, for example `build-dir = \"book\"`";
    if let Err(why) = place(files, book, dir) {
        return finding(format!("`build-dir` is `{dir}`, and {why}"), elsewhere.to_owned());
    }
    for folder in destinations(book) {
        let (shown, renderer) = folder;
        let (title, help) = match files.output(&shown, renderer) {
            Output::Fit => continue,
            Output::Link(link) => (
                format!("`build-dir` leads through the symbolic link `{link}`"),
                format!("remove the link, or {elsewhere}"),
            ),
            Output::File => (format!("`{shown}`, where the book is to be built, is a file"), elsewhere.to_owned()),
            Output::Foreign(name) => (
                format!("`{shown}`, where the book is to be built, holds `{name}`, which no build made"),
                format!("look at it and remove it yourself if nobody needs it; else {elsewhere}"),
            ),
            Output::Unreadable(why) => {
                (format!("`{shown}`, where the book is to be built: {why}"), elsewhere.to_owned())
            }
        };
        return finding(title, help);
    }
    Vec::new()
}

/// The folders that mdBook empties, as `build-dir` is written: each of several outputs has one of its own.
fn destinations(book: &BookToml) -> Vec<(String, Renderer)> {
    let dir = &book.build_dir.0;
    match &book.outputs[..] {
        [] => vec![(dir.clone(), Renderer::Html)],
        [only] => Renderer::of(only).map(|renderer| (dir.clone(), renderer)).into_iter().collect(),
        several => {
            let each = several.iter().filter_map(|name| Some((format!("{dir}/{name}"), Renderer::of(name)?)));
            each.collect()
        }
    }
}

/// Whether `dir` is a place for a book, by its name alone.
fn place(files: &dyn Files, book: &BookToml, dir: &str) -> Result<(), String> {
    let below = files.below();
    let path = match settle(&below, dir) {
        Ok(path) => path,
        Err(PathProblem::Empty) => return Err("that is the whole checkout".to_owned()),
        Err(PathProblem::Absolute(_)) => return Err("that is an absolute path".to_owned()),
        Err(PathProblem::Climbs(_)) => return Err("that is outside the checkout".to_owned()),
        Err(PathProblem::Character(_)) => return Err("that holds a character that no path here may hold".to_owned()),
    };
    if path.as_str().split('/').any(|part| part == ".git") {
        return Err("that is in git's own folder".to_owned());
    }
    let source = (!book.src.is_empty()).then_some(book.src.as_str());
    let kept = source.into_iter().chain([trace::FOLDER, "infra"]).map(str::to_owned).chain([book.html.theme()]);
    for kept in kept.chain([String::new()]) {
        // What lies elsewhere, a theme for example, is found there.
        let Ok(own) = settle(&below, &kept) else { continue };
        if own == path || own.is_under(path.as_str()) {
            let what = if kept.is_empty() { "book.toml".to_owned() } else { format!("`{kept}`") };
            return Err(format!("that holds {what}"));
        }
        if !kept.is_empty() && path.is_under(own.as_str()) {
            return Err(format!("that is in `{kept}`"));
        }
    }
    Ok(())
}

/// A path that is written relative to the book's folder, relative to the top of the repository.
fn settle(below: &str, written: &str) -> Result<RelPath, PathProblem> {
    match RelPath::new(below) {
        Ok(book) => book.join(written),
        Err(_) => RelPath::new(written),
    }
}

/// What mdBook writes where book.toml says: it puts these names behind that of the output, and a `..` in them leads out again.
fn writes(book: &BookToml) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut leaves = |key: &str, path: &str, help: &str| {
        if let Err(problem @ (PathProblem::Absolute(_) | PathProblem::Climbs(_))) = RelPath::new(path) {
            let finding = Finding::error(UNSAFE, book.span(path), format!("`{key}`: {problem}"), help);
            found.push(finding.note("mdBook would write outside the folder that it builds the book in"));
        }
    };
    for path in book.html.additional() {
        leaves("additional-css, additional-js", &path, "copy the file into the checkout, and name it there");
    }
    for name in book.html.redirects() {
        leaves("redirect", name, "name a page inside the book");
    }
    if let Some(input) = book.html.not_found() {
        leaves("input-404", input, "name a Markdown file in the book's source, relative to it");
    }
    found
}

/// Links that mdBook follows to what is not the book's.
fn links(files: &dyn Files, book: &BookToml) -> Vec<Finding> {
    let mut places = vec![book.src.clone()];
    let below = files.below();
    let mut found = Vec::new();
    let theme = book.html.theme();
    match (RelPath::new(&theme), settle(&below, &theme)) {
        (Ok(theme), _) => places.push(theme.to_string()),
        (Err(_), Ok(_)) => {}
        (Err(problem), Err(_)) => {
            let help = "copy the theme into the checkout, and name it there";
            found.push(Finding::error(UNSAFE, book.span(&theme), format!("`theme`: {problem}"), help));
        }
    }
    places.extend(book.html.additional().filter_map(|path| RelPath::new(&path).ok()).map(|path| path.to_string()));
    places.sort();
    places.dedup();
    found.extend(places.iter().flat_map(|place| files.astray(place)).map(|(path, astray)| led_astray(path, astray)));
    found.sort_by(|a, b| a.span.cmp(&b.span));
    found.dedup();
    found
}

fn led_astray(path: RelPath, astray: Astray) -> Finding {
    let publishes = "mdBook would publish what it leads to";
    let (where_to, why) = match astray {
        Astray::Inside => {
            let title = format!("the book's source holds `{path}`");
            let help = "keep the source in a folder of its own, and name it in `src`";
            return Finding::error(UNSAFE, Span::top(path), title, help).note("mdBook would publish everything in it");
        }
        Astray::Outside => ("outside the checkout", publishes),
        Astray::Private => ("to a place whose name starts with a dot", publishes),
        Astray::Round => ("to a folder that holds it", "mdBook copies the folder into itself until it cannot go on"),
    };
    let title = format!("the symbolic link `{path}` leads {where_to}");
    let help = "put the file itself there instead, or remove the link";
    Finding::error(UNSAFE, Span::top(path), title, help).note(why)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn problem(toml: &str) -> Option<String> {
        let files = BTreeMap::<RelPath, String>::new();
        let found = output(&files, &BookToml::read(toml).unwrap());
        assert!(found.len() < 2, "{found:?}");
        found.first().map(|finding| finding.title.clone())
    }

    #[test]
    fn where_a_book_may_be_built() {
        for dir in ["book", "./book/", "a/../book", "target/book", ".book", "srcs", "docs"] {
            assert_eq!(problem(&format!("[build]\nbuild-dir = \"{dir}\"\n")), None, "{dir}");
        }
        assert_eq!(problem("[book]\nsrc = \".\"\n"), None);
        for (dir, why) in [
            ("", "that is the whole checkout"),
            (".", "that is the whole checkout"),
            ("a/..", "that is the whole checkout"),
            ("/x", "that is an absolute path"),
            ("..", "that is outside the checkout"),
            ("../x", "that is outside the checkout"),
            ("a/../../x", "that is outside the checkout"),
            ("src", "that holds `src`"),
            ("src/x", "that is in `src`"),
            ("traces/a", "that is in `traces`"),
            ("infra", "that holds `infra`"),
            ("theme/./", "that holds `theme`"),
            (".git", "that is in git's own folder"),
            (".git/hooks", "that is in git's own folder"),
        ] {
            let found = problem(&format!("[build]\nbuild-dir = \"{dir}\"\n"));
            assert_eq!(found, Some(format!("`build-dir` is `{dir}`, and {why}")));
        }
        let nested = "[book]\nsrc = \"docs/src\"\n[build]\nbuild-dir = \"docs\"\n";
        assert_eq!(problem(nested).unwrap(), "`build-dir` is `docs`, and that holds `docs/src`");
    }

    #[test]
    fn what_mdbook_would_write_elsewhere() {
        for (toml, key) in [
            ("additional-css = [\"../x.css\"]", "additional-css"),
            ("additional-js = [\"/x.js\"]", "additional-css"),
            ("input-404 = \"../x.md\"", "input-404"),
            ("input-404 = \"/etc/passwd\"", "input-404"),
            ("redirect = { \"/a/../../x.html\" = \"b\" }", "redirect"),
            ("redirect = { \"../x.html#y\" = \"b\" }", "redirect"),
            ("theme = \"/etc\"", "theme"),
        ] {
            let found = problem(&format!("[output.html]\n{toml}\n")).unwrap_or_default();
            assert!(found.starts_with(&format!("`{key}")), "{toml}: {found}");
        }
        assert_eq!(
            problem("[output.html]\nadditional-css = [\"./x.css\"]\nredirect = { \"/a.html\" = \"/..\" }\n"),
            None
        );
    }
}
