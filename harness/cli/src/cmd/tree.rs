//! The Markdown files of a folder that is no book: what `--discover` reads. Touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use dogfood_core::markup::{IncludeProblem, Includes, include};
use dogfood_core::place::RelPath;

use crate::exit::Trouble;

/// The largest file that is read.
const MAX_BYTES: u64 = 8 << 20;

/// Markdown files and what they include, by their path below the folder.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    pages: Vec<RelPath>,
    texts: BTreeMap<RelPath, Result<String, IncludeProblem>>,
    /// Pages and folders that no path of ours can name, or that may not be entered.
    unnamed: Vec<(String, String)>,
}

impl Tree {
    /// Every Markdown file, sorted by path.
    pub(crate) fn texts(&self) -> impl Iterator<Item = (&RelPath, &str)> {
        self.pages.iter().filter_map(|path| Some((path, self.get(path).ok()?)))
    }

    /// Pages that are not among the texts, and why.
    pub(crate) fn left_out(&self) -> Vec<(String, String)> {
        let unread = self.pages.iter().filter_map(|path| Some((path.to_string(), self.get(path).err()?.to_string())));
        self.unnamed.iter().cloned().chain(unread).collect()
    }
}

impl Includes for Tree {
    fn get(&self, path: &RelPath) -> Result<&str, IncludeProblem> {
        match self.texts.get(path) {
            Some(Ok(text)) => Ok(text),
            Some(Err(problem)) => Err(problem.clone()),
            None => Err(IncludeProblem::Missing),
        }
    }
}

/// Reads every `.md` and `.markdown` file below `folder`, which people call `name`.
pub(crate) fn markdown(folder: &Path, name: &Path) -> Result<Tree, Trouble> {
    let mut tree = Tree::default();
    walk(folder, "", &mut tree).map_err(|error| {
        let message = format!("`{}` cannot be read: {error}", name.display());
        Trouble::usage(message, "name a folder that holds Markdown files")
    })?;
    tree.pages.sort();
    let mut open: Vec<RelPath> = tree.pages.clone();
    while let Some(path) = open.pop() {
        if tree.texts.contains_key(&path) {
            continue;
        }
        let text = read(&folder.join(path.as_str()));
        if let Ok(text) = &text {
            open.extend(include::references(&path, text));
        }
        tree.texts.insert(path, text);
    }
    Ok(tree)
}

/// Symbolic links are not followed: a tree may hold a circle, or point out of itself.
fn walk(folder: &Path, below: &str, tree: &mut Tree) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_page = [".md", ".markdown"].iter().any(|end| name.as_encoded_bytes().ends_with(end.as_bytes()));
        let kind = entry.file_type()?;
        let path = format!("{below}{}", name.to_string_lossy());
        if kind.is_dir() && !path[below.len()..].starts_with('.') {
            // A folder that may not be read hides no more than a file that may not.
            if let Err(error) = walk(&entry.path(), &format!("{path}/"), tree) {
                tree.unnamed.push((path, error.to_string()));
            }
        } else if kind.is_file() && is_page {
            match name.to_str().ok_or("its name is not UTF-8").map(|_| RelPath::new(&path)) {
                Ok(Ok(path)) => tree.pages.push(path),
                Ok(Err(problem)) => tree.unnamed.push((path, problem.to_string())),
                Err(why) => tree.unnamed.push((path, why.to_owned())),
            }
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, IncludeProblem> {
    let unreadable = |error: std::io::Error| IncludeProblem::Unreadable(error.to_string());
    let metadata = fs::symlink_metadata(path).map_err(|_| IncludeProblem::Missing)?;
    if metadata.is_symlink() {
        return Err(IncludeProblem::Symlink);
    }
    if metadata.len() > MAX_BYTES {
        return Err(IncludeProblem::TooLarge);
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let text = String::from_utf8(bytes).map_err(|_| IncludeProblem::NotUtf8)?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_holds_its_pages_and_what_they_include() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("b.md", "{{#include sub/part.txt}}\n{{#include b.md}}\n");
        write("sub/a.markdown", "\u{feff}text\n");
        write("sub/part.txt", "part\n");
        write(".git/c.md", "no\n");
        write("bad.md", "");
        fs::write(dir.path().join("bad.md"), [0xff]).unwrap();
        std::os::unix::fs::symlink("/", dir.path().join("loop")).unwrap();
        std::os::unix::fs::symlink("b.md", dir.path().join("link.md")).unwrap();
        let tree = markdown(dir.path(), Path::new("docs")).unwrap();
        let texts: Vec<_> = tree.texts().map(|(path, text)| (path.as_str(), text)).collect();
        assert_eq!(texts, [("b.md", "{{#include sub/part.txt}}\n{{#include b.md}}\n"), ("sub/a.markdown", "text\n")]);
        assert_eq!(tree.get(&RelPath::new("sub/part.txt").unwrap()), Ok("part\n"));
        assert!(
            markdown(&dir.path().join("nowhere"), Path::new("nowhere")).unwrap_err().to_string().contains("`nowhere`")
        );
    }
}
