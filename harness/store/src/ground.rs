//! What a build would find where it reads and writes: links that lead astray, and folders that hold what no build made. Reads names, links and
//! the first bytes of files; changes nothing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

use dogfood_core::book::names::is_copied;
use dogfood_core::checkout::{Astray, NOJEKYLL, Output, Renderer, STAMP};
use dogfood_core::place::RelPath;

/// Folders of programs, whose files nobody publishes.
const PRIVATE: [&str; 2] = [".git", ".dogfood"];

/// How much of a page is looked at for its stamp, which is in its first lines.
const HEAD: u64 = 4096;

/// The top of the repository that holds `root`, a folder without links in its path; `root` itself where there is none.
pub(crate) fn top(root: &Path) -> &Path {
    root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(root)
}

/// What is where the output of `renderer` goes: `folder`, relative to `root`, or any folder of the machine.
pub fn output(root: &Path, folder: &Path, renderer: Renderer) -> Output {
    let mut place = PathBuf::new();
    for part in root.join(folder).components() {
        match part {
            Component::ParentDir => drop(place.pop()),
            part => place.push(part),
        }
        // What is above the checkout is the machine's own business.
        let ours = place.starts_with(root) || !root.starts_with(&place);
        if ours && place.is_symlink() {
            return Output::Link(place.strip_prefix(root).unwrap_or(&place).display().to_string());
        }
    }
    look(&place, renderer).unwrap_or_else(|error| Output::Unreadable(error.to_string()))
}

fn look(place: &Path, renderer: Renderer) -> io::Result<Output> {
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Output::Fit),
        Err(_) if place.is_file() => return Ok(Output::File),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(Output::File),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let nojekyll = head(&place.join(".nojekyll"), NOJEKYLL.len() as u64);
    if renderer.made(&names, &nojekyll) {
        return Ok(Output::Fit);
    }
    let foreign = match renderer {
        Renderer::Html => names.iter().find(|name| !renderer.made(&[(*name).clone()], "")).cloned(),
        Renderer::Markdown => unstamped(place, "")?,
    };
    Ok(foreign.map_or(Output::Fit, Output::Foreign))
}

