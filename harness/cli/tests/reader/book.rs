//! A generated checkout as a value: chapters out of blocks, the files around them, book.toml. Writing it down is all that touches the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use dogfood_core::place::RelPath;

/// The folder of the book's source in the checkout.
pub(crate) const SOURCE: &str = "guides";

/// What a text of a file that no page may show holds, besides a word of its own.
pub(crate) const CANARY: &str = "canary";

/// One generated checkout.
#[derive(Clone, Debug)]
pub(crate) struct Book {
    /// What it was made from.
    pub seed: u64,
    /// The chapters, in the order of SUMMARY.md.
    pub chapters: Vec<Chapter>,
    /// Every other file of the checkout: path to text.
    pub files: BTreeMap<String, String>,
    /// Symbolic links: path to what it leads to.
    pub links: BTreeMap<String, String>,
    /// Lines of `[build]`, of `[output.html]`, and whole tables after it.
    pub build: String,
    pub html: String,
    pub tables: String,
    /// Files that are no chapters and that book.toml lists as plain all the same.
    pub plain: Vec<String>,
    /// Variables that mdBook takes for settings, with their values.
    pub environment: Vec<(String, String)>,
    /// What was put into it, by name.
    pub ingredients: BTreeSet<&'static str>,
    /// Whether it must be rendered alone, with everything that mdBook writes.
    pub alone: bool,
}

/// One chapter.
#[derive(Clone, Debug)]
pub(crate) struct Chapter {
    /// Its path below the source folder.
    pub path: String,
    /// How SUMMARY.md writes the path, where that is not the path itself.
    pub listed: Option<String>,
    /// Whether a link stands in its place.
    pub linked: bool,
    /// Its front matter, `---` lines included; none for a plain chapter.
    pub front: Option<String>,
    /// Its blocks, with empty lines between them.
    pub blocks: Vec<String>,
    /// Whether its lines end with CR LF.
    pub crlf: bool,
    /// Whether its last line ends with a line break.
    pub ended: bool,
}

impl Chapter {
    /// Whether it is listed as plain.
    pub(crate) fn is_plain(&self) -> bool {
        self.front.is_none()
    }

    /// Its file.
    pub(crate) fn text(&self) -> String {
        let mut text = self.front.clone().unwrap_or_default();
        text.push_str(&self.blocks.join("\n\n"));
        if self.ended {
            text.push('\n');
        }
        if self.crlf { text.replace('\n', "\r\n") } else { text }
    }
}

impl Book {
    /// All files of the checkout, without the evidence.
    pub(crate) fn texts(&self) -> BTreeMap<RelPath, String> {
        let mut files: BTreeMap<RelPath, String> = BTreeMap::new();
        let mut add = |path: &str, text: String| {
            if let Ok(path) = RelPath::new(path) {
                files.insert(path, text);
            }
        };
        for (path, text) in self.files.iter().filter(|(path, _)| !path.starts_with("../")) {
            add(path, text.clone());
        }
        for chapter in self.chapters.iter().filter(|chapter| !chapter.linked) {
            add(&format!("{SOURCE}/{}", chapter.path), chapter.text());
        }
        add(&format!("{SOURCE}/SUMMARY.md"), self.summary());
        add("book.toml", self.toml());
        files
    }

    fn summary(&self) -> String {
        let mut text = "# Summary\n\n".to_owned();
        for (number, chapter) in self.chapters.iter().enumerate() {
            let path = chapter.listed.as_ref().unwrap_or(&chapter.path);
            let indent = if number > 1 && chapter.path.contains('/') { "  " } else { "" };
            let _ = writeln!(text, "{indent}- [Chapter {number}]({path})");
        }
        text
    }

    fn toml(&self) -> String {
        let plain: Vec<String> = self
            .chapters
            .iter()
            .filter(|chapter| chapter.is_plain())
            .map(|one| &one.path)
            .chain(&self.plain)
            .map(|path| format!("\"{path}\""))
            .collect();
        format!(
            "[book]\ntitle = \"Generated\"\nsrc = \"{SOURCE}\"\n\n[build]\ncreate-missing = false\n{}\n[preprocessor.dogfood]\n\
             command = \"mdbook-dogfood\"\nbefore = [\"links\"]\nrenderers = [\"html\"]\nplain = [{}]\n\n[output.html]\n{}\n{}",
            self.build,
            plain.join(", "),
            self.html,
            self.tables
        )
    }

    /// Writes the checkout to `root`, whose parent folder is its own, too.
    pub(crate) fn write(&self, root: &Path, evidence: &BTreeMap<RelPath, String>) -> io::Result<()> {
        let put = |path: &str, text: &str| {
            let place = root.join(path);
            fs::create_dir_all(place.parent().unwrap_or(root))?;
            fs::write(place, text)
        };
        for (path, text) in self.texts().iter().chain(evidence) {
            put(path.as_str(), text)?;
        }
        for (path, text) in self.files.iter().filter(|(path, _)| RelPath::new(path).is_err()) {
            put(path, text)?;
        }
        for (path, target) in &self.links {
            let place = root.join(path);
            fs::create_dir_all(place.parent().unwrap_or(root))?;
            std::os::unix::fs::symlink(target, place)?;
        }
        Ok(())
    }

    /// Whether it has settings that could change what mdBook makes of a text.
    pub(crate) fn has_settings(&self) -> bool {
        !(self.html.is_empty() && self.tables.is_empty() && self.environment.is_empty())
    }

    /// The chapters of which `wanted` holds, by number.
    pub(crate) fn numbers(&self, wanted: impl Fn(&Chapter) -> bool) -> Vec<usize> {
        (0..self.chapters.len()).filter(|number| wanted(&self.chapters[*number])).collect()
    }
}