/// A file below `place` that does not bear the gate's stamp; `below` is where `place` is in the output.
fn unstamped(place: &Path, below: &str) -> io::Result<Option<String>> {
    let mut entries = fs::read_dir(place)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        let found = if kind.is_dir() {
            unstamped(&entry.path(), &format!("{name}/"))?
        } else {
            (!kind.is_file() || !head(&entry.path(), HEAD).contains(STAMP)).then_some(name)
        };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The first bytes of a plain file; nothing of anything else.
fn head(path: &Path, most: u64) -> String {
    let mut bytes = Vec::new();
    if fs::symlink_metadata(path).is_ok_and(|data| data.is_file())
        && let Ok(file) = File::open(path)
    {
        // What cannot be read says nothing.
        let _ = file.take(most).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The links at and below `place`, relative to the checkout at `root`, that lead astray.
pub(crate) fn astray(root: &Path, place: &str) -> Vec<(RelPath, Astray)> {
    let mut search = Search { top: top(root), found: Vec::new(), entered: BTreeSet::new() };
    let at = if place.is_empty() { root.to_owned() } else { root.join(place) };
    search.visit(&at, place);
    search.found
}

struct Search<'a> {
    top: &'a Path,
    found: Vec<(RelPath, Astray)>,
    /// Folders that were looked at, without links in their paths: a few links that lead to each other make more paths than anybody can walk.
    entered: BTreeSet<PathBuf>,
}

impl Search<'_> {
    /// Looks at `place`, which is called `shown` in the checkout.
    fn visit(&mut self, place: &Path, shown: &str) {
        let Ok(data) = fs::symlink_metadata(place) else { return };
        if data.is_symlink() {
            return self.link(place, shown);
        }
        if !data.is_dir() {
            return;
        }
        if place.file_name().is_some_and(|name| PRIVATE.iter().any(|private| name == *private)) {
            return self.found.extend(nearest(shown).map(|path| (path, Astray::Inside)));
        }
        let Ok(resolved) = place.canonicalize() else { return };
        if !self.entered.insert(resolved) {
            return;
        }
        // A folder that cannot be read is one that mdBook fails at.
        let entries = fs::read_dir(place).into_iter().flatten().flatten();
        let mut entries: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        entries.sort();
        for entry in entries {
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            let shown = if shown.is_empty() { name.into_owned() } else { format!("{shown}/{name}") };
            self.visit(&entry, &shown);
        }
    }

    fn link(&mut self, link: &Path, shown: &str) {
        // A link to nowhere: mdBook fails at it.
        let Ok(aim) = link.canonicalize() else { return };
        // Of Markdown mdBook publishes chapters alone, and those are read as chapters are.
        if aim.is_file() && !is_copied(shown) {
            return;
        }
        let own = link.parent().and_then(|folder| folder.canonicalize().ok());
        let below = aim.strip_prefix(self.top).ok();
        let private = |path: &Path| path.iter().any(|part| part.as_encoded_bytes().starts_with(b"."));
        let astray = match below {
            None => Some(Astray::Outside),
            Some(below) if private(below) => Some(Astray::Private),
            Some(_) if own.is_some_and(|own| own.starts_with(&aim)) => Some(Astray::Round),
            Some(_) => None,
        };
        match astray {
            // A name that no path here may hold is told by the nearest folder that has one.
            Some(astray) => self.found.extend(nearest(shown).map(|path| (path, astray))),
            None => self.visit(&aim, shown),
        }
    }
}

/// `shown` as a path, or the part of it that is one.
fn nearest(shown: &str) -> Option<RelPath> {
    Path::new(shown).ancestors().find_map(|part| RelPath::new(part.to_str()?).ok())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn only_what_a_build_made_may_be_removed() {
        let stamped = format!("<div {STAMP}\"1\"></div>\n\n# A\n");
        let nojekyll = format!("{NOJEKYLL}\n");
        let dir = tree(&[
            ("book/.nojekyll", &nojekyll),
            ("book/any.html", ""),
            ("thesis/chapter.doc", ""),
            ("early/css/general-0123abcd.css", ""),
            ("faked/.nojekyll", "yes"),
            ("tree/.git", "gitdir: x"),
            ("tree/.nojekyll", &nojekyll),
            ("md/a.md", &stamped),
            ("md/sub/b.md", &stamped),
            ("notes/a.md", "# A\n"),
            ("file", ""),
        ]);
        fs::create_dir(dir.path().join("empty")).unwrap();
        symlink("thesis", dir.path().join("link")).unwrap();
        symlink("/nowhere", dir.path().join("book-link")).unwrap();
        let root = dir.path().canonicalize().unwrap();
        let foreign = |name: &str| Output::Foreign(name.to_owned());
        for (folder, renderer, expected) in [
            ("none/at/all", Renderer::Html, Output::Fit),
            ("empty", Renderer::Html, Output::Fit),
            ("book", Renderer::Html, Output::Fit),
            ("early", Renderer::Html, Output::Fit),
            ("thesis", Renderer::Html, foreign("chapter.doc")),
            ("faked", Renderer::Html, foreign(".nojekyll")),
            ("tree", Renderer::Html, foreign(".git")),
            ("empty/../thesis", Renderer::Html, foreign("chapter.doc")),
            ("link", Renderer::Html, Output::Link("link".to_owned())),
            ("link/x", Renderer::Html, Output::Link("link".to_owned())),
            ("link/../book", Renderer::Html, Output::Link("link".to_owned())),
            ("book-link", Renderer::Html, Output::Link("book-link".to_owned())),
            ("file", Renderer::Html, Output::File),
            ("file/x", Renderer::Html, Output::File),
            ("md", Renderer::Markdown, Output::Fit),
            ("empty", Renderer::Markdown, Output::Fit),
            ("notes", Renderer::Markdown, foreign("a.md")),
            (".", Renderer::Markdown, foreign("book/.nojekyll")),
        ] {
            assert_eq!(output(&root, Path::new(folder), renderer), expected, "{folder}");
            assert_eq!(output(Path::new("/"), &root.join(folder), renderer) == Output::Fit, expected == Output::Fit);
        }
    }

    #[test]
    fn links_that_lead_astray_are_found_once() {
        let outside = tree(&[("secret", "")]);
        let dir =
            tree(&[("docs/guides/a.md", ""), ("docs/other/b.txt", ""), (".git/config", ""), ("shared/c.txt", "")]);
        let root = dir.path().canonicalize().unwrap();
        let guides = root.join("docs/guides");
        for (aim, name) in [
            (outside.path().join("secret").to_str().unwrap(), "out.txt"),
            (outside.path().to_str().unwrap(), "folder"),
            ("../../.git/config", "config.txt"),
            ("..", "round"),
            (".", "self"),
            ("../other", "fine"),
            ("../other/b.txt", "fine.txt"),
            ("../../shared", "shared"),
            ("nowhere", "broken"),
            ("/etc/hostname", "chapter.md"),
        ] {
            symlink(aim, guides.join(name)).unwrap();
        }
        symlink(outside.path().join("secret"), root.join("docs/other/deep")).unwrap();
        symlink("../guides", root.join("docs/other/back")).unwrap();
        let found: Vec<(String, Astray)> =
            astray(&root.join("docs"), "guides").into_iter().map(|(path, astray)| (path.to_string(), astray)).collect();
        let expected = [
            ("guides/config.txt", Astray::Private),
            ("guides/fine/deep", Astray::Outside),
            ("guides/folder", Astray::Outside),
            ("guides/out.txt", Astray::Outside),
            ("guides/round", Astray::Round),
            ("guides/self", Astray::Round),
        ];
        assert_eq!(found, expected.map(|(path, astray)| (path.to_owned(), astray)));
        assert_eq!(astray(&root, "docs/guides/out.txt").len(), 1);
        assert!(
            astray(&root, "").contains(&(RelPath::new(".git").unwrap(), Astray::Inside)),
            "the source is the checkout"
        );
        assert_eq!(astray(&root, "none"), []);
    }
}
